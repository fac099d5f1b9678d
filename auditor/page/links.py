"""Where do the links lead? Absolute http(s) URLs, everything else left out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from auditor.page.frames import Walked

_PATH = re.compile(r"/[\w/%.~-]*\Z", re.ASCII)
_RELATIVE = re.compile(r"[\w%-][\w%.~-]*(?:/[\w%~-][\w%.~-]*)*(?:\?[\w/%.=&+~-]+)?\Z", re.ASCII)
_ABSOLUTE = re.compile(r"https?://[a-z0-9.-]+(?:/[\w/%.?=&#~+:;,@!-]*)?\Z")


def resolve(base: str, href: str) -> str:
    """An absolute http(s) URL without fragment, or "" for another scheme, an anchor or nonsense.

    >>> resolve("https://a.example/x/y", "../z?q=1#top"), resolve("https://a.example/", "tel:1")
    ('https://a.example/z?q=1', '')
    """
    href = href.strip()
    if not href or href[0] == "#" or href[:11] == "javascript:":
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
    folder = _folder(base, origin)
    for run in walked.runs:
        if not run.links:
            continue
        found: list[str] = []
        for href in run.links:
            target = known.get(href)
            if target is None:
                target = known[href] = _quick(origin, folder, href) or resolve(base, href)
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


def _folder(base: str, origin: str) -> str:
    """What a plain relative path is put behind; "" where that takes more thought."""
    path = base.removeprefix(origin)
    if not origin or path == base or not _PATH.match(path) or "/." in path or "//" in path:
        return ""
    return origin + path[: path.rindex("/") + 1]


def _quick(origin: str, folder: str, href: str) -> str:
    """The common cases "/path", "path" and "https://host/path" without the cost of the rest."""
    if "/." in href:
        return ""
    if folder and _RELATIVE.match(href):
        return folder + href
    if origin and href[:1] == "/" and href[1:2] != "/" and href.isprintable():
        return origin + href.partition("#")[0].rstrip()
    if _ABSOLUTE.match(href):
        return href.partition("#")[0]
    return ""
