"""A real MediaWiki, edited through its own API, read night after night."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from crawler.config import CrawlConfig, KmsSource
from crawler.kms import connector_for, crawl_kms
from crawler.kms.collect import Collector
from crawler.kms.runner import Sender, run
from crawler.kms.transport import Transport
from crawler.snapshot import Outcome
from crawler.store import SnapshotStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.kms.interface import Request, Response
    from crawler.summary import CrawlSummary

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

SCRIPT = Path(__file__).parent / "mediawiki.sh"
ROOT = Path(__file__).parents[2]


class Wiki:
    """A running wiki, and an editor logged in to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = _script("start", folder).strip()
        self.api = f"{self.url}/api.php"
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()), urllib.request.ProxyHandler({})
        )
        self.user, self.password = _script("password", folder).split()
        token = self.call(action="query", meta="tokens", type="login")["query"]["tokens"]
        self.call(
            post=True,
            action="login",
            lgname=self.user,
            lgpassword=self.password,
            lgtoken=token["logintoken"],
        )
        self._token = self.call(action="query", meta="tokens")["query"]["tokens"]["csrftoken"]

    def call(self, *, post: bool = False, **query: str) -> dict:  # type: ignore[type-arg]
        asked = urlencode({**query, "format": "json", "formatversion": "2"})
        request = urllib.request.Request(
            self.api if post else f"{self.api}?{asked}", asked.encode() if post else None
        )
        with self._opener.open(request, timeout=30) as answer:
            found: dict = json.load(answer)  # type: ignore[type-arg]
        assert "error" not in found, found
        return found

    def edit(self, title: str, text: str) -> None:
        self.call(post=True, action="edit", title=title, text=text, token=self._token)

    def move(self, title: str, to: str) -> None:
        self.call(post=True, action="move", **{"from": title}, to=to, token=self._token)

    def delete(self, title: str) -> None:
        self.call(post=True, action="delete", title=title, token=self._token)

    def page(self, title: str) -> str:
        return f"{self.url}/wiki/{title.replace(' ', '_')}"

    def run_jobs(self) -> None:
        _script("jobs", self.folder)

    def touched(self, title: str) -> str:
        """When the rendering of a page last changed, to the second."""
        found = self.call(action="query", prop="info", titles=title)
        return str(found["query"]["pages"][0]["touched"])

    def let_a_second_pass(self, since: str) -> None:
        """Ask the wiki for its time until it is later than ``since``."""
        while self.call(action="query", curtimestamp="1")["curtimestamp"] <= since:
            pass

    def run_jobs_until_touched(self, title: str, since: str) -> None:
        """Run jobs until a page's rendering is newer: the wiki queues them after its answer."""
        for _ in range(40):
            self.run_jobs()
            if self.touched(title) > since:
                return
        raise AssertionError(f"{title} was not rendered again")


def _script(command: str, folder: Path) -> str:
    done = subprocess.run(
        ["bash", str(SCRIPT), command, str(folder)],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def wiki(tmp_path: Path) -> Iterator[Wiki]:
    if not Path("/usr/share/mediawiki").is_dir():
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            pytest.skip("needs the Debian package mediawiki, or root to install it")
        subprocess.run(["bash", str(SCRIPT), "install"], check=True, timeout=280)
    folder = tmp_path / "wiki"
    try:
        yield Wiki(folder)
    finally:
        _script("stop", folder)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SnapshotStore]:
    with SnapshotStore(tmp_path / "sellby.db") as opened:
        yield opened


class Counting(Transport):
    """Remembers what it was asked for."""

    kinds: list[str]

    def send(self, request: Request) -> Response:
        self.kinds.append(request.kind)
        return super().send(request)


def source(wiki: Wiki, **more: object) -> KmsSource:
    given = {"name": "wiki", "connector": "mediawiki", "url": wiki.api} | more
    return KmsSource.model_validate(given)


def night(wiki: Wiki, store: SnapshotStore, **more: object) -> tuple[CrawlSummary, list[str]]:
    """One crawl, and the kinds of requests it made."""
    read = source(wiki, **more)
    connector = connector_for(read)
    transport = Counting(read.limits, "Sellby-test", verify_tls=True)
    transport.kinds = []
    collector = Collector(read, connector, store, now=lambda: datetime.now(UTC))
    try:
        return run(collector, Sender(connector, transport, read)), transport.kinds
    finally:
        transport.close()


def outcomes(store: SnapshotStore) -> dict[str, Outcome]:
    return {visit.url: visit.outcome for visit in store.last_visits("wiki")}


