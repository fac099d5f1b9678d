"""Messages to people in the database: queued with what they tell, then sent, each once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from auditor.findings import StateChange
from auditor.store.instants import from_text, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from auditor.store.database import AuditStore


class NoticeState(StrEnum):
    """How far a message got; ``unknown``: the run that sent it was stopped in the middle."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one recipient.

    ``key`` names what it tells, so that the same is never queued twice. ``channel`` is "mail" or
    the kind of a webhook; ``recipient`` an address, or the webhook's name, never its address.
    ``body`` is the text, or the JSON of a chat.
    """

    key: str
    channel: str
    recipient: str
    kind: str
    subject: str
    body: str
    made_at: datetime
    state: NoticeState = NoticeState.WAITING
    sent_at: datetime | None = None
    attempts: int = 0
    problem: str = ""
    id: int = 0


class Notices:
    """The tables ``notice`` and ``told``."""

    def __init__(self, store: AuditStore) -> None:
        self._store = store
        self._db = store.database

    def told(self, recipient: str) -> set[str]:
        """What somebody has been told."""
        rows = self._db.execute("select item from told where recipient = ?", (recipient,))
        return {row[0] for row in rows}

    def waiting(self) -> list[Notice]:
        """Messages to send, oldest first."""
        return self._select("where state = 'waiting' order by id")

    def unknown(self) -> list[Notice]:
        """Messages of which nobody knows whether they arrived."""
        return self._select("where state = 'unknown' order by id")

    def latest(self, limit: int) -> list[Notice]:
        """The newest messages, newest first."""
        return self._select(f"order by id desc limit {int(limit)}")

    def last_steps(self) -> dict[str, StateChange]:
        """The last change of state of every finding that had one."""
        rows = self._db.execute(
            "select fingerprint, at, old, new, why from state_change "
            "where id in (select max(id) from state_change group by fingerprint)"
        )
        found = {}
        for fingerprint, at, old, new, why in rows:
            instant = from_text(at)
            assert instant is not None
            found[fingerprint] = StateChange(fingerprint, instant, old, new, why)
        return found

    def queue(self, notice: Notice, items: Iterable[str]) -> bool:
        """Queue a message and remember what it tells, together or not at all.

        False where that very message was queued before.
        """
        at = to_text(notice.made_at)
        with self._store.writing():
            cursor = self._db.execute(
                "insert or ignore into notice (key, channel, recipient, kind, subject, body, "
                "made_at, state) values (?, ?, ?, ?, ?, ?, ?, 'waiting')",
                (
                    notice.key,
                    notice.channel,
                    notice.recipient,
                    notice.kind,
                    notice.subject,
                    notice.body,
                    at,
                ),
            )
            self._db.conn.executemany(
                "insert or ignore into told (recipient, item, at) values (?, ?, ?)",
                [(notice.recipient, item, at) for item in items],
            )
        return cursor.rowcount > 0

    def begin(self) -> int:
        """Find out what a stopped run left in the middle; how many there are of which nobody
        knows whether they arrived."""
        with self._store.writing():
            cursor = self._db.execute(
                "update notice set state = 'unknown', "
                "problem = 'the run was stopped while sending it' where state = 'sending'"
            )
        return int(cursor.rowcount)

    def again(self) -> int:
        """Let messages of which nobody knows whether they arrived wait to be sent again."""
        with self._store.writing():
            cursor = self._db.execute(
                "update notice set state = 'waiting', problem = '' where state = 'unknown'"
            )
        return int(cursor.rowcount)

    def sending(self, notice: Notice) -> bool:
        """Take a message for sending; False where another run has it already."""
        with self._store.writing():
            cursor = self._db.execute(
                "update notice set state = 'sending', attempts = attempts + 1 "
                "where id = ? and state = 'waiting'",
                (notice.id,),
            )
        return cursor.rowcount > 0

    def sent(self, notice: Notice, at: datetime) -> None:
        """It arrived at its server."""
        self._finish(notice, NoticeState.SENT, "", at)

    def refused(self, notice: Notice, problem: str) -> None:
        """It did not; it waits for the next time."""
        self._finish(notice, NoticeState.WAITING, problem, None)

    def _finish(
        self, notice: Notice, state: NoticeState, problem: str, at: datetime | None
    ) -> None:
        with self._store.writing():
            self._db.execute(
                "update notice set state = ?, problem = ?, sent_at = ? where id = ?",
                (str(state), problem, to_text(at), notice.id),
            )

    def _select(self, tail: str) -> list[Notice]:
        return [_notice(row) for row in self._db.query(f"select * from notice {tail}")]


def _notice(row: dict[str, Any]) -> Notice:
    made = from_text(row["made_at"])
    assert made is not None
    return Notice(
        row["key"],
        row["channel"],
        row["recipient"],
        row["kind"],
        row["subject"],
        row["body"],
        made,
        NoticeState(row["state"]),
        from_text(row["sent_at"]),
        row["attempts"],
        row["problem"],
        row["id"],
    )
