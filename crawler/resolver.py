"""Name resolution that does not lead into a network the source may not reach."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

from crawler.guard import Reach, reach

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from scrapy.crawler import Crawler
    from twisted.internet.base import ReactorBase
    from twisted.internet.defer import Deferred

# Our own setting: comma-separated values of Reach.
REACHES_SETTING = "SELLBY_REACHES"
# Our own setting: names that are resolved unchecked, the operator's own proxy.
TRUSTED_SETTING = "SELLBY_TRUSTED_HOSTS"


class RefusedAddress(DNSLookupError):
    """A name resolves to an address that this source may not reach."""


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's caching resolver, with every answer checked before anything connects to it.

    The check and the connection use the same answer, so a name server cannot change its mind
    in between (DNS rebinding). Installed by the ``TWISTED_DNS_RESOLVER`` setting.
    """

    reaches: frozenset[Reach] = frozenset({Reach.PUBLIC})
    trusted: frozenset[str] = frozenset()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        """Built by Scrapy; reads what may be reached from the crawl's settings."""
        resolver = super().from_crawler(crawler, reactor)
        words = crawler.settings.getlist(REACHES_SETTING)
        resolver.reaches = frozenset(Reach(word) for word in words)
        resolver.trusted = frozenset(crawler.settings.getlist(TRUSTED_SETTING))
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:
        """The name's address; fails with RefusedAddress where it must not be connected to."""
        found = self._looked_up(name, timeout)
        if name not in self.trusted:
            found.addCallback(self._checked, name)
        return found

    def _looked_up(self, name: str, timeout: Sequence[int]) -> Deferred[str]:
        return super().getHostByName(name, timeout)

    def _checked(self, address: Any, name: str) -> Any:
        reached = reach(ipaddress.ip_address(str(address)))
        if reached not in self.reaches:
            raise RefusedAddress(f"{name} resolves to {address}, a {reached} address")
        return address
