"""What does the page say of itself: title, language, address, dates, and is it all there?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from dateutil import parser as dates

from auditor.page.links import resolve

if TYPE_CHECKING:
    from auditor.page.frames import Mark, Walked
    from auditor.page.head import Head
    from auditor.page.shapes import Shape

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")
_MODIFIED = frozenset(
    (
        "article:modified_time",
        "og:updated_time",
        "last-modified",
        "dcterms.modified",
        "dc.date.modified",
        "datemodified",
        "revised",
    )
)
_PUBLISHED = frozenset(
    ("article:published_time", "dcterms.created", "dc.date", "datepublished", "date", "pubdate")
)
_CHANGED = re.compile(
    r"updated|modified|revised|reviewed|geändert|aktualisiert|mis à jour|modification|bijgewerkt"
)
_ISSUED = re.compile(r"publish|pubdate|created|posted|entry-date|veröffentlicht|publié")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ][\d:.,]+(?:Z|[+-]\d{2}:?\d{2})?)?")
_PLACEHOLDER = re.compile(r"\{\{\s?[\w.$|: '()-]{1,80}\}\}|\$\{[\w.]{1,60}\}|<%=?[^%]{1,60}%>")
_FACTS = (
    r"(?: (?:the|your|our|current|latest|live|new|prices?|pricing|stock|availability|data|products?"
    r"|details|content|offers?|information))*"
)
_LOADING = re.compile(
    rf"(?:loading|updating|fetching|calculating|retrieving){_FACTS}\W*|please wait\W*"
    r"|(?:loading|updating|fetching|calculating|retrieving|lade|chargement|cargando|caricamento)\b.*"
    r"(?:…|\.\.\.)|(?:chargement|cargando|caricamento)(?: en cours| in corso)?\W*"
    r"|(?:.{1,20} )?(?:wird|werden) (?:geladen|aktualisiert|ermittelt)\W*"
    r"|(?:.{1,20} )?(?:wordt|worden) geladen\W*",
    re.IGNORECASE,
)
_APP_ROOT = frozenset(("root", "app", "__next", "___gatsby", "__nuxt", "main-app", "app-root"))
_DIGIT = re.compile(r"\d")
_FACT_CLASS = re.compile(
    r"(?:.*[-_ ])?(?:price|preis|prix|prijs|precio|prezzo|stock|availability|moq|sku)"
    r"(?:[-_ ].*)?"
)
MAX_LOADING = 40
"""Characters; a longer line is a sentence about loading."""

SHELL_CHARACTERS = 400
"""A page with less text than this and an application's root in it is taken for a shell."""


@dataclass(frozen=True, slots=True)
class About:
    """What the head and a few well-known elements say."""

    title: str
    language: str
    canonical_url: str
    meta: tuple[tuple[str, str], ...]
    dates: tuple[tuple[str, datetime], ...]


def about(walked: Walked, head: Head, url: str) -> About:
    """Read title, language, canonical URL, meta elements and dates."""
    meta = tuple(_meta(head))
    named: dict[str, str] = {}
    for name, content in meta:
        named.setdefault(name.lower(), content)
    return About(
        title=head.title or named.get("og:title", "") or _first_heading(walked),
        language=_language(head.root, named),
        canonical_url=_canonical(head.links, named, url),
        meta=meta,
        dates=tuple(_dates(walked, named)),
    )


def _meta(head: Head) -> list[tuple[str, str]]:
    found = []
    for attrs in head.metas:
        name = attrs.get("property") or attrs.get("name") or attrs.get("http-equiv") or ""
        content = attrs.get("content")
        if name and content is not None:
            found.append((name.strip(), " ".join(content.split())))
    return found


def _first_heading(walked: Walked) -> str:
    return next((walked.heading_text(h) for h in walked.headings if h.level == 1), "")


def _language(root_attrs: dict[str, str], named: dict[str, str]) -> str:
    for text in (
        root_attrs.get("lang", ""),
        root_attrs.get("xml:lang", ""),
        root_attrs.get("{http://www.w3.org/XML/1998/namespace}lang", ""),
        named.get("content-language", ""),
        named.get("og:locale", ""),
        named.get("language", ""),
        named.get("dc.language", ""),
    ):
        if _LANGUAGE.fullmatch(text.strip()):
            return _tag(text.strip())
    return ""


