"""What was right, wrong and not judged: overall, by group, by owner, by source."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from auditor.model import Finding
from auditor.popularity import explain, group_scores
from auditor.report.view import GroupRow, Share
from auditor.report.wording import percent, percent_of, slug
from auditor.store import Tally

if TYPE_CHECKING:
    from auditor.report.material import Material


def sums(material: Material) -> tuple[int, int, int]:
    """Facts right, wrong and not judged, of all sources."""
    tallies = material.tallies["source"]
    return (
        sum(tally.right for tally in tallies),
        sum(tally.wrong for tally in tallies),
        sum(tally.not_judged for tally in tallies),
    )


def coverage(material: Material) -> str:
    """The share of the facts met that could be judged."""
    right, wrong, blind = sums(material)
    return percent(right + wrong, right + wrong + blind)


def tally_rows(material: Material, by: str) -> tuple[GroupRow, ...]:
    """Owners or sources (``by`` is "owner" or "source"), most open findings first.

    Somebody may have findings to work on without owning a product, as the owner of a source.
    """
    tallies, open_of = material.tallies[by], material.open_of[by]
    known = {tally.name for tally in tallies}
    others = [Tally(name, 0, 0, 0) for name in open_of if name not in known]
    rows = [_row(material, by, tally) for tally in (*tallies, *others)]
    return tuple(sorted(rows, key=lambda row: (-row.open, -row.wrong, row.name)))


def group_rows(material: Material) -> tuple[GroupRow, ...]:
    """Most popular group first: start there; a group without a signal last, and said so."""
    scored = group_scores(material.popularity, material.products)
    popularity = {name: known.score or 0.0 for name, known in scored.items()}
    known = {tally.name for tally in material.tallies["group"]}
    others = [Tally(name, 0, 0, 0) for name in material.open_of["group"] if name not in known]
    tallies = (*material.tallies["group"], *others)
    ordered = sorted(tallies, key=lambda t: (-popularity.get(t.name, -1.0), t.name))
    words = {name: explain(known) for name, known in scored.items()}
    return tuple(
        _row(material, "group", tally, words.get(tally.name, "no popularity signal"))
        for tally in ordered
    )


def slices_of(finding: Finding) -> tuple[tuple[str, str], ...]:
    """The group, owner and source a finding counts for."""
    return (
        ("group", finding.group),
        ("owner", finding.owner),
        ("source", finding.judgement.source),
    )


def open_counts(findings: Iterable[Finding]) -> dict[str, dict[str, int]]:
    """Open findings by group, owner and source."""
    counts: dict[str, dict[str, int]] = {"group": {}, "owner": {}, "source": {}}
    for finding in findings:
        for by, name in slices_of(finding):
            counts[by][name] = counts[by].get(name, 0) + 1
    return counts


def shares(right: int, wrong: int, not_judged: int) -> tuple[Share, ...]:
    """The three as parts of a stacked bar."""
    whole = max(1, right + wrong + not_judged)
    offset = 0.0
    found = []
    for name, label, count in (
        ("right", "right", right),
        ("wrong", "wrong", wrong),
        ("not_judged", "not judged", not_judged),
    ):
        width = round(100 * count / whole, 3)
        found.append(Share(name, label, count, round(offset, 3), width))
        offset += width
    return tuple(found)


def _row(material: Material, by: str, tally: Tally, popularity: str = "") -> GroupRow:
    judged = tally.right + tally.wrong
    nights = material.nights(by).get(tally.name, ())
    seen = nights[-1].freshness if nights else None
    return GroupRow(
        name=tally.name,
        href=f"{by}/{slug(tally.name)}.html",
        popularity=popularity,
        score=popularity.partition(" = ")[0] if " = " in popularity else "",
        right=tally.right,
        wrong=tally.wrong,
        not_judged=tally.not_judged,
        open=material.open_of[by].get(tally.name, 0),
        tasks=len(material.work_of.get((by, tally.name), ())),
        freshness=percent(tally.right, judged),
        coverage=percent(judged, judged + tally.not_judged),
        views=round(seen.views) if seen else 0,
        fresh_views=percent_of(seen.right, seen.views) if seen else "–",
        shares=shares(tally.right, tally.wrong, tally.not_judged),
    )
