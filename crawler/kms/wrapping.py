"""A document as the page its reader sees: one title, one first heading."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from crawler.content import decode
from crawler.snapshot import Editorial

if TYPE_CHECKING:
    from crawler.kms.interface import Document


def editorial(document: Document) -> Editorial:
    """What the knowledge base says of a document beside its body."""
    return Editorial(
        title=document.title,
        author=document.author,
        owner=document.owner,
        updated_at=document.updated_at,
        reviewed_at=document.reviewed_at,
        edit_url=_web(document.edit_url),
    )


def reader_page(document: Document) -> bytes:
    """A document's body wrapped in a minimal HTML page, in UTF-8.

    Plain text is shown as such; a body that is a whole page already stays as it is.

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
    if "html" not in document.media_type.lower():
        text = f"<pre>{escape(text)}</pre>"
    elif text.lstrip("\ufeff \t\r\n")[:9].lower() in ("<!doctype", "<html>", "<html lan"):
        return text.encode("utf-8", "replace")
    title = escape(document.title)
    language = f' lang="{escape(document.language)}"' if document.language else ""
    page = (
        f"<!doctype html>\n<html{language}>\n"
        f'<head><meta charset="utf-8"><title>{title}</title></head>\n'
        f"<body>\n<h1>{title}</h1>\n{text}\n</body>\n</html>\n"
    )
    return page.encode("utf-8", "replace")


def _web(url: str | None) -> str | None:
    """A link for people to click: http(s) or nothing."""
    return url if url and url.lower().startswith(("http://", "https://")) else None
