"""Sends what is queued, each message once.

A message is marked before it is handed over, and again when the server has taken it. What a
stopped run left in between is not sent again by itself: nobody knows whether it arrived.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from auditor.model import Incident
from auditor.notify.smtp import Mailer
from auditor.notify.trouble import NotSent
from auditor.notify.webhook import post
from auditor.store.notices import NoticeState

if TYPE_CHECKING:
    from datetime import datetime

    from auditor.config import Config
    from auditor.store import AuditStore
    from auditor.store.notices import Notice

FAILED = "notice_not_sent"
"""The kind of the incident of a channel that takes no messages."""

TRIES_A_RUN = 3
"""Messages that one channel may refuse in a row before the rest wait for the next run."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What sending came to: messages sent, those that wait for the next time with the reason, and
    those of which nobody knows whether they arrived."""

    sent: tuple[Notice, ...]
    waiting: tuple[tuple[Notice, str], ...]
    unknown: tuple[Notice, ...]


def deliver(config: Config, store: AuditStore, now: Callable[[], datetime]) -> Delivery:
    """Send every message that waits. A channel that fails is one incident; the others go on."""
    store.notices.begin()
    sent: list[Notice] = []
    waiting: list[tuple[Notice, str]] = []
    refused: dict[str, int] = {}
    with Mailer(config.notify.smtp, config.contact) as mailer:
        for notice in store.notices.waiting():
            channel = notice.channel if notice.channel == "mail" else notice.recipient
            if refused.get(channel, 0) >= TRIES_A_RUN:
                waiting.append((notice, "not tried: its channel takes no messages now"))
                continue
            if not store.notices.sending(notice):
                continue
            try:
                if notice.channel == "mail":
                    mailer.send(notice)
                else:
                    post(notice, config)
            except NotSent as error:
                store.notices.refused(notice, str(error))
                waiting.append((notice, str(error)))
                refused[channel] = refused.get(channel, 0) + 1
            else:
                at = now()
                store.notices.sent(notice, at)
                sent.append(replace(notice, state=NoticeState.SENT, sent_at=at))
                refused.pop(channel, None)
    _note_incidents(store, waiting, now())
    return Delivery(tuple(sent), tuple(waiting), tuple(store.notices.unknown()))


def _note_incidents(store: AuditStore, waiting: list[tuple[Notice, str]], now: datetime) -> None:
    """One incident a channel that did not take its messages; closed when it does again."""
    troubles: dict[str, tuple[int, str]] = {}
    for notice, problem in waiting:
        channel = "mail" if notice.channel == "mail" else notice.recipient
        count, first = troubles.get(channel, (0, problem))
        troubles[channel] = (count + 1, first)
    found = [
        Incident(
            FAILED,
            channel,
            f"{count:,} messages wait: {problem}. They are sent by the next run; "
            "`sellby notify` tries at once.",
        )
        for channel, (count, problem) in sorted(troubles.items())
    ]
    store.audits.set_incidents([FAILED], found, now)
