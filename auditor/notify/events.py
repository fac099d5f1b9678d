"""What happened that somebody should hear of, each thing by keys that let it be told once. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from auditor.impact import Effect
from auditor.model import State

if TYPE_CHECKING:
    from auditor.findings import StateChange
    from auditor.impact import Coming
    from auditor.model import Finding

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
    def owner(self) -> str:
        """Whose it is."""
        return self.finding.owner


def events(
    findings: Iterable[Finding],
    last_steps: Mapping[str, StateChange],
    due: Mapping[str, tuple[datetime, str]],
    coming: Iterable[Coming],
    now: datetime,
) -> list[Event]:
    """Everything there is to tell, whoever has heard of it already; one event a finding.

    ``last_steps`` is each finding's last change of state, ``due`` by when one is to be fixed and
    in which words, by fingerprint.
    """
    found = [
        event
        for finding in findings
        if (event := _of(finding, last_steps.get(finding.fingerprint), due, now)) is not None
    ]
    found += [_coming(one) for one in coming if one.effect is not Effect.HEALS]
    return found


def untold(found: Iterable[Event], told: Collection[str]) -> list[Event]:
    """The events of which somebody has not heard, in a digest's order: kind, then urgency.

    >>> untold([], set())
    []
    """
    order = {kind: number for number, kind in enumerate(Kind)}
    news = [event for event in found if not set(event.keys) <= set(told)]
    return sorted(news, key=lambda e: (order[e.kind], _urgency(e), e.finding.fingerprint))


def _urgency(event: Event) -> tuple[float, float]:
    soonest = event.when.timestamp() if event.kind in (Kind.DUE, Kind.COMING) else 0.0
    return soonest, -event.finding.priority


def _of(
    finding: Finding,
    step: StateChange | None,
    due: Mapping[str, tuple[datetime, str]],
    now: datetime,
) -> Event | None:
    j, key = finding.judgement, finding.fingerprint
    since = step.at if step is not None else finding.first_seen
    if finding.state is State.VERIFIED:
        if now - since > timedelta(days=FIXED_DAYS):
            return None
        why = step.why if step is not None else "seen fixed"
        return Event(Kind.FIXED, finding, (f"{key} fixed {since.isoformat()}",), why, since)
    if not finding.state.needs_work:
        return None
    if key in due:
        until, words = due[key]
        return Event(Kind.DUE, finding, (f"{key} due {until.isoformat()}",), words, until)
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
