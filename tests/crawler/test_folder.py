"""The folder source: every file a page, no way out of the directory, no deletion by accident."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from crawler.config import CrawlConfig, FolderSource
from crawler.errors import SourceError
from crawler.folder import crawl_folder
from crawler.store import SnapshotStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crawler.summary import CrawlSummary

BASE = "https://shop.example/"
WORDS = "A page about valves, seals and pumps with some words to read on it. " * 12
# Root reads everything: what permissions forbid can only be shown to others.
needs_permissions = pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")


def page(price: str = "9.90") -> str:
    return f"<title>Pump</title><h1>Pump</h1><p>{price} EUR</p><p>{WORDS}</p>"


class Folder:
    """A directory of pages, and crawls of it."""

    def __init__(self, root: Path, store: SnapshotStore) -> None:
        self.root = root
        self.store = store
        root.mkdir()

    def write(self, name: str, text: str | bytes = "") -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else (text or page()).encode())
        return path

    def crawl(self, only: tuple[str, ...] = (), **more: Any) -> CrawlSummary:
        given = {"name": "docs", "path": self.root, "base_url": BASE} | more
        source = FolderSource.model_validate(given)
        return crawl_folder(CrawlConfig(), source, self.store, only=only)

    def outcomes(self) -> dict[str, str]:
        visits = self.store.last_visits("docs")
        return {visit.url.removeprefix(BASE): visit.outcome.value for visit in visits}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with SnapshotStore(tmp_path / "sellby.db") as store:
        yield Folder(tmp_path / "pages", store)


# Refusals ------------------------------------------------------------------------------------


def test_a_directory_that_is_not_there_is_refused(folder: Folder, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is not a directory"):
        folder.crawl(path=tmp_path / "missing")


def test_a_base_url_that_is_none_is_refused(folder: Folder) -> None:
    folder.write("a.html")
    with pytest.raises(SourceError, match="base_url"):
        folder.crawl(base_url="file:///etc/")


def test_links_out_of_the_directory_are_not_followed(folder: Folder, tmp_path: Path) -> None:
    secret = tmp_path / "secret.html"
    secret.write_text(page("1.00"))
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "b.html").write_text(page("2.00"))
    (folder.root / "a.html").symlink_to(secret)
    (folder.root / "sub").symlink_to(tmp_path / "outside")
    (folder.root / "circle.html").symlink_to("circle.html")
    folder.write("real.html")
    (folder.root / "alias.html").symlink_to("real.html")
    folder.crawl()
    assert folder.outcomes() == {
        "a.html": "refused",
        "alias.html": "ok",
        "circle.html": "unreadable",
        "real.html": "ok",
    }


def test_what_is_no_regular_file_is_not_opened(folder: Folder) -> None:
    os.mkfifo(folder.root / "pipe.html")
    folder.crawl()
    assert folder.outcomes() == {"pipe.html": "refused"}


def test_a_file_too_large_is_not_read(folder: Folder) -> None:
    folder.write("a.html", page() + "x" * 5000)
    folder.crawl(limits={"max_body_bytes": 4000})
    assert folder.outcomes() == {"a.html": "too_large"}
    assert list(folder.store.latest()) == []


@needs_permissions
def test_a_file_that_may_not_be_read_is_unreadable(folder: Folder) -> None:
    folder.write("a.html").chmod(0)
    folder.crawl()
    assert folder.outcomes() == {"a.html": "unreadable"}


@needs_permissions
def test_a_directory_that_may_not_be_read_deletes_nothing(folder: Folder) -> None:
    folder.write("sub/a.html")
    folder.crawl()
    (folder.root / "sub").chmod(0)
    try:
        summary = folder.crawl()
    finally:
        (folder.root / "sub").chmod(0o700)
    assert [problem.kind for problem in summary.problems] == ["unreadable"]
    assert folder.outcomes() == {"sub/a.html": "ok"}


def test_a_saved_error_page_is_no_content(folder: Folder) -> None:
    folder.write("a.html", "<title>404 – Acme</title><h1>Page not found</h1><p>Sorry.")
    folder.write("b.html", b"")
    folder.crawl()
    assert folder.outcomes() == {"a.html": "soft_404", "b.html": "unreadable"}


def test_an_empty_directory_where_pages_were_deletes_nothing(folder: Folder) -> None:
    folder.write("a.html").unlink()
    folder.write("b.html")
    folder.crawl()
    (folder.root / "b.html").unlink()
    summary = folder.crawl()
    assert [problem.kind for problem in summary.problems] == ["degraded"]
    assert not summary.complete
    assert folder.outcomes() == {"b.html": "ok"}


# Crawls --------------------------------------------------------------------------------------


def test_files_become_pages_below_the_base_url(folder: Folder) -> None:
    for name in ("index.html", "de/maße & preise/a?b.htm", "x/y/z.html", "note.txt"):
        folder.write(name)
    summary = folder.crawl(base_url="https://shop.example")
    assert summary.counts == {"ok": 3}
    assert sorted(folder.outcomes()) == [
        "de/ma%C3%9Fe%20%26%20preise/a%3Fb.htm",
        "index.html",
        "x/y/z.html",
    ]
    page_read = next(iter(folder.store.latest())).snapshot
    assert page_read.media_type == "text/html"
    assert page_read.body == page().encode()


def test_patterns_say_which_files_are_pages(folder: Folder) -> None:
    for name in ("a.html", "notes/b.md", "notes/deep/c.md", "notes/d.txt"):
        folder.write(name)
    folder.crawl(include=["notes/*.md", "*.html"])
    assert sorted(folder.outcomes()) == ["a.html", "notes/b.md"]


def test_a_file_name_that_is_no_text_still_has_a_url(folder: Folder) -> None:
    (folder.root / os.fsdecode(b"gr\xf6sse.html")).write_text(page())
    assert folder.crawl().counts == {"ok": 1}
    assert list(folder.outcomes()) == ["gr%F6sse.html"]


def test_content_decides_and_never_the_modification_time(folder: Folder) -> None:
    first = folder.write("a.html")
    folder.write("b.html")
    folder.crawl()
    before = first.stat()
    folder.write("a.html", page("8.80"))
    os.utime(first, ns=(before.st_atime_ns, before.st_mtime_ns))
    os.utime(folder.root / "b.html", (0, 0))
    assert folder.crawl().counts == {"ok": 1, "unchanged": 1}
    assert folder.outcomes() == {"a.html": "ok", "b.html": "unchanged"}


def test_missing_files_are_gone_once_and_may_come_back(folder: Folder) -> None:
    for name in ("a.html", "b.html"):
        folder.write(name)
    folder.crawl()
    (folder.root / "a.html").unlink()
    assert folder.crawl().counts == {"unchanged": 1, "gone": 1}
    assert folder.crawl().counts == {"unchanged": 1}
    folder.write("a.html")
    assert folder.crawl().counts == {"unchanged": 2}
    assert len(list(folder.store.latest())) == 2


def test_a_limit_ends_the_crawl_and_deletes_nothing(folder: Folder) -> None:
    for name in "abcd":
        folder.write(f"{name}.html")
    folder.crawl()
    summary = folder.crawl(limits={"max_pages": 2})
    assert [problem.kind for problem in summary.problems] == ["limit"]
    assert summary.counts == {"unchanged": 2}
    assert "gone" not in folder.outcomes().values()


def test_a_recheck_reads_just_that_page(folder: Folder) -> None:
    for name in "ab":
        folder.write(f"{name}.html")
    folder.crawl()
    folder.write("a.html", page("1.10"))
    assert folder.crawl(only=(f"{BASE}a.html",)).counts == {"ok": 1}
    (folder.root / "b.html").unlink()
    assert folder.crawl(only=(f"{BASE}b.html",)).counts == {"gone": 1}
    assert folder.outcomes() == {"a.html": "ok", "b.html": "gone"}


def test_an_interrupt_keeps_what_was_read(folder: Folder) -> None:
    for number in range(300):
        folder.write(f"{number:03}.html", page(str(number)))

    def interrupt(done: int, url: str) -> None:
        raise KeyboardInterrupt

    source = FolderSource(name="docs", path=folder.root, base_url=BASE)
    with pytest.raises(KeyboardInterrupt):
        crawl_folder(CrawlConfig(), source, folder.store, progress=interrupt)
    record = folder.store.last_crawl("docs")
    assert record is not None
    assert record.problems[0].kind == "interrupted"
    assert 0 < len(list(folder.store.latest())) < 300
    assert folder.crawl().pages == 300
