"""Where do the links lead? Absolute http(s) URLs, everything else left out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from auditor.page.frames import Walked

_ABSOLUTE = re.compile(r"https?://[a-z0-9.-]+(?:/[\w/%.?=&#~+:;,@!-]*)?\Z")


def resolve(base: str, href: str) -> str:
    """An absolute http(s) URL without fragment, or "" for another scheme, an anchor or nonsense.

    >>> resolve("https://a.example/x/y", "../z?q=1#top"), resolve("https://a.example/", "tel:1")
    ('https://a.example/z?q=1', '')
    """
    href = href.strip()
    if not href or href[0] == "#":
        return ""
    try:
        resolved = urljoin(base, href).partition("#")[0]
        parts = urlsplit(resolved)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    return resolved


def resolve_links(walked: Walked, elements: list[dict[str, str]], url: str) -> None:
    """Set every run's targets; the first ``<base href>`` counts where it is one."""
    base = url
    for attrs in elements:
        if "href" in attrs and "rel" not in attrs:
            base = resolve(url, attrs["href"]) or url
            break
    known: dict[str, str] = {}
    origin = _origin(base)
    for run in walked.runs:
        if not run.links:
            continue
        found: list[str] = []
        for href in run.links:
            target = known.get(href)
            if target is None:
                target = known[href] = _quick(origin, href) or resolve(base, href)
            if target and target not in found[-20:]:
                found.append(target)
        run.targets = tuple(found)


def _origin(base: str) -> str:
    try:
        parts = urlsplit(base)
    except ValueError:
        return ""
    if parts.scheme in ("http", "https") and parts.netloc:
        return f"{parts.scheme}://{parts.netloc}"
    return ""


def _quick(origin: str, href: str) -> str:
    """The common cases "/path" and "https://host/path" without the cost of the general one."""
    if "/." in href:
        return ""
    if origin and href[:1] == "/" and href[1:2] != "/" and href.isprintable():
        return origin + href.partition("#")[0].rstrip()
    if _ABSOLUTE.match(href):
        return href.partition("#")[0]
    return ""
