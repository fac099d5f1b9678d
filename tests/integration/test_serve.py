"""The server in a real browser, and killed while people decide."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import typing
from pathlib import Path
from typing import Any

import httpx
import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

CHROMIUM = "/usr/bin/chromium"
PEOPLE = """
people:
  ines.kovac@brightwater.example: {token: token-of-ines}
  ruth.amos@brightwater.example: {role: lead, token: token-of-ruth}
serve: {requests_per_second: 1000, burst: 10000}
"""
LEAD = {"Authorization": "Bearer token-of-ruth"}


class Server:
    """`sellby serve` over a copy of the demo."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        words = ["-m", "auditor", "-c", "config.yaml", "serve", "--port", str(self.port)]
        self.process = subprocess.Popen([sys.executable, *words], cwd=self.home)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            assert self.process.poll() is None
            try:
                if httpx.get(f"{self.url}/healthz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(60)


@pytest.fixture
def served(demo: Path, tmp_path: Path) -> typing.Iterator[Server]:
    home = tmp_path / "company"
    shutil.copytree(demo, home)
    with (home / "config.yaml").open("a") as config:
        config.write(PEOPLE)
    server = Server(home)
    server.start()
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.kill()


@pytest.fixture(scope="module")
def chromium(install: typing.Callable[..., None]) -> typing.Iterator[Any]:
    install("chromium")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


class Tab:
    """A page of the browser, signed in, with everything it complained about."""

    def __init__(self, chromium: Any, server: Server, token: str, **more: Any) -> None:
        self.page = chromium.new_context(**more).new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(f"{server.url}/mine.html")
        self.page.fill("input[name=token]", token)
        self.page.click("main button")
        self.page.wait_for_url("**/mine.html")

    def shot(self, name: str) -> None:
        if folder := os.environ.get("SELLBY_SCREENSHOTS"):
            self.page.screenshot(path=Path(folder, f"serve-{name}.png"), full_page=True)


def rows(server: Server, **query: str) -> list[dict[str, Any]]:
    found = httpx.get(f"{server.url}/api/findings", params=query, headers=LEAD, timeout=60)
    return typing.cast("list[dict[str, Any]]", found.json())


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_decisions_are_buttons_with_and_without_scripts(
    chromium: Any, served: Server, scripts: bool
) -> None:
    tab = Tab(chromium, served, "token-of-ines", java_script_enabled=scripts)
    page = tab.page
    tab.shot("mine")
    page.click("main table a >> nth=0")
    assert page.locator("mark").first.is_visible()
    boxes = page.locator("form.desk input[name=ids]")
    for n in range(1, boxes.count()):
        boxes.nth(n).uncheck()
    first = boxes.first.get_attribute("value").partition("@")[0]
    page.fill("form[action='/decide'] input[name=note]", "in the shop since noon")
    page.click("button[value=confirm]")
    said = page.locator("[role=status]").inner_text()
    assert "says it is fixed; the next snapshot will tell" in said
    tab.shot("decided")
    (row,) = httpx.get(f"{served.url}/api/findings/{first}", headers=LEAD).json()
    assert row["state"] == "claimed_fixed"
    assert row["decisions"][0]["note"] == "in the shop since noon"
    for n in range(boxes.count()):
        boxes.nth(n).set_checked(boxes.nth(n).get_attribute("value").startswith(first))
    page.click("button[value=undo]")
    assert "took back: confirm" in page.locator("[role=status]").inner_text()
    page.click("text=Sign out")
    page.wait_for_url("**/signin")
    page.goto(f"{served.url}/mine.html")
    assert "/signin" in page.url


def test_pages_load_without_complaint_and_ask_nobody_else(chromium: Any, served: Server) -> None:
    tab = Tab(chromium, served, "token-of-ruth")
    task = rows(served, limit="1")[0]["task_id"]
    for path in ("index.html", "work.html", "people.html", "mine.html", f"task/{task}.html"):
        tab.page.goto(f"{served.url}/{path}")
        tab.page.wait_for_load_state("networkidle")
    assert tab.said == []
    assert {url.split("/")[2] for url in tab.asked} == {f"127.0.0.1:{served.port}"}


@pytest.mark.parametrize("width", [1280, 390])
def test_the_copy_of_a_page_shows_its_quote_inside_the_task(
    chromium: Any, served: Server, width: int
) -> None:
    tab = Tab(chromium, served, "token-of-ruth", viewport={"width": width, "height": 900})
    for row in [row for row in rows(served) if row["quote"] and row["source"] == "website"][:4]:
        tab.page.goto(f"{served.url}/task/{row['task_id']}.html")
        frame = tab.page.locator("iframe.copy")
        frame.scroll_into_view_if_needed()
        mark = frame.content_frame.locator("mark:target")
        mark.wait_for()
        quote, around = mark.bounding_box(), frame.bounding_box()
        assert around["y"] <= quote["y"], row["url"]
        assert quote["y"] + quote["height"] <= around["y"] + around["height"], row["url"]
    assert tab.said == []


def test_a_hostile_flag_does_nothing_anywhere(chromium: Any, served: Server) -> None:
    hostile = "<img src=x onerror=window.owned=1><script>window.owned=1</script>\x1b[31m\u202e=1+1"
    body = {"what": rows(served, limit="1")[0]["sku"], "note": hostile}
    flag = httpx.post(f"{served.url}/api/flags", json=body, headers=LEAD).json()
    tab = Tab(chromium, served, "token-of-ruth")
    for path in ("people.html", "work.html", f"task/{flag['task_id']}.html"):
        tab.page.goto(f"{served.url}/{path}")
        assert tab.page.evaluate("window.owned") is None
        assert "\u202e" not in tab.page.content()
    assert not any("owned" in text for text in tab.said)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier_on_the_pages_to_decide_on(
    chromium: Any, served: Server, axe: str, scheme: str
) -> None:
    tab = Tab(chromium, served, "token-of-ines", bypass_csp=True, color_scheme=scheme)
    task = rows(served, owner="ines.kovac@brightwater.example", limit="1")[0]["task_id"]
    for path in ("mine.html", f"task/{task}.html", "people.html"):
        tab.page.goto(f"{served.url}/{path}")
        tab.page.evaluate(axe)
        found = tab.page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa']})")["violations"]
        serious = [f"{v['id']}: {v['nodes'][0]['html']}" for v in found]
        assert serious == [], path
        tab.shot(f"{path.replace('/', '-')}-{scheme}")


def test_small_screens_need_no_sideways_scrolling(chromium: Any, served: Server) -> None:
    tab = Tab(
        chromium, served, "token-of-ines", viewport={"width": 380, "height": 800}, is_mobile=True
    )
    task = rows(served, owner="ines.kovac@brightwater.example", limit="1")[0]["task_id"]
    for path in ("mine.html", f"task/{task}.html"):
        tab.page.goto(f"{served.url}/{path}")
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= 380, path
        tab.shot(f"{path.replace('/', '-')}-380")


def test_nothing_that_was_answered_is_lost_when_the_server_is_killed(served: Server) -> None:
    ids = [row["id"] for row in rows(served)]
    answered: list[tuple[str, str]] = []
    enough = threading.Event()

    def decide(mine: list[str]) -> None:
        with httpx.Client(base_url=served.url, headers=LEAD, timeout=60) as client:
            for kind in ("ack", "undo") * 200:
                for one in mine:
                    note = f"{one} {len(answered)}"
                    body = {"kind": kind, "ids": [one], "note": note}
                    try:
                        done = client.post("/api/decisions", content=json.dumps(body))
                    except httpx.TransportError:
                        return
                    if done.status_code == 200:
                        answered.append((kind, note))
                        if len(answered) >= 40:
                            enough.set()

    people = [threading.Thread(target=decide, args=(ids[n::4],)) for n in range(4)]
    for person in people:
        person.start()
    assert enough.wait(120)
    served.kill()
    for person in people:
        person.join(60)
    with sqlite3.connect(served.home / "sellby.db") as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
        logged = set(database.execute("select kind, note from decision").fetchall())
        half = database.execute(
            "select count(*) from decision d join finding f using (fingerprint) where d.id = "
            "(select max(id) from decision where fingerprint = d.fingerprint) and "
            "f.state != iif(d.kind = 'ack', 'acknowledged', 'open')"
        ).fetchone()
    database.close()
    assert set(answered) <= logged
    assert half == (0,)
    served.start()
    assert len(rows(served)) == len(ids)
