"""JSON as people publish it."""

from __future__ import annotations

import contextlib
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.page.structured.literal import UnreadableError, read_json, read_literal

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        '{"a": ',
        '{"a": f()}',
        "alert(1)",
        '{"a": new Date()}',
        '{"a": 1 + 1}',
        "{" * 5000,
        "[" * 100_000,
        '{"a": `x${y}`}',
        "\x00",
    ],
)
def test_what_is_no_data_is_refused(text):
    with pytest.raises(UnreadableError):
        read_json(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1,}', {"a": 1}),
        ('{"a": [1, 2,],}', {"a": [1, 2]}),
        ('{"a": "x\ny\t"}', {"a": "x\ny\t"}),
        ('<!-- {"a": 1} -->', {"a": 1}),
        ('//<![CDATA[\n{"a": 1}\n//]]>', {"a": 1}),
        ('/* <![CDATA[ */ {"a": 1} /* ]]> */', {"a": 1}),
        ('{"a": 1};', {"a": 1}),
        ('{"a": 1}\n{"b": 2}', [{"a": 1}, {"b": 2}]),
        ("{&quot;a&quot;: &quot;b&quot;}", {"a": "b"}),
        ('{"a": "1/2" valve", "b": 2}', {"a": '1/2" valve', "b": 2}),
        ('{"a": "3/4"", "b": 2}', {"a": '3/4"', "b": 2}),
        ("{'a': 'it\\'s'}", {"a": "it's"}),
        ('{a: 1, b$: undefined, "c": !0}', {"a": 1, "b$": None, "c": True}),
        ('{"a": , "b": 2}', {"a": None, "b": 2}),
        ('{"a": "x\\\'y"}', {"a": "x'y"}),
        ('{"a": "C:\\path"}', {"a": "C:\\path"}),
        ('{"a": 1 // note\n, /* two */ "b": 2}', {"a": 1, "b": 2}),
        ('{"price": 12.50}', {"price": "12.50"}),
        ('{"price": 12.5}', {"price": 12.5}),
        ('{"a": 0012}', {"a": "0012"}),
        ('{"a": 12345678901234567890123}', {"a": "12345678901234567890123"}),
        ('{"a": NaN, "b": 1e999}', {"a": None, "b": "1e999"}),
        ('\ufeff{"a": 1}', {"a": 1}),
    ],
)
def test_safe_repairs(text, value):
    assert read_json(text) == value


@given(value=_JSON)
@settings(max_examples=300, deadline=None)
def test_what_is_json_reads_as_json(value):
    text = json.dumps(value)
    if value is None:
        return
    assert read_json(text) == value


@given(text=st.text(alphabet="{}[]\",:'`\\/*ab1 \n-.e!$", max_size=200))
@settings(max_examples=600, deadline=None)
def test_nothing_but_unreadable_is_raised(text):
    for reader in (read_json, lambda t: read_literal(t, 0)):
        with contextlib.suppress(UnreadableError):
            reader(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"a":"' * 50_000,
        "{" + '"a":' * 50_000,
        "/*" * 200_000,
        "{'" + "\\" * 200_000,
    ],
    ids=range(4),
)
def test_hostile_text_takes_linear_time(text):
    begun = time.process_time()
    with pytest.raises(UnreadableError):
        read_json(text)
    assert time.process_time() - begun < 2
