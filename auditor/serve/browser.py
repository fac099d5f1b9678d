"""The server's pages, for people: the report live, decisions as buttons, without JavaScript."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from auditor.asking import WAITING
from auditor.decide import REASONS, plan_of, revision
from auditor.desk import DeskHere, carry_out
from auditor.errors import DecisionRefused, NotFound
from auditor.model import State
from auditor.serve.access import COOKIE
from auditor.serve.orders import flag_of, order_of
from auditor.service_levels import escalated_to
from auditor.store.findings import Filter
from auditor.tasks import ID_MARK, task_id

if TYPE_CHECKING:
    from starlette.requests import Request

    from auditor.desk import Asker
    from auditor.model import Finding
    from auditor.serve.app import Server
    from auditor.store import AuditStore

ONE_BY_ONE = 40
"""Findings of a task that are offered one by one; of a larger one, all or none."""

COPY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-same-origin"
)
"""What an annotated copy of a crawled page may do: be looked at. Its style stands in it.

Nothing may run in it, so that it gains nothing by its origin; without one, Chromium gives its frame
a process of its own, which scrolls to the quote before it knows its size, and past it.
"""

ROWS_OF_MINE = 100

DOWNLOADS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One finding, or a whole task, that a form may decide on."""

    value: str
    label: str
    state: str
    claimed: str
    expected: str
    is_chosen: bool = True


# --- signing in ----------------------------------------------------------------------------------


def sign_in(server: Server, request: Request, form: Mapping[str, str]) -> Response:
    """The form for a token, and what becomes of it."""
    problem = ""
    if request.method == "POST":
        if not server.tries.allows(server.caller(request), time.monotonic()):
            return HTMLResponse(message(request, "Too many tries: wait a minute."), 429)
        token = form.get("token", "").strip()
        if server.sessions.by_token(token) is not None:
            answer = RedirectResponse(_local(form.get("next", "")), 303)
            answer.set_cookie(
                COOKIE,
                server.sessions.cookie(token, time.time()),
                max_age=int(server.config.serve.session_hours * 3600),
                httponly=True,
                samesite="strict",
                secure=request.url.scheme == "https",
            )
            return answer
        problem = "There is no such token. Ask whoever runs this server for yours."
    text = _render(
        server,
        "serve_signin.html",
        problem=problem,
        next=_local(form.get("next", "") or request.query_params.get("next", "")),
    )
    return HTMLResponse(text, 401 if problem else 200)


