"""Where a crawl may go: its own scope, and never into a network it was not sent to.

Every request passes here: start pages, links, redirects, sitemaps and robots.txt alike. A page
that redirects to ``http://169.254.169.254/`` or links to ``http://2130706433/`` would otherwise
make the crawler read what only the machine it runs on may read.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.errors import SourceError
from crawler.urls import normalise, origin

if TYPE_CHECKING:
    from crawler.config import WebsiteSource

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")
_COMPATIBLE = ipaddress.ip_network("::/96")
_NUMERIC_HOST = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+)){0,3}\.?", re.IGNORECASE)


class Reach(StrEnum):
    """How far away an address is."""

    PUBLIC = "public"
    PRIVATE = "private"
    LOOPBACK = "loopback"
    FORBIDDEN = "link-local or reserved"


def literal_address(host: str) -> Address | None:
    """The address a host name is by itself, in any form a resolver accepts; None for a name.

    >>> [str(literal_address(h)) for h in ("127.1", "2130706433", "0x7f.1", "0177.0.0.1")]
    ['127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.1']
    >>> literal_address("[::ffff:127.0.0.1]"), literal_address("shop.example")
    (IPv4Address('127.0.0.1'), None)
    """
    host = unicodedata.normalize("NFKC", host).strip().strip("[]").partition("%")[0]
    if ":" in host:
        try:
            return _embedded(ipaddress.IPv6Address(host))
        except ValueError:
            return None
    if not _NUMERIC_HOST.fullmatch(host):
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host.rstrip(".")))
    except OSError:
        return None


def reach(address: Address) -> Reach:
    """How far away an address is; what it embeds (IPv4 in IPv6) counts.

    >>> reach(ipaddress.ip_address("169.254.169.254")), reach(ipaddress.ip_address("10.0.0.1"))
    (<Reach.FORBIDDEN: 'link-local or reserved'>, <Reach.PRIVATE: 'private'>)
    >>> reach(ipaddress.ip_address("::1")), reach(ipaddress.ip_address("93.184.216.34"))
    (<Reach.LOOPBACK: 'loopback'>, <Reach.PUBLIC: 'public'>)
    """
    if isinstance(address, ipaddress.IPv6Address):
        address = _embedded(address)
    if address.is_loopback:
        return Reach.LOOPBACK
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return Reach.FORBIDDEN
    if address.is_global:
        return Reach.PUBLIC
    return Reach.FORBIDDEN if address.is_reserved else Reach.PRIVATE


def host_reach(host: str) -> Reach | None:
    """How far away a host is as far as its name tells; None where only DNS knows.

    >>> host_reach("localhost"), host_reach("app.localhost"), host_reach("shop.example")
    (<Reach.LOOPBACK: 'loopback'>, <Reach.LOOPBACK: 'loopback'>, None)
    """
    address = literal_address(host)
    if address is not None:
        return reach(address)
    name = unicodedata.normalize("NFKC", host).rstrip(".").lower()
    return Reach.LOOPBACK if name == "localhost" or name.endswith(".localhost") else None


def _embedded(address: ipaddress.IPv6Address) -> Address:
    """The IPv4 address inside of an IPv6 one, else the address itself."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    number = int(address)
    if address in _NAT64 or address in _NAT64_LOCAL or (address in _COMPATIBLE and number > 0xFFFF):
        return ipaddress.IPv4Address(number & 0xFFFFFFFF)
    return address


