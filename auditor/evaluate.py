"""How right are we? Audits a labelled set through the public pipeline and scores every label."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.bind import bind
from auditor.compare import judge_page, judge_unreadable
from auditor.extract import extract
from auditor.labelled import Case, Label, LabelledSet
from auditor.model import Judgement, Truth, Verdict
from auditor.page.read import read_page
from crawler.outcome import classify
from crawler.snapshot import Outcome, Snapshot

if TYPE_CHECKING:
    from auditor.page.model import Page


# A number is one word: "$88.00" and "$54.00" share none.
_WORD = re.compile(r"\w+(?:[.,'’]\d+)*")
Audit = Callable[[LabelledSet, str], "tuple[Page, list[Judgement]]"]
"""Audits one page of a set: the page as it was read, and what was judged."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that came out wrong: what, where, and both sides in words."""

    what: str
    case: str
    page: str
    text: str


@dataclass(slots=True)
class Tally:
    """Counts of one group (a pitfall, an attribute or the whole set)."""

    findings: int = 0
    found: int = 0
    reported: int = 0
    right: int = 0
    diagnosed: int = 0
    matches: int = 0
    matched: int = 0
    abstains: int = 0
    abstained: int = 0

    @property
    def precision(self) -> float | None:
        """Right findings of all reported; None where nothing was reported."""
        return self.right / self.reported if self.reported else None

    @property
    def recall(self) -> float | None:
        """Labelled findings that were reported; None where none is labelled."""
        return self.found / self.findings if self.findings else None


@dataclass(slots=True)
class Report:
    """The scores of a labelled set, and everything that came out wrong."""

    total: Tally = field(default_factory=Tally)
    pitfalls: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    attributes: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    trap_hits: int = 0
    control_findings: int = 0
    pages: int = 0
    wrong: list[Wrong] = field(default_factory=list)


def evaluate(set_dir: Path, *, only: str = "", audit: Audit | None = None) -> Report:
    """Audit every page of the set's cases and score what came out.

    ``only`` limits the run to cases whose name contains it; ``audit`` is who does the job
    (we, where it is None).
    """
    labelled = LabelledSet.read(set_dir)
    report = Report()
    for case in labelled.cases(only):
        for name in case.pages:
            page, judgements = (audit or audit_page)(labelled, name)
            _score(report, case, name, page, judgements)
            report.pages += 1
    return report


def _score(
    report: Report, case: Case, name: str, page: Page, judgements: Sequence[Judgement]
) -> None:
    labels = [label for label in case.labels if label.page == name]
    found = [j for j in judgements if j.verdict.is_finding]
    used: set[int] = set()
    for label in labels:
        tallies = _tallies(report, label.pitfall, label.attribute)
        if label.kind == "finding":
            _score_finding(report, label, page, found, judgements, used, tallies)
        elif label.kind == "match":
            ok = any(_agrees(label, j, Verdict.MATCH, page) for j in judgements)
            _count(tallies, matches=1, matched=int(ok))
            if not ok:
                _wrong(report, "no match", label, judgements)
        else:
            bad = [
                j
                for j in judgements
                if j.sku == label.sku
                and j.attribute == label.attribute
                and (j.verdict.is_finding or j.verdict is Verdict.MATCH)
                and _overlap(label.quote, j.quote)
            ]
            _count(tallies, abstains=1, abstained=int(not bad))
            if bad:
                _wrong(report, "judged, not abstained", label, bad)
    for index, judgement in enumerate(found):
        tallies = _tallies(report, case.pitfall, str(judgement.attribute))
        _count(tallies, reported=1, right=int(index in used))
        if index not in used:
            report.control_findings += case.pitfall == "0"
            report.wrong.append(Wrong("false finding", case.name, name, describe(judgement)))
    _score_traps(report, case, name, found, used)


