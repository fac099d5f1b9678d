"""Before the first page: what robots.txt allows, and what the sitemaps name."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from scrapy import Request

from crawler.answer import Answer
from crawler.decode import TooLarge, Truncated, decoded
from crawler.frontier import Done, Found
from crawler.pipeline import Fetched
from crawler.retry import RETRIED_STATUSES, backoff, retry_after
from crawler.robots import MAX_BYTES as ROBOTS_MAX_BYTES
from crawler.robots import MAX_REDIRECTS, Robots, read_robots
from crawler.settings import robots_agent
from crawler.sitemap import MAX_BYTES, MAX_NESTING, read_sitemap
from crawler.spiders.asking import headers_of
from crawler.spiders.failures import outcome_of
from crawler.summary import Problem

if TYPE_CHECKING:
    from crawler.frontier import Entry
    from crawler.spiders.website import WebsiteSpider

# URLs of a sitemap handed on at once; other requests go on in between.
_SLICE = 500


async def fetch_robots(spider: WebsiteSpider) -> None:
    """Read the robots.txt of every origin of the source; one that cannot be had is a problem."""
    for root in spider.job.scope.origins:
        robots = await _robots_of(spider, root)
        spider.robots.rules[root] = robots
        if robots.unavailable is not None:
            spider.job.problems.append(
                Problem(
                    "robots_unavailable",
                    f"{root}: {robots.unavailable}; without its rules nothing may be asked for "
                    "(RFC 9309)",
                )
            )


def sitemap_seeds(spider: WebsiteSpider) -> list[Found]:
    """The sitemaps to begin with: those configured, those in robots.txt, or the usual one."""
    source, scope = spider.job.source, spider.job.scope
    if source.sitemaps == "auto":
        urls = [url for robots in spider.robots.rules.values() for url in robots.sitemaps]
        if not urls:
            urls = [f"{root}/sitemap.xml" for root in scope.origins]
    else:
        urls = list(source.sitemaps)
    found = (spider.visits.links.sitemap(url) for url in urls)
    return [entry for entry in found if entry is not None]


async def read_sitemap_answer(spider: WebsiteSpider, entry: Entry, answer: Answer) -> None:
    """Queue what a sitemap names, a slice at a time; what is broken is a problem, not the end."""
    visits, job = spider.visits, spider.job
    if not 200 <= answer.status < 300:
        sitemap_failed(spider, entry, f"answered {answer.status}")
        visits.record(entry, None)
        return
    found: list[Found] = []
    try:
        body = decoded(answer.body, answer.headers.get("content-encoding", ()), MAX_BYTES)
        for named in read_sitemap(body):
            if named.is_sitemap:
                nested = entry.nesting < MAX_NESTING
                new = visits.links.sitemap(named.url, entry.nesting + 1) if nested else None
            else:
                new = visits.links.admit(named.url, 1)
            if new is not None and job.frontier.add(new):
                found.append(new)
            if len(found) >= _SLICE:
                job.writer.put(Fetched(None, Done("", found=found)))
                found = []
                await asyncio.sleep(0)
    except (TooLarge, Truncated) as error:
        sitemap_failed(spider, entry, str(error))
    job.writer.put(Fetched(None, Done(entry.url, found=found)))


def sitemap_failed(spider: WebsiteSpider, entry: Entry, why: str) -> None:
    """Report a sitemap that somebody named; a guess that is not there is no problem."""
    guessed = spider.job.source.sitemaps == "auto" and not any(
        robots.sitemaps for robots in spider.robots.rules.values()
    )
    if not guessed:
        spider.job.problems.append(Problem("sitemap", f"sitemap {entry.url}: {why}"))


async def _robots_of(spider: WebsiteSpider, root: str) -> Robots:
    agent = robots_agent(spider.agent)
    limits = spider.job.source.limits
    robots = Robots(agent, unavailable="robots.txt was not asked for")
    for attempt in range(limits.retries + 1):
        wait: float | None = backoff(None, attempt + 1)
        try:
            answer = await _answer_of(spider, f"{root}/robots.txt")
        except _Elsewhere as error:
            return Robots(agent, unavailable=str(error))
        except Exception as error:  # noqa: BLE001 - every failed download, told apart by outcome_of
            robots = Robots(agent, unavailable=f"robots.txt: {outcome_of(error)[1]}")
        else:
            robots = _read(answer, agent)
            if answer.status not in RETRIED_STATUSES:
                return robots
            asked = retry_after(answer.header("retry-after"), answer.at)
            wait = wait if asked is None else asked
            if wait is not None and wait > limits.max_retry_after_seconds:
                return robots
        if attempt < limits.retries and wait is not None:
            await asyncio.sleep(wait)
    return robots


class _Elsewhere(Exception):
    """robots.txt redirects to where this source may not go."""


async def _answer_of(spider: WebsiteSpider, url: str) -> Answer:
    """The answer to a GET, redirects within the source's hosts followed."""
    assert spider.crawler.engine is not None  # running: this is called from start()
    scope, source = spider.job.scope, spider.job.source
    for _ in range(MAX_REDIRECTS + 1):
        if (why := scope.refusal(url, whole_origin=True)) is not None:
            raise _Elsewhere(f"robots.txt leads elsewhere: {why}")
        request = Request(
            url,
            headers=headers_of(spider, url),
            meta={
                "download_timeout": source.limits.timeout_seconds,
                "download_maxsize": 8 * ROBOTS_MAX_BYTES,
            },
        )
        response = await spider.crawler.engine.download_async(request)
        answer = spider.answer(url, url, response)
        if answer.location is None:
            return answer
        url = answer.location
    raise _Elsewhere(f"robots.txt redirects more than {MAX_REDIRECTS} times")


def _read(answer: Answer, agent: str) -> Robots:
    try:
        body = decoded(
            answer.body, answer.headers.get("content-encoding", ()), 16 * ROBOTS_MAX_BYTES
        )
    except (TooLarge, Truncated) as error:
        return Robots(agent, unavailable=f"robots.txt: {error}")
    return read_robots(answer.status, body, agent)
