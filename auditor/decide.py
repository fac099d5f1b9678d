"""Which decision is allowed when, and what it makes of a finding. Pure: ``now`` is an argument."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from auditor.errors import DecisionRefused
from auditor.findings import StateChange
from auditor.model import Before, Decision, DecisionKind, Finding, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime


class RejectReason(StrEnum):
    """Why a finding is not one; a closed set, so that reasons can be counted."""

    PAGE_RIGHT_FEED_WRONG = "page_right_feed_wrong"
    FALSE_ALARM = "false_alarm"
    OTHER_PRODUCT = "other_product"
    OTHER_MARKET = "other_market"
    ACCEPTED = "accepted"
    WONT_FIX = "wont_fix"
    DUPLICATE = "duplicate"

    @property
    def is_still_wrong(self) -> bool:
        """Whether the fact stays wrong, in every count, though nobody is to work on it.

        For every other reason a person says that it is not (or counts elsewhere). The views
        ``not_wrong`` and ``counted`` of the database say the same.
        """
        return self is RejectReason.WONT_FIX


REASONS: Mapping[RejectReason, str] = {
    RejectReason.PAGE_RIGHT_FEED_WRONG: "the page is right and the feed is wrong",
    RejectReason.FALSE_ALARM: "the page does not say what Sellby read",
    RejectReason.OTHER_PRODUCT: "the statement is about another product",
    RejectReason.OTHER_MARKET: "the statement is for another market",
    RejectReason.ACCEPTED: "known and accepted as it is",
    RejectReason.WONT_FIX: "true, but it will not be fixed",
    RejectReason.DUPLICATE: "the same work as another finding",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to decide.

    ``who`` must not be empty. ``reason`` is a ``RejectReason`` for a rejection. ``until`` (aware)
    ends a waiver; None: it ends when a value changes. ``assignee`` is whom to assign to.
    """

    kind: DecisionKind
    who: str
    reason: str = ""
    note: str = ""
    until: datetime | None = None
    assignee: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with what it makes of the finding; ``change`` is None where the state stays."""

    decision: Decision
    finding: Finding
    change: StateChange | None


def revision(finding: Finding) -> str:
    """What somebody who looks at a finding sees of it, as 8 letters: both values, state, owner.

    A decision that says which revision it is about is refused where the finding has another now.
    """
    j = finding.judgement
    seen = (
        j.verdict, j.diagnosis, j.claimed, j.expected, j.quote, finding.state, finding.owner,
        finding.waived_until.isoformat() if finding.waived_until else "",
    )  # fmt: skip
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:8]


def plan_of(findings: Iterable[Finding]) -> str:
    """Many findings as they are now, as 8 letters: what a dry run showed and is decided on."""
    seen = sorted((finding.fingerprint, revision(finding)) for finding in findings)
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:8]


def standing_decisions(decisions: Sequence[Decision]) -> list[Decision]:
    """Those that were not taken back, without the taking back itself."""
    undone = {decision.undoes for decision in decisions if decision.undoes}
    return [d for d in decisions if d.kind is not DecisionKind.UNDO and d.id not in undone]


def undo(finding: Finding, decisions: Sequence[Decision], wish: Wish, now: datetime) -> Decided:
    """Take back the last decision on ``finding``; ``decisions`` are all on it, oldest first.

    It stays in the log, and so does the taking back. Raises DecisionRefused where there is none,
    where it is somebody else's, and where an audit has changed the finding since.
    """
    standing = standing_decisions(decisions)
    last = standing[-1] if standing else None
    if last is None or last.before is None:
        raise DecisionRefused(f"{finding.id}: nothing was decided that could be taken back")
    if last.who != wish.who:
        raise DecisionRefused(
            f"{finding.id}: the last decision is {last.who}'s ({last.kind}); only they can take it "
            "back, anybody can decide anew"
        )
    led_to = _LEADS_TO.get(last.kind, last.before.state)
    if finding.state is not led_to:
        raise DecisionRefused(
            f"{finding.id}: it is {finding.state} by now, so the {last.kind} can no longer be "
            "taken back"
        )
    before = last.before
    decision = _decision(finding, wish, now)
    new = replace(
        finding,
        state=before.state,
        owner=before.owner if last.kind is DecisionKind.ASSIGN else finding.owner,
        waived_until=before.waived_until,
        closed_at=before.closed_at,
    )
    why = f"{wish.who} took back: {last.kind}"
    return Decided(replace(decision, undoes=last.id), new, _step(finding, new.state, why, now))


def is_open_to(finding: Finding, kind: DecisionKind) -> bool:
    """Whether a finding is in a state that such a decision may be made in."""
    return kind is DecisionKind.UNDO or finding.state in _ALLOWED[kind]


def decide(finding: Finding, wish: Wish, now: datetime) -> Decided:
    """What ``wish`` makes of ``finding``.

    Raises DecisionRefused, with a sentence that says what to do instead.
    """
    if finding.state not in _ALLOWED[wish.kind]:
        raise DecisionRefused(f"{finding.id}: {_INSTEAD[wish.kind].format(state=finding.state)}")
    _check(finding, wish, now)
    decision = _decision(finding, wish, now)
    state = _LEADS_TO.get(wish.kind, finding.state)
    new = replace(
        finding,
        state=state,
        owner=wish.assignee if wish.kind is DecisionKind.ASSIGN else finding.owner,
        waived_until=wish.until if state is State.WAIVED else None,
        closed_at=now if state is State.REJECTED else None,
    )
    return Decided(decision, new, _step(finding, state, _why(wish), now))


def check_seen(finding: Finding, seen: str) -> None:
    """Raise DecisionRefused where ``seen`` is another revision of the finding; "" is none."""
    if seen and seen != revision(finding):
        j = finding.judgement
        raise DecisionRefused(
            f"{finding.id}: it changed since you looked at it: it is {finding.state} now, with "
            f"{finding.owner or 'nobody'}; the page says {j.claimed or 'nothing'}, true is "
            f"{j.expected or 'nothing'}. Look again, then decide."
        )


def _decision(finding: Finding, wish: Wish, now: datetime) -> Decision:
    return Decision(
        fingerprint=finding.fingerprint,
        kind=wish.kind,
        who=wish.who,
        at=now,
        reason=wish.reason,
        note=wish.note,
        until=wish.until,
        assignee=wish.assignee,
        claimed=finding.judgement.claimed,
        expected=finding.judgement.expected,
        evidence=finding.snapshot,
        before=Before(finding.state, finding.owner, finding.waived_until, finding.closed_at),
    )


def _step(finding: Finding, state: State, why: str, now: datetime) -> StateChange | None:
    if state is finding.state:
        return None
    return StateChange(finding.fingerprint, now, finding.state, state, why)


_WORK = frozenset({State.OPEN, State.ACKNOWLEDGED, State.NOT_OBSERVED, State.REOPENED})

_ALLOWED: Mapping[DecisionKind, frozenset[State]] = {
    DecisionKind.CONFIRM: _WORK | {State.CLAIMED_FIXED, State.WAIVED},
    DecisionKind.ACK: _WORK - {State.ACKNOWLEDGED},
    DecisionKind.REJECT: _WORK | {State.CLAIMED_FIXED, State.WAIVED},
    DecisionKind.WAIVE: _WORK | {State.CLAIMED_FIXED, State.WAIVED},
    DecisionKind.ASSIGN: _WORK | {State.CLAIMED_FIXED, State.WAIVED},
    DecisionKind.REOPEN: frozenset(
        {State.CLAIMED_FIXED, State.VERIFIED, State.WAIVED, State.REJECTED}
    ),
}

_LEADS_TO: Mapping[DecisionKind, State] = {
    DecisionKind.CONFIRM: State.CLAIMED_FIXED,
    DecisionKind.ACK: State.ACKNOWLEDGED,
    DecisionKind.REJECT: State.REJECTED,
    DecisionKind.WAIVE: State.WAIVED,
    DecisionKind.REOPEN: State.REOPENED,
}

_INSTEAD: Mapping[DecisionKind, str] = {
    DecisionKind.CONFIRM: "it is {state}, there is nothing to confirm; "
    "`sellby reopen` puts it back on the list first",
    DecisionKind.ACK: "it is {state}; only a finding that waits for somebody can be acknowledged",
    DecisionKind.REJECT: "it is {state} already; `sellby reopen` puts it back on the list first",
    DecisionKind.WAIVE: "it is {state}, there is nothing to waive; "
    "`sellby reopen` puts it back on the list first",
    DecisionKind.ASSIGN: "it is {state}, there is no work to assign; "
    "`sellby reopen` puts it back on the list first",
    DecisionKind.REOPEN: "it is {state}, so it is on the list already",
}


def _check(finding: Finding, wish: Wish, now: datetime) -> None:
    if not wish.who.strip():
        raise DecisionRefused(
            f"{finding.id}: a decision needs a name; say --as WHO or set identity.as in config.yaml"
        )
    if wish.kind is DecisionKind.REJECT and wish.reason not in set(RejectReason):
        raise DecisionRefused(
            f"{finding.id}: a rejection needs a reason: --reason {'|'.join(RejectReason)}"
        )
    if wish.kind is DecisionKind.WAIVE and wish.until is not None and wish.until <= now:
        raise DecisionRefused(
            f"{finding.id}: {wish.until:%Y-%m-%d} is over; a waiver ends in the future"
        )
    if wish.kind is DecisionKind.ASSIGN and not wish.assignee.strip():
        raise DecisionRefused(f"{finding.id}: say to whom: --to WHO")


def _why(wish: Wish) -> str:
    match wish.kind:
        case DecisionKind.CONFIRM:
            return f"{wish.who} says it is fixed; the next snapshot will tell"
        case DecisionKind.ACK:
            return f"{wish.who} has seen it"
        case DecisionKind.REJECT:
            return f"{wish.who}: {REASONS[RejectReason(wish.reason)]}"
        case DecisionKind.WAIVE if wish.until is not None:
            return f"{wish.who} waived it until {wish.until:%Y-%m-%d}"
        case DecisionKind.WAIVE:
            return f"{wish.who} waived it until a value changes"
        case _:
            return f"{wish.who} reopened it"
