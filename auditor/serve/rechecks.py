"""Pages looked at again on somebody's wish: one after the other, in the background.

A look takes as long as the page's own server takes, so a wish is answered at once with a ticket, by
which one asks what became of it. A server that ends forgets the tickets; decisions are kept.
"""

from __future__ import annotations

import secrets
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from auditor.errors import AuditorError, DecisionRefused, Locked, NotFound
from auditor.recheck import recheck
from auditor.records import record
from crawler.errors import CrawlerError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from auditor.config import Config
    from auditor.model import Finding

MOST_WAITING = 20
"""Wishes that may wait; more would not be looked at within minutes."""
MOST_KEPT = 200
"""Tickets remembered."""
CLOSING_SECONDS = 5.0
"""How long a server that ends waits for the look under way."""


@dataclass(slots=True)
class Ticket:
    """One wish, and what became of it once ``done``: rows, warnings, or what went wrong.

    ``locked`` says that it went wrong because another run is at work.
    """

    id: str
    who: str
    findings: tuple[Finding, ...]
    done: bool = False
    rows: list[dict[str, Any]] = field(default_factory=list)
    warnings: tuple[str, ...] = ()
    error: str = ""
    locked: bool = False

    def as_data(self) -> dict[str, Any]:
        """The ticket as the API answers it."""
        return {
            "id": self.id,
            "done": self.done,
            "rechecked": self.rows,
            "warnings": list(self.warnings),
            "error": self.error,
            "locked": self.locked,
        }


class Rechecks:
    """Looks at pages over the database at ``path``; may be asked from several threads."""

    def __init__(self, config: Config, path: Path, now: Callable[[], datetime]) -> None:
        self._config, self._path, self._now = config, path, now
        self._tickets: dict[str, Ticket] = {}
        self._waiting: deque[Ticket] = deque()
        self._changed = threading.Condition()
        self._ends = False
        self._worker: threading.Thread | None = None

    def wish(self, findings: Sequence[Finding], who: str) -> Ticket:
        """Have the pages of ``findings`` looked at. Raises DecisionRefused where too many wait."""
        ticket = Ticket(secrets.token_hex(8), who, tuple(findings))
        with self._changed:
            if len(self._waiting) >= MOST_WAITING:
                raise DecisionRefused(
                    "many pages wait to be looked at again already: what you decided is kept; try "
                    "again in a few minutes, or leave it to the next run"
                )
            self._tickets[ticket.id] = ticket
            self._waiting.append(ticket)
            while len(self._tickets) > MOST_KEPT:
                del self._tickets[next(iter(self._tickets))]
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="rechecks", daemon=True)
                self._worker.start()
            self._changed.notify()
        return ticket

    def ticket(self, ticket_id: str, who: str) -> Ticket:
        """What became of a wish of one's own. Raises NotFound."""
        found = self._tickets.get(ticket_id)
        if found is None or found.who != who:
            raise NotFound(
                f"there is no re-check {ticket_id}; the server may have been started anew since"
            )
        return found

    def close(self) -> None:
        """Look at nothing more; a look under way is given a few seconds."""
        with self._changed:
            self._ends = True
            self._waiting.clear()
            self._changed.notify()
        if self._worker is not None:
            self._worker.join(CLOSING_SECONDS)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ends or self._waiting)
                if self._ends:
                    return
                ticket = self._waiting.popleft()
            with suppress(Exception):  # said on the ticket; the next one is looked at all the same
                self._look(ticket)

    def _look(self, ticket: Ticket) -> None:
        ticket.error = "the server failed to look at the page; its log says why"
        try:
            found = recheck(self._config, self._path, ticket.findings, self._now)
        except (AuditorError, CrawlerError, OSError) as error:
            ticket.error, ticket.locked = str(error), isinstance(error, Locked)
        else:
            ticket.rows = [record(finding) | {"why": why} for finding, why in found.findings]
            ticket.warnings, ticket.error = found.warnings, ""
        finally:
            ticket.done = True
