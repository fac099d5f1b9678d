"""What was right, wrong and not judged: overall, by group, by owner, by source, over time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from auditor.model import Finding
from auditor.popularity import explain, group_scores
from auditor.report.view import GroupRow, Headline, Share, TrendPoint
from auditor.report.wording import percent
from auditor.store import AuditStore, Tally

if TYPE_CHECKING:
    from auditor.report.material import Material

TREND_AUDITS = 30


def headline(material: Material) -> Headline:
    """The night in numbers, each with its formula."""
    right, wrong, blind = _sums(material)
    judged, met = right + wrong, right + wrong + blind
    audit, store = material.audit, material.store
    freshness, covered = percent(right, judged), percent(judged, met)
    sentence = (
        f"{freshness} of the facts Sellby could judge are right; it could judge {covered}."
        if met
        else "Nothing has been judged yet."
    )
    return Headline(
        sentence=sentence,
        formula=f"right ÷ judged = {right} ÷ {judged}; judged ÷ met = {judged} ÷ {met}.",
        right=right,
        wrong=wrong,
        not_judged=blind,
        coverage=covered,
        freshness=freshness,
        pages=audit.pages if audit else 0,
        products_on_pages=store.audits.products_on_pages(),
        products=len(material.products),
        shares=_shares(right, wrong, blind),
        trend=_trend(store),
    )


def coverage(material: Material) -> str:
    """The share of the facts met that could be judged."""
    right, wrong, blind = _sums(material)
    return percent(right + wrong, right + wrong + blind)


def _sums(material: Material) -> tuple[int, int, int]:
    """Facts right, wrong and not judged, of all sources."""
    tallies = material.tallies["source"]
    return (
        sum(tally.right for tally in tallies),
        sum(tally.wrong for tally in tallies),
        sum(tally.not_judged for tally in tallies),
    )


def tally_rows(material: Material, by: str) -> tuple[GroupRow, ...]:
    """Owners or sources (``by`` is "owner" or "source"), most open findings first.

    Somebody may have findings to work on without owning a product, as the owner of a source.
    """
    tallies, open_of = material.tallies[by], material.open_of[by]
    known = {tally.name for tally in tallies}
    others = [Tally(name, 0, 0, 0) for name in open_of if name not in known]
    rows = [_tally_row(tally, open_of.get(tally.name, 0)) for tally in (*tallies, *others)]
    return tuple(sorted(rows, key=lambda row: (-row.open, -row.wrong, row.name)))


def group_rows(material: Material) -> tuple[GroupRow, ...]:
    """Most popular group first: start there; a group without a signal last, and said so."""
    tallies, open_of = material.tallies["group"], material.open_of["group"]
    scored = group_scores(material.popularity, material.products)
    popularity = {name: known.score or 0.0 for name, known in scored.items()}
    ordered = sorted(tallies, key=lambda t: (-popularity.get(t.name, -1.0), t.name))
    return tuple(
        _tally_row(
            tally,
            open_of.get(tally.name, 0),
            explain(scored[tally.name]) if tally.name in scored else "no popularity signal",
        )
        for tally in ordered
    )


def open_counts(findings: Iterable[Finding]) -> dict[str, dict[str, int]]:
    """Open findings by group, owner and source."""
    counts: dict[str, dict[str, int]] = {"group": {}, "owner": {}, "source": {}}
    for finding in findings:
        names = (
            ("group", finding.group),
            ("owner", finding.owner),
            ("source", finding.judgement.source),
        )
        for by, name in names:
            counts[by][name] = counts[by].get(name, 0) + 1
    return counts


def _trend(store: AuditStore) -> tuple[TrendPoint, ...]:
    audits = list(reversed(store.audits.history(TREND_AUDITS)))
    audits = [audit for audit in audits if audit.matches + audit.wrong]
    shares = [audit.matches / (audit.matches + audit.wrong) for audit in audits]
    low = min(shares, default=0.0)
    span = max(max(shares, default=1.0) - low, 0.02)
    return tuple(
        TrendPoint(
            day=f"{audit.as_of:%Y-%m-%d %H:%M}",
            freshness=percent(audit.matches, audit.matches + audit.wrong),
            coverage=percent(
                audit.matches + audit.wrong, audit.matches + audit.wrong + audit.not_judged
            ),
            wrong=audit.wrong,
            x=round(100 * i / max(1, len(audits) - 1), 2),
            y=round(45 - 40 * (share - low) / span, 2),
        )
        for i, (audit, share) in enumerate(zip(audits, shares, strict=True))
    )


def _shares(right: int, wrong: int, not_judged: int) -> tuple[Share, ...]:
    whole = max(1, right + wrong + not_judged)
    offset = 0.0
    shares = []
    for name, label, count in (
        ("right", "right", right),
        ("wrong", "wrong", wrong),
        ("not_judged", "not judged", not_judged),
    ):
        width = round(100 * count / whole, 3)
        shares.append(Share(name, label, count, round(offset, 3), width))
        offset += width
    return tuple(shares)


def _tally_row(tally: Tally, open_findings: int, popularity: str = "") -> GroupRow:
    judged = tally.right + tally.wrong
    return GroupRow(
        name=tally.name,
        popularity=popularity,
        right=tally.right,
        wrong=tally.wrong,
        not_judged=tally.not_judged,
        open=open_findings,
        freshness=percent(tally.right, judged),
        coverage=percent(judged, judged + tally.not_judged),
        shares=_shares(tally.right, tally.wrong, tally.not_judged),
    )
