"""One spelling per page: URLs normalised, and the loops a site can trap a crawler in."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Collection

    from crawler.config import Limits

# Parameters that name a campaign or a click, never a page.
_TRACKING = re.compile(
    r"(utm_\w+|mtm_\w+|pk_(campaign|kwd|keyword|source|medium|content|cid)|hsa_\w+|_hs\w+|__hs\w+"
    r"|gclid|gclsrc|dclid|gbraid|wbraid|fbclid|msclkid|yclid|twclid|ttclid|li_fat_id|igshid|igsh"
    r"|mc_cid|mc_eid|mkt_tok|vero_id|wickedid|oly_anon_id|oly_enc_id|rb_clickid|s_cid|srsltid"
    r"|epik|_ga|_gl|_openstat|_branch_match_id|trk_\w+|cmpid|zanpid|awc|irclickid)",
    re.IGNORECASE,
)
# Names of session parameters, whatever their value is …
_SESSION = re.compile(
    r"(phpsessid|jsessionid|aspsessionid\w*|asp\.net_sessionid|session_?id|oscsid|zenid|xtcsid"
    r"|cfid|cftoken|force_sid|stoken|sessid)",
    re.IGNORECASE,
)
# … and names that are a session only where the value looks like one.
_MAYBE_SESSION = re.compile(r"(sid|s|session|sess|token)", re.IGNORECASE)
_TOKEN = re.compile(r"(?=[^0-9]*[0-9])(?=[^a-z]*[a-z])[a-z0-9]{16,}", re.IGNORECASE)
_PATH_SESSION = re.compile(r";(jsessionid|phpsessid|sid)=[^/?#;]*", re.IGNORECASE)

# What nearly every link is already: nothing to be done.
_PLAIN = re.compile(
    r"https?://[a-z0-9.-]*[a-z0-9](:([1-9][0-9]{3}|[1-5][0-9]{4}))?/[\w~!$&'()*+,=:@/.-]*", re.ASCII
)
_UNSAFE = re.compile(r"[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%\[\]|]")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})|%")
_NO_HOST = re.compile(r"[^a-z0-9.:_%\[\]-]")
_WHITESPACE = re.compile(r"[\t\r\n]")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def normalise(url: str, *, drop: Collection[str] = ()) -> str | None:
    """The one spelling of an http(s) URL; None where it is not one.

    Lower-case scheme and host, IDNA, no default port, no user name, no fragment, dot segments
    resolved, percent-encoding in one form, session and tracking parameters (and those named in
    ``drop``) left out. The order of parameters is kept: on some sites it decides the page.

    >>> normalise("HTTPS://Shop.Example:443/a/../b c?utm_source=x&id=7#top")
    'https://shop.example/b%20c?id=7'
    >>> normalise("https://bücher.example/%7eanna/%c3%bc")
    'https://xn--bcher-kva.example/~anna/%C3%BC'
    >>> normalise("http://shop.example/cart;jsessionid=1A2B?PHPSESSID=33&sid=warehouse")
    'http://shop.example/cart?sid=warehouse'
    >>> normalise("javascript:alert(1)"), normalise("http:///nohost"), normalise("http://a:99999/")
    (None, None, None)
    """
    if _PLAIN.fullmatch(url) and "/." not in url:
        return url
    url = _WHITESPACE.sub("", url.strip("\x00 \t\r\n\f\v"))
    try:
        parts = urlsplit(url)
        port = parts.port
        host = ascii_host(parts.hostname or "")
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not host:
        return None
    if ":" in host:
        host = f"[{host}]"
    if port is not None and port != _DEFAULT_PORTS[scheme]:
        host = f"{host}:{port}"
    path = _quote(_dot_segments(_PATH_SESSION.sub("", parts.path) or "/"))
    query = _query(parts.query, drop)
    return f"{scheme}://{host}{path}{'?' + query if query else ''}"


def ascii_host(host: str) -> str:
    """A host name in lower-case ASCII, without the root's dot. Raises ValueError.

    >>> ascii_host("Bücher.Example."), ascii_host("１２７.0.0.1")
    ('xn--bcher-kva.example', '127.0.0.1')
    """
    host = host.rstrip(".").lower()
    if not host.isascii():
        host = host.encode("idna").decode("ascii").lower()
    if _NO_HOST.search(host):
        raise ValueError(f"not a host name: {host!r}")
    return host


def join(base: str, href: str) -> str | None:
    """A link resolved against its page, not yet normalised; None where it leads to no page.

    >>> join("https://a.example/b/c", "../d?x#y"), join("https://a.example/", "mailto:x@y")
    ('https://a.example/d?x', None)
    """
    href = _WHITESPACE.sub("", href.strip())
    href = href.partition("#")[0].replace("\\", "/") if "?" not in href else href.partition("#")[0]
    if not href:
        return None
    try:
        url = urljoin(base, href)
    except ValueError:
        return None
    return url if url[:7].lower() == "http://" or url[:8].lower() == "https://" else None


def origin(url: str) -> str:
    """Scheme, host and port of a normalised URL.

    >>> origin("https://a.example:8443/x?y")
    'https://a.example:8443'
    """
    end = url.find("/", url.find("//") + 2)
    return url if end < 0 else url[:end]


def _query(query: str, drop: Collection[str]) -> str:
    if not query:
        return ""
    kept = []
    for parameter in query.split("&"):
        name, _, value = parameter.partition("=")
        if not parameter or name in drop or _TRACKING.fullmatch(name) or _SESSION.fullmatch(name):
            continue
        if _MAYBE_SESSION.fullmatch(name) and _TOKEN.fullmatch(value):
            continue
        kept.append(parameter)
    return _quote("&".join(kept))


def _quote(text: str) -> str:
    """Percent-encoding in one form: only where needed, in capitals."""
    if "%" in text:
        text = _ESCAPE.sub(_one_escape, text)
    if _UNSAFE.search(text):
        text = _UNSAFE.sub(_escape, text)
    return text


def _one_escape(match: re.Match[str]) -> str:
    digits = match.group(1)
    if digits is None:
        return "%25"
    code = int(digits, 16)
    return chr(code) if code in _UNRESERVED else f"%{digits.upper()}"


def _escape(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match.group().encode("utf-8", "replace"))


def _dot_segments(path: str) -> str:
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept) or "/"


# A parameter that names one thing: its values are pages, not views of one page.
_IDENTITY = re.compile(
    r"(?i:(.*[_.-])?(id|ids|sku|pid|item|article|artikel|art|artnr|product|produkt|produit|title"
    r"|slug|route|doc|topic|node|nr|no|number|pn|mpn|gtin|ean|partno|code|catalog|category|cat"
    r"|(product|prod|item|article|artikel|page|news|doc|part|post|topic|cat)(id|nr|no)))"
    r"|.*[a-z](Id|ID|Nr|No|Sku|SKU|Number)"
)
_DATE = re.compile(
    r"(?<![0-9])(1[5-9]|2[0-9])[0-9]{2}([-/_.]?[0-9]{1,2}){1,2}(?![0-9])"
    r"|(?<![0-9])[0-9]{1,2}[-/_.][0-9]{1,2}[-/_.](1[5-9]|2[0-9])[0-9]{2}(?![0-9])"
    r"|(?<=year=)[0-9]+|(?<=month=)[0-9]+|(?<=day=)[0-9]+|(?<=week=)[0-9]+"
)
# Paths that hold a file no reader could read claims from: never asked for.
_NOT_PAGES = re.compile(
    r"\.(7z|ai|apk|avi|avif|bin|bmp|bz2|cab|css|csv|dmg|doc[mx]?|dot[mx]?|dwg|dxf|eot|eps|exe|flac"
    r"|flv|gif|gz|ico|iges|igs|iso|jar|jpe?g|js|json|m4[av]|map|midi?|mjs|mkv|mov|mp[34]|mpe?g|msi"
    r"|od[pst]|ogg|otf|pdf|png|pot[mx]?|pps[mx]?|ppt[mx]?|psd|rar|rss|rtf|stl|step|stp|svgz?|swf"
    r"|tar|tgz|tiff?|ttf|vcf|wasm|wav|webm|webmanifest|webp|wmv|woff2?|xls[bmx]?|xz|zip|zst)",
    re.IGNORECASE,
)


def is_file(url: str) -> bool:
    """Whether the URL's last path segment says it is no page (picture, archive, PDF …).

    >>> is_file("https://a.example/pump.PDF"), is_file("https://a.example/pump.pdf/specs")
    (True, False)
    """
    path = url.partition("?")[0]
    dot = path.rfind(".")
    return dot > path.rfind("/") and _NOT_PAGES.fullmatch(path, dot) is not None


# Addresses of one view in a row that showed nothing new: above what filters that change nothing
# reach on real shops, far below what an endless session id costs.
_SAME_IN_A_ROW = 20
_PATHS_TOLD = 20


@dataclass(slots=True)
class _Shown:
    """What the addresses of one view have shown."""

    digests: set[str] = field(default_factory=set)
    in_a_row: int = 0

    def note(self, digest: str) -> None:
        self.in_a_row = self.in_a_row + 1 if digest in self.digests else 0
        self.digests.add(digest)


@dataclass(slots=True)
class Traps:
    """Tells the loops of a site from its pages; remembers how often it met what.

    One per crawl. ``reason`` is asked once for every new URL, in the order they are met.
    """

    limits: Limits
    full: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Links left out by what they share: (word as of ``reason``, path); at most a few paths."""
    _variants: dict[int, int] = field(default_factory=dict)
    _shown: dict[int, _Shown] = field(default_factory=dict)

    def reason(self, url: str, depth: int) -> str | None:
        """Why this URL is left out, as a stable word, or None where it may be followed."""
        limits = self.limits
        if len(url) > limits.max_url_length:
            return "url_length"
        if depth > limits.max_depth:
            return "depth"
        path, _, query = url.partition("?")
        if _repeats(path, limits.max_repeated_segments):
            return "repeated_segments"
        if query and self.is_over(url):
            return self._full("same_content", path)
        if query and self._counted(_view(path, query)):
            return self._full("query_variants", path)
        dateless = _DATE.sub("#", url[8:])
        if dateless != url[8:] and self._counted(dateless):
            return self._full("calendar", dateless if not query else path)
        return None

    def showed(self, url: str, digest: str) -> None:
        """Learn what content a URL with parameters showed (its digest).

        Where address after address of one view shows only what was shown before, a session's id
        or the like tells them apart: no more of them are followed.
        """
        path, _, query = url.partition("?")
        if query and digest:
            self._shown.setdefault(hash(_view(path, query)), _Shown()).note(digest)

    def is_over(self, url: str) -> bool:
        """Whether no more addresses of this one's view are worth a request."""
        path, _, query = url.partition("?")
        shown = self._shown.get(hash(_view(path, query))) if query else None
        return shown is not None and shown.in_a_row >= _SAME_IN_A_ROW

    def _full(self, word: str, path: str) -> str:
        if (word, path) in self.full or len(self.full) < _PATHS_TOLD:
            self.full[word, path] += 1
        return word

    def _counted(self, shape: str) -> bool:
        """Whether this shape has been met too often; hashes keep the memory small."""
        key = hash(shape)
        count = self._variants.get(key, 0) + 1
        self._variants[key] = count
        return count > self.limits.max_query_variants


def _view(path: str, query: str) -> str:
    """What one page's views share: the path and the parameters that name a thing."""
    naming = [
        parameter
        for parameter in query.split("&")
        if _IDENTITY.fullmatch(parameter.partition("=")[0])
    ]
    return f"{path}?{'&'.join(sorted(naming))}"


def _repeats(path: str, limit: int) -> bool:
    """Whether a segment, or a run of segments, repeats as relative links in a loop do."""
    segments = path.split("/")[3:]
    if len(segments) <= limit:
        return False
    counts: dict[str, int] = {}
    for segment in segments:
        if segment:
            counts[segment] = counts.get(segment, 0) + 1
    return any(count > limit for count in counts.values())
