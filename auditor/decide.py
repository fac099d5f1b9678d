"""Which decision is allowed when, and what it makes of a finding. Pure: ``now`` is an argument."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from auditor.errors import DecisionRefused
from auditor.findings import StateChange
from auditor.model import Decision, DecisionKind, Finding, State

if TYPE_CHECKING:
    from collections.abc import Mapping
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


def is_open_to(finding: Finding, kind: DecisionKind) -> bool:
    """Whether a finding is in a state that such a decision may be made in."""
    return finding.state in _ALLOWED[kind]


def decide(finding: Finding, wish: Wish, now: datetime) -> Decided:
    """What ``wish`` makes of ``finding``.

    Raises DecisionRefused, with a sentence that says what to do instead.
    """
    if finding.state not in _ALLOWED[wish.kind]:
        raise DecisionRefused(f"{finding.id}: {_INSTEAD[wish.kind].format(state=finding.state)}")
    _check(finding, wish, now)
    decision = Decision(
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
    )
    state = _LEADS_TO.get(wish.kind, finding.state)
    new = replace(
        finding,
        state=state,
        owner=wish.assignee if wish.kind is DecisionKind.ASSIGN else finding.owner,
        waived_until=wish.until if state is State.WAIVED else None,
        closed_at=now if state is State.REJECTED else None,
    )
    change = (
        None
        if state is finding.state
        else StateChange(finding.fingerprint, now, finding.state, state, _why(wish))
    )
    return Decided(decision, new, change)


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
