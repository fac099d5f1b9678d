"""The report in a real browser: no network, no error, small screens, dark, hostile text."""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import shutil
import subprocess
import sys
import typing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from auditor.config import Config
from auditor.report import Material, Page, Report, write_report
from auditor.report.pages import PAGES as KINDS
from auditor.store import AuditStore
from crawler.store import SnapshotStore

webdriver = pytest.importorskip("selenium.webdriver", reason="needs selenium")

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

PAGES = ("index", "work", "groups", "health", "unjudged", "fixed")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars",
)  # fmt: skip
HOSTILE = (
    "<script>window.owned=1</script><img src=x onerror=window.owned=1>\"'><svg onload=owned=1>"
    "{{ 7*7 }}</textarea></title></style><b>=HYPERLINK(1) \x1b[31m \u202egnp.exe"
)


class Browser:
    """Chromium with what it asked for and complained about."""

    def __init__(self, profile: Path) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        service = webdriver.ChromeService("/usr/bin/chromedriver")
        self.driver = webdriver.Chrome(options, service)
        self.driver.set_page_load_timeout(60)
        self.driver.get("about:blank")
        self.driver.get_log("performance")

    def open(self, page: Path) -> None:
        """Load a page of the report."""
        self.driver.get(page.as_uri())

    def js(self, code: str) -> Any:
        """What a piece of JavaScript returns."""
        return self.driver.execute_script(f"return {code}")

    def screen(self, width: int, *, dark: bool = False) -> None:
        """A screen of this width in CSS pixels."""
        self.width = width
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 700}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})

    def requests(self) -> list[str]:
        """Everything asked for since the last call, beside files of this machine."""
        events = [
            json.loads(line["message"])["message"] for line in self.driver.get_log("performance")
        ]
        asked = [
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        ]
        assert asked, "the log of requests is empty"
        own = ("file:", "chrome:")  # the report's files, and the browser's own start page
        return [url for url in asked if not url.startswith(own)]

    def complaints(self) -> list[str]:
        """The console since the last call."""
        return [line["message"] for line in self.driver.get_log("browser")]

    def shot(self, name: str) -> None:
        """Keep a picture where SELLBY_SCREENSHOTS says."""
        if folder := os.environ.get("SELLBY_SCREENSHOTS"):
            height = self.js("document.documentElement.scrollHeight")
            width = self.js("innerWidth")
            clip = {"x": 0, "y": 0, "width": width, "height": min(height, 3000), "scale": 1}
            given = {"clip": clip, "captureBeyondViewport": True}
            picture = self.driver.execute_cdp_cmd("Page.captureScreenshot", given)["data"]
            Path(folder, f"{name}.png").write_bytes(base64.b64decode(picture))


@pytest.fixture(scope="module")
def browser(
    install: typing.Callable[..., None], tmp_path_factory: pytest.TempPathFactory
) -> typing.Iterator[Browser]:
    install("chromium", "chromium-driver")
    started = Browser(tmp_path_factory.mktemp("profile"))
    try:
        yield started
    finally:
        started.driver.quit()


@pytest.fixture
def report(demo: Path) -> Path:
    return demo / "report"


def pages(report: Path) -> list[Path]:
    """Every kind of page, and three findings."""
    some = sorted((report / "finding").iterdir())[::15][:3]
    return [*(report / f"{name}.html" for name in PAGES), *some]


def is_wide(browser: Browser) -> bool:
    # Not innerWidth: on a phone that grows with the page.
    return bool(browser.js("document.documentElement.scrollWidth") > browser.width)


def test_every_page_loads_without_network_and_without_a_complaint(
    browser: Browser, report: Path
) -> None:
    browser.screen(1400)
    for page in pages(report):
        browser.open(page)
        assert browser.requests() == [], page.name
        assert browser.complaints() == [], page.name
        assert not is_wide(browser), page.name
        browser.shot(f"{page.stem}-1400")


@pytest.mark.parametrize("dark", [False, True])
def test_small_screens_need_no_sideways_scrolling(
    browser: Browser, report: Path, dark: bool
) -> None:
    for width in (400, 320, 800):
        browser.screen(width, dark=dark)
        for page in pages(report):
            browser.open(page)
            assert not is_wide(browser), f"{page.name} at {width}"
            if width == 400:
                browser.shot(f"{page.stem}-400{'-dark' * dark}")


def test_dark_mode_is_dark(browser: Browser, report: Path) -> None:
    browser.screen(1400, dark=True)
    browser.open(report / "index.html")
    browser.shot("index-1400-dark")
    paper = browser.js("getComputedStyle(document.documentElement).backgroundColor")
    assert max(int(part) for part in paper.removeprefix("rgb(").removesuffix(")").split(",")) < 60


def rows(browser: Browser, cell: int) -> list[str]:
    """One column of the work list as it is shown."""
    return list(
        browser.js(
            "[...document.querySelectorAll('#work tbody tr')].filter(r => r.offsetParent)"
            f".map(r => r.cells[{cell}].innerText.split('\\n')[0])"
        )
    )


