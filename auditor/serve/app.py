"""The web application: one request to the database and back.

Pages are for people signed in by a cookie, `/api/` for programs with a token in the header.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from queue import LifoQueue
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from auditor.errors import AuditorError, DecisionRefused, NotFound
from auditor.records import plain
from auditor.serve import api, browser
from auditor.serve.access import COOKIE, Rate, Sessions, askers, bearer
from auditor.serve.pages import POLICY, Pages
from auditor.serve.rechecks import Rechecks
from auditor.store import AuditStore
from crawler.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from auditor.config import Config
    from auditor.desk import Asker
    from auditor.model import Finding

MOST_BODY_BYTES = 128 * 1024
CONNECTIONS = 8

HEADERS = (
    (b"content-security-policy", f"{POLICY}; frame-ancestors 'self'".encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cache-control", b"private, no-cache"),
)


class Server:
    """What every request needs: configuration, database, pages, who may come in."""

    def __init__(
        self, config: Config, path: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.config, self.path, self.now = config, path, now
        self.zone = ZoneInfo(config.timezone)
        self.sessions = Sessions(askers(config), config.serve.session_hours)
        self.rate = Rate(config.serve.requests_per_second, config.serve.burst)
        self.tries = Rate(0.1, 10)  # wrong tokens: ten at once, then one every ten seconds
        self.said: dict[str, str] = {}
        self.late: dict[str, tuple[list[Finding], float]] = {}
        self.pages = Pages(config, path, now)
        self.rechecks = Rechecks(config, path, now)
        self._free: LifoQueue[AuditStore] = LifoQueue()
        for _ in range(CONNECTIONS):
            self._free.put(AuditStore(path))

    @contextmanager
    def store(self) -> Iterator[AuditStore]:
        """A connection of one's own, until the block ends."""
        store = self._free.get()
        try:
            yield store
        finally:
            self._free.put(store)

    def close(self) -> None:
        """Close the database; what was committed stays."""
        self.rechecks.close()
        self.pages.close()
        for _ in range(CONNECTIONS):
            self._free.get().close()

    def caller(self, request: Request) -> str:
        """The address that a request came from."""
        return request.client.host if request.client else ""


def create_app(config: Config, path: Path) -> Starlette:
    """The application over the database at ``path``; people and tokens are the configuration's."""
    server = Server(config, path)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        server.close()

    pages = [
        Route("/healthz", _alive),
        Route("/signin", _open(server, browser.sign_in), methods=["GET", "POST"]),
        Route("/signout", _page(server, browser.sign_out), methods=["POST"]),
        Route("/decide", _page(server, browser.decide), methods=["POST"]),
        Route("/flag", _page(server, browser.flag), methods=["POST"]),
        Route("/assets/{name}", _open(server, browser.asset)),
        Route("/", _page(server, browser.home)),
        Route("/mine.html", _page(server, browser.mine)),
    ]
    calls = [
        Route("/api/me", _call(server, api.me)),
        Route("/api/findings", _call(server, api.findings)),
        Route("/api/findings/{id}", _call(server, api.finding)),
        Route("/api/tasks", _call(server, api.tasks)),
        Route("/api/asked", _call(server, api.asked)),
        Route("/api/escalated", _call(server, api.escalated)),
        Route("/api/late", _call(server, api.late)),
        Route("/api/questions", _call(server, api.questions)),
        Route("/api/rules", _call(server, api.rules)),
        Route("/api/rechecks", _call(server, api.recheck), methods=["POST"]),
        Route("/api/rechecks/{id}", _call(server, api.rechecked)),
        Route("/api/decisions", _call(server, api.decide), methods=["POST"]),
        Route("/api/flags", _call(server, api.flag), methods=["POST"]),
    ]
    report = Route("/{path:path}", _page(server, browser.report))
    app = Starlette(
        routes=[*pages, *calls, report],
        lifespan=lifespan,
        exception_handlers={HTTPException: _problem, StoreError: _busy},  # type: ignore[dict-item]  # handlers of narrower errors
    )
    app.state.server = server
    app.add_middleware(_Guard)
    return app


# --- from a request to an answer ---------------------------------------------------------------

_Open = Callable[[Server, "Request", Mapping[str, str]], Response]
_Known = Callable[[Server, "Request", "Asker", Mapping[str, str]], Response]
_Call = Callable[[Server, "Request", "Asker", Mapping[str, Any]], object]


