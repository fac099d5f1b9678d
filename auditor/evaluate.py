"""How right are we? Audits a labelled set through the public pipeline and scores every label.

The set's format is one folder with ``set.yaml``, ``products.csv``, ``truths.csv``, the pages as
served and ``cases/*.yaml`` with the findings, matches and abstentions that must come out.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from auditor.bind import bind
from auditor.catalogue import Catalogue
from auditor.compare import Policy, judge_page, judge_unreadable
from auditor.extract import extract
from auditor.extract.interface import Context
from auditor.feeds import FeedConfig, read_feed
from auditor.model import Attribute, Judgement, Product, Truth, Verdict
from auditor.page.read import read_page
from auditor.values.types import Tax
from crawler.outcome import classify
from crawler.snapshot import Outcome, Snapshot

if TYPE_CHECKING:
    from auditor.page.model import Page


@dataclass(frozen=True, slots=True)
class Label:
    """One labelled statement: what must come out for a page, a product and an attribute."""

    kind: str
    case: str
    pitfall: str
    page: str
    sku: str
    attribute: str
    key: str
    quote: str
    verdict: str = ""
    diagnosis: str = ""
    reason: str = ""


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


@dataclass(frozen=True, slots=True)
class _Case:
    name: str
    pitfall: str
    pages: tuple[str, ...]
    labels: tuple[Label, ...]
    traps: tuple[tuple[str, str], ...]


def evaluate(set_dir: Path, *, only: str = "") -> Report:
    """Audit every page of the set's cases and score what came out.

    ``only`` limits the run to cases whose name contains it.
    """
    settings = yaml.safe_load((set_dir / "set.yaml").read_text(encoding="utf-8"))
    at = _instant(settings["as_of"])
    products = read_feed(
        "products", FeedConfig(format="products_csv", path="products.csv"), set_dir
    )
    catalogue = Catalogue(record for record in products if isinstance(record, Product))
    truths = _truths(set_dir)
    offers = any(t.attribute is Attribute.OFFER for known in truths.values() for t in known)
    contexts = {
        name: (_context(source, truths), _policy(source, offers=offers))
        for name, source in settings["sources"].items()
    }
    report = Report()
    for case in _cases(set_dir, only):
        for name in case.pages:
            context, policy = contexts[name.split("/", 1)[0]]
            page, judgements = _audit(set_dir, name, at, context, policy, catalogue, truths)
            _score(report, case, name, page, judgements)
            report.pages += 1
    return report


def _audit(  # noqa: PLR0913 - everything that determines one page's judgements
    set_dir: Path,
    name: str,
    at: datetime,
    context: Context,
    policy: Policy,
    catalogue: Catalogue,
    truths: Mapping[str, Sequence[Truth]],
) -> tuple[Page, list[Judgement]]:
    source = name.split("/", 1)[0]
    body = (set_dir / name).read_bytes()
    url = f"https://{name}"
    outcome = classify(body).outcome
    snapshot = Snapshot(source, url, at, outcome, 200, "text/html", None, body)
    page = read_page(snapshot, language=context.language)

    def of(sku: str) -> Sequence[Truth]:
        return truths.get(sku, ())

    if outcome is not Outcome.OK:
        return page, judge_unreadable(source, url, outcome, catalogue, of, at=at, policy=policy)
    candidates, skipped = extract(page, context)
    claims, unbound = bind(page, candidates, catalogue, context)
    return page, judge_page(page, claims, [*skipped, *unbound], catalogue, of, at=at, policy=policy)


def _score(
    report: Report, case: _Case, name: str, page: Page, judgements: Sequence[Judgement]
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
    report: Report, case: _Case, name: str, found: Sequence[Judgement], used: set[int]
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
    first, second = set(re.findall(r"\w+", one)), set(re.findall(r"\w+", two))
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
    def share(value: float | None) -> str:
        return "  –  " if value is None else f"{value:5.3f}"

    return (
        f"{name:16} {share(tally.precision)} {share(tally.recall)} "
        f"{tally.diagnosed:3}/{tally.found:<3} {tally.matched:4}/{tally.matches:<4} "
        f"{tally.abstained:3}/{tally.abstains:<3}"
    )


def _cases(set_dir: Path, only: str) -> Iterable[_Case]:
    for path in sorted((set_dir / "cases").glob("*.yaml")):
        if only not in path.stem:
            continue
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        labels = [
            _label(kind, path.stem, data, entry)
            for kind, group in (
                ("finding", "findings"),
                ("match", "matches"),
                ("abstain", "abstain"),
            )
            for entry in data.get(group) or ()
        ]
        traps = tuple((trap["page"], str(trap["text"])) for trap in data.get("traps") or ())
        yield _Case(path.stem, str(data["pitfall"]), tuple(data["pages"]), tuple(labels), traps)


def _label(kind: str, case: str, data: Mapping[str, Any], entry: Mapping[str, Any]) -> Label:
    text = {
        name: str(entry.get(name) or "")
        for name in ("page", "sku", "attribute", "key", "quote", "verdict", "diagnosis", "reason")
    }
    return Label(kind=kind, case=case, pitfall=str(data["pitfall"]), **text)


def _context(source: Mapping[str, Any], truths: Mapping[str, Sequence[Truth]]) -> Context:
    names = {
        truth.key: truth.key
        for of_sku in truths.values()
        for truth in of_sku
        if truth.attribute is Attribute.SPEC
    }
    return Context(
        language=source.get("language", ""),
        currency=source.get("currency"),
        tax=Tax(source.get("tax", "unknown")),
        market=source.get("market"),
        timezone=source.get("timezone", "UTC"),
        spec_names=names,
    )


def _policy(source: Mapping[str, Any], *, offers: bool) -> Policy:
    return Policy(
        offers_are_complete=offers,
        source_kind=source.get("kind", "website"),
        language=source.get("language", ""),
        currency=source.get("currency"),
        tax=Tax(source.get("tax", "unknown")),
        market=source.get("market"),
    )


def _truths(set_dir: Path) -> dict[str, list[Truth]]:
    found: dict[str, list[Truth]] = defaultdict(list)
    for record in read_feed("truths", FeedConfig(format="truths_csv", path="truths.csv"), set_dir):
        if isinstance(record, Truth):
            found[record.sku].append(record)
    return found


def _instant(value: Any) -> datetime:
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


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