def test_the_work_list_is_filtered_and_sorted(browser: Browser, report: Path) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.select import Select

    browser.screen(1400)
    browser.open(report / "work.html")
    find = browser.driver.find_element
    listed = json.loads((report / "findings.json").read_text())
    assert rows(browser, 0) == [str(row["rank"]) for row in listed]

    owner = listed[-1]["owner"]
    Select(find(By.NAME, "owner")).select_by_value(owner)
    of_one = [str(row["rank"]) for row in listed if row["owner"] == owner]
    assert 0 < len(of_one) < len(listed)
    assert rows(browser, 0) == of_one
    assert find(By.TAG_NAME, "output").text == f"{len(of_one)} of {len(listed)} shown"
    Select(find(By.NAME, "owner")).select_by_index(0)

    find(By.CSS_SELECTOR, "input[type=search]").send_keys(listed[0]["sku"].lower())
    assert 0 < len(rows(browser, 0)) < len(listed)
    find(By.CSS_SELECTOR, "input[type=search]").clear()
    assert len(rows(browser, 0)) == len(listed)

    priority = find(By.XPATH, "//thead//button[text()='Priority']")
    priority.click()
    rising = [float(value) for value in rows(browser, 6)]
    assert rising == sorted(rising)
    priority.click()
    assert [float(value) for value in rows(browser, 6)] == sorted(rising, reverse=True)
    assert browser.js("document.querySelector('th[aria-sort]').ariaSort") == "descending"
    find(By.XPATH, "//thead//button[text()='Product']").click()
    assert len(rows(browser, 0)) == len(listed)
    assert browser.complaints() == []


def test_without_javascript_everything_can_be_read(browser: Browser, report: Path) -> None:
    from selenium.webdriver.common.by import By

    browser.screen(1400)
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.open(report / "work.html")
        listed = json.loads((report / "findings.json").read_text())
        text = browser.driver.find_element(By.TAG_NAME, "main").text
        for row in listed:
            assert row["sku"] in text
            assert row["priority"] in text
        assert not browser.driver.find_element(By.CSS_SELECTOR, "form.filter").is_displayed()
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def hostile(kind: Any, name: str) -> Any:
    """A value of this type that is hostile wherever text may stand."""
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{f.name: hostile(hints[f.name], f.name) for f in dataclasses.fields(kind)})  # type: ignore[operator]
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) is tuple:
        inner = arguments[:1] * 2 if arguments[-1] is Ellipsis else arguments
        return tuple(hostile(each, name) for each in inner)
    if str in arguments:
        return None  # a link: http(s) or nothing
    if kind is str:
        plain = {"href": "finding/00000001.html", "id": "00000001", "state": "open"}
        counted = ("priority", "freshness", "coverage", "value", "day")  # our own numbers
        return "1.00" if name in counted else plain.get(name, HOSTILE)
    return kind(1)


def write_hostile_report(directory: Path) -> None:
    """A report with hostile text in every field of every page."""
    pages = []
    for page in KINDS:
        record = typing.get_args(typing.get_type_hints(page.view)["return"]) or (
            typing.get_type_hints(page.view)["return"],
        )
        view = hostile(record[0], "")
        ids = ["00000001"] if page.name == "finding" else [""]
        pages.append(
            Page(page.name, lambda _m, _i, v=view: v, page.menu, lambda _m, i=ids: i, page.is_data)  # type: ignore[misc]
        )
    path = directory / "sellby.db"
    with SnapshotStore(path) as snapshots, AuditStore(path) as store:
        material = Material(store, snapshots, Config(company=HOSTILE), datetime.now(UTC))
        write_report(Report(material, pages), directory / "report")


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
            assert browser.requests() == [], page.name
            assert browser.complaints() == [], page.name
            assert not is_wide(browser), page.name
        if width == 1400:
            browser.shot("hostile-1400")


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
    (finding,) = (tmp_path / "report/finding").iterdir()
    browser.screen(1400)
    for page in (finding, tmp_path / "report/index.html", tmp_path / "report/unjudged.html"):
        browser.open(page)
        assert browser.js("typeof window.owned") == "undefined"
        assert browser.js("document.scripts.length") == 1
        assert browser.complaints() == []
    browser.open(finding)
    assert "window.owned=1" in browser.js("document.querySelector('main').innerText")


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    if shutil.which("npm") is None:
        pytest.skip("needs npm, to install axe-core")
    folder = tmp_path_factory.mktemp("axe")
    done = subprocess.run(
        ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "axe-core@4"],
        cwd=folder, capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip
    if done.returncode != 0:
        pytest.skip(f"npm could not install axe-core: {done.stderr[-200:]}")
    return (folder / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize(("width", "dark"), [(1400, False), (1400, True), (400, False)])
def test_axe_finds_no_barrier(
    browser: Browser, report: Path, axe: str, width: int, dark: bool
) -> None:
    browser.screen(width, dark=dark)
    found = []
    for page in pages(report):
        browser.open(page)
        browser.driver.execute_script(axe)
        result = browser.driver.execute_async_script(
            "const done = arguments[0]; axe.run({resultTypes: ['violations']}).then(done)"
        )
        found += [
            (page.name, each["id"], each["impact"], each["nodes"][0]["html"][:120])
            for each in result["violations"]
        ]
    assert found == []
