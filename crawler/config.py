"""What a source is: the ``sources`` and ``crawl`` parts of config.yaml.

Every field has a default where one is possible, a unit in its name or description, and one
sentence of description; docs/configuration.md is generated from them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    SecretStr,
    SerializationInfo,
    model_validator,
)

from crawler.declaration import Declaration


def _masked(value: SecretStr, info: SerializationInfo) -> str:
    shown = bool(info.context and info.context.get("reveal"))
    return value.get_secret_value() if shown else str(value)


Secret = Annotated[SecretStr, PlainSerializer(_masked, when_used="json")]
"""Text from ${ENV}: dumped only under the context {"reveal": True}, for a crawl's own process."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(_Strict):
    """Where a crawl of one source stops; each guards against a trap met on real sites."""

    max_pages: int = Field(100_000, ge=1, description="Pages fetched per run.")
    max_depth: int = Field(20, ge=1, description="Links away from a start page.")
    max_url_length: int = Field(1_000, ge=50, description="Characters; longer URLs are refused.")
    max_repeated_segments: int = Field(
        3, ge=1, description="Times one path segment may repeat in a URL."
    )
    max_query_variants: int = Field(
        200, ge=1, description="Different query strings followed per path (calendars, filters)."
    )
    max_body_bytes: int = Field(
        10 * 1024 * 1024, ge=1024, description="Decompressed size above which a page is too_large."
    )
    max_documents: int = Field(
        2_000, ge=0, description="Documents (PDF, DOCX, XLSX …) fetched per run; see `documents`."
    )
    max_document_bytes: int = Field(
        30 * 1024 * 1024, ge=1024, description="Size above which a document is too_large."
    )
    max_document_pages: int = Field(
        500, ge=1, description="Pages of a PDF that are read; the rest is said to be left out."
    )
    max_document_seconds: float = Field(
        120.0, gt=0, description="Time after which reading one document is given up."
    )
    max_redirects: int = Field(10, ge=0, description="Redirects followed per page.")
    timeout_seconds: float = Field(30.0, gt=0, description="Per request, connect and read.")
    retries: int = Field(2, ge=0, description="Further tries after a timeout or 5xx.")
    max_retry_after_seconds: float = Field(
        900.0, ge=0, description="Longest Retry-After that is waited for; longer ends the source."
    )


class Pace(_Strict):
    """How fast a source is asked."""

    autothrottle: bool = Field(True, description="Let the delay follow the server's latency.")
    requests_per_second: float | None = Field(
        None, gt=0, description="A fixed rate instead of AutoThrottle."
    )
    concurrency: int = Field(4, ge=1, le=64, description="Requests under way at once.")


class Selector(_Strict):
    """Where on a page something stands; one of the two."""

    css: str | None = Field(None, description="CSS selector, e.g. `.price .now`.")
    xpath: str | None = Field(None, description="XPath 1.0 of elements, e.g. `//dd[@id='moq']`.")


class Profile(_Strict):
    """Where the pages of one source show the facts of their main product."""

    price: Selector | None = Field(None, description="The price that holds today.")
    moq: Selector | None = Field(None, description="The minimum order quantity.")
    order_multiple: Selector | None = Field(None, description="The order multiple.")
    pack_size: Selector | None = Field(None, description="Pieces per pack.")
    min_order_value: Selector | None = Field(None, description="The minimum order value.")
    lead_time: Selector | None = Field(None, description="The lead time.")
    availability: Selector | None = Field(None, description="In stock or not.")
    status: Selector | None = Field(None, description="Discontinued, superseded or active.")
    spec: dict[str, Selector] = Field(
        default_factory=dict, description="Specifications, by the name the feed gives them."
    )


