"""A real DokuWiki (Debian's package, flat files, PHP's own server), edited through its own API."""

from __future__ import annotations

import http.client
import socket
import subprocess
import urllib.request
import xmlrpc.client
from base64 import b64encode
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crawler.config import CrawlConfig, KmsSource
from crawler.kms import crawl_kms
from crawler.kms.runner import probe_kms
from crawler.store import SnapshotStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crawler.summary import CrawlSummary

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

PROGRAM = Path("/usr/share/dokuwiki")
PASSWORD = "only-on-loopback-1"
ROUTER = """<?php // routes PHP's built-in server into the Debian tree, with data of its own
define('DOKU_CONF', '{folder}/conf/');
define('DOKU_FARM', false);
$path = rawurldecode(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));
if ($path === '/lib/exe/xmlrpc.php') $script = 'lib/exe/xmlrpc.php';
elseif ($path === '/' || $path === '/doku.php') $script = 'doku.php';
else {{ $_GET['id'] = $_REQUEST['id'] = ltrim($path, '/'); $script = 'doku.php'; }}
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = "/$script";
$_SERVER['SCRIPT_FILENAME'] = "/usr/share/dokuwiki/$script";
unset($_SERVER['PATH_INFO']);
chdir(dirname("/usr/share/dokuwiki/$script"));
require "/usr/share/dokuwiki/$script";
return true;
"""
LOCAL = """<?php
$conf['title'] = 'Test Wiki'; $conf['savedir'] = '{folder}/data'; $conf['useacl'] = 1;
$conf['superuser'] = '@admin'; $conf['remote'] = 1; $conf['remoteuser'] = '';
$conf['userewrite'] = 1; $conf['updatecheck'] = 0; $conf['disableactions'] = 'register';
$conf['baseurl'] = '{url}'; $conf['basedir'] = '/';
"""
RIGHTS = "# acl.auth.php\n# <?php exit()?>\n*\t@ALL\t0\n*\t@user\t1\n*\t@admin\t16\n"
USERS = (
    "# users.auth.php\n# <?php exit()?>\n"
    "admin:{hash}:Anna Berg:admin@example.com:admin,user\n"
    "reader:{hash}:Reader:reader@example.com:user\n"
)


class Wiki:
    """A running wiki, and its administrator."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.api = f"{self.url}/lib/exe/xmlrpc.php"
        _furnish(folder, self.url)
        router = folder / "router.php"
        self._log = (folder / "log").open("wb")
        self._server = subprocess.Popen(
            ["php", "-S", f"127.0.0.1:{port}", "-t", str(PROGRAM), str(router)],
            stdout=self._log,
            stderr=self._log,
        )
        try:
            self._wait_until_it_answers()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        self._server.terminate()
        self._server.wait(30)
        self._log.close()

    def call(self, method: str, *arguments: Any, user: str = "admin") -> Any:
        pair = b64encode(f"{user}:{PASSWORD}".encode()).decode()
        headers = {"Content-Type": "text/xml", "Authorization": f"Basic {pair}"}
        body = xmlrpc.client.dumps(arguments, method, encoding="utf-8").encode()
        request = urllib.request.Request(self.api, body, headers)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            return xmlrpc.client.loads(answer.read())[0][0]

    def write(self, page: str, text: str) -> None:
        """Create or edit a page; no text deletes it."""
        assert self.call("wiki.putPage", page, text, {"sum": "test"})

    def restrict(self, scope: str) -> None:
        """Take the right to read a page or namespace from everybody but administrators."""
        assert self.call("plugin.acl.addAcl", scope, "@user", 0)

    def let_a_second_pass(self, page: str) -> None:
        """Revisions are whole seconds: ask until the clock is past a page's."""
        then = self.call("wiki.getPageInfo", page)["version"]
        while self.call("dokuwiki.getTime") <= then:
            pass

    def _wait_until_it_answers(self) -> None:
        for _ in range(200):
            with suppress(OSError, http.client.HTTPException):
                if self.call("dokuwiki.getVersion"):
                    return
            with suppress(subprocess.TimeoutExpired):
                self._server.wait(0.1)
                raise AssertionError("php ended; see its log")
        raise AssertionError("DokuWiki did not answer")


def _furnish(folder: Path, url: str) -> None:
    """Configuration, users and empty data of a new wiki."""
    hashed = subprocess.run(
        ["php", "-r", f'echo password_hash("{PASSWORD}", PASSWORD_BCRYPT);'],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    conf = folder / "conf"
    conf.mkdir(parents=True)
    (conf / "local.php").write_text(LOCAL.format(folder=folder, url=url))
    (conf / "acl.auth.php").write_text(RIGHTS)
    (conf / "users.auth.php").write_text(USERS.format(hash=hashed))
    (folder / "router.php").write_text(ROUTER.format(folder=folder))
    for name in ("attic", "cache", "index", "locks", "log", "media", "media_attic", "media_meta",
                 "meta", "pages", "tmp"):  # fmt: skip
        (folder / "data" / name).mkdir(parents=True)


@pytest.fixture
def wiki(install: Callable[..., None], tmp_path: Path) -> Iterator[Wiki]:
    install("dokuwiki", "php-cli", "php-xml", "php-mbstring")
    started = Wiki(tmp_path / "wiki")
    yield started
    started.stop()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SnapshotStore]:
    with SnapshotStore(tmp_path / "sellby.db") as opened:
        yield opened