@dataclass(frozen=True, slots=True)
class Scope:
    """Which URLs belong to a source, by which address they are known and where they are fetched.

    ``prefixes`` and ``starts`` are normalised public URLs. ``base`` and ``mirror`` are set where
    the crawl goes to another address than the pages are known by (``base_url`` in config.yaml).
    ``reaches`` is what kinds of address may be connected to, ``origins`` (as they are fetched)
    which ones requests may go to.
    """

    prefixes: tuple[str, ...]
    reaches: frozenset[Reach]
    starts: tuple[str, ...]
    base: str = ""
    mirror: str = ""
    origins: tuple[str, ...] = ()

    @classmethod
    def of(cls, source: WebsiteSource) -> Scope:
        """The scope a source's configuration means. Raises SourceError."""
        starts = tuple(_normalised(source.name, url) for url in source.start)
        base = mirror = ""
        if source.base_url:
            base = _normalised(source.name, source.base_url).rstrip("/") + "/"
            mirror = origin(starts[0]) + "/"
        scope = cls((), _reaches(source, starts), (), base, mirror)
        public = tuple(dict.fromkeys(scope.public(url) for url in starts))
        given = (_normalised(source.name, url) for url in source.scope)
        prefixes = tuple(dict.fromkeys(scope.public(url) for url in given))
        if not prefixes:
            prefixes = tuple(dict.fromkeys(scope.site(url) for url in public))
        origins = tuple(dict.fromkeys(origin(scope.fetched(url)) for url in prefixes + public))
        return replace(scope, prefixes=prefixes, starts=public, origins=origins)

    def site(self, url: str) -> str:
        """The prefix of the whole site a public URL belongs to."""
        return self.base if self.base and url.startswith(self.base) else origin(url) + "/"

    def public(self, url: str) -> str:
        """The URL a page is known by, from where it was fetched; others are left as they are."""
        if self.mirror and url.startswith(self.mirror):
            return self.base + url[len(self.mirror) :]
        return url

    def fetched(self, url: str) -> str:
        """Where a public URL is fetched from."""
        if self.base and url.startswith(self.base):
            return self.mirror + url[len(self.base) :]
        return url

    def admitted(self, url: str) -> str | None:
        """The public URL where it is in scope, else None; http and https are one site.

        A link to ``http://`` on a site that is crawled by ``https://`` is asked for by https.
        """
        url = self.public(url)
        if url.startswith(self.prefixes):
            return url
        scheme, _, rest = url.partition("://")
        other = f"{'https' if scheme == 'http' else 'http'}://{rest}"
        return other if other.startswith(self.prefixes) else None

    def refusal(self, url: str, *, whole_origin: bool = False) -> str | None:
        """Why a URL must not be requested, as one sentence; None where it may.

        ``url`` is as it is about to be fetched; a name that only DNS knows is checked again by
        ``GuardedResolver`` when it is resolved. ``whole_origin`` is for robots.txt and sitemaps,
        which may stand outside of the prefixes but not on another host.
        """
        if origin(url) not in self.origins:
            return f"{url} is on a host outside of the source's scope"
        if not whole_origin and self.admitted(url) is None:
            return f"{url} is outside of the source's scope"
        reached = host_reach(urlsplit(url).hostname or "")
        if reached is not None and reached not in self.reaches:
            return f"{url} is a {reached} address, which this source may not reach"
        return None

    def allows(self, address: Address) -> bool:
        """Whether an address may be connected to."""
        return reach(address) in self.reaches


def _normalised(name: str, url: str) -> str:
    found = normalise(url)
    if found is None:
        raise SourceError(f"source {name}: {url!r} is not an http or https URL")
    return found


def _reaches(source: WebsiteSource, starts: tuple[str, ...]) -> frozenset[Reach]:
    """Loopback only for a source on loopback, private only for one in a private network.

    The operator typed the start URLs; what their names resolve to is the name server's word.
    """
    kinds = {host_reach(urlsplit(url).hostname or "") for url in starts}
    if kinds == {Reach.LOOPBACK}:
        return frozenset({Reach.LOOPBACK})
    if Reach.FORBIDDEN in kinds or Reach.LOOPBACK in kinds:
        raise SourceError(
            f"source {source.name}: start addresses are link-local, reserved, or mix loopback "
            "with other hosts; make a source of its own for each"
        )
    if source.private_network or Reach.PRIVATE in kinds:
        return frozenset({Reach.PUBLIC, Reach.PRIVATE})
    return frozenset({Reach.PUBLIC})
