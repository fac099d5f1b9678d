"""Which kind of document is that, and what reads it?"""

from __future__ import annotations

import mimetypes
import re
from enum import StrEnum
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version


class Kind(StrEnum):
    """A kind of document that can be turned into HTML."""

    PDF = "pdf"
    WORD = "docx"
    SHEETS = "xlsx"
    OLD_SHEETS = "xls"
    MARKDOWN = "md"


MEDIA_TYPES = {
    "application/pdf": Kind.PDF,
    "application/x-pdf": Kind.PDF,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": Kind.WORD,
    "application/vnd.ms-word.document.macroenabled.12": Kind.WORD,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": Kind.SHEETS,
    "application/vnd.ms-excel.sheet.macroenabled.12": Kind.SHEETS,
    "application/vnd.ms-excel": Kind.OLD_SHEETS,
    "application/vnd.ms-excel.sheet.binary.macroenabled.12": Kind.OLD_SHEETS,
    "application/vnd.oasis.opendocument.spreadsheet": Kind.OLD_SHEETS,
    "text/markdown": Kind.MARKDOWN,
    "text/x-markdown": Kind.MARKDOWN,
}
ENDINGS = {
    "pdf": Kind.PDF,
    "docx": Kind.WORD,
    "docm": Kind.WORD,
    "xlsx": Kind.SHEETS,
    "xlsm": Kind.SHEETS,
    "xls": Kind.OLD_SHEETS,
    "xlsb": Kind.OLD_SHEETS,
    "ods": Kind.OLD_SHEETS,
    "md": Kind.MARKDOWN,
    "markdown": Kind.MARKDOWN,
}
PATTERNS = tuple(f"**/*.{ending}" for ending in (*ENDINGS, "txt"))
"""Glob patterns of the documents in a folder."""

# What servers say of a file they do not know.
_VAGUE = frozenset(
    ("", "application/octet-stream", "binary/octet-stream", "application/download",
     "application/force-download", "application/x-download", "application/zip",
     "application/x-zip-compressed", "application/msword", "text/plain")
)  # fmt: skip

# Raised whenever a reader gives other HTML for the same bytes: stored documents are read anew.
_READERS = {
    Kind.PDF: ("2", "pdfplumber"),
    Kind.WORD: ("2", "python-docx"),
    Kind.SHEETS: ("2", "lxml"),
    Kind.OLD_SHEETS: ("2", "python-calamine"),
    Kind.MARKDOWN: ("1", "markdown-it-py"),
}
EXTRA = "documents"
"""The extra of sellby that brings what reads documents."""

_ENDING = re.compile(r"\.([A-Za-z0-9]{1,8})$")


def kind_of(media_type: str | None, url: str, body: bytes | None = None) -> Kind | None:
    """The kind of document an answer is; None for a page or anything else.

    By its first bytes where there are any, then by what the server says, then by the ending of
    the URL, where the server says nothing of use.

    >>> kind_of("application/octet-stream", "https://a.example/list.XLSX?v=2")
    <Kind.SHEETS: 'xlsx'>
    >>> kind_of("application/pdf", "https://a.example/x", b"<!doctype html><p>Log in")
    >>> kind_of("text/html", "https://a.example/list.pdf")
    """
    said = (media_type or "").partition(";")[0].strip().lower()
    kind = MEDIA_TYPES.get(said)
    if kind is None and said in _VAGUE:
        kind = ending_kind(url)
    if body is None or kind is None:
        return kind
    return _fitting(kind, body[:1024])


def ending_kind(url: str) -> Kind | None:
    """The kind of document that a URL's path ends in.

    >>> ending_kind("https://a.example/Prices.PDF"), ending_kind("https://a.example/pdf")
    (<Kind.PDF: 'pdf'>, None)
    """
    found = _ENDING.search(url.partition("?")[0].partition("#")[0])
    return ENDINGS.get(found[1].lower()) if found else None


def media_type_of(name: str) -> str:
    """The media type of a file by its name; one that says nothing is taken for a page.

    >>> media_type_of("a.md"), media_type_of("list.XLSX")[-19:], media_type_of("index")
    ('text/markdown', 'spreadsheetml.sheet', 'text/html')
    """
    kind = ending_kind(name)
    own = next((said for said, each in MEDIA_TYPES.items() if each is kind), None)
    return own or mimetypes.guess_type(name)[0] or "text/html"


@lru_cache
def reader_of(kind: Kind) -> str:
    """What reads a kind, with its versions: the same reader gives the same HTML.

    "" where it is not installed.
    """
    number, package = _READERS[kind]
    try:
        return f"{kind} {number}, {package} {version(package)}"
    except PackageNotFoundError:
        return ""


def package_of(kind: Kind) -> str:
    """The distribution that reads a kind."""
    return _READERS[kind][1]


def _fitting(kind: Kind, head: bytes) -> Kind | None:
    """The kind, where the first bytes allow it; None for a page that is sent in its place."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:16].lower()
    if kind is not Kind.MARKDOWN and start.startswith((b"<!doctype html", b"<html", b"<head")):
        return None
    return kind
