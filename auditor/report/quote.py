"""The words around a quote, read again from the stored snapshot that holds it."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.model import Finding
from auditor.page.read import read_page
from crawler.snapshot import Snapshot
from crawler.store import SnapshotStore

CONTEXT_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class QuoteContext:
    """Text before and after a quote ("" where the quote is not visible text)."""

    before: str = ""
    after: str = ""
    edit_url: str | None = None


class QuoteReader:
    """Reads quotes in context; keeps the last page, so ask page by page."""

    def __init__(self, snapshots: SnapshotStore) -> None:
        self._snapshots = snapshots
        self._key: tuple[str, str, object] | None = None
        self._snapshot: Snapshot | None = None
        self._text = ""

    def around(self, finding: Finding) -> QuoteContext:
        """The context of a finding's quote on the snapshot it was found in."""
        j = finding.judgement
        key = (j.source, j.url, finding.last_seen)
        if key != self._key:
            self._key = key
            self._snapshot = self._snapshots.snapshot_at(j.source, j.url, finding.last_seen)
            self._text = read_page(self._snapshot).text if self._snapshot else ""
        edit_url = self._snapshot.editorial.edit_url if self._snapshot else None
        start, end = j.locator.start, j.locator.end
        if start < 0 or self._text[start:end] != j.quote:
            start = self._text.find(j.quote) if j.quote else -1
            end = start + len(j.quote)
        if start < 0:
            return QuoteContext(edit_url=edit_url)
        before = self._text[max(0, start - CONTEXT_CHARACTERS) : start]
        after = self._text[end : end + CONTEXT_CHARACTERS]
        return QuoteContext(
            before=_from_word(before, start > CONTEXT_CHARACTERS),
            after=_to_word(after, end + CONTEXT_CHARACTERS < len(self._text)),
            edit_url=edit_url,
        )


def _from_word(text: str, is_cut: bool) -> str:
    return "… " + text.split(" ", 1)[-1] if is_cut else text


def _to_word(text: str, is_cut: bool) -> str:
    return text.rsplit(" ", 1)[0] + " …" if is_cut else text
