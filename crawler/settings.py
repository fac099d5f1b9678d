"""Our configuration in Scrapy's words: the only place with Scrapy setting names.

Scrapy's defaults suit a developer's machine: certificates unchecked, a telnet console and a
remote control listening, 1 GiB bodies. What is set here is what an unattended crawler of other
people's servers needs, and what measuring has shown to be fast.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from crawler.errors import SourceError
from crawler.guard import Reach, Scope
from crawler.resolver import REACHES_SETTING, TRUSTED_SETTING
from crawler.version import sellby_version

if TYPE_CHECKING:
    from crawler.config import CrawlConfig, KmsSource, WebsiteSource

# AutoThrottle's first guess, halved with every quick answer.
_FIRST_DELAY_SECONDS = 1.0
_LONGEST_DELAY_SECONDS = 60.0


def scrapy_settings(config: CrawlConfig, source: WebsiteSource, scope: Scope) -> dict[str, Any]:
    """The Scrapy settings for one source. Raises SourceError where a contact is missing."""
    proxied = uses_proxy(scope)
    return {
        "BOT_NAME": "sellby",
        "USER_AGENT": user_agent(config, scope),
        # What listens or runs code: nothing.
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "EXTENSIONS": dict.fromkeys(_UNUSED_EXTENSIONS),
        # Who is connected to, and as whom.
        "DOWNLOAD_VERIFY_CERTIFICATES": source.verify_tls,
        "TWISTED_DNS_RESOLVER": "crawler.resolver.GuardedResolver",
        "DNS_TIMEOUT": source.limits.timeout_seconds,
        REACHES_SETTING: [value.value for value in sorted(scope.reaches)],
        TRUSTED_SETTING: _proxy_hosts() if proxied else [],
        # A visit must not depend on the visits before: a link like ?currency=USD would change
        # the prices of every page after it.
        "COOKIES_ENABLED": False,
        # How fast, how long, how large.
        **_pace(source, scope),
        "DOWNLOAD_TIMEOUT": source.limits.timeout_seconds,
        "DOWNLOAD_MAXSIZE": _largest_body(source),
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        "DOWNLOAD_HANDLERS": {"file": None, "ftp": None, "s3": None, "data": None},
        # The frontier is ours; so are redirects, retries, robots.txt, limits, decompression.
        "SCHEDULER": "crawler.scheduler.FrontierScheduler",
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
        "ROBOTSTXT_OBEY": False,
        "DOWNLOADER_MIDDLEWARES": {
            f"scrapy.downloadermiddlewares.{name}": None
            for name in _UNUSED_DOWNLOADER
            if not (proxied and name.startswith("httpproxy"))
        },
        "SPIDER_MIDDLEWARES": {f"scrapy.spidermiddlewares.{n}": None for n in _UNUSED_SPIDER},
        # One response gives no items, so there is nothing to work on in parallel: 100 tasks a
        # response were a tenth of the time. The other check parses the callback's source.
        "CONCURRENT_ITEMS": 1,
        "WARN_ON_GENERATOR_RETURN_VALUE": False,
        "LOG_LEVEL": "ERROR",
        "LOG_FORMATTER": "crawler.scheduler.NoLineAPage",
        "LOG_VERSIONS": [],
        "STATS_DUMP": False,
        "LOGSTATS_INTERVAL": 0,
    }


def kms_settings(config: CrawlConfig, source: KmsSource, scope: Scope) -> dict[str, Any]:
    """The Scrapy settings for a knowledge base walked by ``KmsSpider``: one request at a time.

    robots.txt is for pages, not for an API one has been given access to; cookies hold the log-in.
    """
    pace = source.pace.requests_per_second
    return {
        "BOT_NAME": "sellby",
        "USER_AGENT": user_agent(config, scope),
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "EXTENSIONS": dict.fromkeys(_UNUSED_EXTENSIONS),
        "DOWNLOAD_VERIFY_CERTIFICATES": source.verify_tls,
        "DOWNLOAD_TIMEOUT": source.limits.timeout_seconds,
        "DOWNLOAD_MAXSIZE": source.limits.max_body_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_HANDLERS": {"file": None, "ftp": None, "s3": None, "data": None},
        "DOWNLOAD_DELAY": 1 / pace if pace else 0.0,
        "CONCURRENT_REQUESTS": 1,
        "CONCURRENT_ITEMS": 1,
        "COOKIES_ENABLED": True,
        "REDIRECT_ENABLED": False,
        "RETRY_ENABLED": False,
        "COMPRESSION_ENABLED": False,
        "ROBOTSTXT_OBEY": False,
        "WARN_ON_GENERATOR_RETURN_VALUE": False,
        "LOG_LEVEL": "ERROR",
        "LOG_VERSIONS": [],
        "STATS_DUMP": False,
        "LOGSTATS_INTERVAL": 0,
    }


def user_agent(config: CrawlConfig, scope: Scope) -> str:
    """Who asks, and whom to write to. Raises SourceError for a public host without a contact."""
    contact = config.contact.strip()
    if not contact and scope.reaches != frozenset({Reach.LOOPBACK}):
        raise SourceError(
            "crawl.contact is empty: a site's operator must be able to reach you; "
            "set a mail address or URL in config.yaml"
        )
    agent = config.user_agent.replace("{version}", sellby_version())
    agent = agent.replace("{contact}", contact) if contact else _NO_CONTACT.sub("", agent)
    if not agent.isascii() or not agent.isprintable():
        raise SourceError(f"crawl.user_agent has characters no header may have: {agent!r}")
    return agent.strip()


def uses_proxy(scope: Scope) -> bool:
    """Whether requests go through the proxy of the environment; never to loopback."""
    return scope.reaches != frozenset({Reach.LOOPBACK}) and bool(_proxy_hosts())


def robots_agent(agent: str) -> str:
    """The product word that robots.txt rules are matched with.

    >>> robots_agent("Sellby/0.1 (+https://example.com)")
    'Sellby'
    """
    found = re.match(r"[A-Za-z_-]+", agent)
    return found.group() if found else agent


def _largest_body(source: WebsiteSource) -> int:
    """Bytes of the largest answer taken; what is too large for a page is told when it is read."""
    limits = source.limits
    return max(limits.max_body_bytes, limits.max_document_bytes if source.documents else 0)


def _pace(source: WebsiteSource, scope: Scope) -> dict[str, Any]:
    pace = source.pace
    local = scope.reaches == frozenset({Reach.LOOPBACK})
    throttled = pace.autothrottle and pace.requests_per_second is None
    return {
        "CONCURRENT_REQUESTS": pace.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": pace.concurrency,
        "DOWNLOAD_DELAY": 1 / pace.requests_per_second if pace.requests_per_second else 0.0,
        "DOWNLOAD_DELAY_JITTER": 0.0 if pace.requests_per_second else 0.5,
        "AUTOTHROTTLE_ENABLED": throttled,
        "AUTOTHROTTLE_START_DELAY": 0.0 if local else _FIRST_DELAY_SECONDS,
        "AUTOTHROTTLE_MAX_DELAY": _LONGEST_DELAY_SECONDS,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(pace.concurrency),
    }


def _proxy_hosts() -> list[str]:
    proxies = getproxies()
    hosts = (urlsplit(proxies[kind]).hostname for kind in ("http", "https") if kind in proxies)
    return sorted({host for host in hosts if host})


_NO_CONTACT = re.compile(r"\s*\([^()]*\{contact\}[^()]*\)|\{contact\}")
_UNUSED_EXTENSIONS = (
    "scrapy.extensions.corestats.CoreStats",
    "scrapy.extensions.logcount.LogCount",
    "scrapy.extensions.telnet.TelnetConsole",
    "scrapy.extensions.memusage.MemoryUsage",
    "scrapy.extensions.memdebug.MemoryDebugger",
    "scrapy.extensions.closespider.CloseSpider",
    "scrapy.extensions.feedexport.FeedExporter",
    "scrapy.extensions.logstats.LogStats",
    "scrapy.extensions.spiderstate.SpiderState",
    "scrapy.extensions.remote_control.RemoteControl",
)
_UNUSED_DOWNLOADER = (
    "offsite.OffsiteMiddleware",
    "robotstxt.RobotsTxtMiddleware",
    "httpauth.HttpAuthMiddleware",
    "downloadtimeout.DownloadTimeoutMiddleware",
    "defaultheaders.DefaultHeadersMiddleware",
    "useragent.UserAgentMiddleware",
    "retry.RetryMiddleware",
    "redirect.MetaRefreshMiddleware",
    "httpcompression.HttpCompressionMiddleware",
    "redirect.RedirectMiddleware",
    "cookies.CookiesMiddleware",
    "httpproxy.HttpProxyMiddleware",
    "stats.DownloaderStats",
    "httpcache.HttpCacheMiddleware",
)
_UNUSED_SPIDER = (
    "httperror.HttpErrorMiddleware",
    "referer.RefererMiddleware",
    "urllength.UrlLengthMiddleware",
    "depth.DepthMiddleware",
    "metacopy.MetaCopyDetectionMiddleware",
    "start.StartSpiderMiddleware",
)