def _score_finding(  # noqa: PLR0913 - one label against one page's judgements
    report: Report,
    label: Label,
    page: Page,
    found: Sequence[Judgement],
    judgements: Sequence[Judgement],
    used: set[int],
    tallies: Sequence[Tally],
) -> None:
    hits = [
        index
        for index, judgement in enumerate(found)
        if index not in used and _agrees(label, judgement, Verdict(label.verdict), page)
    ]
    _count(tallies, findings=1, found=int(bool(hits)))
    if not hits:
        _wrong(report, "missed finding", label, judgements)
        return
    best = min(hits, key=lambda i: str(found[i].diagnosis) != label.diagnosis)
    used.add(best)
    if str(found[best].diagnosis) == label.diagnosis:
        _count(tallies, diagnosed=1)
    else:
        _wrong(report, "other diagnosis", label, [found[best]])


def _score_traps(
    report: Report, case: Case, name: str, found: Sequence[Judgement], used: set[int]
) -> None:
    for page, text in case.traps:
        if page != name:
            continue
        for index, judgement in enumerate(found):
            if index not in used and _fold(text) in _fold(judgement.quote):
                report.trap_hits += 1
                report.wrong.append(
                    Wrong("trap", case.name, name, f"{text!r}: {describe(judgement)}")
                )


def _agrees(label: Label, judgement: Judgement, verdict: Verdict, page: Page) -> bool:
    return (
        judgement.verdict is verdict
        and judgement.sku == label.sku
        and str(judgement.attribute) == label.attribute
        and (judgement.key == label.key or (label.kind == "match" and not label.key))
        and (_overlap(label.quote, judgement.quote) or _touches(label.quote, judgement, page))
    )


def _touches(wanted: str, judgement: Judgement, page: Page) -> bool:
    """Whether the judgement's quote stands in, across or beside one place of the wanted quote."""
    start, end = judgement.locator.start, judgement.locator.end
    return start >= 0 and any(
        hit.start() <= end and start <= hit.end()
        for hit in re.finditer(re.escape(wanted), page.text)
    )


def _overlap(wanted: str, got: str) -> bool:
    """Whether two quotes show the same words: one holds the other, or most of them are shared."""
    one, two = _fold(wanted), _fold(got)
    if not one or not two:
        return not one
    if one in two or two in one:
        return True
    first, second = set(_WORD.findall(one)), set(_WORD.findall(two))
    return len(first & second) * 2 >= max(1, min(len(first), len(second)))


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()


def _count(tallies: Iterable[Tally], **counts: int) -> None:
    for tally in tallies:
        for name, value in counts.items():
            setattr(tally, name, getattr(tally, name) + value)


def _tallies(report: Report, pitfall: str, attribute: str) -> list[Tally]:
    return [report.total, report.pitfalls[pitfall], report.attributes[attribute]]


def _wrong(report: Report, what: str, label: Label, judgements: Sequence[Judgement]) -> None:
    related = [
        describe(j)
        for j in judgements
        if j.sku == label.sku and str(j.attribute) == label.attribute
    ]
    wanted = f"{label.sku} {label.attribute} {label.key!r} {label.verdict}/{label.diagnosis}"
    text = f"{wanted} {label.reason} {label.quote!r}" + "".join(f"\n      got {r}" for r in related)
    report.wrong.append(Wrong(what, label.case, label.page, text))


def audit_page(labelled: LabelledSet, name: str) -> tuple[Page, list[Judgement]]:
    """One page of a set through the public pipeline, with its judgements."""
    source, at, catalogue = name.split("/", 1)[0], labelled.at, labelled.catalogue
    context, policy = labelled.sources[source]
    url, body = f"https://{name}", (labelled.folder / name).read_bytes()

    def of(sku: str) -> Sequence[Truth]:
        return labelled.truths.get(sku, ())

    outcome = classify(body).outcome
    snapshot = Snapshot(source, url, at, outcome, 200, "text/html", None, body)
    page = read_page(snapshot, language=context.language)
    if outcome is not Outcome.OK:
        return page, judge_unreadable(source, url, outcome, catalogue, of, at=at, policy=policy)
    candidates, skipped = extract(page, context)
    claims, unbound = bind(page, candidates, catalogue, context)
    seen = [*skipped, *unbound]
    return page, judge_page(page, claims, seen, catalogue, of, at=at, policy=policy)


