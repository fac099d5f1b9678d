"""What happened that somebody should hear of, each thing by keys that let it be told once. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from auditor.impact import Effect
from auditor.model import State

if TYPE_CHECKING:
    from auditor.findings import StateChange
    from auditor.impact import Coming
    from auditor.model import Finding

HELPING = "you are asked to help"
"""What is said to a deputy or lead when an owner's clock ran out."""

FIXED_DAYS = 14
"""A fix older than this is no news, as on the first night that anybody is told anything."""


class Kind(StrEnum):
    """Why somebody is told of a finding, in the order that a digest lists them."""

    DUE = "due"
    WORSENED = "worsened"
    NEW = "new"
    COMING = "coming"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing to tell of one finding.

    ``keys`` name it for good: once all of them were told to somebody it is no news to them.
    ``words`` say what happened, ``when`` sorts events of one kind.
    """

    kind: Kind
    finding: Finding
    keys: tuple[str, ...]
    words: str
    when: datetime

    @property
    def is_for_helper(self) -> bool:
        """Whether it goes to somebody who helps out, who has not heard of the finding before."""
        return self.kind is Kind.DUE and HELPING in self.words

    @property
    def owner(self) -> str:
        """Whose it is."""
        return self.finding.owner


@dataclass(frozen=True, slots=True)
class Due:
    """A clock of a finding: by when, in words, and who is told beside its owner ("" the owner)."""

    until: datetime
    words: str
    who: str = ""


def events(
    findings: Iterable[Finding],
    last_steps: Mapping[str, StateChange],
    due: Mapping[str, Sequence[Due]],
    coming: Iterable[Coming],
    now: datetime,
) -> list[Event]:
    """Everything there is to tell, whoever has heard of it already.

    ``last_steps`` is each finding's last change of state, ``due`` what its clocks say, both by
    fingerprint.
    """
    found = []
    for finding in findings:
        if (event := _of(finding, last_steps.get(finding.fingerprint), now)) is not None:
            found.append(event)
        if finding.state.needs_work:
            found += [_due(finding, one) for one in due.get(finding.fingerprint, ())]
    found += [_coming(one) for one in coming if one.effect is not Effect.HEALS]
    return found


def untold(found: Iterable[Event], told: Collection[str]) -> list[Event]:
    """The events of which somebody has not heard, in a digest's order: kind, then urgency.

    >>> untold([], set())
    []
    """
    order = {kind: number for number, kind in enumerate(Kind)}
    known = set(told)
    news = [
        event
        for event in found
        if not set(event.keys) <= known
        and (event.kind is not Kind.DUE or event.keys[-1] in known or event.is_for_helper)
    ]
    return sorted(news, key=lambda e: (order[e.kind], _urgency(e), e.finding.fingerprint))


def _urgency(event: Event) -> tuple[float, float]:
    soonest = event.when.timestamp() if event.kind in (Kind.DUE, Kind.COMING) else 0.0
    return soonest, -event.finding.priority


def _due(finding: Finding, one: Due) -> Event:
    """What a clock says, to the owner or to whoever is to help; told after the finding itself."""
    key = finding.fingerprint
    mine = replace(finding, owner=one.who) if one.who else finding
    return Event(Kind.DUE, mine, (f"{key} {one.words}", f"{key} open"), one.words, one.until)


def _of(finding: Finding, step: StateChange | None, now: datetime) -> Event | None:
    j, key = finding.judgement, finding.fingerprint
    since = step.at if step is not None else finding.first_seen
    if finding.state is State.VERIFIED:
        if now - since > timedelta(days=FIXED_DAYS):
            return None
        why = step.why if step is not None else "seen fixed"
        return Event(Kind.FIXED, finding, (f"{key} fixed {since.isoformat()}",), why, since)
    if not finding.state.needs_work:
        return None
    truth = f"{key} true {j.expected}"
    if finding.state in (State.REOPENED, State.NOT_OBSERVED):
        stamp = f"{key} {finding.state} {since.isoformat()}"
        why = step.why if step is not None else str(finding.state).replace("_", " ")
        return Event(Kind.WORSENED, finding, (stamp, truth), why, since)
    opened = f"{key} open"
    return Event(Kind.NEW, finding, (opened, truth), j.note, finding.first_seen)


def as_told(event: Event, told: Collection[str]) -> Event:
    """The event in the light of what was told before: old wrong with a new truth has worsened."""
    if event.kind is Kind.NEW and event.keys[0] in told:
        words = f"what is true has changed again: now {event.finding.judgement.expected or 'open'}"
        return Event(Kind.WORSENED, event.finding, event.keys, words, event.when)
    return event


def _coming(one: Coming) -> Event:
    j = one.finding.judgement
    key = f"{one.finding.fingerprint} coming {one.wrong_from.isoformat()} {j.expected}"
    words = f"{j.claimed or 'nothing'} holds until then, then {j.expected or 'nothing'}"
    return Event(Kind.COMING, one.finding, (key,), words, one.wrong_from)
