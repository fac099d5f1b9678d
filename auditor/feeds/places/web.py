"""An export behind an HTTP address: one file, or the pages of an API one after the other."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass  # noqa: TID251 - only what the environment says

from auditor.errors import FeedError
from auditor.feeds.places.pages import Pages
from auditor.feeds.places.where import Copy, place_of, shown
from crawler.deadline import ended_within
from crawler.guard import Reach, host_reach
from crawler.retry import RETRIED_STATUSES, backoff, retry_after

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.feeds.config import FeedConfig

_PIECE = 1 << 18
_MEGABYTE = 1_000_000
_MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TRIES = 3
_SILENCES = 60  # a whole answer may take so many times timeout_seconds
_LONGEST_WAIT = 60.0
_AGENT = "Sellby (reads its configured feeds)"


@dataclass(frozen=True, slots=True)
class Answer:
    """The head of an answer whose body is written: ``headers`` in lower case, ``size`` bytes."""

    url: str
    headers: Mapping[str, str]
    size: int


def download(name: str, feed: FeedConfig, folder: Path, version: str = "") -> Copy:
    """Write the feed's export below ``folder``, unless its one file still has ``version``.

    With ``paging`` the pages follow each other in one file. Raises FeedError with the host and
    what to do: for any status but 200, an answer that ends early, or one too large.
    """
    place = place_of(feed)
    target = folder / (place.name or name)
    client = Client(feed, version=version)
    if feed.paging is None:
        with target.open("wb") as out:
            answer = client.get(feed.path, out)
        return Copy(target, _written_at(answer.headers), _version(answer.headers))
    pages = Pages(feed.paging, feed.rows, place.shown)
    with target.open("wb") as out:
        following: str | None = pages.first(feed.path)
        while following is not None:
            start = out.tell()
            answer = client.get(following, out)
            out.flush()
            with target.open("rb") as written:
                written.seek(start)
                following = pages.after(answer.url, answer.headers, written.read())
            out.write(b"\n")
    return Copy(target, None, "")


@dataclass(slots=True)
class Client:
    """Asks for the addresses of one feed; what it has read in all stays below the limit.

    The body of an answer that has ``version`` is not read.
    """

    feed: FeedConfig
    version: str = ""
    read: int = 0

    def get(self, url: str, out: BinaryIO) -> Answer:
        """Write the body of ``url`` to ``out``; asks again where the server is only busy."""
        start = out.tell()
        for attempt in range(1, _TRIES + 1):
            out.seek(start)
            out.truncate()
            try:
                return self._follow(url, out)
            except _Busy as busy:
                if attempt == _TRIES:
                    raise FeedError(str(busy)) from None
                time.sleep(min(busy.wait or backoff(None, attempt), _LONGEST_WAIT))
        raise AssertionError("unreachable")

    def _follow(self, url: str, out: BinaryIO) -> Answer:
        headers = {name: value.get_secret_value() for name, value in self.feed.headers.items()}
        for _ in range(_MAX_REDIRECTS + 1):
            with self._asked(url, headers) as response:
                location = response.headers.get("location")
                if response.status in _REDIRECTS and location:
                    url, headers = _redirected(url, location, headers)
                    continue
                found = {name.lower(): value for name, value in response.getheaders()}
                if self.version and response.status == 304:
                    return Answer(url, _headers(self.version), 0)
                _refuse_status(url, response)
                if self.version and _version(found) == self.version:
                    return Answer(url, found, 0)
                return Answer(url, found, self._body(url, response, out))
        raise FeedError(f"{shown(url)}: too many redirects; check `path`")

    @contextmanager
    def _asked(self, url: str, headers: Mapping[str, str]) -> Iterator[http.client.HTTPResponse]:
        where = shown(url)
        try:
            connection, target = _connection(url, self.feed.timeout_seconds)
            with closing(connection):
                sent = {"User-Agent": _AGENT, "Accept-Encoding": "identity", **headers}
                if etag := _headers(self.version).get("etag"):
                    sent["If-None-Match"] = etag
                connection.connect()
                seconds = self.feed.timeout_seconds * _SILENCES
                late = FeedError(
                    f"{where} is not done after {seconds:g} s; raise `timeout_seconds`"
                )
                with ended_within(connection.sock, seconds, late, _Busy):
                    connection.request("GET", target, headers=sent)
                    with connection.getresponse() as response:
                        yield response
        except TimeoutError:
            seconds = self.feed.timeout_seconds
            raise _Busy(f"{where} gives no answer within {seconds:g} s") from None
        except ssl.SSLError as error:
            raise FeedError(
                f"{where}: its certificate is refused ({error.reason or error}); ask whoever runs "
                "the server"
            ) from None
        except socket.gaierror:
            host = urlsplit(url).hostname
            raise FeedError(f"{where}: there is no host {host}; check `path`") from None
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise _Busy(f"{where} cannot be reached ({reason}); is the server running?") from None

    def _body(self, url: str, response: http.client.HTTPResponse, out: BinaryIO) -> int:
        limit = self.feed.max_megabytes * _MEGABYTE
        size = 0
        while piece := response.read(_PIECE):
            size += len(piece)
            if self.read + size > limit:
                raise FeedError(
                    f"{shown(url)} is larger than {self.feed.max_megabytes:,} MB; raise "
                    "`max_megabytes` if that is right"
                )
            out.write(piece)
        if response.length:  # http.client does not mind when it reads piece by piece
            raise _Busy(
                f"{shown(url)} ends {response.length:,} bytes early; the transfer was cut off"
            )
        self.read += size
        return size


class _Busy(Exception):
    """The server may answer if it is asked again; ``wait`` is for how long it asks to be left."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