def text(store: SnapshotStore, url: str) -> str:
    found = store.snapshot_at("wiki", url)
    assert found is not None
    assert found.body is not None
    return found.body.decode()


def fill(wiki: Wiki, articles: int = 12) -> None:
    wiki.edit("Template:Price", "The list price is '''{{{1}}} EUR''' net.")
    for n in range(articles):
        price = "{{Price|12.50}}" if n < 3 else f"It costs {n}.90 EUR."
        wiki.edit(f"Pump {n}", f"{price}\n\n{{|\n! MOQ\n| {n * 10} pcs\n|}}")


def test_two_nights_read_everything_once_and_then_only_what_changed(
    wiki: Wiki, store: SnapshotStore
) -> None:
    fill(wiki)
    first, kinds = night(wiki, store)
    assert (first.complete, first.problems) == (True, ())
    assert first.counts == {"ok": 13}  # twelve articles and the main page
    assert kinds.count("document") == 13
    shown = text(store, wiki.page("Pump 1"))
    assert "<title>Pump 1</title>" in shown
    assert "<h1>Pump 1</h1>" in shown
    assert "The list price is <b>12.50 EUR</b> net." in shown
    assert "<th>MOQ" in shown
    said = store.snapshot_at("wiki", wiki.page("Pump 1")).editorial  # type: ignore[union-attr]
    assert (said.title, said.author) == ("Pump 1", "Admin")
    assert said.updated_at is not None
    assert abs(said.updated_at - datetime.now(UTC)) < timedelta(minutes=5)
    assert said.edit_url == f"{wiki.url}/index.php?title=Pump_1&action=edit"
    with urllib.request.urlopen(wiki.page("Pump 1"), timeout=30) as answer:
        assert b"12.50 EUR" in answer.read()

    wiki.run_jobs()
    wiki.edit("Pump 4", "It costs 99.00 EUR.")
    wiki.edit("Valve 1", "It costs 7.00 EUR.")
    wiki.move("Pump 5", "Pump 5 (old)")
    wiki.delete("Pump 6")
    wiki.edit("Pump 7", "#REDIRECT [[Pump 8]]")
    second, kinds = night(wiki, store)
    assert second.complete
    assert kinds.count("document") == 3  # edited, new, moved
    assert second.counts == {"ok": 3, "unchanged": 9, "gone": 2, "redirected": 1}
    found = outcomes(store)
    assert found[wiki.page("Pump 6")] is Outcome.GONE
    assert found[wiki.page("Pump 7")] is Outcome.GONE
    assert found[wiki.page("Pump 5")] is Outcome.REDIRECTED
    assert found[wiki.page("Pump 5 (old)")] is Outcome.OK
    assert found[wiki.page("Pump 8")] is Outcome.UNCHANGED
    assert "99.00 EUR" in text(store, wiki.page("Pump 4"))

    third, kinds = night(wiki, store)
    assert third.counts == {"unchanged": 12}
    assert kinds.count("document") == 0


def test_a_changed_template_is_read_again_wherever_it_stands(
    wiki: Wiki, store: SnapshotStore
) -> None:
    fill(wiki, 6)
    night(wiki, store)
    wiki.run_jobs()
    before = wiki.touched("Pump 0")
    wiki.let_a_second_pass(before)
    wiki.edit("Template:Price", "The list price is '''{{{1}}} USD''' net.")
    wiki.run_jobs_until_touched("Pump 0", before)
    second, kinds = night(wiki, store)
    assert kinds.count("document") == 3
    assert second.counts == {"ok": 3, "unchanged": 4}
    assert "12.50 USD" in text(store, wiki.page("Pump 0"))


def test_a_full_sweep_finds_what_no_log_tells_and_lost_rights_delete_nothing(
    wiki: Wiki, store: SnapshotStore
) -> None:
    fill(wiki, 6)
    wiki.edit("Help:Prices", "Prices are net.")
    both = {"namespaces": ["0", "help"]}
    first, _ = night(wiki, store, options=both)
    assert first.counts == {"ok": 8}
    store._connection.execute("update kms_cursor set swept_at = '2020-01-01T00:00:00.000000Z'")
    swept, kinds = night(wiki, store, options={"namespaces": ["main", "halp"]})
    assert swept.problems[0].kind == "namespaces"
    assert "help" in swept.problems[0].message
    assert kinds.count("document") == 0
    swept, _ = night(wiki, store)
    assert swept.counts == {"gone": 1, "unchanged": 7}
    store._connection.execute("update kms_cursor set swept_at = '2020-01-01T00:00:00.000000Z'")
    lost, _ = night(wiki, store, options={"namespaces": ["help"]})
    assert [problem.kind for problem in lost.problems] == ["degraded"]
    assert not lost.complete
    assert outcomes(store)[wiki.page("Pump 1")] is Outcome.UNCHANGED