class SignIn(_Strict):
    """How a website knows us, where its pages are not for everybody."""

    kind: Literal["basic", "bearer", "oauth2", "cookie", "form"] = Field(
        description="basic: user and password; bearer: `token`; oauth2: client credentials at "
        "`url`; cookie: `cookies` as they stand; form: `fields` sent with the form at `url`."
    )
    user: str = Field("", description="User name (basic), client id (oauth2).")
    password: Secret = Field(
        SecretStr(""), description="Password (basic), client secret (oauth2); from ${ENV}."
    )
    token: Secret = Field(SecretStr(""), description="Token (bearer); from ${ENV}.")
    header: str = Field(
        "Authorization",
        description="Header of the token; in any other than Authorization it stands alone, "
        "without the word Bearer.",
    )
    url: str = Field("", description="Where the token is had (oauth2), the log-in page (form).")
    scope: str = Field("", description="Scope asked for (oauth2).")
    cookies: dict[str, Secret] = Field(
        default_factory=dict, description="Cookies by name (cookie); from ${ENV}."
    )
    fields: dict[str, Secret] = Field(
        default_factory=dict,
        description="Fields of the log-in form by name (form); hidden ones are sent as they are.",
    )
    signed_in: str = Field(
        "",
        description="Regular expression that the page after a log-in must contain (form), such as "
        "`Log out`; else it must have no password field.",
    )

    @model_validator(mode="after")
    def _complete(self) -> SignIn:
        needed = {
            "basic": ("user", "password"),
            "bearer": ("token",),
            "oauth2": ("url", "user", "password"),
            "cookie": ("cookies",),
            "form": ("url", "fields"),
        }[self.kind]
        missing = [name for name in needed if not _text(getattr(self, name))]
        if missing:
            raise ValueError(f"sign_in of kind {self.kind} needs {' and '.join(missing)}")
        return self


def _text(value: object) -> object:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


class _SourceBase(_Strict):
    name: str = Field("", description="Filled from the key under `sources`.")
    language: str = Field("", description="BCP 47, e.g. de-DE; decides how numbers are read.")
    currency: str | None = Field(
        None, pattern="^[A-Z]{3}$", description="ISO 4217 for prices without a currency."
    )
    tax: Literal["excl", "incl", "unknown"] = Field(
        "unknown", description="Whether prices without a tax label hold the sales tax."
    )
    market: str | None = Field(None, description="Market whose truths apply, e.g. DE.")
    channel: str | None = Field(
        None,
        description="Sales channel this source speaks for, e.g. webshop, as the feeds name it.",
    )
    customer_group: str | None = Field(
        None,
        description="Customer group this source is for, e.g. dealer; none: it is public, and no "
        "group's prices are held against it.",
    )
    timezone: str = Field("UTC", description="IANA zone of dates printed on the pages.")
    owner: str = Field("", description="Who owns the pages; beats the product's owner.")
    profile: Profile = Field(
        default_factory=Profile,
        description="Optional selectors for pages that are not read well; see docs/judgement.md.",
    )


class WebsiteSource(_SourceBase):
    """A website, crawled by sitemaps and links."""

    kind: Literal["website"] = "website"
    start: tuple[str, ...] = Field(min_length=1, description="URLs the crawl starts at.")
    base_url: str | None = Field(
        None,
        description="Public address the pages are known by, where the crawl goes to a mirror or "
        "loopback server: start's own scheme and host are replaced by it in every stored URL.",
    )
    scope: tuple[str, ...] = Field(
        (), description="URL prefixes that may be crawled; empty: the hosts of `start`."
    )
    allow: tuple[str, ...] = Field((), description="Regular expressions; one must match the URL.")
    deny: tuple[str, ...] = Field((), description="Regular expressions; none may match the URL.")
    sitemaps: Literal["auto"] | tuple[str, ...] = Field(
        "auto", description="Sitemap URLs; auto: those in robots.txt, else /sitemap.xml."
    )
    follow_links: bool = Field(True, description="Follow links beside the sitemaps.")
    documents: bool = Field(
        False,
        description="Also fetch the documents that pages link to (PDF, DOCX, XLSX, XLS, ODS, "
        "Markdown), within the scope and limits, and read them like pages.",
    )
    robots: Literal["obey", "ignore"] = Field(
        "obey", description="`ignore` is for your own servers only and is said in the report."
    )
    verify_tls: bool = Field(True, description="Check the server's certificate.")
    private_network: bool = Field(
        False,
        description="The site stands in your own network: its name may resolve to a private "
        "address (10.x, 192.168.x). Not needed where `start` is such an address itself.",
    )
    drop_parameters: tuple[str, ...] = Field(
        (), description="Further query parameters that do not change the page."
    )
    headers: dict[str, Secret] = Field(
        default_factory=dict, description="Headers sent to this source; values from ${ENV}."
    )
    sign_in: SignIn | None = Field(
        None, description="For pages behind a log-in; docs/sources.md shows each kind."
    )
    render: bool = Field(
        False,
        description="Read each page as a Chromium shows it, for values that exist only after "
        "JavaScript; slow. Needs `pip install 'sellby[render]'` and a Chromium on this machine.",
    )
    render_hosts: tuple[str, ...] = Field(
        (),
        description="Hosts beside the source's own that pages rendered behind a log-in may load "
        "from; without a log-in they may load from any public host.",
    )
    limits: Limits = Limits()
    pace: Pace = Pace()


