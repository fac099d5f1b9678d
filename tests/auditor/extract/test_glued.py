"""Labels and values that only markup parts ("MOQ50") are still two words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from auditor.extract import Context, extract
from auditor.page.read import read_page
from crawler.snapshot import Outcome, Snapshot


@pytest.mark.parametrize(
    "row",
    [
        '<li><span class="label">{}</span><span>{}</span></li>',
        "<div><strong>{1}</strong><span>{0}</span></div>",
        "<p><b>{}</b>{}</p>",
    ],
)
def test_a_label_glued_to_its_value_is_read(row):
    facts = (("MOQ", "50 pcs"), ("Lead time", "3 days"))
    markup = "<h1>P</h1>" + "".join(row.format(*fact) for fact in facts)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    url = "https://shop.example/p"
    shot = Snapshot("s", url, at, Outcome.OK, 200, "text/html", "utf-8", markup.encode())
    page = read_page(shot)
    found, _ = extract(page, Context(language="en-US", currency="USD", market="US"))
    assert {str(c.attribute) for c in found} == {"moq", "lead_time"}
    assert all(page.quote(c.locator.start, c.locator.end) == c.quote for c in found)
