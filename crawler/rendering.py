"""Pages as a browser shows them: scrapy-playwright's settings for a source with ``render``.

Only pages are rendered; robots.txt and sitemaps are fetched as ever. What a page loads beside
itself is loaded as far as it changes the text: no pictures, fonts or films.
"""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawler.errors import SourceError
from crawler.settings import uses_proxy
from crawler.urls import origin

if TYPE_CHECKING:
    from crawler.config import CrawlConfig, WebsiteSource
    from crawler.gateway import Gateway
    from crawler.guard import Scope
    from crawler.sign_in import Credentials

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
"""Names a Chromium goes by, looked for in this order."""

QUIET_MS = 500
"""A page is read when its network has been idle for so long (Playwright's ``networkidle``) …"""

LONGEST_WAIT_MS = 10_000
"""… or after so long at the most: some pages never come to rest."""

_NOT_TEXT = frozenset(("image", "media", "font", "websocket", "eventsource", "manifest"))
_BROWSERS_OWN = frozenset(("accept", "accept-encoding", "cookie", "host", "content-length"))
_ARGUMENTS = (
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)


def check_rendering(config: CrawlConfig) -> str:
    """The path of the browser. Raises SourceError where rendering is not possible here."""
    if find_spec("scrapy_playwright") is None:
        raise SourceError("`render: true` needs an extra: pip install 'sellby[render]'")
    given = config.browser
    found = shutil.which(given) if given else next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        where = f"crawl.browser, {given!r}, is no program" if given else "there is none here"
        raise SourceError(f"`render: true` needs a Chromium, and {where}: install one, or name it")
    return found


def rendering_settings(
    config: CrawlConfig, source: WebsiteSource, credentials: Credentials, proxy: str
) -> dict[str, Any]:
    """The Scrapy settings that let pages be rendered, all traffic going through ``proxy``."""
    handler = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return {
        "DOWNLOAD_HANDLERS": {
            "file": None,
            "ftp": None,
            "s3": None,
            "data": None,
            "http": handler,
            "https": handler,
        },
        "PLAYWRIGHT_BROWSER_TYPE": "chromium",
        "PLAYWRIGHT_LAUNCH_OPTIONS": {
            "executable_path": check_rendering(config),
            "args": list(_ARGUMENTS),
            "chromium_sandbox": not is_root,  # Chromium has none for root
            "proxy": {"server": proxy, "bypass": "<-loopback>"},
        },
        "PLAYWRIGHT_CONTEXTS": {
            "default": {
                "accept_downloads": False,
                "ignore_https_errors": not source.verify_tls,
                "locale": source.language or "en-US",
                "service_workers": "block",
                "storage_state": {"cookies": _cookies(credentials), "origins": []},
                "timezone_id": source.timezone,
            }
        },
        "PLAYWRIGHT_ABORT_REQUEST": "crawler.rendering.is_not_text",
        "PLAYWRIGHT_PROCESS_REQUEST_HEADERS": "crawler.rendering.request_headers",
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": source.limits.timeout_seconds * 1000,
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 4,
    }


def gateway_hosts(source: WebsiteSource, scope: Scope) -> frozenset[str] | None:
    """The hosts pages may load from; None: any. A log-in travels with a page's own requests."""
    if source.sign_in is None and not source.headers:
        return None
    own = (urlsplit(url).hostname or "" for url in scope.origins)
    return frozenset((*own, *(host.lower() for host in source.render_hosts)))


def page_meta() -> dict[str, Any]:
    """What a request for a page carries so that it is rendered: wait until it has come to rest."""
    from scrapy_playwright.page import PageMethod

    return {
        "playwright": True,
        "playwright_page_goto_kwargs": {"wait_until": "domcontentloaded"},
        "playwright_page_methods": [PageMethod(come_to_rest)],
    }


async def come_to_rest(page: Any) -> None:
    """Wait until a page asks for nothing more, not longer than LONGEST_WAIT_MS."""
    from playwright.async_api import TimeoutError as NeverQuiet

    try:
        await page.wait_for_load_state("networkidle", timeout=LONGEST_WAIT_MS)
    except NeverQuiet:
        return


async def request_headers(
    *, playwright_request: Any, scrapy_request_data: dict[str, Any], **_: Any
) -> dict[str, str]:
    """The headers of a page's own requests; called by scrapy-playwright.

    What the configuration sends goes to the page and to what it asks of its own origin, nowhere
    else; cookies are the browser's.
    """
    headers: dict[str, str] = await playwright_request.all_headers()
    url = playwright_request.url
    if playwright_request.is_navigation_request() or origin(url) == origin(
        scrapy_request_data["url"]
    ):
        ours = scrapy_request_data["headers"].to_unicode_dict()
        headers |= {
            name.lower(): value for name, value in ours.items() if name.lower() not in _BROWSERS_OWN
        }
    return headers


def is_not_text(request: Any) -> bool:
    """Whether what a page loads cannot change its text; called by scrapy-playwright."""
    return request.resource_type in _NOT_TEXT


def _cookies(credentials: Credentials) -> list[dict[str, Any]]:
    """The cookies of a log-in as Playwright's storage state has them."""
    found = [
        {"name": c.name, "value": c.value or "", "domain": c.domain, "path": c.path,
         "secure": c.secure, "httpOnly": False, "expires": c.expires or -1, "sameSite": "Lax"}
        for c in credentials.jar or ()
    ]  # fmt: skip
    for name, value in (pair.split("=", 1) for pair in _pairs(credentials.headers.get("Cookie"))):
        found += [
            {"name": name, "value": value, "domain": urlsplit(root).hostname or "", "path": "/",
             "secure": False, "httpOnly": False, "expires": -1, "sameSite": "Lax"}
            for root in credentials.origins
        ]  # fmt: skip
    return found


def _pairs(cookie: str | None) -> list[str]:
    return cookie.split("; ") if cookie else []


def gateway_for(source: WebsiteSource, scope: Scope) -> Gateway | None:
    """The gateway of a source whose pages are rendered, else None."""
    if not source.render:
        return None
    if uses_proxy(scope):
        raise SourceError(
            f"source {source.name}: `render` reaches sites directly only; leave them out of the "
            "environment's proxy with NO_PROXY, or unset it"
        )
    from crawler.gateway import Gateway

    return Gateway(scope.reaches, gateway_hosts(source, scope))
