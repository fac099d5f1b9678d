"""WARC files: read like a crawl, written so that others read them, damaged ones said so."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.config import CrawlConfig, Limits, WarcSource
from crawler.errors import SourceError
from crawler.run import crawl
from crawler.snapshot import Outcome, Snapshot
from crawler.store import SnapshotStore
from crawler.summary import CrawlSummary

pytest.importorskip("warcio")

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.warc.writing import write_warc

NIGHT = datetime(2026, 11, 20, 2, 0, 0, 123456, tzinfo=UTC)
HOST = "https://shop.example"
WORDS = "A page about valves, seals and pumps with some words to read on it. " * 12


def html(price: str = "9.90") -> bytes:
    return f"<title>Pump</title><h1>Pump</h1><p>{price} EUR</p><p>{WORDS}</p>".encode()


class Archive:
    """A WARC file made by hand, and crawls of it."""

    def __init__(self, directory: Path, store: SnapshotStore) -> None:
        self.path = directory / "site.warc.gz"
        self.store = store
        self._out = io.BytesIO()
        self._writer = WARCWriter(self._out, gzip=True, warc_version="1.1")

    def add(
        self,
        path: str,
        body: bytes = b"",
        *,
        status: str = "200 OK",
        at: datetime = NIGHT,
        kind: str = "response",
        **headers: str,
    ) -> None:
        headers = {"Content_Type": "text/html; charset=utf-8", **headers}
        listed = [(name.replace("_", "-"), value) for name, value in headers.items()]
        record = self._writer.create_warc_record(
            HOST + path,
            kind,
            payload=io.BytesIO(body),
            length=len(body),
            http_headers=StatusAndHeaders(status, listed, protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")},
        )
        self._writer.write_record(record)

    def same(self, path: str, at: datetime, of: str = "") -> None:
        record = self._writer.create_revisit_record(
            HOST + path,
            "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ",
            HOST + (of or path),
            NIGHT.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            warc_headers_dict={"WARC-Date": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")},
        )
        self._writer.write_record(record)

    def read(self, **changes: object) -> CrawlSummary:
        if self._out.getvalue():
            self.path.write_bytes(self._out.getvalue())
        source = WarcSource(name="old", path=self.path, **changes)  # type: ignore[arg-type]
        return crawl(CrawlConfig(), source, self.store)

    def outcome(self, path: str) -> str:
        return str(self.store.visits("old", HOST + path)[-1].outcome)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with SnapshotStore(tmp_path / "sellby.db") as store:
        yield Archive(tmp_path, store)


def test_a_file_that_is_no_warc_is_a_problem_that_names_it(archive: Archive) -> None:
    archive.path.write_bytes(b"hello, this is no archive at all\n" * 9)
    [problem] = archive.read().problems
    assert problem.kind == "damaged"
    assert "site.warc.gz: it is no WARC file" in problem.message


def test_a_source_without_a_file_cannot_start(archive: Archive) -> None:
    with pytest.raises(SourceError, match="there is no file"):
        archive.read()


def test_what_stands_before_the_damage_is_kept(archive: Archive) -> None:
    archive.add("/a", html())
    archive.add("/b", html() * 40)
    whole = archive._out.getvalue()
    archive._out = io.BytesIO(whole[:-300])
    summary = archive.read()
    assert archive.outcome("/a") == "ok"
    assert not summary.complete
    assert [problem.kind for problem in summary.problems] == ["damaged"]


def test_answers_are_judged_as_in_a_crawl_and_dated_as_recorded(archive: Archive) -> None:
    archive.add("/a", html())
    archive.add("/gone", b"no", status="404 Not Found")
    archive.add("/old", status="301 Moved", Location=f"{HOST}/a")
    archive.add("/lost", b"<title>404</title><h1>Page not found</h1><p>Sorry, not here.")
    archive.add(
        "/secret", b"<h1>Please log in</h1><p>Please log in to continue.<input type=password>"
    )
    archive.read()
    assert archive.outcome("/a") == "ok"
    assert archive.outcome("/gone") == "gone"
    assert archive.outcome("/lost") == "soft_404"
    assert archive.outcome("/secret") == "login_wall"
    [moved] = archive.store.visits("old", f"{HOST}/old")
    assert (moved.outcome, moved.target) == (Outcome.REDIRECTED, f"{HOST}/a")
    [visit] = archive.store.visits("old", f"{HOST}/a")
    assert visit.fetched_at == NIGHT


def test_chunked_and_compressed_bodies_are_read_whole(archive: Archive) -> None:
    body = gzip.compress(html())
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    archive.add("/a", chunked, Transfer_Encoding="chunked", Content_Encoding="gzip")
    archive.read()
    snapshot = archive.store.snapshot_at("old", f"{HOST}/a")
    assert snapshot is not None
    assert snapshot.body == html()


def test_a_bomb_in_a_record_is_too_large(archive: Archive) -> None:
    archive.add("/a", gzip.compress(bytes(5_000_000)), Content_Encoding="gzip")
    archive.read(limits=Limits(max_body_bytes=100_000))
    assert archive.outcome("/a") == "too_large"


def test_pictures_styles_and_robots_are_no_visits(archive: Archive) -> None:
    archive.add("/a.png", b"\x89PNG", Content_Type="image/png")
    archive.add("/s.css", b"p{}", Content_Type="text/css")
    archive.add("/robots.txt", b"User-agent: *", Content_Type="text/plain")
    archive.add("/a", html())
    archive.read()
    assert list(archive.store.urls("old")) == [f"{HOST}/a"]


def test_scope_and_deny_leave_urls_out(archive: Archive) -> None:
    for path in ("/de/a", "/de/private", "/en/a"):
        archive.add(path, html())
    archive.read(scope=(f"{HOST}/de/",), deny=("private",))
    assert list(archive.store.urls("old")) == [f"{HOST}/de/a"]


def test_a_revisit_is_an_unchanged_visit_also_of_another_pages_body(archive: Archive) -> None:
    later = NIGHT + timedelta(days=1)
    archive.add("/a", html())
    archive.same("/a", later)
    archive.same("/copy", later, of="/a")
    archive.read()
    assert [str(v.outcome) for v in archive.store.visits("old", f"{HOST}/a")] == ["ok", "unchanged"]
    copy = archive.store.snapshot_at("old", f"{HOST}/copy")
    assert copy is not None
    assert copy.body == html()


def test_reading_a_file_twice_changes_nothing(archive: Archive) -> None:
    archive.add("/a", html())
    archive.read()
    summary = archive.read()
    assert summary.counts == {"unchanged": 1}
    assert len(archive.store.visits("old", f"{HOST}/a")) == 1


def test_what_is_written_is_read_back_the_same_by_us_and_by_others(
    archive: Archive, tmp_path: Path
) -> None:
    def seen(night: int, path: str, outcome: Outcome, **more: object) -> Snapshot:
        at = NIGHT + timedelta(days=night)
        return Snapshot("web", HOST + path, at, outcome, media_type="text/html", **more)  # type: ignore[arg-type]

    store = archive.store
    store.save([seen(0, "/a", Outcome.OK, status=200, charset="utf-8", body=html())])
    store.save([seen(1, "/a", Outcome.UNCHANGED, status=304)])
    store.save([seen(2, "/a", Outcome.OK, status=200, body=html("8.90"))])
    store.save([seen(0, "/b", Outcome.GONE, status=404)])
    store.save([seen(0, "/c", Outcome.TIMEOUT), seen(0, "/d", Outcome.LOGIN_WALL, status=200)])
    written = write_warc(store, archive.path, ["web"])
    assert written.records == {"response": 3, "revisit": 1}
    assert written.left_out == 2
    archive.read()
    for path in ("/a", "/b"):
        before, after = store.visits("web", HOST + path), store.visits("old", HOST + path)
        assert [(v.fetched_at, v.outcome, v.status, v.sha256) for v in before] == [
            (v.fetched_at, v.outcome, v.status, v.sha256) for v in after
        ]
    with archive.path.open("rb") as stream:
        for record in ArchiveIterator(stream, check_digests="raise"):
            record.content_stream().read()


def test_a_stopped_export_leaves_no_half_file(archive: Archive) -> None:
    archive.store.save([Snapshot("web", f"{HOST}/a", NIGHT, Outcome.OK, body=html())])

    def stop(_done: int, _url: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_warc(archive.store, archive.path, ["web"], progress=stop)
    assert not list(archive.path.parent.glob("*.warc.gz*"))
