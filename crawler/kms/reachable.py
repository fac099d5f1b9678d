"""Where requests of a connector may go: credentials go along with most of them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.guard import Reach, host_reach
from crawler.kms.oauth import TOKEN
from crawler.urls import normalise, origin

if TYPE_CHECKING:
    from crawler.config import KmsSource
    from crawler.kms.interface import Request


def reachable(source: KmsSource, request: Request) -> bool:
    """Whether a request goes where config.yaml points, or is a download that carries no secret.

    Downloads go to public hosts by https; from a server on this machine also to this machine.
    """
    target, home = origin_of(request.url), origin_of(source.url)
    if request.kind == TOKEN:
        return source.sign_in is not None and target == origin_of(source.sign_in.url)
    if not request.foreign:
        return target == home
    reach = host_reach(urlsplit(target).hostname or "")
    if reach is Reach.LOOPBACK:
        return host_reach(urlsplit(home).hostname or "") is Reach.LOOPBACK
    return target.startswith("https://") and reach in (None, Reach.PUBLIC)


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL as it was written."""
    return origin(normalise(url) or url)