def describe(judgement: Judgement) -> str:
    """One line that tells what was judged and on which quote."""
    j = judgement
    why = f"/{j.diagnosis}" if j.diagnosis else f"({j.reason})" if j.reason else ""
    how = j.claim.binding if j.claim else ""
    return (
        f"{j.sku} {j.attribute} {j.key!r} {j.role!r} {j.verdict}{why} claimed {j.claimed!r} "
        f"expected {j.expected!r} quote {j.quote[:100]!r} [{how}]"
    )


def table(report: Report) -> str:
    """The scores as text: the whole set, then per pitfall and per attribute."""
    head = f"{'':16} {'P':>5} {'R':>5} {'diag':>7} {'match':>9} {'abstain':>8}"
    lines = [f"{report.pages} pages", head, _line("all", report.total)]
    lines += [
        _line(f"pitfall {name}", tally)
        for name, tally in sorted(report.pitfalls.items(), key=lambda item: int(item[0]))
    ]
    lines += [_line(name, tally) for name, tally in sorted(report.attributes.items())]
    lines.append(
        f"findings on control pages: {report.control_findings}; from trap text: {report.trap_hits}"
    )
    return "\n".join(lines)


def beside(ours: Report, theirs: Report) -> str:
    """Two reports of one set beside each other: precision, recall and matches of each."""
    head = f"{'':16} {'Sellby':^21}  {'extruct+price-parser':^21}"
    sub = f"{'':16}" + f" {'P':>5} {'R':>5} {'match':>9} " * 2
    rows = [("all", ours.total, theirs.total)]
    rows += [
        (name, tally, theirs.attributes.get(name, Tally()))
        for name, tally in sorted(ours.attributes.items())
    ]
    lines = [
        f"{name:16}"
        + "".join(
            f" {_share(t.precision)} {_share(t.recall)} {t.matched:4}/{t.matches:<4} "
            for t in (one, other)
        )
        for name, one, other in rows
    ]
    last = (
        f"findings on control pages: {ours.control_findings} and {theirs.control_findings}; "
        f"from trap text: {ours.trap_hits} and {theirs.trap_hits}"
    )
    return "\n".join([head, sub, *lines, last])


def figures(report: Report) -> dict[str, Any]:
    """The scores as plain data, for JSON."""
    groups = {"all": report.total, **report.attributes}
    groups |= {f"pitfall {name}": tally for name, tally in report.pitfalls.items()}
    return {
        "pages": report.pages,
        "control_findings": report.control_findings,
        "trap_hits": report.trap_hits,
        "groups": {
            name: {**asdict(tally), "precision": tally.precision, "recall": tally.recall}
            for name, tally in groups.items()
        },
        "wrong": [asdict(item) for item in report.wrong],
    }


def _line(name: str, tally: Tally) -> str:
    return (
        f"{name:16} {_share(tally.precision)} {_share(tally.recall)} "
        f"{tally.diagnosed:3}/{tally.found:<3} {tally.matched:4}/{tally.matches:<4} "
        f"{tally.abstained:3}/{tally.abstains:<3}"
    )


def _share(value: float | None) -> str:
    return "  –  " if value is None else f"{value:5.3f}"


def main(arguments: Sequence[str]) -> int:
    """Print the scores of a set and what came out wrong; 0 always."""
    only = arguments[1] if len(arguments) > 1 else ""
    report = evaluate(Path(arguments[0]), only=only)
    for wrong in report.wrong:
        sys.stdout.write(f"{wrong.what}: {wrong.page} ({wrong.case})\n      {wrong.text}\n")
    sys.stdout.write(table(report) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