class KmsSource(_SourceBase):
    """A knowledge base, read through a connector."""

    kind: Literal["kms"] = "kms"
    connector: str = Field(
        description="A name from docs/connectors.md, or from the sellby.connectors plug-ins."
    )
    url: str = Field(description="The API's address, e.g. https://wiki.example.com/api.php.")
    token: SecretStr | None = Field(None, description="Secret for the API; from ${ENV}.")
    user: str | None = Field(None, description="User name that goes with the token.")
    options: dict[str, str | int | bool | list[str]] = Field(
        default_factory=dict, description="What only this connector knows; see docs/connectors.md."
    )
    api: Declaration | None = Field(
        None, description="What the API looks like, for the connector declarative."
    )
    sign_in: SignIn | None = Field(
        None,
        description="Instead of `token`: oauth2 (client credentials), basic or bearer.",
    )
    full_sweep_days: int = Field(7, ge=1, description="Days between full listings.")
    reread_days: int = Field(
        7,
        ge=1,
        description="Days after which a full listing reads a body again though its version is "
        "the same: included text changes without a new version.",
    )
    expected_documents: int | None = Field(
        None, ge=1, description="Articles that should be readable; fewer is an Incident."
    )
    max_vanished_share: float = Field(
        0.2,
        ge=0,
        le=1,
        description="Share of the documents that may be missing from a full listing without a "
        "note of their deletion; more is taken for lost rights, and nothing is deleted.",
    )
    verify_tls: bool = Field(True, description="Check the server's certificate.")
    limits: Limits = Limits()
    pace: Pace = Pace()

    @model_validator(mode="after")
    def _fits_together(self) -> KmsSource:
        if self.sign_in is not None and self.sign_in.kind in ("cookie", "form"):
            raise ValueError(f"sign_in of kind {self.sign_in.kind} is for websites, not for an API")
        if (self.connector == "declarative") is not (self.api is not None):
            raise ValueError("`api` and the connector declarative need each other")
        return self


class FolderSource(_SourceBase):
    """A directory of saved pages and documents."""

    kind: Literal["folder"] = "folder"
    path: Path = Field(description="The directory; relative to config.yaml.")
    base_url: str = Field(description="URL the directory stands for; a page's URL is this + path.")
    include: tuple[str, ...] = Field(("**/*.html", "**/*.htm"), description="Glob patterns.")
    documents: bool = Field(
        False,
        description="Also read the documents in it (PDF, DOCX, XLSX, XLS, ODS, Markdown, text); "
        "`include` may name some of them instead.",
    )
    limits: Limits = Limits()


class WarcSource(_SourceBase):
    """WARC files that another crawler, or Sellby elsewhere, has written."""

    kind: Literal["warc"] = "warc"
    path: Path = Field(
        description="The file, or a glob pattern (archive/*.warc.gz); relative to config.yaml."
    )
    scope: tuple[str, ...] = Field(
        (), description="URL prefixes that are taken; empty: every URL in the files."
    )
    allow: tuple[str, ...] = Field((), description="Regular expressions; one must match the URL.")
    deny: tuple[str, ...] = Field((), description="Regular expressions; none may match the URL.")
    documents: bool = Field(
        True, description="Also take archived documents (PDF, DOCX, XLSX …), not only pages."
    )
    limits: Limits = Limits()


SourceConfig = Annotated[
    WebsiteSource | KmsSource | FolderSource | WarcSource, Field(discriminator="kind")
]


class CrawlConfig(_Strict):
    """What holds for every source."""

    contact: str = Field(
        "", description="Mail address or URL put into the user agent; needed for any public host."
    )
    browser: str = Field(
        "", description="Path of the Chromium for sources with `render`; else the first found."
    )
    user_agent: str = Field("Sellby/{version} (+{contact})", description="Sent with every request.")
    min_content_share: float = Field(
        0.5,
        ge=0,
        le=1,
        description="Share of last run's content pages below which the source is an Incident.",
    )
