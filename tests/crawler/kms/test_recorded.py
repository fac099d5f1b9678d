"""Recorded exchanges: each folder in ``recorded`` is a test; a new one needs no Python.

``case.yaml`` holds the ``source`` as in config.yaml (and ``known`` from an earlier night), the
``exchange`` in its order, and what is ``expected``. An exchange says what must be asked (``ask``:
method and path with query, ``body``, headers in ``sends``) and what comes back (``answer``: JSON,
or the name of a file beside; ``status``, ``headers``).
"""

from __future__ import annotations

import base64
import json
from collections import deque
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml

from crawler.config import KmsSource
from crawler.kms.interface import (
    Cursor,
    Document,
    Gone,
    Known,
    Problem,
    Request,
    Response,
    Seen,
    Sweep,
)
from crawler.kms.registry import BUILT_IN, connector_for, presets
from crawler.kms.runner import queue
from crawler.kms.wrapping import reader_page

RECORDED = Path(__file__).with_name("recorded")
CASES = sorted(path.parent for path in RECORDED.glob("*/*/case.yaml"))


def asked(method: str, url: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    parts = urlsplit(url)
    query = tuple(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return method, parts.path, query


def played(folder: Path, case: dict[str, Any]) -> dict[str, Any]:
    """What the connector makes of the exchange; every request is checked on the way."""
    source = KmsSource.model_validate({"name": "kb", **case["source"]})
    connector = connector_for(source)
    known = case.get("known", {})
    lists = {key: tuple(known[key]) for key in ("retry", "only") if key in known}
    exchange = deque(case["exchange"])
    found: dict[str, Any] = {}
    waiting: deque[Request] = deque()

    def take(events: Any) -> None:
        following = []
        for event in events:
            match event:
                case Request():
                    following.append(event)
                case Document():
                    found.setdefault("documents", []).append(shown(event))
                case Seen():
                    found.setdefault("seen", []).append([event.id, event.version])
                case Gone():
                    found.setdefault("gone", []).append(event.id)
                case Cursor():
                    found["cursor"] = event.value
                case Sweep():
                    found["sweep"] = True
                case Problem():
                    found.setdefault("problems", []).append(f"{event.code}: {event.message}")
        queue(waiting, following)

    take(connector.start(Known(**{**known, **lists})))
    while waiting:
        request = waiting.popleft()
        sent = request if request.foreign else connector.authorise(request)
        assert exchange, f"{folder.name}: nobody expected {sent.method} {sent.url}"
        expected = exchange.popleft()
        method, _, url = expected["ask"].partition(" ")
        assert asked(sent.method, sent.url) == asked(method, url)
        if "body" in expected:
            assert json.loads(sent.body or b"null") == expected["body"]
        for name, value in expected.get("sends", {}).items():
            assert sent.headers[name] == _plain(value)
        answer = expected.get("answer")
        if isinstance(answer, str):
            data = (folder / answer).read_bytes()
        else:
            data = b"" if answer is None else json.dumps(answer).encode()
        headers = {"date": "Sun, 01 Nov 2026 02:00:00 GMT", **expected.get("headers", {})}
        take(connector.parse(Response(sent, expected.get("status", 200), headers, data)))
    assert not exchange, f"{folder.name}: never asked: {[each['ask'] for each in exchange]}"
    return found


def shown(document: Document) -> dict[str, Any]:
    """A document as cases write it: what is None left out, instants as text."""
    page = reader_page(document).decode()
    body = page.partition("<body>\n")[2].partition("\n</body>")[0].partition("</h1>\n")[2]
    values = {
        "id": document.id,
        "url": document.url,
        "title": document.title,
        "body": (body or page).strip(),
        "author": document.author,
        "owner": document.owner,
        "updated_at": document.updated_at,
        "reviewed_at": document.reviewed_at,
        "valid_to": document.valid_to,
        "verification": document.verification,
        "edit_url": document.edit_url,
        "language": document.language,
        "views": document.views,
    }
    return {
        name: value.strftime("%Y-%m-%dT%H:%M:%SZ") if hasattr(value, "strftime") else value
        for name, value in values.items()
        if value is not None
    }


def _plain(value: str) -> str:
    """``basic(user:password)`` in a case is what HTTP makes of it."""
    if value.startswith("basic("):
        return f"Basic {base64.b64encode(value[6:-1].encode()).decode()}"
    return value


@pytest.mark.parametrize("folder", CASES, ids=lambda f: f"{f.parent.name}-{f.name}")
def test_an_exchange_brings_what_its_folder_says(folder: Path) -> None:
    case = yaml.safe_load((folder / "case.yaml").read_text())
    assert played(folder, case) == case["expected"]


def test_every_connector_has_a_recorded_exchange() -> None:
    there = {folder.parent.name for folder in CASES}
    assert there >= {*BUILT_IN, *presets()} - {"declarative", "mediawiki"}
