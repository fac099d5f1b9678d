"""Which findings have one root cause? One fix clears them all. Pure and deterministic.

A finding may have several causes that would explain it: the price list that was not published, the
template that prints it, the paragraph that was copied. Among those the one that clears most wins,
then the next among what is left, as a task force would go about it (a greedy set cover). A cause
that was found on an earlier night keeps its findings, so a piece of work does not fall apart while
it is being done.
"""

from __future__ import annotations

import hashlib
import heapq
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from auditor.model import Cause, Diagnosis, Verdict
from auditor.near_copies import near_copies

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from auditor.model import Finding, Judgement

FEWEST_PAGES = 3
"""Pages that must show the same slip at the same place before a template is blamed for it."""

FEWEST_PRODUCTS = 3
"""Products of one day's change before it is called a price list."""


@dataclass(frozen=True, slots=True, order=True)
class RootCause:
    """Why findings are there: the kind of cause, and the name of the piece of work it makes."""

    kind: Cause
    name: str


def causes_of(
    findings: Iterable[Finding],
    passages: Mapping[str, str],
    doubts: Mapping[tuple[str, str, str, str, str], str],
) -> dict[str, RootCause]:
    """The root cause of each finding, by fingerprint.

    ``passages`` are the paragraphs that quotes stand in, by fingerprint. ``doubts`` are the feeds
    that website and knowledge base agree against, by (sku, attribute, key, role, claimed).
    """
    known = sorted(findings, key=lambda finding: finding.fingerprint)
    copied = _copied(known, passages)
    members: dict[RootCause, list[Finding]] = defaultdict(list)
    chosen: dict[str, RootCause] = {}
    for finding in known:
        j = finding.judgement
        feed = doubts.get((j.sku, j.attribute, j.key, j.role, j.claimed))
        if feed is not None:
            chosen[finding.fingerprint] = RootCause(Cause.FEED, doubt_task(feed))
            continue
        if j.verdict is Verdict.REPORTED:
            chosen[finding.fingerprint] = RootCause(Cause.FACT, finding.task)
            continue
        for cause in _candidates(finding, copied.get(finding.fingerprint, "")):
            members[cause].append(finding)
            if cause.kind in _LASTING and (cause.kind, cause.name) == (finding.cause, finding.task):
                chosen[finding.fingerprint] = cause
    _cover(members, chosen)
    return chosen


def cause_alone(judgement: Judgement) -> RootCause:
    """The cause of a finding that shares none: the fact itself, wherever it is repeated.

    >>> from auditor.model import Attribute, Judgement
    >>> j = Judgement("web", "https://a/", "S-1", Attribute.MOQ, "", "", Verdict.EXTRA)
    >>> cause_alone(j).name
    'S-1: moq'
    """
    return RootCause(Cause.FACT, f"{judgement.sku}: {_fact(judgement)}".removeprefix(": "))


def doubt_task(feed: str) -> str:
    """The piece of work of everything on which website and knowledge base doubt one feed.

    >>> doubt_task("erp")
    'erp: is the feed right? website and knowledge base agree against it'
    """
    return f"{feed}: is the feed right? website and knowledge base agree against it"


# --- what might be the cause of one finding --------------------------------------------------


def _candidates(finding: Finding, copied: str) -> list[RootCause]:
    j = finding.judgement
    found = [cause_alone(j)]
    if j.diagnosis is Diagnosis.OUTDATED and j.truth is not None and j.truth.valid_from:
        # A price list starts at a midnight somewhere: half a day later it is that day everywhere.
        day = (j.truth.valid_from + timedelta(hours=12)).date().isoformat()
        found.append(
            RootCause(Cause.PRICE_LIST, f"{j.source}: {j.attribute} of {day} not published")
        )
        found.append(RootCause(Cause.PRODUCT, f"{j.sku}: change of {day} not published"))
    if template := _template(j):
        found.append(RootCause(Cause.TEMPLATE, template))
    if copied:
        found.append(RootCause(Cause.COPY, copied))
    return found


