"""Stored visits as a WARC file, so that they can be replayed and audited elsewhere.

A content that a page showed is a response record when it is first met; a visit that found it
unchanged is a revisit record that refers to it. Visits without an answer (a time-out), or with an
answer whose body was not kept (a log-in page), are no records.
"""

from __future__ import annotations

import os
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.snapshot import Outcome
from crawler.version import sellby_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from crawler.store import SnapshotStore
    from crawler.store.records import Kept

_REASONS = {200: "OK", 301: "Moved Permanently", 302: "Found", 304: "Not Modified",
            403: "Forbidden", 404: "Not Found", 410: "Gone", 500: "Internal Server Error",
            503: "Service Unavailable"}  # fmt: skip
# Outcomes of which only the status matters: their bodies say nothing of products.
_BODILESS = frozenset((Outcome.GONE, Outcome.REDIRECTED, Outcome.SERVER_ERROR, Outcome.BLOCKED))


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: records by WARC type, and visits that are no records."""

    records: dict[str, int]
    left_out: int
    size: int


def write_warc(
    store: SnapshotStore,
    path: Path,
    sources: Sequence[str],
    *,
    since: datetime | None = None,
    progress: Callable[[int, str], None] | None = None,
) -> Written:
    """Write the visits of ``sources`` (from ``since`` on) into one file; gzip by ``.gz``.

    The file is there whole or not at all. Raises OSError.
    """
    with _whole(path) as stream:
        written = _Writing(store, stream, is_gzip=path.suffix == ".gz")
        written.start(path.name)
        done = 0
        for source in sources:
            for url in store.urls(source):
                written.page(source, url, since)
                done += 1
                if progress is not None:
                    progress(done, url)
    return Written(dict(written.records), written.left_out, path.stat().st_size)


@contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class _Writing:
    def __init__(self, store: SnapshotStore, stream: IO[bytes], *, is_gzip: bool) -> None:
        self.records: Counter[str] = Counter()
        self.left_out = 0
        self._store = store
        self._writer = WARCWriter(stream, gzip=is_gzip, warc_version="1.1")

    def start(self, name: str) -> None:
        about = {"software": f"Sellby/{sellby_version()}", "format": "WARC File Format 1.1"}
        self._writer.write_record(self._writer.create_warcinfo_record(name, about))

    def page(self, source: str, url: str, since: datetime | None) -> None:
        """The visits of one page, oldest first."""
        shown: dict[str, tuple[str, str]] = {}
        for kept in self._store.history(source, url):
            if since is not None and kept.fetched_at < since:
                continue
            if kept.sha256 is None:
                self._bare(url, kept)
            elif kept.sha256 in shown:
                self._revisit(url, kept, *shown[kept.sha256])
            else:
                shown[kept.sha256] = self._response(url, kept)

    def _response(self, url: str, kept: Kept) -> tuple[str, str]:
        """Write a content; (payload digest, date) for those that refer to it."""
        assert kept.sha256 is not None
        body = self._store.body(kept.sha256)
        status = kept.status if kept.status and kept.status < 300 else 200
        record = self._record(url, kept, status, body)
        self._write("response", record)
        return str(record.rec_headers.get_header("WARC-Payload-Digest")), _date(kept.fetched_at)

    def _revisit(self, url: str, kept: Kept, digest: str, date: str) -> None:
        headers = self._headers(kept, kept.status or 200, None)
        record = self._writer.create_revisit_record(
            url,
            digest,
            url,
            date,
            http_headers=headers,
            warc_headers_dict={"WARC-Date": _date(kept.fetched_at)},
        )
        if kept.status == 304:
            profile = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
            record.rec_headers.replace_header("WARC-Profile", profile)
        self._write("revisit", record)

    def _bare(self, url: str, kept: Kept) -> None:
        if kept.status is None or kept.status < 300 or kept.outcome not in _BODILESS:
            self.left_out += 1
            return
        self._write("response", self._record(url, kept, kept.status, b""))

    def _record(self, url: str, kept: Kept, status: int, body: bytes) -> Any:
        return self._writer.create_warc_record(
            url,
            "response",
            payload=BytesIO(body),
            length=len(body),
            http_headers=self._headers(kept, status, len(body)),
            warc_headers_dict={"WARC-Date": _date(kept.fetched_at)},
        )

    def _headers(self, kept: Kept, status: int, length: int | None) -> StatusAndHeaders:
        """The headers as they are known: the body is stored decoded, so without its encoding."""
        headers = []
        if kept.media_type:
            charset = f"; charset={kept.charset}" if kept.charset else ""
            headers.append(("Content-Type", f"{kept.media_type}{charset}"))
        if kept.target and 300 <= status < 400:
            headers.append(("Location", kept.target))
        if length is not None:
            headers.append(("Content-Length", str(length)))
        line = f"{status} {_REASONS.get(status, '')}".rstrip()
        return StatusAndHeaders(line, headers, protocol="HTTP/1.1")

    def _write(self, kind: str, record: object) -> None:
        self._writer.write_record(record)
        self.records[kind] += 1


def _date(at: datetime) -> str:
    """An instant as WARC 1.1 writes it, to the microsecond."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
