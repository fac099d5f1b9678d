"""Whether two URLs are one page's: what its spellings share."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote

_FILE_ENDING = re.compile(r"(?:(?:^|/)(?:index|default))?\.(?:html?|php|aspx?|jsp)$", re.I)


@lru_cache(maxsize=8192)  # a site's pages link to each other
def url_key(url: str) -> str:
    """What two spellings of one page's URL share: host without "www." and the path.

    A server that rewrites addresses serves one page with and without its file ending.

    >>> url_key("https://www.shop.example/p/BX-20/?utm_source=x#top")
    'shop.example/p/BX-20'
    >>> url_key("https://shop.example/p/BX-20.html"), url_key("https://shop.example/index.php")
    ('shop.example/p/BX-20', 'shop.example')
    """
    plain = re.sub(r"^[a-z][a-z0-9+.-]*://", "", url.strip(), flags=re.IGNORECASE)
    plain = plain.split("#", 1)[0]
    plain, _, query = plain.partition("?")
    host, slash, path = plain.partition("/")
    kept = "&".join(
        sorted(p for p in query.split("&") if p and not re.match(r"utm_|gclid|fbclid|ref=", p))
    )
    path = _FILE_ENDING.sub("", unquote(path).rstrip("/"))
    found = host.lower().removeprefix("www.") + slash + path.rstrip("/")
    return f"{found.rstrip('/')}?{kept}" if kept else found.rstrip("/")