def _template(judgement: Judgement) -> str:
    """The work of mending the template that prints this, "" where none need be to blame.

    A missing statement and a basis, slip or mark-up difference repeat with the template; any other
    value only where the template itself prints it: the same one at the same place.
    """
    j = judgement
    if j.verdict is Verdict.MISSING:
        return f"{j.source}: {_fact(j)} missing"
    if j.diagnosis is Diagnosis.MARKUP_STALE:
        return f"{j.source}: {j.attribute} in markup of one template"
    if not j.locator.path:
        return ""
    if j.diagnosis in (Diagnosis.BASIS, Diagnosis.SLIP):
        return f"{j.source}: {j.attribute} {j.diagnosis}, template {_short(_shape(j))}"
    if j.verdict is Verdict.CONTRADICTION or not j.quote:
        return ""
    place = _short(f"{_shape(j)}\n{j.key}\n{j.role}\n{j.claimed}\n{_folded(j.quote)}")
    return f"{j.source}: {_fact(j)} {j.claimed}, template {place}"


def _copied(findings: Sequence[Finding], passages: Mapping[str, str]) -> dict[str, str]:
    """The work of mending a copied paragraph, by fingerprint of the findings that stand in it."""
    groups: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    names = {}
    for finding in findings:
        j = finding.judgement
        if (passage := passages.get(finding.fingerprint, "")) and j.claimed:
            groups[j.attribute, j.key, j.claimed][finding.fingerprint] = passage
        if finding.cause is Cause.COPY:
            names[finding.fingerprint] = finding.task
    found: dict[str, str] = {}
    for (attribute, key, _), texts in sorted(groups.items()):
        together: dict[str, list[str]] = defaultdict(list)
        for one, head in near_copies(texts).items():
            together[head].append(one)
        for head, ones in sorted(together.items()):
            earlier = Counter(names[one] for one in ones if one in names)
            start = " ".join(_folded(texts[head]).split()[:8])
            new = f"{attribute} {key}".strip() + f" in the copied paragraph “{start} …”"
            name = min(earlier, key=lambda n: (-earlier[n], n)) if earlier else new
            found.update(dict.fromkeys(ones, name))
    return found


# --- which one it is --------------------------------------------------------------------------

# What stays one piece of work while its findings are fixed one by one.
_LASTING = frozenset({Cause.PRICE_LIST, Cause.TEMPLATE, Cause.COPY})
# Which cause is named where two clear the same number of findings.
_ORDER = (Cause.PRICE_LIST, Cause.TEMPLATE, Cause.COPY, Cause.FACT, Cause.PRODUCT)


def _cover(members: Mapping[RootCause, Sequence[Finding]], chosen: dict[str, RootCause]) -> None:
    """Give every finding not yet ``chosen`` the cause that clears most of what is left."""
    waiting = [(-len(found), _ORDER.index(cause.kind), cause) for cause, found in members.items()]
    heapq.heapify(waiting)
    while waiting:
        size, order, cause = heapq.heappop(waiting)
        left = [f for f in members[cause] if f.fingerprint not in chosen]
        if not left or not _is_shared(cause, left):
            continue  # it can only get smaller
        if len(left) < -size:
            heapq.heappush(waiting, (-len(left), order, cause))
        else:
            chosen.update((finding.fingerprint, cause) for finding in left)


def _is_shared(cause: RootCause, findings: Sequence[Finding]) -> bool:
    """Whether there is enough of it to call it the cause."""
    judgements = [finding.judgement for finding in findings]
    match cause.kind:
        case Cause.PRICE_LIST:
            return len({j.sku for j in judgements}) >= FEWEST_PRODUCTS
        case Cause.TEMPLATE:
            return len({j.url for j in judgements}) >= FEWEST_PAGES
        case Cause.COPY:
            return len({j.url for j in judgements}) > 1
        case Cause.PRODUCT:
            return len({(j.url, j.attribute, j.key) for j in judgements}) > 1
        case _:
            return True


def _fact(judgement: Judgement) -> str:
    return f"{judgement.attribute} {judgement.key}".strip()


def _shape(judgement: Judgement) -> str:
    """The place on the template: the path without its positions."""
    return re.sub(r"\[\d+\]|\d+", "", judgement.locator.path)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:4]


def _folded(text: str) -> str:
    return " ".join(text.split())
