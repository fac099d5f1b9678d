"""How much of a labelled set the extractors see, before any product is bound or judged.

    python benchmarks/extraction.py ../shared/pitfalls

Prints, per attribute, the labelled quotes that some candidate overlaps; then the quotes that none
does, and the trap texts that gave a candidate in the main part of a page. (Traps in related boxes
are the binding's business.)
"""

from __future__ import annotations

import csv
import re
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from auditor.extract import Context, extract
from auditor.model import Candidate, Role
from auditor.page.model import Page
from auditor.page.read import read_page
from auditor.values.types import Tax
from crawler.snapshot import Outcome, Snapshot


def main(directory: Path) -> None:
    """Measure one set and print the figures."""
    sources = yaml.safe_load((directory / "set.yaml").read_text("utf-8"))["sources"]
    names = _spec_names(directory / "truths.csv")
    pages: dict[str, tuple[Page, list[Candidate]]] = {}
    seconds = 0.0
    tally: Counter[tuple[str, bool]] = Counter()
    missed, trapped = [], []
    for path in sorted((directory / "cases").glob("*.yaml")):
        case = yaml.safe_load(path.read_text("utf-8"))
        for name in case["pages"]:
            page = _page(directory / name, sources[name.split("/")[0]])
            start = time.process_time()
            pages[name] = page, extract(page, _context(sources[name.split("/")[0]], names))[0]
            seconds += time.process_time() - start
        for label in [*(case.get("findings") or []), *(case.get("matches") or [])]:
            if label.get("verdict") == "missing":
                continue
            seen = any(
                candidate.attribute == label["attribute"] and _overlaps(candidate, spans)
                for spans in [_spans(pages[label["page"]][0], str(label["quote"]))]
                for candidate in pages[label["page"]][1]
            )
            tally[label["attribute"], seen] += 1
            if not seen:
                missed.append(f"{label['page']} {label['attribute']} {label['quote']!r}")
        for trap in case.get("traps") or []:
            page, candidates = pages[trap["page"]]
            spans = _spans(page, str(trap["text"]))
            trapped += [
                f"{trap['page']} {c.attribute} {c.quote!r}"
                for c in candidates
                if c.region == "main" and _overlaps(c, spans)
            ]
    for attribute in sorted({attribute for attribute, _ in tally}):
        seen, all_of = tally[attribute, True], tally[attribute, True] + tally[attribute, False]
        print(f"{attribute:16} {seen:4}/{all_of}")
    print(*(f"missed: {line}" for line in missed), sep="\n")
    print(*(f"trap:   {line}" for line in sorted(set(trapped))), sep="\n")
    print(f"{1000 * seconds / max(1, len(pages)):.1f} ms CPU a page, {len(pages)} pages")


def _page(path: Path, source: dict[str, Any]) -> Page:
    snapshot = Snapshot(
        source="set",
        url=f"https://set.example/{path.name}",
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        outcome=Outcome.OK,
        status=200,
        media_type="text/html",
        body=path.read_bytes(),
    )
    return read_page(snapshot, language=source.get("language", ""))


def _context(source: dict[str, Any], names: dict[str, str]) -> Context:
    return Context(
        language=source.get("language", ""),
        currency=source.get("currency"),
        tax=Tax(source.get("tax", "unknown")),
        market=source.get("market"),
        timezone=source.get("timezone", "UTC"),
        spec_names=names,
    )


def _spec_names(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["attribute"] == "spec"]
    return {row["key"].casefold(): row["key"] for row in rows}


def _spans(page: Page, quote: str) -> list[tuple[int, int]]:
    return [hit.span() for hit in re.finditer(re.escape(quote), page.text)]


def _overlaps(candidate: Candidate, spans: list[tuple[int, int]]) -> bool:
    at = candidate.locator
    is_current = candidate.visible and candidate.role not in (Role.WAS, Role.RRP)
    return is_current and any(at.start < end and start < at.end for start, end in spans)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
