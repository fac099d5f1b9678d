"""Documents are read in a process that is killed where it takes too long or too much."""

from __future__ import annotations

import pytest

from crawler.documents import Converter, Kind, Trouble, kind_of
from crawler.documents.kinds import reader_of
from crawler.documents.rendition import Limits
from crawler.documents.worker import rendered

pytest.importorskip("markdown_it")


def test_a_document_that_takes_too_long_is_given_up_and_the_next_one_read() -> None:
    with Converter() as converter:
        late = converter.convert(Kind.MARKDOWN, b"# A", Limits(seconds=0.001))
        assert late.trouble is Trouble.TOO_SLOW
        assert "<h1" in converter.convert(Kind.MARKDOWN, b"# B").html


def test_a_document_that_takes_too_much_memory_is_given_up_and_the_next_one_read() -> None:
    with Converter() as converter:
        body = b"# A\n" * 1_000_000
        greedy = converter.convert(Kind.MARKDOWN, body, Limits(memory_bytes=150 * 1024**2))
        assert greedy.trouble in (Trouble.TOO_LARGE, Trouble.DAMAGED)
        assert "memory" in greedy.detail
        assert "<h1" in converter.convert(Kind.MARKDOWN, b"# B").html


def test_a_document_of_more_text_than_allowed_is_too_large() -> None:
    found = rendered(Kind.MARKDOWN, b"word " * 1000, Limits(characters=100))
    assert found.trouble is Trouble.TOO_LARGE


def test_without_its_library_a_document_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("crawler.documents.worker.reader_of", lambda _kind: "")
    found = rendered(Kind.PDF, b"%PDF-1.7", Limits())
    assert found.trouble is Trouble.NO_READER
    assert "pip install 'sellby[documents]'" in found.detail


@pytest.mark.parametrize(
    ("media_type", "url", "body", "kind"),
    [
        ("application/pdf", "https://a.example/x", b"%PDF-1.7", Kind.PDF),
        ("application/octet-stream", "https://a.example/x.docx", b"PK", Kind.WORD),
        ("application/pdf", "https://a.example/x.pdf", b"<!DOCTYPE html><p>Log in", None),
        ("text/html", "https://a.example/x.pdf", b"<p>x", None),
        ("text/plain", "https://a.example/x.txt", b"x", None),
        ("text/markdown", "https://a.example/x", b"# x", Kind.MARKDOWN),
        (None, "https://a.example/x", b"x", None),
    ],
)
def test_the_kind_of_a_document_is_told(
    media_type: str | None, url: str, body: bytes, kind: Kind | None
) -> None:
    assert kind_of(media_type, url, body) is kind


def test_the_name_of_a_reader_holds_its_version() -> None:
    assert "markdown-it-py" in reader_of(Kind.MARKDOWN)
