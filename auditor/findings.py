"""The life of a finding: fingerprint, states, verification. Pure: ``now`` is an argument.

    open ─ack▶ acknowledged ─confirm▶ claimed_fixed ─later snapshot▶ verified | not_observed
      └─waive▶ waived (until a date, or until a value changes)       └─seen again▶ reopened
      └─reject▶ rejected (as long as both values stay what they were)

A finding is closed by evidence alone: the page agrees, the quote is gone from it, or the page is
gone. A page that could not be read, and a fact that could not be judged, change nothing.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from auditor.causes import cause_alone
from auditor.model import (
    Decision,
    DecisionKind,
    Diagnosis,
    Finding,
    Judgement,
    Method,
    Reason,
    State,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Sight(StrEnum):
    """What a look at a page came to."""

    CONTENT = "content"
    GONE = "gone"
    BLIND = "blind"


@dataclass(frozen=True, slots=True)
class Observation:
    """One look at one page.

    ``fetched_at`` (aware UTC) is when the server answered; ``snapshot`` the SHA-256 of the body,
    ``text`` its visible text ("" unless the sight is content); ``why`` one clause for people
    where the page is gone or could not be read.
    """

    source: str
    url: str
    sight: Sight
    fetched_at: datetime
    snapshot: str = ""
    text: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class StateChange:
    """One step in a finding's life; ``old`` is "" for a new finding."""

    fingerprint: str
    at: datetime
    old: str
    new: str
    why: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What one observation did: findings to save, whole, and the steps they took."""

    findings: tuple[Finding, ...] = ()
    history: tuple[StateChange, ...] = ()


def fingerprint(judgement: Judgement) -> str:
    """The SHA-256 that names a disagreement for good; never the wrong value, never a position.

    >>> from auditor.model import Attribute
    >>> a = Judgement("web", "https://a/", "S", Attribute.MOQ, "", "", Verdict.MISMATCH)
    >>> fingerprint(a) == fingerprint(replace(a, claimed="50 pcs", quote="MOQ 50"))
    True
    >>> fingerprint(a) == fingerprint(replace(a, sku="T"))
    False
    """
    j = judgement
    parts = (j.source, j.url, j.sku, str(j.attribute), j.key, str(j.role))
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


def update(
    existing: Iterable[Finding],
    judgements: Sequence[Judgement],
    seen: Observation,
    decisions: Mapping[str, Sequence[Decision]],
    now: datetime,
) -> Changes:
    """What the findings of one page become after one look at it.

    ``existing`` are all findings of that page in whatever state, ``decisions`` those on them by
    fingerprint, oldest first. ``now`` is the audit's instant.
    """
    known = {finding.fingerprint: finding for finding in existing}
    wrong = _wrong(judgements) if seen.sight is Sight.CONTENT else {}
    steps = [
        _seen_wrong(known.get(key), key, judgement, _Look(seen, decisions.get(key, ()), now))
        for key, judgement in wrong.items()
    ]
    steps += [
        _not_seen(finding, judgements, _Look(seen, decisions.get(key, ()), now))
        for key, finding in known.items()
        if key not in wrong
    ]
    steps.sort(key=lambda step: step[0].fingerprint)
    return Changes(
        tuple(finding for finding, _ in steps),
        tuple(change for _, change in steps if change is not None),
    )


# --- one finding, one look -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Look:
    seen: Observation
    decisions: Sequence[Decision]
    now: datetime

    def last(self, kind: DecisionKind) -> Decision | None:
        undone = {d.undoes for d in self.decisions if d.undoes}
        return next(
            (d for d in reversed(self.decisions) if d.kind is kind and d.id not in undone), None
        )

    def is_after(self, decision: Decision | None) -> bool:
        return decision is not None and self.seen.fetched_at > decision.at


_Step = tuple[Finding, StateChange | None]


def _seen_wrong(old: Finding | None, key: str, judgement: Judgement, look: _Look) -> _Step:
    seen = look.seen
    if old is None:
        new = Finding(
            id=key[:8],
            fingerprint=key,
            judgement=judgement,
            state=State.OPEN,
            first_seen=seen.fetched_at,
            last_seen=seen.fetched_at,
            task=cause_alone(judgement).name,
            snapshot=seen.snapshot,
            observed_at=seen.fetched_at,
        )
        return new, StateChange(key, look.now, "", State.OPEN, "seen for the first time")
    state, why = _still_wrong(old, judgement, look)
    new = replace(
        old,
        judgement=judgement,
        state=state,
        last_seen=seen.fetched_at,
        snapshot=seen.snapshot,
        observed_at=seen.fetched_at,
        waived_until=old.waived_until if state is State.WAIVED else None,
        closed_at=old.closed_at if state is State.REJECTED else None,
    )
    return new, _change(old, state, why, look)


def _still_wrong(old: Finding, judgement: Judgement, look: _Look) -> tuple[State, str]:
    match old.state:
        case State.CLAIMED_FIXED:
            return _after_confirm(judgement, look)
        case State.VERIFIED:
            return State.REOPENED, f"was right and is wrong again: {judgement.claimed or 'missing'}"
        case State.WAIVED:
            if old.waived_until is not None and look.now >= old.waived_until:
                return State.OPEN, f"the waiver ended on {old.waived_until:%Y-%m-%d}"
            changed = _changed_since(look.last(DecisionKind.WAIVE), judgement)
            return (State.OPEN, f"the waiver ended: {changed}") if changed else (old.state, "")
        case State.REJECTED:
            changed = _changed_since(look.last(DecisionKind.REJECT), judgement)
            return (State.OPEN, f"the rejection ended: {changed}") if changed else (old.state, "")
        case _:
            return old.state, ""


def _after_confirm(judgement: Judgement, look: _Look) -> tuple[State, str]:
    confirm = look.last(DecisionKind.CONFIRM)
    if confirm is None or not look.is_after(confirm):
        return State.CLAIMED_FIXED, ""
    if judgement.claimed and judgement.claimed == confirm.expected:
        return State.REOPENED, (
            f"fixed as confirmed, to {judgement.claimed}; since then the truth is "
            f"{judgement.expected}"
        )
    says = f"still says {judgement.claimed}" if judgement.claimed else "still does not say it"
    return State.NOT_OBSERVED, f"confirmed by {confirm.who}, but the page {says}"


def _not_seen(old: Finding, judgements: Sequence[Judgement], look: _Look) -> _Step:
    looked = replace(old, observed_at=look.seen.fetched_at)
    if old.state in (State.VERIFIED, State.REJECTED):
        return old, None
    resolved = _resolution(old, judgements, look.seen)
    confirm = look.last(DecisionKind.CONFIRM)
    if not resolved:
        return (old if look.seen.sight is Sight.BLIND else looked), None
    if old.state is State.CLAIMED_FIXED and not look.is_after(confirm):
        return old, None
    if old.state is State.CLAIMED_FIXED and confirm is not None:
        why = f"{resolved}, as confirmed by {confirm.who}"
    else:
        why = f"seen fixed: {resolved}"
    new = replace(looked, state=State.VERIFIED, closed_at=look.seen.fetched_at, waived_until=None)
    return new, _change(old, State.VERIFIED, why, look)


def _resolution(old: Finding, judgements: Sequence[Judgement], seen: Observation) -> str:
    """Why the disagreement is over, "" where that is not proved."""
    if seen.sight is Sight.GONE:
        return seen.why or "the page is gone"
    if seen.sight is Sight.BLIND:
        return ""
    same = [j for j in judgements if _same_fact(j, old.judgement)]
    for judgement in same:
        if judgement.verdict is Verdict.MATCH and fingerprint(judgement) == old.fingerprint:
            if judgement.claimed and judgement.claimed == old.judgement.claimed:
                return "the truth agrees with the page now"
            return f"the page says {judgement.claimed or old.judgement.expected}"
    if any(_blinds_page(j) for j in judgements):
        return ""
    agrees = any(j.verdict is Verdict.MATCH for j in same)
    if not agrees and any(_is_undecided(j) for j in same):
        return ""
    if old.judgement.verdict is Verdict.MISSING:
        return "the page says it now" if agrees else ""
    if old.judgement.verdict is Verdict.CONTRADICTION:
        return "the two statements no longer contradict each other"
    quote = _folded(old.judgement.quote)
    if quote and quote in _folded(seen.text) and not _is_markup(old.judgement):
        return ""
    return "the page no longer says it"


def _same_fact(one: Judgement, other: Judgement) -> bool:
    return (one.sku, one.attribute, one.key) == (other.sku, other.attribute, other.key)


_BLIND = frozenset(
    {
        Reason.NEEDS_RENDER,
        Reason.NO_TEXT_LAYER,
        Reason.UNREADABLE,
        Reason.LOGIN_WALL,
        Reason.SOFT_404,
        Reason.SERVER_ERROR,
        Reason.BLOCKED,
        Reason.FEED_GATED,
    }
)
# The fact is on the page, but it could not be told whether it is right now.
_UNDECIDED = frozenset(
    {
        Reason.AMBIGUOUS_NUMBER,
        Reason.AMBIGUOUS_PRODUCT,
        Reason.AMBIGUOUS_CURRENCY,
        Reason.SOURCE_CONFLICT,
        Reason.VALUE_HELD,
        Reason.SOURCE_DOUBT,
        Reason.PROPAGATION_GRACE,
        Reason.BASIS_UNCLEAR,
        Reason.ROLE_UNCLEAR,
        Reason.VARIANT_NOT_SELECTED,
        Reason.INCOMPARABLE,
        Reason.NO_TRUTH,
    }
)


def _blinds_page(judgement: Judgement) -> bool:
    """Whether a judgement says that the page as a whole could not be read."""
    return judgement.verdict is Verdict.NOT_JUDGED and judgement.reason in _BLIND


def _is_undecided(judgement: Judgement) -> bool:
    return judgement.verdict is Verdict.NOT_JUDGED and judgement.reason in _UNDECIDED


def _is_markup(judgement: Judgement) -> bool:
    return judgement.diagnosis is Diagnosis.MARKUP_STALE or (
        judgement.claim is not None
        and judgement.claim.method not in (Method.TABLE, Method.PAIR, Method.PROSE, Method.PROFILE)
    )


def _changed_since(decision: Decision | None, judgement: Judgement) -> str:
    if decision is None:
        return ""
    if decision.claimed != judgement.claimed:
        return f"the page now says {judgement.claimed or 'nothing'}"
    if decision.expected != judgement.expected:
        return f"the truth is now {judgement.expected or 'open'}"
    return ""


def _change(old: Finding, state: State, why: str, look: _Look) -> StateChange | None:
    if state is old.state:
        return None
    return StateChange(old.fingerprint, look.now, old.state, state, why)


# --- many judgements of one page -------------------------------------------------------------


def _wrong(judgements: Sequence[Judgement]) -> dict[str, Judgement]:
    """The judgement that stands for each disagreement: visible before markup, then page order."""
    found: dict[str, Judgement] = {}
    for judgement in sorted(filter(lambda j: j.verdict.is_finding, judgements), key=_rank):
        found.setdefault(fingerprint(judgement), judgement)
    return found


def _rank(judgement: Judgement) -> tuple[bool, int, str, str]:
    return (
        _is_markup(judgement),
        judgement.locator.start,
        judgement.claimed,
        judgement.quote,
    )


def _folded(text: str) -> str:
    return " ".join(text.split())