def _open(server: Server, act: _Open) -> Callable[[Request], Any]:
    """For everybody; the form of a POST is read, and a POST from another site refused."""

    async def answer(request: Request) -> Response:
        form = await _form(request)
        return await run_in_threadpool(act, server, request, form)

    return answer


def _page(server: Server, act: _Known) -> Callable[[Request], Any]:
    """For who is signed in; others are sent to sign in. A POST must be a form of our own."""

    async def answer(request: Request) -> Response:
        cookie = request.cookies.get(COOKIE, "")
        asker = server.sessions.by_cookie(cookie, time.time())
        if asker is None:
            return browser.to_sign_in(request)
        _check_rate(server, asker.name)
        form = await _form(request)
        if request.method == "POST" and not server.sessions.is_own_form(
            cookie, form.get("word", "")
        ):
            raise HTTPException(403, "This form is not from your session. Go back and try again.")
        return await run_in_threadpool(act, server, request, asker, form)

    return answer


def _call(server: Server, act: _Call) -> Callable[[Request], Any]:
    """For programs with a token; what goes wrong is said as JSON."""

    async def answer(request: Request) -> Response:
        asker = server.sessions.by_token(bearer(request.headers.get("authorization", "")))
        if asker is None:
            if not server.tries.allows(server.caller(request), time.monotonic()):
                return _json({"error": "too many wrong tokens; wait a minute"}, 429)
            return _json({"error": "no such token; ask whoever runs the server"}, 401)
        if not server.rate.allows(asker.name, time.monotonic()):
            return _json({"error": "too many requests; slow down"}, 429)
        try:
            body = await _json_body(request)
            return _json(await run_in_threadpool(act, server, request, asker, body))
        except DecisionRefused as error:
            return _json({"error": str(error)}, 409)
        except NotFound as error:
            return _json({"error": str(error)}, 404)
        except HTTPException as error:
            return _json({"error": error.detail}, error.status_code)
        except StoreError as error:
            return _json({"error": str(error)}, 503)
        except AuditorError as error:
            return _json({"error": f"the server cannot answer that: {error}"}, 500)

    return answer


def _check_rate(server: Server, caller: str) -> None:
    if not server.rate.allows(caller, time.monotonic()):
        raise HTTPException(429, "Too many requests: wait a few seconds.")


async def _form(request: Request) -> dict[str, str]:
    """The form of a POST: texts, several of one name joined by blanks."""
    if request.method != "POST":
        return {}
    async with request.form(max_files=0, max_fields=2_000) as form:
        found: dict[str, str] = {}
        for name, value in form.multi_items():
            if isinstance(value, str):
                found[name] = f"{found[name]} {value}" if name in found else value
        return found


async def _json_body(request: Request) -> Mapping[str, Any]:
    if request.method != "POST":
        return {}
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, f"the body is no JSON: {error}") from error
    if not isinstance(body, dict):
        raise HTTPException(400, "the body must be a JSON object")
    return body


def _json(data: object, status: int = 200) -> Response:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=plain)
    return Response(text, status, media_type="application/json")


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("ok\n")


async def _problem(request: Request, error: HTTPException) -> Response:
    if request.url.path.startswith("/api/"):
        return _json({"error": error.detail}, error.status_code)
    return HTMLResponse(browser.message(request, error.detail), error.status_code)


async def _busy(request: Request, error: StoreError) -> Response:
    return await _problem(request, HTTPException(503, str(error)))


class _Guard:
    """Around everything: what another site sends is refused, too much is, and headers are set."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Any) -> None:
            if message["type"] == "http.response.start":
                known = {name for name, _ in message["headers"]}
                message["headers"] += [pair for pair in HEADERS if pair[0] not in known]
            await send(message)

        refusal = _refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, guarded)
            return
        await self._app(scope, _limited(receive), guarded)


def _refusal(scope: Scope) -> Response | None:
    from auditor.serve.access import is_cross_site

    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > MOST_BODY_BYTES:
        return PlainTextResponse("too large\n", 413)
    if scope["method"] == "POST" and is_cross_site(headers, headers.get("host", "")):
        return PlainTextResponse("refused: sent by another site\n", 403)
    return None


def _limited(receive: Receive) -> Receive:
    """Stops a body without a length when it is too large."""
    received = 0

    async def limited() -> Any:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > MOST_BODY_BYTES:
            raise HTTPException(413, "too large")
        return message

    return limited
