"""May an entry be asked for, has it to be, and with which request?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.conditional import NO_CACHE, conditional_headers
from crawler.decode import ACCEPT_ENCODING
from crawler.documents.kinds import ending_kind
from crawler.frontier import Entry, Kind
from crawler.rendering import page_meta
from crawler.sitemap import MAX_BYTES
from crawler.urls import origin

if TYPE_CHECKING:
    from crawler.spiders.website import WebsiteSpider


def drops(spider: WebsiteSpider, entry: Entry, fetch: str) -> bool:
    """Whether an entry is done without a request: a trap, or what the configuration says."""
    links, visits = spider.visits.links, spider.visits
    spelled = links.public(entry.url)
    if spelled is not None and spelled != entry.url:  # a parameter is dropped since
        visits.respelled(entry, spider.answer(entry.url, fetch), spelled)
    elif entry.depth == 0:
        return False
    elif links.traps.is_over(entry.url):
        visits.passed_over(entry)
    elif (unwanted := links.unwanted(entry.url)) is not None:
        why = f"the configuration leaves it out ({unwanted})"
        visits.left_out(entry, spider.answer(entry.url, fetch), why)
    else:
        return False
    return True


def refusal(spider: WebsiteSpider, entry: Entry, fetch: str) -> str | None:
    """Why an entry may not be asked for: its scope or robots.txt; None where it may."""
    sitemap = entry.kind is Kind.SITEMAP
    if (why := spider.job.scope.refusal(fetch, whole_origin=sitemap)) is not None:
        return why
    root = origin(fetch)
    if not spider.robots.allows(fetch, root):
        robots = spider.robots.rules.get(root)
        return (robots and robots.unavailable) or "robots.txt disallows it"
    return None


def request_of(spider: WebsiteSpider, entry: Entry, fetch: str) -> Request:
    """The request for an entry that may be asked for at ``fetch``."""
    headers = headers_of(spider, fetch)
    meta: dict[str, Any] = {
        "entry": entry,
        "download_timeout": spider.job.source.limits.timeout_seconds,
    }
    if entry.kind is Kind.SITEMAP:
        meta["download_maxsize"] = MAX_BYTES
    elif spider.job.only_given:
        headers.update(NO_CACHE)
    elif not entry.fetch and not spider.job.source.render:
        stored = spider.job.reader.validators(spider.job.source.name, entry.url)
        headers.update(conditional_headers(stored))
    is_document = spider.job.source.documents and ending_kind(entry.url) is not None
    if entry.kind is Kind.PAGE and spider.job.source.render and not is_document:
        meta |= page_meta()
    if entry.cookies:
        headers["Cookie"] = "; ".join(filter(None, (headers.get("Cookie"), entry.cookies)))
    return Request(fetch, spider.parse, headers=headers, meta=meta, errback=spider.failed)


def headers_of(spider: WebsiteSpider, url: str) -> dict[str, str]:
    """The headers a request of this source has; the configured ones win."""
    headers = {
        "User-Agent": spider.agent,
        "Accept": "text/html,application/xhtml+xml;q=0.9,application/xml;q=0.8,*/*;q=0.5",
        "Accept-Encoding": ACCEPT_ENCODING,
    }
    if spider.job.source.language:
        headers["Accept-Language"] = spider.job.source.language
    headers.update(spider.job.credentials.headers_for(url))
    for name, value in spider.job.source.headers.items():
        headers[name] = value.get_secret_value()
    return headers
