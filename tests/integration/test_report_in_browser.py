"""The report in a real browser: no network, no error, small screens, dark, print, hostile text."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import sys
import typing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup

from auditor.config import Config
from auditor.report import Material, Page, Report, write_report
from auditor.report.pages import PAGES
from auditor.store import AuditStore
from crawler.store import SnapshotStore

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

CHROMIUM = "/usr/bin/chromium"
HOSTILE = (
    "<script>window.owned=1</script><img src=x onerror=window.owned=1>\"'><svg onload=owned=1>"
    "{{ 7*7 }}</textarea></title></style><b>=HYPERLINK(1) \x1b[31m \u202egnp.exe"
)
COUNTED = frozenset(
    {
        "priority", "freshness", "coverage", "value", "fresh_views", "right", "on_time", "day",
        "month", "hours", "days_to_fix", "views_wrong", "before", "since",
    }
)  # fmt: skip
"""Fields that hold our own numbers in words, which no page can change."""

ONE = {"task": "00000001", "copy": "00000001", "group": "x-1", "owner": "x-1", "source": "x-1"}
"""Ids of pages of which there are many, in a report of hostile text."""


class Browser:
    """Chromium with what it asked for and complained about since the last page."""

    def __init__(self, chromium: Any) -> None:
        self._chromium = chromium
        self.page: Any = None
        self.screen(1400)

    def screen(self, width: int, **more: Any) -> None:
        """A new window of this width in CSS pixels."""
        if self.page is not None:
            self.page.context.close()
        context = self._chromium.new_context(
            viewport={"width": width, "height": 900}, is_mobile=width < 700, **more
        )
        self.width, self.page = width, context.new_page()
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def open(self, page: Path, fragment: str = "") -> None:
        """Load a page of the report."""
        self.asked.clear()
        self.said.clear()
        self.page.goto("about:blank")
        self.page.goto(page.as_uri() + fragment)

    def js(self, code: str) -> Any:
        """What a piece of JavaScript returns."""
        return self.page.evaluate(code)

    @property
    def elsewhere(self) -> list[str]:
        """What was asked for beside files."""
        assert self.asked, "the page did not even ask for itself"
        return [url for url in self.asked if not url.startswith(("file:", "about:"))]

    @property
    def is_wide(self) -> bool:
        """Whether the page has to be scrolled sideways."""
        return bool(self.js("document.documentElement.scrollWidth") > self.width)

    def shot(self, name: str) -> None:
        """Keep a picture where SELLBY_SCREENSHOTS says."""
        if folder := os.environ.get("SELLBY_SCREENSHOTS"):
            self.page.screenshot(path=Path(folder, f"{name}.png"), full_page=True)


@pytest.fixture(scope="module")
def browser(install: typing.Callable[..., None]) -> typing.Iterator[Browser]:
    install("chromium")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield Browser(chromium)
        finally:
            chromium.close()


@pytest.fixture
def report(demo: Path) -> Path:
    return demo / "report"


def pages(report: Path) -> list[Path]:
    """Every page that is alone of its kind, and two of every kind of which there are many."""
    alone = sorted(report.glob("*.html"))
    many = [sorted((report / kind).glob("*.html"))[:2] for kind in ONE if kind != "copy"]
    return [*alone, *(page for some in many for page in some)]


def test_every_page_loads_without_network_and_without_a_complaint(
    browser: Browser, report: Path
) -> None:
    browser.screen(1400)
    for page in pages(report):
        browser.open(page)
        assert browser.elsewhere == [], page.name
        assert browser.said == [], page.name
        assert not browser.is_wide, page.name
        browser.shot(f"{page.parent.name}-{page.stem}-1400")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_small_screens_need_no_sideways_scrolling(
    browser: Browser, report: Path, scheme: str
) -> None:
    for width in (400, 320, 800):
        browser.screen(width, color_scheme=scheme)
        for page in pages(report):
            browser.open(page)
            assert not browser.is_wide, f"{page.name} at {width}"
            if width == 400:
                browser.shot(f"{page.parent.name}-{page.stem}-400-{scheme}")


def test_dark_mode_is_dark_and_its_charts_follow(browser: Browser, report: Path) -> None:
    colours = {}
    page = next(p for p in sorted((report / "task").glob("*.html")) if "<svg" in p.read_text())
    for scheme in ("light", "dark"):
        browser.screen(1400, color_scheme=scheme)
        browser.open(page)
        line = "getComputedStyle(document.querySelector('.chart .truth .line')).stroke"
        colours[scheme] = (
            browser.js("getComputedStyle(document.documentElement).backgroundColor"),
            browser.js(line),
        )
        browser.shot(f"task-1400-{scheme}")
    paper = [int(part) for part in re.findall(r"\d+", colours["dark"][0])]
    assert max(paper) < 60
    assert colours["light"][1] != colours["dark"][1]


def test_the_report_prints_light_without_what_only_a_screen_needs(
    browser: Browser, report: Path, tmp_path: Path
) -> None:
    browser.screen(1400, color_scheme="dark")
    browser.open(report / "index.html")
    browser.page.pdf(path=tmp_path / "index.pdf", format="A4")
    assert (tmp_path / "index.pdf").read_bytes().startswith(b"%PDF")
    browser.page.emulate_media(media="print")
    assert browser.js("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    for selector in ("nav.site", "form.filter"):
        assert not browser.page.locator(selector).first.is_visible()
    browser.shot("index-print")


def shown(browser: Browser, cell: int) -> list[str]:
    """One column of the work list as it is shown."""
    return list(
        browser.js(
            "[...document.querySelectorAll('#work tbody tr')].filter(r => r.offsetParent)"
            f".map(r => r.cells[{cell}].innerText.split('\\n')[0])"
        )
    )


def tasks(report: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((report / "work.json").read_text())["tasks"]
    return found


def test_the_work_list_is_filtered_and_sorted(browser: Browser, report: Path) -> None:
    browser.screen(1400)
    browser.open(report / "work.html")
    page, listed = browser.page, tasks(report)
    assert shown(browser, 0) == [str(task["rank"]) for task in listed]

    owner = listed[-1]["owners"]
    page.locator("select[name=owner]").select_option(owner)
    of_one = [str(task["rank"]) for task in listed if owner in task["owners"].split()]
    assert 0 < len(of_one) < len(listed)
    assert shown(browser, 0) == of_one
    assert page.locator("output").inner_text() == f"{len(of_one)} of {len(listed)} shown"
    page.locator("select[name=owner]").select_option("")

    page.locator("input[type=search]").fill(listed[0]["first"]["sku"].lower())
    assert 0 < len(shown(browser, 0)) < len(listed)
    page.locator("input[type=search]").fill("")
    assert len(shown(browser, 0)) == len(listed)

    page.get_by_role("button", name="Priority").click()
    rising = [float(value) for value in shown(browser, 5)]
    assert rising == sorted(rising)
    page.get_by_role("button", name="Priority").click()
    assert [float(value) for value in shown(browser, 5)] == sorted(rising, reverse=True)
    assert browser.js("document.querySelector('th[aria-sort]').ariaSort") == "descending"
    assert browser.said == []


def test_what_a_list_shows_stands_in_its_address(browser: Browser, report: Path) -> None:
    browser.screen(1400)
    browser.open(report / "work.html")
    owner = tasks(report)[-1]["owners"].split()[0]
    browser.page.locator("select[name=owner]").select_option(owner)
    browser.page.get_by_role("button", name="Priority").click()
    there = browser.js("location.hash")
    rows = shown(browser, 0)
    browser.open(report / "work.html", there)
    assert shown(browser, 0) == rows
    assert rows != sorted(rows, key=int)
    assert browser.page.locator("select[name=owner]").input_value() == owner


def test_a_link_to_a_finding_unfolds_it(browser: Browser, report: Path) -> None:
    findings = json.loads((report / "findings.json").read_text())
    first = {task["first"]["id"] for task in tasks(report)}
    folded = next(row for row in findings if row["id"] not in first)
    path, _, anchor = folded["href"].partition("#")
    browser.screen(1400)
    browser.open(report / path, f"#{anchor}")
    assert browser.page.locator(f"details[id='{anchor}']").get_attribute("open") is not None
    assert browser.page.locator(f"details[id='{anchor}'] blockquote mark").is_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_quote_is_highlighted_in_the_copy_and_scrolled_to(
    browser: Browser, report: Path, width: int
) -> None:
    browser.screen(width)
    shown = [task for task in tasks(report) if task["first"]["copy"]][:6]
    assert len(shown) == 6
    for task in shown:
        browser.open(report / task["href"])
        frame = browser.page.locator("iframe.copy")
        frame.scroll_into_view_if_needed()
        mark = frame.content_frame.locator(f"mark[id='{task['first']['id']}']")
        mark.wait_for()
        assert mark.inner_text() in task["first"]["quote"]
        quote, around = mark.bounding_box(), frame.bounding_box()
        assert around["y"] <= quote["y"], task["href"]
        assert quote["y"] + quote["height"] <= around["y"] + around["height"], task["href"]
    assert browser.elsewhere == []
    assert browser.said == []


def test_keys_alone_reach_the_work_and_sort_it(browser: Browser, report: Path) -> None:
    browser.screen(1400)
    browser.open(report / "work.html")
    browser.page.keyboard.press("Tab")
    assert browser.js("document.activeElement.className") == "skip"
    browser.page.keyboard.press("Enter")
    reached = []
    for _ in range(20):
        browser.page.keyboard.press("Tab")
        reached.append(
            browser.js("document.activeElement.innerText || document.activeElement.name")
        )
        if reached[-1] == "Priority":
            break
    assert reached[0] == "q"
    browser.page.keyboard.press("Enter")
    assert browser.js("document.querySelector('th[aria-sort]').innerText").startswith("Priority")


def test_without_javascript_everything_can_be_read(browser: Browser, report: Path) -> None:
    browser.screen(1400, java_script_enabled=False)
    browser.open(report / "work.html")
    text = browser.page.locator("main").inner_text()
    for task in tasks(report):
        assert task["first"]["sku"] in text
        assert task["first"]["priority"] in text
    assert not browser.page.locator("form.filter").is_visible()


def hostile(kind: Any, name: str) -> Any:
    """A value of this type that is hostile wherever text may stand."""
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{f.name: hostile(hints[f.name], f.name) for f in dataclasses.fields(kind)})  # type: ignore[operator]
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) is tuple:
        inner = arguments[:1] * 2 if arguments[-1] is Ellipsis else arguments
        return tuple(hostile(each, name) for each in inner)
    if str in arguments or Markup in (kind, *arguments):
        return Markup("") if kind is Markup else None  # made by us, or a link: http(s) or nothing
    if type(None) in arguments:
        return hostile(arguments[0], name)
    if kind is str:
        plain = {"href": "index.html", "id": "00000001", "copy": "00000001", "state": "open"}
        return "1.00" if name in COUNTED else plain.get(name, HOSTILE)
    return kind(1)


def write_hostile_report(directory: Path) -> None:
    """A report with hostile text in every field of every page."""

    def same(page: Page) -> Page:
        record = hostile(page.record, "")
        ids = [ONE.get(page.name, "")]
        return dataclasses.replace(page, view=lambda _m, _i: record, ids=lambda _m: ids)

    path = directory / "sellby.db"
    with SnapshotStore(path) as snapshots, AuditStore(path) as store:
        material = Material(store, snapshots, Config(company=HOSTILE), datetime.now(UTC))
        write_report(Report(material, [same(page) for page in PAGES]), directory / "report")


def test_hostile_text_does_nothing_in_any_field_of_any_page(
    browser: Browser, tmp_path: Path
) -> None:
    write_hostile_report(tmp_path)
    for width in (1400, 400):
        browser.screen(width)
        for page in pages(tmp_path / "report"):
            browser.open(page)
            assert browser.js("typeof window.owned") == "undefined", page.name
            assert browser.js("document.scripts.length") == 1, page.name
            assert browser.js("document.querySelectorAll('main img, main b b').length") == 0
            assert browser.elsewhere == [], page.name
            assert browser.said == [], page.name
            assert not browser.is_wide, page.name
            if width == 1400:
                browser.shot(f"hostile-{page.stem}")


def test_a_hostile_page_on_the_site_does_nothing_in_the_report(
    browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/a.html").write_text(
        "<html><body><h1>Relay RL-500</h1><p>Part number RL-500</p><p>Price: 12.40 EUR "
        + HOSTILE.replace("<", "&lt;").replace("{{ 7*7 }}", "")  # that would wait for rendering
        + "</p></body></html>",
        encoding="utf-8",
    )
    (tmp_path / "products.csv").write_text(
        f'sku,name,group,owner\nRL-500,"Relay {HOSTILE.replace(chr(34), "")}",Relays,ines\n'
    )
    (tmp_path / "truths.csv").write_text(
        "sku,attribute,value,unit,price_per,price_unit,tax,valid_from\n"
        "RL-500,price,13.10,EUR,1,pcs,excl,2025-01-01\n"
    )
    (tmp_path / "config.yaml").write_text(
        "sources:\n  site: {kind: folder, path: pages, base_url: 'https://a.example/', "
        "language: en-US, currency: EUR, tax: excl}\nfeeds:\n"
        "  products: {format: products_csv, path: products.csv}\n"
        "  truths: {format: truths_csv, path: truths.csv}\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "auditor", "-c", str(tmp_path / "config.yaml"), "run"],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stderr
    (finding,) = (tmp_path / "report/task").glob("*.html")
    browser.screen(1400)
    for page in (finding, tmp_path / "report/index.html", tmp_path / "report/unjudged.html"):
        browser.open(page)
        assert browser.js("typeof window.owned") == "undefined"
        assert browser.js("document.scripts.length") == 1
        assert browser.said == []
    browser.open(finding)
    assert "window.owned=1" in browser.js("document.querySelector('main').innerText")


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (1400, "dark"), (400, "light")])
def test_axe_finds_no_barrier(
    browser: Browser, report: Path, axe: str, width: int, scheme: str
) -> None:
    browser.screen(width, color_scheme=scheme, bypass_csp=True)  # axe is a script of its own
    found = []
    for page in pages(report):
        browser.open(page)
        browser.js(axe)
        result = browser.js("axe.run({resultTypes: ['violations']})")
        found += [
            (page.name, each["id"], each["impact"], each["nodes"][0]["html"][:120])
            for each in result["violations"]
        ]
    assert found == []