def test_a_private_wiki_is_read_with_a_bot_password_only(wiki: Wiki, store: SnapshotStore) -> None:
    fill(wiki, 3)
    (wiki.folder / "private").touch()
    refused = crawl_kms(CrawlConfig(), source(wiki), store)
    assert [problem.kind for problem in refused.problems] == ["readapidenied"]
    wrong = crawl_kms(CrawlConfig(), source(wiki, user=wiki.user, token="no"), store)
    assert [problem.kind for problem in wrong.problems] == ["login"]
    assert "Incorrect" in wrong.problems[0].message
    user = {"user": wiki.user, "token": wiki.password}
    read = crawl_kms(CrawlConfig(), source(wiki, **user), store)
    assert (read.complete, read.counts) == (True, {"ok": 4})
    lost = crawl_kms(CrawlConfig(), source(wiki), store)
    assert not lost.complete
    assert lost.counts == {}
    assert len(list(store.latest())) == 4
    assert wiki.password.encode() not in store.path.read_bytes()


def test_one_article_is_checked_again_at_once(wiki: Wiki, store: SnapshotStore) -> None:
    fill(wiki, 4)
    night(wiki, store)
    wiki.edit("Pump 3", "It costs 4.90 EUR.")
    again = crawl_kms(CrawlConfig(), source(wiki), store, only=[wiki.page("Pump 3")])
    assert again.counts == {"ok": 1}
    assert "4.90 EUR" in text(store, wiki.page("Pump 3"))
    wiki.delete("Pump 3")
    again = crawl_kms(CrawlConfig(), source(wiki), store, only=[wiki.page("Pump 3")])
    assert again.counts == {"gone": 1}
    unknown = crawl_kms(CrawlConfig(), source(wiki), store, only=[wiki.page("Nothing")])
    assert [problem.kind for problem in unknown.problems] == ["unknown_page"]


SCRAPY = """
import sys
from datetime import UTC, datetime
from scrapy.crawler import AsyncCrawlerProcess
from crawler.config import CrawlConfig, KmsSource
from crawler.kms import connector_for
from crawler.kms.collect import Collector
from crawler.kms.runner import scope_of
from crawler.settings import kms_settings
from crawler.spiders.kms import KmsSpider
from crawler.store import SnapshotStore

path, url, user, token = sys.argv[1:]
source = KmsSource(name="wiki", connector="mediawiki", url=url, user=user, token=token)
with SnapshotStore(path) as store:
    connector = connector_for(source)
    collector = Collector(source, connector, store, now=lambda: datetime.now(UTC))
    process = AsyncCrawlerProcess(kms_settings(CrawlConfig(), source, scope_of(source)))
    crawler = process.create_crawler(KmsSpider)
    process.crawl(crawler, source=source, connector=connector, collector=collector)
    process.start()
    assert crawler.spider.summary.complete, crawler.spider.summary
"""


