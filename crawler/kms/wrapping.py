"""A document as the page its reader sees: one title, one first heading."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from html import escape, unescape
from typing import TYPE_CHECKING, Any

from crawler.content import decode
from crawler.snapshot import Editorial

if TYPE_CHECKING:
    from crawler.kms.interface import Document, Event

_TEXT = ("html", "markdown", "text/", "json", "xml")
_FIRST_HEADING = re.compile(
    r"\A\s*(?:<(?:div|section|article)\b[^>]*>\s*)*<h1\b[^>]*>(.*?)</h1>", re.S
)


def editorial(document: Document) -> Editorial:
    """What the knowledge base says of a document beside its body."""
    return Editorial(
        title=document.title,
        author=document.author,
        owner=document.owner,
        updated_at=document.updated_at,
        reviewed_at=document.reviewed_at,
        edit_url=_web(document.edit_url),
        valid_to=document.valid_to,
        verification=document.verification,
    )


def storable(event: Event) -> Event:
    """The event without lone surrogates, which JSON can hold and no database.

    >>> from crawler.kms.interface import Gone
    >>> storable(Gone("a\\ud800", "deleted"))
    Gone(id='a?', why='deleted')
    """
    changes: dict[str, Any] = {}
    for field in fields(event):
        value = getattr(event, field.name)
        if isinstance(value, str) and not value.isascii():
            changes[field.name] = value.encode("utf-8", "replace").decode()
    return replace(event, **changes) if changes else event


def is_text(media_type: str) -> bool:
    """Whether a body is text to be wrapped, and not a file of its own (PDF, DOCX …)."""
    kind = media_type.lower()
    if "officedocument" in kind or "opendocument" in kind:
        return False
    return any(part in kind for part in _TEXT)


def reader_page(document: Document) -> bytes:
    """A document's body wrapped in a minimal HTML page, in UTF-8.

    Plain text is shown as such, Markdown as it renders (raw HTML in it stays text); a body that is
    a whole page already stays as it is, and one that begins with its title gets no second one.

    >>> from crawler.kms.interface import Document
    >>> page = reader_page(Document("1", "https://w.example/A", "A & B", b"<p>9 EUR</p>"))
    >>> print(page.decode())
    <!doctype html>
    <html>
    <head><meta charset="utf-8"><title>A &amp; B</title></head>
    <body>
    <h1>A &amp; B</h1>
    <p>9 EUR</p>
    </body>
    </html>
    <BLANKLINE>
    """
    text = decode(document.body, document.charset, document.media_type)
    if "markdown" in document.media_type.lower():
        text = _rendered(text)
    elif "html" not in document.media_type.lower():
        text = f"<pre>{escape(text)}</pre>"
    elif text.lstrip("\ufeff \t\r\n")[:9].lower() in ("<!doctype", "<html>", "<html lan"):
        return text.encode("utf-8", "replace")
    title = escape(document.title)
    heading = "" if _begins_with(text, document.title) else f"<h1>{title}</h1>\n"
    language = f' lang="{escape(document.language)}"' if document.language else ""
    page = (
        f"<!doctype html>\n<html{language}>\n"
        f'<head><meta charset="utf-8"><title>{title}</title></head>\n'
        f"<body>\n{heading}{text}\n</body>\n</html>\n"
    )
    return page.encode("utf-8", "replace")


def _begins_with(html: str, title: str) -> bool:
    """Whether the first thing a body shows is its title as a heading."""
    found = _FIRST_HEADING.match(html[:2000])
    if found is None:
        return False
    shown = unescape(re.sub(r"<[^>]*>", "", found.group(1)))
    return " ".join(shown.split()).casefold() == " ".join(title.split()).casefold()


def _rendered(markdown: str) -> str:
    """Markdown as HTML, tables too; the registry has seen to it that the library is there."""
    from markdown_it import MarkdownIt

    html: str = (
        MarkdownIt("commonmark", {"html": False})
        .enable(["table", "strikethrough"])
        .render(markdown)
    )
    return html


def _web(url: str | None) -> str | None:
    """A link for people to click: http(s) or nothing."""
    return url if url and url.lower().startswith(("http://", "https://")) else None
