"""What is printed: harmless, exact, and with the exit code that fits."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import redirect_stdout
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.cli.exit_codes import ExitCode
from auditor.cli.failures import Stopped, fail
from auditor.cli.output import one_line, print_csv, to_json
from auditor.cli.session import Session
from auditor.cli.wrapping import wrapped
from auditor.errors import AuditorError, ConfigError, DecisionRefused, Locked, NotFound
from crawler.errors import DiskFull, NewerDatabase, SourceError

ACTING = set("\x1b\x07\x9b\x85\u202e\u2066\u2028\ufeff\x00\r")


@given(st.text())
def test_json_gives_any_text_back_and_nothing_acts(text: str) -> None:
    printed = to_json([text])
    assert json.loads(printed) == [text]
    assert not ACTING & set(printed)


@given(st.text())
def test_one_line_is_one_line_and_nothing_acts(text: str) -> None:
    printed = one_line(text)
    assert "\n" not in printed
    assert not ACTING & set(printed)


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_csv_has_as_many_rows_as_it_should_and_no_formula(
    texts: list[str],
) -> None:
    out = io.StringIO()
    with redirect_stdout(out):
        print_csv(["text"], [{"text": text} for text in texts])
    rows = list(csv.reader(io.StringIO(out.getvalue())))
    assert len(rows) == len(texts) + 1
    assert not any(row and row[0].startswith(("=", "@")) for row in rows)


def test_data_is_plain_text_decimals_and_utc() -> None:
    at = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
    assert json.loads(to_json({"a": Decimal("1.50"), "b": at})) == {
        "a": "1.50",
        "b": "2026-11-22T02:30:00Z",
    }


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError(["config.yaml:1: x"]), ExitCode.USAGE),
        (NotFound("no such thing"), ExitCode.USAGE),
        (DecisionRefused("not now"), ExitCode.USAGE),
        (Locked("busy"), ExitCode.LOCKED),
        (Stopped("3 pages kept"), ExitCode.FAILED),
        (KeyboardInterrupt(), ExitCode.FAILED),
        (AuditorError("x"), ExitCode.FAILED),
        (NewerDatabase("newer"), ExitCode.FAILED),
        (DiskFull("no room left"), ExitCode.FAILED),
        (SourceError("unreachable"), ExitCode.FAILED),
        (OSError(28, "No space left on device", "sellby.db"), ExitCode.FAILED),
        (PermissionError(13, "Permission denied", "report"), ExitCode.FAILED),
        (sqlite3.OperationalError("database is locked"), ExitCode.FAILED),
        (ZeroDivisionError("division by zero"), ExitCode.FAILED),
    ],
)
def test_every_error_is_a_message_and_a_code(
    error: BaseException, code: ExitCode, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fail(error, Session(verbosity=-1)) is code
    said = capsys.readouterr().err
    assert said.strip()
    assert "Traceback" not in said


def test_a_traceback_comes_only_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ZeroDivisionError("division by zero")
    except ZeroDivisionError as error:
        fail(error, Session())
        assert "-vv" in capsys.readouterr().err
        fail(error, Session(verbosity=2))
        assert "Traceback" in capsys.readouterr().err


def test_an_error_that_quotes_the_web_does_not_act(capsys: pytest.CaptureFixture[str]) -> None:
    fail(SourceError("said \x1b[31m\u202e"), Session())
    assert not ACTING & set(capsys.readouterr().err)


@given(st.text(alphabet="ab` \n", max_size=60), st.integers(5, 40))
def test_a_sentence_for_a_terminal_keeps_its_words_and_fits(text: str, width: int) -> None:
    made = wrapped(text, width)
    assert made.split() == text.split()
    for line in made.split("\n"):
        assert len(line) <= width or " " not in line.strip() or "`" in line