def _redirected(url: str, location: str, headers: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Where to go on, and with which headers: those of the feed are for its own host alone."""
    target = urljoin(url, location)
    old, new = urlsplit(url), urlsplit(target)
    if new.scheme not in ("http", "https") or (old.scheme, new.scheme) == ("https", "http"):
        raise FeedError(f"{shown(url)} redirects to {shown(target)}, which is refused")
    if host_reach(new.hostname or "") is Reach.FORBIDDEN or (
        host_reach(new.hostname or "") is not Reach.PUBLIC
        and host_reach(old.hostname or "") is Reach.PUBLIC
    ):
        raise FeedError(f"{shown(url)} redirects into a private network, which is refused")
    same = (old.scheme, old.netloc) == (new.scheme, new.netloc)
    return target, headers if same else {}


def _refuse_status(url: str, response: http.client.HTTPResponse) -> None:
    status = response.status
    if status == 200:
        return
    where = f"{shown(url)} answers {status} {response.reason}"
    if status in RETRIED_STATUSES:
        wait = retry_after(response.headers.get("retry-after"), datetime.now(UTC))
        raise _Busy(f"{where}; try again later", wait)
    if status in (401, 403):
        raise FeedError(f"{where}; check `headers`: the credentials are missing or no longer hold")
    if status in (404, 410):
        raise FeedError(f"{where}; check `path`")
    raise FeedError(f"{where}; a feed is a plain 200")


def _connection(url: str, timeout: float) -> tuple[http.client.HTTPConnection, str]:
    """A connection for a URL, and what to ask for on it; by the environment's proxy."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    direct = host_reach(host) is Reach.LOOPBACK or proxy_bypass(host)
    proxy = None if direct else getproxies().get(parts.scheme)
    via = urlsplit(proxy if "//" in proxy else f"//{proxy}") if proxy else None
    at = (via.hostname or "", via.port) if via is not None else (host, parts.port)
    if parts.scheme == "https":
        secure = http.client.HTTPSConnection(
            *at, timeout=timeout, context=ssl.create_default_context()
        )
        if via is not None:
            secure.set_tunnel(host, parts.port or 443)
        return secure, target
    return http.client.HTTPConnection(*at, timeout=timeout), url if via is not None else target


_TELLING = ("etag", "last-modified", "content-length")


def _version(headers: Mapping[str, str]) -> str:
    """What tells an answer from the one before; "" where there is too little to tell.

    No If-Modified-Since is sent: many servers answer it with 304 for an older file, too. A time
    that is the same, at the same length, tells as much, and costs a body that is not read.

    >>> _version({"etag": "W/a1", "content-type": "text/csv", "content-length": "7"})
    '{"etag": "W/a1"}'
    >>> _version({"content-length": "7"}), _version({"last-modified": "Sat, 28 Nov 2026"})
    ('', '')
    """
    known = {name: headers[name] for name in _TELLING if headers.get(name)}
    if "etag" not in known and len(known) < 2:
        return ""
    if "etag" in known:
        known.pop("content-length", None)  # a 304 has none, or its own
    return json.dumps(known)


def _headers(version: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(version) if version else {}
    return found


def _written_at(headers: Mapping[str, str]) -> datetime | None:
    try:
        return parsedate_to_datetime(headers["last-modified"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None
