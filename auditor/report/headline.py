"""The night in numbers, each with the formula it comes from."""

from __future__ import annotations

from datetime import timedelta

from auditor.freshness import WINDOW, burn
from auditor.report.counts import shares, sums
from auditor.report.material import Material
from auditor.report.view import Figure, Headline
from auditor.report.wording import percent, percent_of, plural
from auditor.store.trends import NightTally

DAYS_AHEAD = 30


def headline(material: Material) -> Headline:
    """One sentence, a bar, and the figures."""
    right, wrong, blind = sums(material)
    judged, met = right + wrong, right + wrong + blind
    night = next(reversed(material.nights("all").get("", ())), None)
    return Headline(
        sentence=_sentence(right, judged, met),
        formula=f"right ÷ judged = {right:,} ÷ {judged:,}; judged ÷ met = {judged:,} ÷ {met:,}. "
        f"{_met(material)}"
        if met
        else "",
        right=right,
        wrong=wrong,
        not_judged=blind,
        freshness=percent(right, judged),
        coverage=percent(judged, met),
        shares=shares(right, wrong, blind) if met else (),
        figures=(
            _coverage(judged, met),
            *((_views(night), _objective(material, night)) if night else ()),
            _work(material),
            _since(material),
            _coming(material),
        ),
    )


def _sentence(right: int, judged: int, met: int) -> str:
    if not met:
        return "Nothing has been judged yet."
    if not judged:
        return "None of the facts met could be judged."
    if right == judged:
        return f"Every fact Sellby could judge is right; it could judge {percent(judged, met)}."
    return (
        f"{percent(right, judged)} of the facts Sellby could judge are right; "
        f"it could judge {percent(judged, met)}."
    )


def _coverage(judged: int, met: int) -> Figure:
    return Figure(
        percent(judged, met),
        "coverage: facts judged, of those met on pages",
        f"{judged:,} ÷ {met:,}",
        "unjudged.html",
    )


def _views(night: NightTally) -> Figure:
    seen = night.freshness
    if not seen.views:
        return Figure(
            "–",
            "page views that saw the right value",
            "no feed delivers page views: a `popularity_csv` feed with the signal pageviews does",
            "trends.html",
        )
    unknown = f"; {plural(seen.unviewed, 'product')} without known views" if seen.unviewed else ""
    return Figure(
        percent_of(seen.right, seen.views),
        "of page views saw the right value",
        f"Σ views × right ÷ judged, over products = {seen.right:,.0f} ÷ {seen.views:,.0f} "
        f"views a month{unknown}",
        "trends.html",
    )


def _objective(material: Material, night: NightTally) -> Figure:
    share = night.freshness.on_time_share
    wanted, hours = material.config.report.objective_percent, material.config.report.objective_hours
    label = f"right, or wrong for less than {hours:g} h; the objective is {wanted:g} %"
    points = [
        (n.as_of, on_time)
        for n in material.nights("all").get("", ())
        if (on_time := n.freshness.on_time_share) is not None
    ]
    burnt = burn(points, wanted / 100, material.now)
    if share is None or burnt is None:
        return Figure("–", label, "needs page views", "trends.html")
    return Figure(
        percent_of(night.freshness.on_time, night.freshness.views),
        label,
        f"burn {burnt.rate:.2g} = {100 - 100 * share:.1f} % late ÷ {100 - wanted:g} % allowed; "
        f"{100 * burnt.used:.0f} % of the {WINDOW.days}-day budget used",
        "trends.html",
        tone="good" if share >= wanted / 100 else "bad",
    )


def _work(material: Material) -> Figure:
    n = len(material.tasks)
    return Figure(
        f"{n:,}",
        "task" if n == 1 else "tasks",
        f"with {plural(len(material.work), 'finding')}: one fix settles all of a task" if n else "",
        "work.html",
    )


def _since(material: Material) -> Figure:
    audit = material.audit
    before = material.audits[1] if len(material.audits) > 1 else None
    if audit is None or before is None:
        return Figure(
            f"{audit.opened if audit else 0:,}", "new in the first night", "", "work.html"
        )
    return Figure(
        f"+{audit.opened:,} −{audit.verified:,}",
        "found, and seen fixed, since the audit before",
        f"that was {material.clock(before.as_of)}",
        "fixed.html",
    )


def _coming(material: Material) -> Figure:
    until = material.now + timedelta(days=DAYS_AHEAD)
    schedule = material.store.schedule
    changing = schedule.changing(material.now, until)
    pages = len(schedule.pages_about(changing))
    return Figure(
        f"{len(changing):,}",
        f"{'product changes' if len(changing) == 1 else 'products change'} "
        f"in the next {DAYS_AHEAD} days",
        f"{plural(pages, 'page')} speak{'s' * (pages == 1)} of {_THEM[len(changing) == 1]}"
        if changing
        else "as far as the feeds say",
        "coming.html",
    )


_THEM = {True: "it", False: "them"}


def _met(material: Material) -> str:
    audit = material.audit
    met, known = material.store.audits.products_on_pages(), len(material.products)
    pages = plural(audit.pages if audit else 0, "page")
    return f"{met:,} of {known:,} products were met, on {pages}."