def _tag(text: str) -> str:
    """BCP 47 in its usual case.

    >>> _tag("de_de"), _tag("EN"), _tag("zh-hant-tw")
    ('de-DE', 'en', 'zh-Hant-TW')
    """
    first, *rest = re.split("[-_]", text)
    cased = [p.upper() if len(p) == 2 else p.title() if len(p) == 4 else p for p in rest]
    return "-".join([first.lower(), *cased])


def _canonical(links: list[dict[str, str]], named: dict[str, str], url: str) -> str:
    for attrs in links:
        if "canonical" in attrs.get("rel", "").lower().split():
            resolved = resolve(url, attrs.get("href", ""))
            if resolved:
                return resolved
    return resolve(url, named.get("og:url", ""))


def _dates(walked: Walked, named: dict[str, str]) -> list[tuple[str, datetime]]:
    found: list[tuple[str, datetime]] = []
    for name, content in named.items():
        what = "modified" if name in _MODIFIED else "published" if name in _PUBLISHED else ""
        if what:
            _add(found, what, content)
    for mark in walked.times:
        what = _what(walked, mark)
        if what:
            _add(found, what, mark.shape.attrs.get("datetime", ""))
    for tagged in walked.tagged:
        attrs = tagged.attrs
        prop = attrs.get("itemprop") or attrs.get("property") or ""
        if prop in ("dateModified", "datePublished"):
            stated = attrs.get("datetime") or attrs.get("content") or ""
            _add(found, "modified" if prop == "dateModified" else "published", stated)
    return found


def _what(walked: Walked, mark: Mark) -> str:
    """Whether a time element says when the page was changed or published, by words around it."""
    words = f"{mark.names} {mark.shape.attrs.get('itemprop', '')}".lower()
    around = f"{mark.block.names} {walked.text[max(0, mark.start - 30) : mark.start]}".lower()
    for text in (words, around):
        if _CHANGED.search(text):
            return "modified"
        if _ISSUED.search(text):
            return "published"
    return ""


def _add(found: list[tuple[str, datetime]], what: str, text: str) -> None:
    instant = stated_instant(text)
    if instant and (what, instant) not in found:
        found.append((what, instant))


def stated_instant(text: str) -> datetime | None:
    """An ISO 8601 date or instant, aware UTC (no zone stated: taken as UTC); None otherwise.

    >>> stated_instant("2026-03-01T10:00:00+01:00").isoformat(), stated_instant("03/04/2026")
    ('2026-03-01T09:00:00+00:00', None)
    """
    match = _ISO.match(text.strip()[:40])
    if not match:
        return None
    try:
        instant = dates.isoparse(match[0].replace(" ", "T"))
        if instant.tzinfo is None:
            return instant.replace(tzinfo=UTC)
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def needs_render(walked: Walked, head: Head, placeholders: tuple[tuple[int, int], ...]) -> bool:
    """Whether the facts only appear once scripts have run.

    True for an application's empty shell, for placeholders left in the text and for a page whose
    price or value elements are all empty.
    """
    if not head.scripts:
        return False
    if placeholders:
        return True
    if len(walked.text) < SHELL_CHARACTERS and any(_is_root(shape) for shape in walked.empty):
        return True
    return _empty_facts(walked)


def unrendered(walked: Walked) -> tuple[tuple[int, int], ...]:
    """Spans of placeholders that a script would fill."""
    text = walked.text
    found: list[tuple[int, int]] = []
    if "{{" in text or "${" in text or "<%" in text:
        code = [(run.start, run.end) for run in walked.runs if run.owner.tag == "pre"][:100]
        found.extend(
            match.span()
            for match in _PLACEHOLDER.finditer(text)
            if not any(start <= match.start() < end for start, end in code)
        )
    found.extend(
        [
            (run.start, run.end)
            for run in walked.runs
            if len(run.text) <= MAX_LOADING and _is_loading(run.text)
        ]
    )
    return tuple(sorted(found))


@lru_cache(maxsize=8192)
def _is_loading(text: str) -> bool:
    return _LOADING.fullmatch(text) is not None


def _is_root(shape: Shape) -> bool:
    attrs = shape.attrs
    return (
        attrs.get("id", "").lower() in _APP_ROOT
        or "data-reactroot" in attrs
        or "ng-app" in attrs
        or "-" in shape.tag
    )


def _empty_facts(walked: Walked) -> bool:
    if _DIGIT.search(walked.text):
        return False
    return any(_FACT_CLASS.fullmatch(shape.names[:100].lower()) for shape in walked.empty)
