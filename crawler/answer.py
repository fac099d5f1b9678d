"""An HTTP answer turned into a Snapshot, whatever the server did; pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from email.message import Message
from functools import lru_cache
from typing import TYPE_CHECKING

from crawler.content import decode
from crawler.decode import TooLarge, Truncated, decoded
from crawler.documents.kinds import kind_of
from crawler.outcome import Verdict, by_status, judge, not_text
from crawler.outline import Outline, read_outline
from crawler.snapshot import Outcome, Snapshot
from crawler.urls import join

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What came over the wire for one request; header names are lower-case.

    ``url`` is the public URL asked for, ``fetched`` where the request went.
    """

    source: str
    url: str
    fetched: str
    at: datetime
    status: int
    headers: Mapping[str, Sequence[str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first value of a header."""
        values = self.headers.get(name)
        return values[0] if values else None

    @property
    def location(self) -> str | None:
        """Where a 3xx points, absolute (or as it stands where it is no web page); None: nowhere."""
        target = self.header("location")
        if not 300 <= self.status < 400 or self.status == 304 or not target:
            return None
        return join(self.fetched, target) or target


@dataclass(frozen=True, slots=True)
class Reading:
    """The snapshot an answer is, and the outline of the page where it is one."""

    snapshot: Snapshot
    outline: Outline | None = None


def read_answer(answer: Answer, limit: int, document_limit: int = 0) -> Reading:
    """The snapshot of an answer; ``limit`` is the decompressed size above which it is too large.

    ``document_limit`` is that of documents (PDF, DOCX …); 0: documents are not wanted.

    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 11, 22, tzinfo=UTC)
    >>> url = "https://a.example/x"
    >>> answer = Answer("s", url, url, at, 200, {"content-encoding": ["gzip"]}, b"\\x1f\\x8bcut")
    >>> read_answer(answer, 100).snapshot.outcome
    <Outcome.UNREADABLE: 'unreadable'>
    """
    kind, charset = content_type(answer.header("content-type"))
    if answer.status == 304 or 300 <= answer.status < 400:
        return Reading(_snapshot(answer, by_status(answer.status), kind, charset))
    is_document = document_limit > 0 and answer.status < 300 and _is_document(answer, kind)
    if is_document:
        limit = document_limit
    try:
        body = decoded(answer.body, answer.headers.get("content-encoding", ()), limit)
    except TooLarge as error:
        return Reading(_snapshot(answer, Verdict(Outcome.TOO_LARGE, str(error)), kind, charset))
    except Truncated as error:
        verdict = by_status(answer.status)
        if answer.status < 300:
            verdict = Verdict(Outcome.UNREADABLE, str(error))
        return Reading(_snapshot(answer, verdict, kind, charset))
    if is_document and body:
        if any(kind_of(kind, url, body) for url in (answer.url, answer.fetched)):
            return Reading(_snapshot(answer, by_status(answer.status), kind, charset, body))
        kind = "text/html"  # what a download gives to whom is not signed in
    if (why := not_text(body, kind)) is not None:
        verdict = by_status(answer.status)
        if answer.status < 300:
            verdict = Verdict(Outcome.UNREADABLE, why)
        return Reading(_snapshot(answer, verdict, kind, charset))
    if kind is not None and "html" not in kind:
        return Reading(_snapshot(answer, by_status(answer.status), kind, charset, body))
    outline = read_outline(decode(body, charset, kind), digest=answer.status < 300)
    verdict = judge(outline, answer.status)
    snapshot = _snapshot(answer, verdict, kind, charset, body)
    if snapshot.body is not None:
        snapshot = replace(snapshot, digest=outline.digest)
    return Reading(snapshot, outline)


def _is_document(answer: Answer, kind: str | None) -> bool:
    return kind_of(kind, answer.url) is not None or kind_of(kind, answer.fetched) is not None


@lru_cache(maxsize=256)
def content_type(value: str | None) -> tuple[str | None, str | None]:
    """Media type and charset of a Content-Type header, both lower-case.

    >>> content_type('text/HTML; charset="UTF-8"'), content_type(None), content_type("nonsense")
    (('text/html', 'utf-8'), (None, None), (None, None))
    """
    if not value:
        return None, None
    kind, _, rest = value.partition(";")
    kind = kind.strip().lower()
    if not rest:
        return (kind if "/" in kind else None), None
    message = Message()
    message["content-type"] = value.replace("\n", " ").replace("\r", " ")
    charset = message.get_content_charset()
    return (kind if "/" in kind else None), charset


def failure(answer: Answer, outcome: Outcome, detail: str) -> Snapshot:
    """The snapshot of a request that got no usable answer."""
    return _snapshot(answer, Verdict(outcome, detail), None, None)


def _snapshot(
    answer: Answer,
    verdict: Verdict,
    kind: str | None,
    charset: str | None,
    body: bytes | None = None,
) -> Snapshot:
    content = verdict.outcome.is_content
    return Snapshot(
        source=answer.source,
        url=answer.url,
        fetched_at=answer.at,
        outcome=verdict.outcome,
        status=answer.status or None,
        media_type=kind,
        charset=charset,
        body=body if verdict.outcome is Outcome.OK else None,
        etag=_validator(answer.header("etag")) if content else None,
        last_modified=_validator(answer.header("last-modified")) if content else None,
        target=None,
        detail=verdict.detail or None,
        bytes_received=len(answer.body),
    )


def _validator(value: str | None) -> str | None:
    return value if value and len(value) < 1024 else None
