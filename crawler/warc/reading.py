"""The visits that a WARC file holds, as snapshots.

Source: ISO 28500:2017 and https://iipc.github.io/warc-specifications/specifications/warc-format/
"""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed

from crawler.answer import Answer, content_type, read_answer
from crawler.documents.kinds import kind_of
from crawler.errors import SourceError
from crawler.snapshot import Outcome, Snapshot
from crawler.urls import is_file, normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crawler.config import WarcSource

# Answers that a reader would take for a page; pictures, styles and scripts are archived, too.
_PAGES = ("text/html", "application/xhtml+xml", "text/plain")
_NOT_MODIFIED = "server-not-modified"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One visit of a WARC file.

    ``same_as`` is (URL, instant or None) of the record whose body a revisit record repeats.
    """

    snapshot: Snapshot
    same_as: tuple[str, datetime | None] | None = None


@dataclass(slots=True)
class Left:
    """What of a WARC file is no visit: ``other`` answers that are no pages, ``foreign`` URLs."""

    other: int = 0
    foreign: int = 0
    problems: list[str] = field(default_factory=list)


def recorded(
    stream: IO[bytes], source: WarcSource, admits: Callable[[str], bool], left: Left
) -> Iterator[Recorded]:
    """The visits in a WARC file, in its order; what it holds else is counted in ``left``.

    ``admits`` says which URLs belong to the source. Raises SourceError where the file is no
    WARC file or ends within a record; what stands before it has been given out by then.
    """
    whole = _Whole(stream)
    try:
        for record in ArchiveIterator(whole):
            if record.format != "warc":
                raise SourceError("it is no WARC file")
            if (found := _visit(record, source, admits, left)) is not None:
                yield found
    except ArchiveLoadFailed as error:
        said = " ".join(str(error).split())[:200]
        raise SourceError(f"it is no WARC file, or is damaged: {said}") from error
    except (EOFError, OSError, ValueError, AttributeError, zlib.error) as error:
        # AttributeError: the library trips over a record whose head is cut off.
        raise SourceError(f"it is damaged or cut off ({error})") from error
    if whole.damage:
        raise SourceError(f"it is damaged or cut off ({whole.damage})")


class _Whole:
    """A file, decompressed, that remembers how it broke: the library ends there without a word."""

    def __init__(self, stream: IO[bytes]) -> None:
        is_gzip = stream.read(2) == b"\x1f\x8b"
        stream.seek(0)
        # Not read(): where the file is cut off, it would drop what it has decompressed already.
        self._read = gzip.GzipFile(fileobj=stream).read1 if is_gzip else stream.read
        self._at = 0
        self.damage = ""

    def read(self, size: int = -1) -> bytes:
        """Up to ``size`` bytes; none at the end, and where the file breaks off."""
        try:
            found = self._read(size)
        except (EOFError, OSError, zlib.error) as error:
            self.damage = str(error)
            return b""
        self._at += len(found)
        return found

    def tell(self) -> int:
        """Bytes read so far."""
        return self._at


def _visit(
    record: Any, source: WarcSource, admits: Callable[[str], bool], left: Left
) -> Recorded | None:
    if record.rec_type not in ("response", "revisit", "resource"):
        return None
    url = normalise(str(record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>"))
    if url is None or url.endswith("/robots.txt"):
        return None
    if not admits(url):
        left.foreign += 1
        return None
    at = _instant(record.rec_headers.get_header("WARC-Date"))
    if at is None:
        left.problems.append(f"{url}: its WARC-Date is none")
        return None
    if record.rec_type == "revisit":
        return _revisit(record, source.name, url, at)
    answer = _answer(record, source, url, at)
    if _is_other(answer, source):
        left.other += 1
        return None
    limits = source.limits
    most = limits.max_document_bytes if source.documents else 0
    snapshot = read_answer(answer, limits.max_body_bytes, most).snapshot
    if answer.location is not None:
        snapshot = replace(snapshot, target=normalise(answer.location) or answer.location[:2000])
    return Recorded(snapshot)


def _answer(record: Any, source: WarcSource, url: str, at: datetime) -> Answer:
    headers: dict[str, list[str]] = {}
    status = 200
    if record.http_headers is not None:
        for name, value in record.http_headers.headers:
            headers.setdefault(str(name).lower(), []).append(str(value))
        status = _status(record.http_headers.get_statuscode())
    else:  # a resource record: the body alone
        headers["content-type"] = [str(record.content_type or "application/octet-stream")]
    stream = record.raw_stream
    if "chunked" in ",".join(headers.get("transfer-encoding", ())).lower():
        stream = ChunkedDataReader(stream)
    limits = source.limits
    most = max(limits.max_body_bytes, limits.max_document_bytes)
    body = _read(stream, most + 1)
    if len(body) <= most and getattr(record.raw_stream, "limit", 0) > 0:
        raise SourceError(f"it is cut off: the record of {url} ends early")
    return Answer(source.name, url, url, at, status, headers, body)


def _read(stream: Any, most: int) -> bytes:
    """Up to ``most`` bytes: more than the limit is told from the size, not kept."""
    pieces: list[bytes] = []
    size = 0
    while size < most and (piece := stream.read(min(65_536, most - size))):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def _is_other(answer: Answer, source: WarcSource) -> bool:
    """Whether an answer is what a crawl would not have asked for: a picture, a style, a script."""
    kind, _charset = content_type(answer.header("content-type"))
    if kind_of(kind, answer.url) is not None:
        return not source.documents
    if answer.status >= 300:
        return is_file(answer.url)
    return kind is not None and kind not in _PAGES


def _revisit(record: Any, source: str, url: str, at: datetime) -> Recorded:
    """A visit that found what an earlier record holds."""
    refers = normalise(str(record.rec_headers.get_header("WARC-Refers-To-Target-URI") or ""))
    when = _instant(record.rec_headers.get_header("WARC-Refers-To-Date"))
    profile = str(record.rec_headers.get_header("WARC-Profile") or "")
    http = record.http_headers
    status = _status(http.get_statuscode()) if http is not None else 200
    if profile.rstrip("/").endswith(_NOT_MODIFIED):
        status = 304
    snapshot = Snapshot(
        source=source,
        url=url,
        fetched_at=at,
        outcome=Outcome.UNCHANGED,
        status=status,
        etag=http.get_header("ETag") if http is not None else None,
        last_modified=http.get_header("Last-Modified") if http is not None else None,
    )
    return Recorded(snapshot, (refers or url, when))


def _status(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) == 3 else 0


def _instant(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
