"""Makes the messages of a night: who has not heard of what, in words, into the queue."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from auditor.forecast import ahead
from auditor.notify.digest import digest
from auditor.notify.events import HELPING, Due, Event, Kind, as_told, events, untold
from auditor.notify.render import CHATS, IncidentText, Message, Renderer
from auditor.service_levels import standings
from auditor.store.findings import Filter
from auditor.store.notices import Notice

if TYPE_CHECKING:
    from auditor.config import Config
    from auditor.impact import Coming
    from auditor.model import Finding, Incident
    from auditor.store import AuditStore
    from crawler.store import SnapshotStore

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
INCIDENTS_LOOKED_AT = 200
DUE_WITHIN = timedelta(days=1)
"""How long before its clock runs out an owner is reminded."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is told: ``recipient`` is an address or a webhook's name on ``channel``.

    ``owner`` None: the lead, who hears of everything; else that owner's matters.
    """

    channel: str
    recipient: str
    owner: str | None

    @property
    def id(self) -> str:
        """What is remembered of whom."""
        return self.recipient if self.channel == "mail" else f"webhook {self.recipient}"


@dataclass(frozen=True, slots=True)
class Queued:
    """What was queued; ``unreachable`` are owners with news and no address to send it to."""

    notices: tuple[Notice, ...]
    unreachable: tuple[str, ...]


def queue(
    config: Config,
    snapshots: SnapshotStore,
    store: AuditStore,
    now: datetime,
    *,
    dry_run: bool = False,
) -> Queued:
    """Queue what each reader has not been told yet; with ``dry_run`` only say what that is.

    Told and queued are written together, message by message: a run that is stopped or repeated
    tells nothing twice and leaves nothing out.
    """
    notify = config.notify
    zone = ZoneInfo(config.timezone)
    renderer = Renderer(config.company, notify.report_url, config.report.templates)

    def day(at: datetime) -> str:
        return f"{at.astimezone(zone):%Y-%m-%d}"

    found = _events(config, snapshots, store, now)
    made: list[Notice] = []
    for reader in readers(config, found):
        told = store.notices.told(reader.id)
        mine = (e for e in found if reader.owner is None or e.owner == reader.owner)
        news = untold((as_told(event, told) for event in mine), told)
        for message, items in _messages(reader, news, renderer, config, day):
            notice = _notice(reader, message, items, now)
            if dry_run or store.notices.queue(notice, items):
                made.append(notice)
    made += _incidents(config, store, renderer, now, zone, dry_run=dry_run)
    return Queued(tuple(made), tuple(_unreachable(config, found)))


def readers(config: Config, found: Iterable[Event]) -> list[Reader]:
    """Everybody who may be told something, each once: owners, the lead, channels of chats."""
    notify = config.notify
    made: list[Reader] = []
    if notify.smtp is not None:
        owners = sorted({event.owner for event in found if event.owner})
        made += [
            Reader("mail", address, owner)
            for owner in owners
            if (address := address_of(config, owner))
        ]
        leads = notify.lead or (config.lead,)
        made += [
            Reader("mail", address, None) for lead in leads if (address := address_of(config, lead))
        ]
    made += [
        Reader(hook.kind, name, hook.owner or None)
        for name, hook in sorted(notify.webhooks.items())
        if hook.is_on
    ]
    return list(dict.fromkeys(made))


def address_of(config: Config, owner: str) -> str:
    """An owner's mail address: as configured, else the name where it is one; "" without."""
    address = config.notify.addresses.get(owner, owner)
    return address if is_address(address) else ""


def is_address(text: str) -> bool:
    """Whether a text is one mail address and nothing else.

    >>> is_address("ines@acme.example"), is_address("a@b.example\\nBcc: c@d.example")
    (True, False)
    """
    return _ADDRESS.fullmatch(text) is not None and len(text) <= 254


def _events(
    config: Config, snapshots: SnapshotStore, store: AuditStore, now: datetime
) -> list[Event]:
    days = config.notify.advance_days
    soon: list[Coming] = []
    if days:
        until = now + timedelta(days=days)
        forecast = ahead(config, snapshots, store, at=until)
        soon = [c for c in forecast.coming if now < c.wrong_from <= until]
    findings = store.findings.matching(Filter(every_state=True))
    due = _due(config, store, findings, now)
    return events(findings, store.notices.last_steps(), due, soon, now)


