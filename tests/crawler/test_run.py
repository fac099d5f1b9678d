"""However a crawl ends, what was stored stays and the next one goes on."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crawler.config import CrawlConfig, FolderSource
from crawler.errors import SourceError
from crawler.run import Interrupted, crawl, crawl_all, probe
from crawler.store import SnapshotStore

ROOT = Path(__file__).resolve().parents[2]
PAGES = 60


def many_pages(site, crawling, count=PAGES):
    """Pages in a row of links, so that each is found through another; all of them in ETags."""
    for number in range(count):
        following = [f"/p{n}" for n in (2 * number + 1, 2 * number + 2) if n < count]
        site.link(
            "/" if number == 0 else f"/p{number}", *following, text=f"{number} " + crawling.WORDS
        )


def child_of(pid: int) -> int:
    """The process id of the crawl that a process started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    assert children
    return int(children[0])


def stored(database: Path) -> int:
    """How many pages have content."""
    try:
        connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
    except sqlite3.OperationalError:
        return 0
    try:
        found = connection.execute("select count(*) from page where last_content_visit > 0")
        return int(found.fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


class Gate:
    """Lets the first answers pass, then holds the rest until it is opened."""

    def __init__(self, site, passes: int) -> None:
        self.held = threading.Event()
        self.open = threading.Event()
        self._left = passes
        for path, page in list(site.pages.items()):
            site.pages[path] = self._slow(page)

    def _slow(self, page):
        def answer(_):
            self._left -= 1
            if self._left < 0:
                self.held.set()
                self.open.wait(30)
            return page

        return answer


CRAWL = """
import sys
from crawler.config import CrawlConfig, Limits, Pace, WebsiteSource
from crawler.run import Interrupted, crawl
from crawler.store import SnapshotStore
source = WebsiteSource(name="site", start=(sys.argv[1],), sitemaps=(),
                       pace=Pace(autothrottle=False), limits=Limits(timeout_seconds=30, retries=0))
with SnapshotStore(sys.argv[2]) as store:
    try:
        print(crawl(CrawlConfig(), source, store).problems)
    except Interrupted as stop:
        print("interrupted", [p.kind for s in stop.summaries for p in s.problems])
        sys.exit(130)
"""


def start(site, database: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CRAWL, f"{site.url}/", str(database)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@contextmanager
def ended(process: subprocess.Popen[str], gate: Gate) -> Iterator[None]:
    """See to it that nothing is left running, however the test ends."""
    try:
        with process:
            try:
                yield
            finally:
                process.kill()
    finally:
        gate.open.set()


@pytest.mark.parametrize("whom", ["the crawl", "its caller"])
def test_kill_9_loses_no_stored_page_and_the_next_run_fetches_the_rest(
    site, database, crawling, whom
):
    many_pages(site, crawling)
    pages = dict(site.pages)
    gate = Gate(site, passes=25)
    process = start(site, database)
    with ended(process, gate):
        assert gate.held.wait(60)
        wait_until(lambda: stored(database) >= 20)
        kept = stored(database)
        os.kill(child_of(process.pid) if whom == "the crawl" else process.pid, signal.SIGKILL)
        gate.open.set()
        output, _ = process.communicate(timeout=60)
    if whom == "the crawl":
        assert "crashed" in output
    site.pages = pages
    site.asked.clear()

    again = crawling.crawl(site, database, sitemaps=())

    assert stored(database) == PAGES
    assert again.summary.complete
    assert len(site.asked) - 1 <= PAGES - kept, "what was stored is not asked for again"


def test_ctrl_c_stores_what_came_and_the_next_run_goes_on(site, database, crawling):
    many_pages(site, crawling)
    pages = dict(site.pages)
    gate = Gate(site, passes=20)
    process = start(site, database)
    with ended(process, gate):
        assert gate.held.wait(60)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)  # while the server still hangs

    assert output.strip() == "interrupted ['interrupted']"
    assert process.returncode == 130
    assert 15 <= stored(database) < PAGES
    site.pages = pages
    assert crawling.crawl(site, database, sitemaps=()).summary.complete
    assert stored(database) == PAGES


def test_several_sources_are_crawled_and_one_that_cannot_start_does_not_stop_the_others(
    site, database, crawling
):
    other = crawling.Site()
    try:
        site.link("/", "/a")
        site.link("/a")
        other.link("/")
        sources = [
            crawling.source(site, name="one"),
            crawling.source(site, name="public", start=("https://shop.example/",)),
            crawling.source(other, name="two"),
        ]
        told = []

        summaries = crawl_all(
            CrawlConfig(), sources, database, progress=lambda *step: told.append(step)
        )
    finally:
        other.close()

    assert [summary.source for summary in summaries] == ["one", "public", "two"]
    assert [summary.pages for summary in summaries] == [2, 0, 1]
    assert [problem.kind for problem in summaries[1].problems] == ["not_started"]
    assert "crawl.contact" in summaries[1].problems[0].message
    assert told


def test_a_public_site_is_not_crawled_without_a_contact(database, crawling, site):
    source = crawling.source(site, start=("https://shop.example/",))

    with SnapshotStore(database) as store, pytest.raises(SourceError, match="contact"):
        crawl(CrawlConfig(), source, store)


def test_probe_says_how_a_site_answers_and_keeps_nothing(site, crawling):
    site.link("/")

    assert "answers" in probe(CrawlConfig(), crawling.source(site))

    site.add("/", status=503)
    with pytest.raises(SourceError, match=r"503|server error"):
        probe(CrawlConfig(), crawling.source(site))


def test_a_full_disk_ends_the_crawl_and_says_so(site, database, crawling):
    site.link("/", *(f"/p{number}" for number in range(40)))
    for number in range(40):
        site.link(f"/p{number}", text=os.urandom(5000).hex())  # nothing to compress
    SnapshotStore(database).close()
    connection = sqlite3.connect(database)
    (pages,) = connection.execute("pragma page_count").fetchone()
    connection.close()
    code = (
        "import sys, sqlite3\n"
        "from crawler.store import connection\n"
        "real = sqlite3.connect\n"
        "def small(*given, **more):\n"
        "    opened = real(*given, **more)\n"
        f"    opened.execute('pragma max_page_count = {pages + 20}')\n"
        "    return opened\n"
        "connection.sqlite3.connect = small\n"
        "from crawler import child\n"
        "sys.exit(child.main())\n"
    )
    result = run_child(code, site, database, crawling)

    assert "disk_full" in result
    assert '"complete": false' in result


def test_an_answer_that_breaks_our_own_code_is_a_visit_and_a_problem(site, database, crawling):
    many_pages(site, crawling, 7)
    code = (
        "import sys\n"
        "from crawler import child, visits\n"
        "real = visits.read_answer\n"
        "def broken(answer, *limits):\n"
        "    if answer.url.endswith('/p3'):\n"
        "        raise ValueError('boom')\n"
        "    return real(answer, *limits)\n"
        "visits.read_answer = broken\n"
        "sys.exit(child.main())\n"
    )

    result = run_child(code, site, database, crawling)

    assert '"ok": 6' in result
    assert '"unreadable": 1' in result
    assert "reading it failed: ValueError: boom" in result


def run_child(code: str, site, database: Path, crawling) -> str:
    """What the crawl's process says when it is started with other code."""
    from crawler.processes import website

    task = website(CrawlConfig(), crawling.source(site), database, ())
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    with process:
        process.stdin.write(task.job + "\n")
        process.stdin.flush()
        return process.stdout.read()


def wait_until(met) -> None:
    """Wait for what another process does, for a minute at most."""
    done = threading.Event()
    for _ in range(600):
        if met():
            return
        done.wait(0.1)
    raise AssertionError("it did not happen within a minute")


def test_a_folder_is_read_like_any_source(tmp_path, database):
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.html").write_text("<h1>Pump</h1><p>9.99 EUR")
    source = FolderSource(name="saved", path=tmp_path / "pages", base_url="https://old.example/")

    (summary,) = crawl_all(CrawlConfig(), [source], database)

    assert summary.pages == 1


def test_interrupted_is_a_keyboard_interrupt():
    assert issubclass(Interrupted, KeyboardInterrupt)