def sign_out(
    _server: Server, _request: Request, _asker: Asker, _form: Mapping[str, str]
) -> Response:
    """Forget the cookie."""
    answer = RedirectResponse("/signin", 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer


def to_sign_in(request: Request) -> Response:
    """The way to the form, and back here."""
    here = request.url.path if request.method == "GET" else "/"
    return RedirectResponse(f"/signin?next={quote(here)}", 303)


# --- reading -------------------------------------------------------------------------------------


def home(_server: Server, _request: Request, _asker: Asker, _form: Mapping[str, str]) -> Response:
    """The report's first page."""
    return RedirectResponse("/index.html", 303)


def report(server: Server, request: Request, asker: Asker, _form: Mapping[str, str]) -> Response:
    """A page of the report, as it is now; a download, as last night's report has it."""
    path = request.path_params["path"]
    suffix = path.rpartition(".")[2]
    if suffix in DOWNLOADS:
        return _download(server, path, DOWNLOADS[suffix])
    text = server.pages.page(
        path,
        signed=_signed(server, request, asker),
        desk=lambda page_id: _desk(server, request, asker, page_id),
    )
    if text is None:
        raise HTTPException(404, "There is no such page; it may have been fixed meanwhile.")
    policy = {"content-security-policy": COPY_POLICY} if path.startswith("copy/") else None
    return HTMLResponse(text, headers=policy)


def mine(server: Server, request: Request, asker: Asker, _form: Mapping[str, str]) -> Response:
    """What waits for whoever is signed in, as it is this moment, most urgent first."""
    with server.store() as store:
        mine = Filter(states=tuple(WAITING), owner=asker.name)
        found = store.findings.matching(replace(mine, limit=ROWS_OF_MINE))
        n_in_all = store.findings.count(mine)
        late = _escalated(server, store, asker)
        asked = set(store.desk.asked().get(asker.name, ()))
    first = [finding for finding in found if finding.task in asked]
    rest = [finding for finding in found if finding.task not in asked]
    text = _render(
        server,
        "serve_mine.html",
        signed=Markup(_signed(server, request, asker)),
        word=server.sessions.form_word(request.cookies[COOKIE]),
        late=[finding for finding in late if finding.state in WAITING],
        asked=first,
        rest=rest,
        n_rest=n_in_all - len(first),
        revision=revision,
        task_id=task_id,
    )
    return HTMLResponse(text)


def _escalated(server: Server, store: AuditStore, asker: Asker) -> list[Finding]:
    """What is late with others and this one's turn: reckoned at most every half minute."""
    found, at = server.late.get(asker.name, ([], 0.0))
    if time.monotonic() - at > 30 or not at:
        found = escalated_to(store, server.config, asker.name, server.now())
        server.late[asker.name] = (found, time.monotonic())
    return [store.findings.by_id(finding.fingerprint) for finding in found[:ROWS_OF_MINE]]


def asset(server: Server, request: Request, _form: Mapping[str, str]) -> Response:
    """The style sheet and the script."""
    name = request.path_params["name"]
    text = server.pages.html.assets.get(name)
    if text is None:
        raise HTTPException(404, "There is no such file.")
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    kept = {
        "cache-control": "public, max-age=31536000, immutable",
        # The copies of pages stand in frames of no origin, and need the style, too.
        "cross-origin-resource-policy": "cross-origin",
    }
    return Response(text, media_type=kind, headers=kept)


def message(request: Request, text: str) -> str:
    """A page that only says something."""
    server: Server = request.app.state.server
    return _render(server, "serve_message.html", text=text)


# --- deciding ------------------------------------------------------------------------------------


def decide(server: Server, request: Request, asker: Asker, form: Mapping[str, str]) -> Response:
    """Decide as the form says, then go back to where it stood."""
    now = server.now()
    body = {**form, "ids": form.get("ids", "").split(), "where": None}
    back = _local(form.get("next", ""))
    try:
        order = order_of(body, asker.name, now, server.zone)
        with server.store() as store:
            done = carry_out(store, order, now, asker)
    except (DecisionRefused, NotFound) as error:
        return _back(server, request, back, str(error))
    first, said = done.decided[0]
    more = f" And {len(done.decided) - 1} more." if len(done.decided) > 1 else ""
    return _back(server, request, back, f"{first.id}: {said}.{more}")


def flag(server: Server, request: Request, asker: Asker, form: Mapping[str, str]) -> Response:
    """Put a flag on the work list, then go back."""
    back = _local(form.get("next", ""))
    try:
        with server.store() as store:
            made = DeskHere(store, server.config, server.now).flag(flag_of(form, asker.name))
    except (DecisionRefused, NotFound) as error:
        return _back(server, request, back, str(error))
    return _back(server, request, back, f"{made.id} is on the list of {made.owner or 'nobody'}.")


def _back(server: Server, request: Request, path: str, said: str) -> Response:
    server.said[request.cookies[COOKIE]] = said
    while len(server.said) > 1_000:
        del server.said[next(iter(server.said))]
    return RedirectResponse(path, 303)


def _signed(server: Server, request: Request, asker: Asker) -> str:
    """Who is signed in, and what was said to them just now."""
    cookie = request.cookies[COOKIE]
    return _render(
        server,
        "serve_signed.html",
        who=asker.name,
        role=str(asker.role),
        word=server.sessions.form_word(cookie),
        said=server.said.pop(cookie, ""),
        here=request.url.path,
    )


def _desk(server: Server, request: Request, asker: Asker, page_id: str) -> str:
    """The buttons of a page, with the findings as they are this moment."""
    with server.store() as store:
        try:
            found = store.findings.named(page_id)
        except NotFound:
            found = []
    waiting = [finding for finding in found if finding.state is not State.VERIFIED]
    return _render(
        server,
        "serve_desk.html",
        choices=_choices(page_id, waiting),
        may_decide=any(asker.may_decide(finding) for finding in waiting),
        role=str(asker.role),
        owner=waiting[0].owner if waiting else "",
        reasons=[(str(reason), meaning) for reason, meaning in REASONS.items()],
        word=server.sessions.form_word(request.cookies[COOKIE]),
        here=request.url.path,
    )


def _choices(page_id: str, waiting: list[Finding]) -> list[Choice]:
    working = [finding for finding in waiting if finding.state.needs_work]
    if len(waiting) > ONE_BY_ONE and page_id.startswith(ID_MARK):
        value = f"{page_id}@{plan_of(working)}"
        return [Choice(value, f"all {len(working)} findings of this task", "", "", "")]
    return [
        Choice(
            f"{f.id}@{revision(f)}",
            " ".join(filter(None, (f.judgement.sku, str(f.judgement.attribute), f.judgement.key))),
            str(f.state).replace("_", " "),
            f.judgement.claimed,
            f.judgement.expected,
            f in working or len(waiting) == 1,
        )
        for f in waiting
    ]


def _download(server: Server, path: str, kind: str) -> Response:
    folder = server.config.report.dir.resolve()
    file = (folder / path).resolve()
    if not file.is_relative_to(folder) or not file.is_file():
        raise HTTPException(404, "Last night's report has no such file.")
    return FileResponse(file, media_type=kind, filename=file.name)


def _local(path: str) -> str:
    """``path`` where it is one of this server's, else the first page.

    >>> _local("/task/t1.html"), _local("https://evil.example/"), _local("//evil.example")
    ('/task/t1.html', '/index.html', '/index.html')
    """
    parts = urlsplit(path)
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if safe and not parts.scheme and not parts.netloc else "/index.html"


def _render(server: Server, name: str, **values: object) -> str:
    return server.pages.html.text(name, company=server.config.company, **values)