def source(wiki: Wiki, **more: Any) -> KmsSource:
    given = {
        "name": "wiki",
        "connector": "dokuwiki",
        "url": wiki.api,
        "user": "admin",
        "token": PASSWORD,
        "options": {"page_url": f"{wiki.url}/{{id}}"},
    }
    return KmsSource.model_validate(given | more)


def night(wiki: Wiki, store: SnapshotStore, **more: Any) -> CrawlSummary:
    return crawl_kms(CrawlConfig(), source(wiki, **more), store)


def outcomes(store: SnapshotStore) -> dict[str, str]:
    visits = store.last_visits("wiki")
    return {visit.url.rpartition("/")[2]: visit.outcome.value for visit in visits}


def fill(wiki: Wiki, articles: int = 12) -> None:
    for n in range(articles):
        text = f"====== Pump {n} ======\nIt costs **{n}.90 EUR**.\n\n^ MOQ ^ {n * 10} pcs ^\n"
        wiki.write(f"kb:pump{n}", text)


def test_two_nights_read_everything_once_and_then_only_what_changed(
    wiki: Wiki, store: SnapshotStore
) -> None:
    fill(wiki)
    assert probe_kms(CrawlConfig(), source(wiki)).endswith("dokuwiki: 12 articles readable")
    first = night(wiki, store)
    assert (first.complete, first.problems, first.counts) == (True, (), {"ok": 12})
    shown = store.snapshot_at("wiki", f"{wiki.url}/kb:pump1")
    assert shown is not None
    assert shown.body is not None
    assert b"<strong>1.90 EUR</strong>" in shown.body
    assert shown.body.count(b"<h1") == 1
    said = shown.editorial
    assert (said.title, said.author) == ("Pump 1", "admin")
    assert said.updated_at is not None
    assert abs(said.updated_at - datetime.now(UTC)) < timedelta(minutes=5)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{wiki.url}/kb:pump1", timeout=30) as answer:
        assert b"Permission Denied" in answer.read()  # with status 200: the API is no such wall

    wiki.let_a_second_pass("kb:pump11")
    wiki.write("kb:pump4", "====== Pump 4 ======\nIt costs 99.00 EUR.")
    wiki.write("kb:valve", "====== Valve ======\nIt costs 7.00 EUR.")
    wiki.write("kb:pump6", "")
    second = night(wiki, store)
    assert (second.complete, second.problems) == (True, ())
    assert second.counts == {"ok": 2, "unchanged": 10, "gone": 1}
    assert second.readable == 12
    assert outcomes(store)["kb:pump6"] == "gone"
    assert night(wiki, store).counts == {"unchanged": 12}


def test_a_page_one_may_not_read_any_more_is_not_deleted(wiki: Wiki, store: SnapshotStore) -> None:
    fill(wiki)
    reader = {"user": "reader"}
    assert night(wiki, store, **reader).counts == {"ok": 12}
    wiki.restrict("kb:pump3")
    restricted = night(wiki, store, **reader)
    assert restricted.counts == {"unchanged": 11, "unreadable": 1}
    assert restricted.readable == 11
    wiki.restrict("kb:*")
    lost = night(wiki, store, **reader)
    assert [problem.kind for problem in lost.problems] == ["degraded"]
    assert not lost.complete
    assert len(list(store.latest())) == 12


def test_a_wrong_password_says_so(wiki: Wiki, store: SnapshotStore) -> None:
    fill(wiki, 2)
    refused = night(wiki, store, token="wrong")
    assert not refused.complete
    assert [problem.kind for problem in refused.problems] == ["login"]
    assert "admin was not accepted" in refused.problems[0].message
    assert b"wrong" not in store.path.read_bytes()


def test_one_article_is_checked_again_at_once(wiki: Wiki, store: SnapshotStore) -> None:
    fill(wiki, 4)
    night(wiki, store)
    wiki.write("kb:pump3", "====== Pump 3 ======\nIt costs 4.90 EUR.")
    page = f"{wiki.url}/kb:pump3"
    again = crawl_kms(CrawlConfig(), source(wiki), store, only=[page])
    assert again.counts == {"ok": 1}
    wiki.write("kb:pump3", "")
    again = crawl_kms(CrawlConfig(), source(wiki), store, only=[page])
    assert again.counts == {"gone": 1}
