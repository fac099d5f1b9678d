"""Every folder of tests/cases whose name starts with an extractor's: page.html → expected.yaml.

``expected.yaml`` holds the source's ``context``, and all that the extractor named by the folder
("moq-in-prose": moq) must find on the page: ``candidates`` and ``skipped``, in order, no more.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from auditor.extract import BUILT_IN, Context, extract
from auditor.model import Attribute, Candidate, Skipped
from auditor.page.read import read_page
from auditor.values.text import canonical
from auditor.values.types import Tax
from crawler.snapshot import Outcome, Snapshot

CASES = Path(__file__).parents[2] / "cases"
FOLDERS = sorted(
    folder
    for folder in CASES.glob("*/")
    if any(folder.name.startswith(name.replace("_", "-") + "-") for name in BUILT_IN)
)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_page_says_what_its_case_expects(folder: Path) -> None:
    expected = yaml.safe_load((folder / "expected.yaml").read_text("utf-8"))
    found = observed(folder)
    assert found["candidates"] == (expected.get("candidates") or [])
    assert found["skipped"] == (expected.get("skipped") or [])


def test_there_are_cases_for_every_extractor() -> None:
    named = {
        name for name in BUILT_IN for f in FOLDERS if f.name.startswith(name.replace("_", "-"))
    }
    assert named == set(BUILT_IN)


def observed(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """What the folder's extractor finds, in the form of expected.yaml."""
    given = yaml.safe_load((folder / "expected.yaml").read_text("utf-8"))["context"]
    context = Context(
        language=given.get("language", ""),
        currency=given.get("currency"),
        tax=Tax(given.get("tax", "unknown")),
        market=given.get("market"),
        timezone=given.get("timezone", "UTC"),
        spec_names={name: name for name in given.get("spec_names", ())},
    )
    body = (folder / "page.html").read_bytes()
    snapshot = Snapshot(
        source="case",
        url=f"https://case.example/{folder.name}",
        fetched_at=datetime(2026, 11, 16, tzinfo=UTC),
        outcome=Outcome.OK,
        status=200,
        media_type="text/html",
        body=body,
    )
    page = read_page(snapshot, language=context.language)
    names = [n for n in BUILT_IN if folder.name.startswith(n.replace("_", "-") + "-")]
    name = max(names, key=len)
    candidates, skipped = extract(page, context, {name: BUILT_IN[name]})
    return {
        "candidates": [_candidate(each) for each in candidates],
        "skipped": [_skipped(each) for each in skipped],
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    is_price = candidate.attribute is Attribute.PRICE
    said = {
        "attribute": candidate.attribute.value,
        "key": candidate.key,
        "role": candidate.role.value,
        "quote": candidate.quote,
        "value": canonical(candidate.value, candidate.basis if is_price else None),
        "tax": candidate.basis.tax.value
        if is_price and candidate.basis.tax is not Tax.EXCL
        else "",
        "up_to": str(candidate.basis.max_qty) if candidate.basis.max_qty is not None else "",
        "valid_to": candidate.valid_to.isoformat() if candidate.valid_to else "",
        "valid_from": candidate.valid_from.isoformat() if candidate.valid_from else "",
        "sku_hint": candidate.sku_hint,
        "region": candidate.region if candidate.region != "main" else "",
        "tentative": candidate.tentative,
    }
    return {name: value for name, value in said.items() if value}


def _skipped(skipped: Skipped) -> dict[str, Any]:
    return {"reason": skipped.reason.value, "quote": skipped.quote}