def _due(
    config: Config, store: AuditStore, findings: Iterable[Finding], now: datetime
) -> dict[str, list[Due]]:
    """What the service levels' clocks say: what is late or will be within a day, and who helps."""
    open_ = [finding for finding in findings if finding.state.needs_work]
    found: dict[str, list[Due]] = {}
    for key, standing in standings(store, config, open_, now).items():
        clocks = (("answered", standing.acknowledge_by), ("fixed", standing.fix_by))
        for what, until in clocks:
            if until is None or until > now + DUE_WITHIN:
                continue
            day = f"{until.astimezone(ZoneInfo(config.timezone)):%Y-%m-%d %H:%M}"
            is_late = until < now
            words = f"was to be {what} by {day}" if is_late else f"is to be {what} by {day}"
            dues = found.setdefault(key, [])
            dues.append(Due(until, words))
            if is_late:
                owner = standing.finding.owner or "nobody"
                helping = f"{words} by {owner}; {HELPING}"
                dues += [Due(until, helping, who) for who in standing.escalated_to if who]
    return found


def _messages(
    reader: Reader,
    news: list[Event],
    renderer: Renderer,
    config: Config,
    day: Callable[[datetime], str],
) -> Iterable[tuple[Message, list[str]]]:
    """The digest, and what is coming as a message of its own; each with what it tells."""
    lines, is_lead = config.notify.lines, reader.owner is None
    name = reader.owner or "lead"
    coming = [event for event in news if event.kind is Kind.COMING]
    rest = [event for event in news if event.kind is not Kind.COMING]
    if rest:
        found = digest(name, rest, lines, day, is_lead=is_lead)
        yield renderer.digest(found), _keys(rest)
    if coming:
        found = digest(name, coming, lines, day)
        yield renderer.advance(found), _keys(coming)


def _keys(news: Iterable[Event]) -> list[str]:
    return [key for event in news for key in event.keys]


def _notice(reader: Reader, message: Message, items: Iterable[str], now: datetime) -> Notice:
    named = "\n".join([reader.id, message.kind, *sorted(items)])
    body = message.text if reader.channel == "mail" else CHATS[reader.channel](message)
    return Notice(
        key=hashlib.sha256(named.encode()).hexdigest()[:32],
        channel=reader.channel,
        recipient=reader.recipient,
        kind=message.kind,
        subject=message.subject,
        body=body,
        made_at=now,
    )


# --- incidents -----------------------------------------------------------------------------------


def _incidents(  # noqa: PLR0913 - the stores, the words and the instant are separate things
    config: Config,
    store: AuditStore,
    renderer: Renderer,
    now: datetime,
    zone: ZoneInfo,
    *,
    dry_run: bool,
) -> list[Notice]:
    """Each incident once when it opens and once when it clears, to the lead and its channels.

    One that had cleared before anybody was told of it is left out.
    """
    made = []
    incidents = list(reversed(store.audits.incidents(INCIDENTS_LOOKED_AT)))
    for reader in (r for r in readers(config, ()) if r.owner is None):
        told = store.notices.told(reader.id)
        for incident in incidents:
            key = _incident_key(incident)
            over = incident.closed_at is not None
            if key not in told and not over:
                text = _incident_text(incident, zone, over=False)
            elif over and key in told and f"{key} over" not in told:
                key, text = f"{key} over", _incident_text(incident, zone, over=True)
            else:
                continue
            notice = _notice(reader, renderer.incident(text), [key], now)
            if dry_run or store.notices.queue(notice, [key]):
                made.append(notice)
    return made


def _incident_key(incident: Incident) -> str:
    opened = incident.opened_at.isoformat() if incident.opened_at else ""
    return f"incident {incident.kind} {incident.subject} {opened}"


def _incident_text(incident: Incident, zone: ZoneInfo, *, over: bool) -> IncidentText:
    def clock(at: datetime | None) -> str:
        return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else ""

    return IncidentText(
        incident.kind.replace("_", " "),
        incident.subject,
        " ".join(incident.message.split()),
        clock(incident.opened_at),
        clock(incident.closed_at) if over else "",
    )


def _unreachable(config: Config, found: Iterable[Event]) -> list[str]:
    """Owners with something to hear whom no mail reaches."""
    if config.notify.smtp is None:
        return []
    owners = {event.owner for event in found}
    return sorted(owner for owner in owners if not address_of(config, owner))
