"""The report's pages, live: built when they are asked for, kept until the database changes.

A page is the same for everybody but for two places that the templates leave open: who is signed in,
and the buttons. Those are filled in for every answer from the database as it is then, so what is
decided on is never older than the request. The rest may be ``_patience`` old while people decide.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markupsafe import Markup

from auditor.report.html import HtmlReport
from auditor.report.material import Material
from auditor.report.report import Report
from auditor.store import AuditStore
from crawler.store import SnapshotStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from auditor.config import Config

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; frame-src 'self'; img-src 'none'; "
    "base-uri 'none'; form-action 'self'"
)
"""What a page may do: nothing but the report's own style and script, and send its own forms."""

SHORTEST_PATIENCE_SECONDS = 1.0
PATIENCE = 20
"""Pages are built anew at most a twentieth of the time, however often somebody decides."""

MOST_KEPT = 400
"""Pages kept: some 20 MB."""

_NAME = re.compile(r"(?:([a-z_]+)/)?([A-Za-z0-9-]+)\.html")


@dataclass(slots=True)
class _Edition:
    """Pages built from one state of the database; ``seconds`` is what building them took."""

    version: int
    begun: float
    report: Report
    pages: dict[str, str | None] = field(default_factory=dict)
    seconds: float = 0.0


class Pages:
    """The pages over the database at ``path``; may be asked from several threads."""

    def __init__(self, config: Config, path: Path, now: Callable[[], datetime]) -> None:
        self._config, self._now = config, now
        self._store, self._snapshots = AuditStore(path), SnapshotStore(path)
        self._watch = AuditStore(path)  # of its own: the other is busy while pages are built
        self.html = HtmlReport(config.report.templates, policy=POLICY)
        self._building = threading.Lock()
        mark = secrets.token_hex(16)
        self._desk, self._signed = f"<!--desk {mark}-->", f"<!--signed {mark}-->"
        self._edition = self._new_edition()
        self._last: dict[str, str | None] = {}

    def close(self) -> None:
        """Close the database."""
        self._store.close()
        self._watch.close()
        self._snapshots.close()

    def page(self, path: str, *, signed: str, desk: Callable[[str], str]) -> str | None:
        """The page at ``path`` ("task/t51be02c.html"), None where there is none.

        ``signed`` is put where the page says who is signed in, ``desk`` (of the page's id) where
        it lets people decide.
        """
        found = _NAME.fullmatch(path)
        if found is None:
            return None
        name, page_id = (found[1], found[2]) if found[1] else (found[2], "")
        text = self._kept(path, name, page_id)
        if text is None:
            return None
        if self._desk in text:
            text = text.replace(self._desk, desk(page_id))
        return text.replace(self._signed, signed)

    def _kept(self, path: str, name: str, page_id: str) -> str | None:
        edition = self._edition
        if path in edition.pages and not self._is_over(edition):
            return edition.pages[path]
        # While one thread builds, the others answer with what they have.
        if not self._building.acquire(blocking=path not in self._last):
            return self._last[path]
        try:
            if self._is_over(self._edition):
                self._edition = self._new_edition()
            edition = self._edition
            if path not in edition.pages:
                begun = time.monotonic()
                sheet = edition.report.sheet(name, page_id)
                places = {"desk": Markup(self._desk), "signed": Markup(self._signed)}
                edition.pages[path] = self.html.html(sheet, **places) if sheet else None
                edition.seconds += time.monotonic() - begun
            self._last[path] = edition.pages[path]
            for kept in (edition.pages, self._last):
                while len(kept) > MOST_KEPT:
                    del kept[next(iter(kept))]
            return self._last[path]
        finally:
            self._building.release()

    def _is_over(self, edition: _Edition) -> bool:
        """Whether the database is another, and building anew is not too much of an effort."""
        patience = max(SHORTEST_PATIENCE_SECONDS, PATIENCE * edition.seconds)
        if time.monotonic() - edition.begun < patience:
            return False
        return self._watch.version() != edition.version

    def _new_edition(self) -> _Edition:
        version = self._watch.version()
        material = Material(self._store, self._snapshots, self._config, self._now())
        return _Edition(version, time.monotonic(), Report(material))