def test_scrapy_and_the_plain_runner_read_the_same_documents(
    wiki: Wiki, store: SnapshotStore, tmp_path: Path
) -> None:
    fill(wiki)
    crawl_kms(CrawlConfig(), source(wiki, user=wiki.user, token=wiki.password), store)
    path = tmp_path / "scrapy.db"
    done = subprocess.run(
        [sys.executable, "-c", SCRAPY, str(path), wiki.api, wiki.user, wiki.password],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with SnapshotStore(path) as other:
        mine, theirs = (
            [(page.snapshot.url, page.sha256, page.snapshot.editorial) for page in each.latest()]
            for each in (store, other)
        )
        assert len(mine) == 13
        assert mine == theirs
        assert store.versions("wiki") == other.versions("wiki")


CONFIG = """
company: Test
database: sellby.db
report: {{dir: report}}
sources:
  wiki:
    kind: kms
    connector: mediawiki
    url: {api}
    user: {user}
    token: ${{WIKI_TOKEN}}
    language: en-US
    currency: EUR
    tax: excl
    market: DE
feeds:
  products: {{format: products_csv, path: products.csv}}
  truths: {{format: truths_csv, path: truths.csv, market: DE}}
judgement: {{default_market: DE}}
"""
PRODUCTS = """sku,name,mpn,gtin,aliases,group,owner,url,status,superseded_by
HX-200,Gear pump HX-200,,,,pumps,anna@example.com,,active,
HX-300,Gear pump HX-300,,,,pumps,anna@example.com,,active,
"""
TRUTHS = """sku,attribute,key,value,unit,price_per,price_unit,min_qty,tax,market,valid_from,valid_to
HX-200,price,,12.50,EUR,1,pcs,,excl,DE,2025-01-01,2026-01-01
HX-200,price,,13.20,EUR,1,pcs,,excl,DE,2026-01-01,
HX-300,price,,45.00,EUR,1,pcs,,excl,DE,2025-01-01,2026-01-01
HX-300,price,,47.00,EUR,1,pcs,,excl,DE,2026-01-01,
"""


class Company:
    """Two pumps, their true prices, and the wiki as the only source."""

    def __init__(self, wiki: Wiki, folder: Path) -> None:
        folder.mkdir()
        (folder / "config.yaml").write_text(CONFIG.format(api=wiki.api, user=wiki.user))
        (folder / "products.csv").write_text(PRODUCTS)
        (folder / "truths.csv").write_text(TRUTHS)
        self.folder = folder
        self._environ = {**os.environ, "WIKI_TOKEN": wiki.password, "PYTHONPATH": str(ROOT)}
        for sku, price in (("HX-200", "12.50"), ("HX-300", "45.00")):
            wiki.edit(f"Gear pump {sku}", f"The list price of {sku} is {price} EUR net.")

    def sellby(self, *words: str) -> str:
        """What a command prints."""
        done = subprocess.run(
            [sys.executable, "-m", "auditor", *words],
            cwd=self.folder,
            env=self._environ,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def findings(self) -> dict[str, dict[str, Any]]:
        """Every finding by SKU, closed ones too."""
        found = json.loads(self.sellby("findings", "--all", "--format", "json"))
        return {finding["sku"]: finding for finding in found}

    def states(self) -> dict[str, str]:
        """The state of the finding on each product."""
        return {sku: finding["state"] for sku, finding in self.findings().items()}

    def last_crawl(self) -> dict[str, int]:
        """How the fetches of the last crawl ended."""
        with SnapshotStore(self.folder / "sellby.db") as store:
            (source,) = store.sources()
            assert source.last_crawl is not None
            return dict(source.last_crawl.counts)


@pytest.fixture
def company(wiki: Wiki, tmp_path: Path) -> Company:
    return Company(wiki, tmp_path / "company")


def test_an_edit_in_the_wiki_verifies_a_confirmed_finding(wiki: Wiki, company: Company) -> None:
    company.sellby("check")
    company.sellby("run")
    found = company.findings()
    assert company.states() == {"HX-200": "open", "HX-300": "open"}
    assert (found["HX-200"]["claimed"], found["HX-200"]["diagnosis"]) == (
        "12.50 EUR / 1 pcs", "outdated",
    )  # fmt: skip

    first, second = found["HX-200"]["id"], found["HX-300"]["id"]
    company.sellby("confirm", first, second, "--as", "anna@example.com")
    assert set(company.states().values()) == {"claimed_fixed"}
    wiki.edit("Gear pump HX-200", "The list price of HX-200 is 13.20 EUR net.")
    company.sellby("run")
    assert company.states() == {"HX-200": "verified", "HX-300": "not_observed"}

    wiki.edit("Gear pump HX-300", "The list price of HX-300 is 47.00 EUR net.")
    company.sellby("confirm", second, "--recheck", "--as", "anna@example.com")
    assert company.states() == {"HX-200": "verified", "HX-300": "verified"}
    password = company._environ["WIKI_TOKEN"].encode()
    assert not [
        path
        for path in company.folder.rglob("*")
        if path.is_file() and password in path.read_bytes()
    ]


def test_a_night_reads_what_was_edited_and_a_deleted_article_closes_its_finding(
    wiki: Wiki, company: Company
) -> None:
    for n in range(5):
        wiki.edit(f"Note {n}", f"How to choose a pump, part {n}.")
    company.sellby("run")
    assert company.last_crawl() == {"ok": 8}  # with the wiki's main page
    wiki.run_jobs()
    company.sellby("run")
    assert company.last_crawl() == {"unchanged": 8}
    assert company.states() == {"HX-200": "open", "HX-300": "open"}

    wiki.edit("Note 3", "How to choose a pump, rewritten.")
    wiki.delete("Gear pump HX-200")
    company.sellby("run")
    assert company.last_crawl() == {"ok": 1, "gone": 1, "unchanged": 6}
    assert company.states() == {"HX-200": "verified", "HX-300": "open"}
    assert "gone" in company.sellby("show", company.findings()["HX-200"]["id"])
