"""What robots.txt allows: RFC 9309, with the part that most crawlers leave out.

Where robots.txt cannot be had (5xx, time-out, no connection) everything is disallowed
(2.3.1.4); only a 4xx means that there are no rules (2.3.1.3).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from protego import Protego

if TYPE_CHECKING:
    from collections.abc import Iterable

# RFC 9309, 2.5: at least 500 KiB have to be read; what is behind is left out.
MAX_BYTES = 512 * 1024
# RFC 9309, 2.3.1.2: at least five redirects are followed.
MAX_REDIRECTS = 5
# A longer Crawl-delay is a mistake or a refusal; it is cut to this, and the run stays finite.
_LONGEST_DELAY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one origin for one user agent.

    ``unavailable`` says why the rules could not be had; then nothing is allowed.
    """

    agent: str
    rules: Protego | None = None
    unavailable: str | None = None
    sitemaps: tuple[str, ...] = ()
    delay_seconds: float = 0.0

    def allows(self, url: str) -> bool:
        """Whether a URL, as it is fetched, may be asked for."""
        if self.unavailable is not None:
            return False
        return self.rules is None or self.rules.can_fetch(url, self.agent)


def read_robots(status: int, body: bytes, agent: str) -> Robots:
    """The rules an answer to ``GET /robots.txt`` means; the body is already decompressed.

    >>> read_robots(200, b"User-agent: *\\nDisallow: /x", "Sellby").allows("https://a.example/x")
    False
    >>> read_robots(404, b"", "Sellby").allows("https://a.example/x")
    True
    >>> read_robots(503, b"", "Sellby").allows("https://a.example/x")
    False
    >>> read_robots(200, b"<!doctype html><p>Disallow: /", "Sellby").allows("https://a.example/x")
    True
    """
    if 400 <= status < 500 and status != 429:
        return Robots(agent)
    if not 200 <= status < 300:
        return Robots(agent, unavailable=f"robots.txt answered {status}")
    text = body[:MAX_BYTES].decode("utf-8-sig", "replace").replace("\x00", "")
    if text.lstrip()[:1] == "<":
        return Robots(agent)  # an error page with status 200
    rules = Protego.parse(text)
    delay = rules.crawl_delay(agent) or 0.0
    return Robots(
        agent,
        rules,
        sitemaps=_absolute(rules.sitemaps),
        delay_seconds=min(max(delay, 0.0), _LONGEST_DELAY_SECONDS),
    )


def _absolute(urls: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(url for url in urls if url.lower().startswith("http")))


@dataclass(slots=True)
class RobotsOf:
    """The rules of every origin of a source; an origin never asked for allows nothing."""

    ignore: bool = False
    rules: dict[str, Robots] = field(default_factory=dict)

    def allows(self, url: str, origin: str) -> bool:
        """Whether a URL, as it is fetched, may be asked for."""
        if self.ignore:
            return True
        robots = self.rules.get(origin)
        return robots is not None and robots.allows(url)
