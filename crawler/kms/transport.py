"""One HTTP request of a connector, sent: standard library, certificates checked, bounded."""

from __future__ import annotations

import http.client
import ssl
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit
from urllib.request import Request as CookieRequest
from urllib.request import getproxies, proxy_bypass

from crawler.deadline import ended_within
from crawler.decode import TooLarge, Truncated, decoded
from crawler.errors import CrawlerError
from crawler.guard import Reach, host_reach
from crawler.kms.interface import Response
from crawler.snapshot import Outcome
from crawler.urls import normalise, origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.config import Limits
    from crawler.kms.interface import Request

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PIECE = 64 * 1024
# A whole answer may take so many times timeout_seconds.
DEADLINE_TIMEOUTS = 4


class TransportError(CrawlerError):
    """A request got no usable answer; ``outcome`` says which kind, ``retry`` whether to retry."""

    def __init__(self, outcome: Outcome, message: str, *, retry: bool) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.retry = retry


class Transport:
    """Sends requests over one kept-alive connection, with cookies for as long as it lives.

    Redirects are followed on the same origin only: credentials never go elsewhere.
    """

    def __init__(self, limits: Limits, agent: str, *, verify_tls: bool = True) -> None:
        self._limits = limits
        self._agent = agent
        self._tls = ssl.create_default_context()
        if not verify_tls:
            self._tls.check_hostname = False
            self._tls.verify_mode = ssl.CERT_NONE
        self._cookies = CookieJar(DefaultCookiePolicy(strict_ns_domain=0))
        self._connection: http.client.HTTPConnection | None = None
        self._connected = ""

    @property
    def cookies(self) -> CookieJar:
        """What the servers have set so far."""
        return self._cookies

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def send(self, request: Request) -> Response:
        """The answer, its body unpacked. Raises TransportError."""
        url, method, body = request.url, request.method, request.body
        for _ in range(self._limits.max_redirects + 1):
            status, headers, received = self._once(request, url, method, body)
            location = headers.get("location")
            if status not in _REDIRECTS or not location:
                return Response(request, status, headers, self._unpacked(headers, received))
            target = urljoin(url, location)
            if origin(normalise(target) or "") != origin(normalise(url) or url):
                raise TransportError(
                    Outcome.REFUSED, f"{_shown(url)} redirects to another host", retry=False
                )
            url = target
            if status == 303 or (status in (301, 302) and method == "POST"):
                method, body = "GET", None
        raise TransportError(Outcome.REDIRECTED, f"{_shown(url)}: too many redirects", retry=False)

    def _once(
        self, request: Request, url: str, method: str, body: bytes | None
    ) -> tuple[int, dict[str, str], bytes]:
        """One exchange; a kept connection that the server closed meanwhile is opened anew."""
        kept = self._connection is not None
        try:
            return self._exchange(request, url, method, body)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError) as error:
            self.close()
            if not kept:
                raise TransportError(
                    Outcome.SERVER_ERROR, f"{_shown(url)}: connection closed", retry=True
                ) from error
        except (TransportError, TooLarge):
            self.close()
            raise
        except TimeoutError as error:
            self.close()
            seconds = self._limits.timeout_seconds
            raise TransportError(
                Outcome.TIMEOUT, f"{_shown(url)}: no answer in {seconds:g} s", retry=True
            ) from error
        except ssl.SSLError as error:
            self.close()
            raise TransportError(
                Outcome.REFUSED, f"{_shown(url)}: TLS: {error.reason or error}", retry=False
            ) from error
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise TransportError(
                Outcome.SERVER_ERROR, f"{_shown(url)}: {_reason(error)}", retry=True
            ) from error
        return self._once(request, url, method, body)

    def _exchange(
        self, request: Request, url: str, method: str, body: bytes | None
    ) -> tuple[int, dict[str, str], bytes]:
        connection, target = self._connect(url)
        sent = {
            "User-Agent": self._agent,
            "Accept-Encoding": "gzip",
            "Accept": "application/json, */*;q=0.5",
            **request.headers,
        }
        asked = CookieRequest(url, method=method)
        self._cookies.add_cookie_header(asked)
        if cookie := asked.get_header("Cookie"):
            sent["Cookie"] = cookie
        if connection.sock is None:
            connection.connect()
        if request.foreign:
            self._check_peer(connection, url)
        seconds = self._limits.timeout_seconds * DEADLINE_TIMEOUTS
        late = TransportError(
            Outcome.TIMEOUT, f"{_shown(url)}: not done after {seconds:g} s", retry=True
        )
        with ended_within(connection.sock, seconds, late, TransportError):
            connection.request(method, target, body=body, headers=sent)
            answer = connection.getresponse()
            received = self._bounded(answer, url)
        self._cookies.extract_cookies(answer, asked)
        found = {name.lower(): value for name, value in answer.getheaders()}
        if answer.will_close:
            self.close()
        return answer.status, found, received

    def _check_peer(self, connection: http.client.HTTPConnection, url: str) -> None:
        """A host that an answer named must not be one that only this machine can reach."""
        host, proxied = urlsplit(url).hostname or "", connection.host
        if host_reach(host) is Reach.LOOPBACK or proxied != host:
            return  # asked for by name from a server on this machine, or the proxy decides
        if host_reach(connection.sock.getpeername()[0]) is not Reach.PUBLIC:
            raise TransportError(
                Outcome.REFUSED, f"{_shown(url)}: not in the public network", retry=False
            )

    def _bounded(self, answer: http.client.HTTPResponse, url: str) -> bytes:
        pieces, size = [], 0
        while piece := answer.read(_PIECE):
            size += len(piece)
            if size > self._limits.max_body_bytes:
                limit = self._limits.max_body_bytes
                raise TransportError(
                    Outcome.TOO_LARGE, f"{_shown(url)}: more than {limit} bytes", retry=False
                )
            pieces.append(piece)
        if answer.length:  # http.client does not mind when it reads piece by piece
            raise TransportError(
                Outcome.UNREADABLE, f"{_shown(url)}: the answer ends early", retry=True
            )
        return b"".join(pieces)

    def _unpacked(self, headers: Mapping[str, str], body: bytes) -> bytes:
        try:
            return decoded(body, [headers.get("content-encoding", "")], self._limits.max_body_bytes)
        except TooLarge as error:
            raise TransportError(Outcome.TOO_LARGE, str(error), retry=False) from error
        except Truncated as error:
            raise TransportError(Outcome.UNREADABLE, str(error), retry=True) from error

    def _connect(self, url: str) -> tuple[http.client.HTTPConnection, str]:
        """A connection for a URL, and what to ask for on it; by the environment's proxy."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        path = parts.path or "/"
        target = f"{path}?{parts.query}" if parts.query else path
        direct = host_reach(host) is Reach.LOOPBACK or proxy_bypass(host)
        proxy = None if direct else getproxies().get(parts.scheme)
        via = urlsplit(proxy if "//" in proxy else f"//{proxy}") if proxy else None
        if via is not None and parts.scheme == "http":
            target = url
        if self._connection is not None and self._connected == origin(url):
            return self._connection, target
        self.close()
        timeout = self._limits.timeout_seconds
        at = (via.hostname or "", via.port) if via is not None else (host, parts.port)
        if parts.scheme == "https":
            secure = http.client.HTTPSConnection(*at, timeout=timeout, context=self._tls)
            if via is not None:
                secure.set_tunnel(host, parts.port or 443)
            self._connection = secure
        else:
            self._connection = http.client.HTTPConnection(*at, timeout=timeout)
        self._connected = origin(url)
        return self._connection, target


def _shown(url: str) -> str:
    """A URL for people: without its query, which may be long or hold a token."""
    return url.partition("?")[0]


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
