"""What config.yaml may say: every key with its default, its unit and one sentence.

docs/configuration.md is generated from these models.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from auditor.config.notify import NotifyConfig
from auditor.config.people import AskingConfig, Person, ServeConfig, ServerConfig, ServiceConfig
from auditor.feeds.config import FeedConfig
from auditor.model import Attribute
from crawler.config import CrawlConfig, SourceConfig


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _listed(value: object) -> object:
    """A single text where a list of texts may stand."""
    return [value] if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class OwnerRule(_Strict):
    """Who owns findings that fit; the first rule that fits wins, an empty condition always fits."""

    owner: str = Field(
        min_length=1,
        description="Who answers for it, as in reports; a person, or a group listed under `teams`.",
    )
    deputy: str = Field("", description="Who gets it while `owner` is listed under `away`.")
    group: Names = Field((), description="Product groups as the feed names them.")
    source: Names = Field((), description="Names from `sources`.")
    path: str = Field("", description="Regular expression that the page's URL must contain.")
    attribute: Annotated[tuple[Attribute, ...], BeforeValidator(_listed)] = Field(
        (), description="Kinds of facts: price, moq, spec …"
    )


class Away(_Strict):
    """Somebody who is not there: findings go to the deputy meanwhile."""

    who: str = Field(min_length=1, description="The owner's name, as under `owners`.")
    until: date = Field(description="Last day of absence, e.g. 2026-12-24.")


class Identity(_Strict):
    """Who decides, where --as is not given."""

    as_: str = Field(
        "", alias="as", description="Name written into decisions; else the login name."
    )


class PopularityConfig(_Strict):
    """How much each kind of signal counts."""

    weights: dict[Literal["orders", "pageviews", "tickets", "searches", "kms_views"], float] = (
        Field(
            default_factory=dict,
            description="Weight of a signal against the others, 0 to leave it out; else orders "
            "0.4, pageviews 0.25, tickets 0.2, searches 0.15, kms_views 0.1.",
        )
    )

    @field_validator("weights")
    @classmethod
    def _not_negative(cls, weights: dict[str, float]) -> dict[str, float]:
        if any(weight < 0 for weight in weights.values()):
            raise ValueError("a weight is 0 or more")
        return weights


class ContactsConfig(_Strict):
    """How tickets and calls are understood."""

    reasons: dict[Attribute, Names] = Field(
        default_factory=dict,
        description="Kind of fact → words of your help desk's reasons that mean it, beside the "
        "usual ones, e.g. `lead_time: [where is my order]`.",
    )
    repeat_days: int = Field(
        14,
        ge=1,
        description="Days within which the same customer about the same product again is a "
        "repeat, where the help desk does not say.",
    )
    minutes: float = Field(
        20, gt=0, description="Handling minutes of a contact for which none were measured."
    )


class CaseConfig(_Strict):
    """What the case for the work needs to know of the company."""

    hourly_rate: Decimal | None = Field(
        None, gt=0, description="What an hour of service staff costs, overheads included."
    )
    currency: str = Field("", description="Currency of the amounts here, e.g. USD.")
    staff: int | None = Field(None, ge=1, description="How many work in customer service.")
    customers: int | None = Field(None, ge=1, description="How many customers there are.")
    revenue_per_customer: Decimal | None = Field(
        None, gt=0, description="Revenue of an average customer in a year."
    )
    customer_survey: str = Field(
        "", description="CSV of customers' problems: how frequent, and how many would leave."
    )
    staff_survey: str = Field("", description="CSV of what frustrates staff.")
    started: date | None = Field(
        None,
        description="Day the work on stale facts began, e.g. 2026-09-01; else the first audit.",
    )


class JudgementConfig(_Strict):
    """What the comparison needs to know beside the feeds."""

    default_market: str | None = Field(
        None, description="Market of truths that apply to sources without a `market`, e.g. DE."
    )
    grace_hours: dict[Attribute, float] = Field(
        default_factory=dict,
        description="Hours around a change of the truth in which a page may show either value, "
        "by attribute; 24 where nothing is said.",
    )
    vat: dict[str, Decimal] = Field(
        default_factory=dict,
        description="Sales tax in per cent by market, e.g. DE: 19; decides whether a difference "
        "is only net against gross. Common markets are known.",
    )
    processes: int | None = Field(
        None,
        ge=1,
        description="Processes that judge pages at once; else one a processor where there are "
        "more than 500 pages. Each holds the catalogue once.",
    )
    max_age_days: int | None = Field(
        None,
        ge=1,
        description="Age in days above which a knowledge base's document is listed in the report "
        "where none of its facts could be checked, e.g. 365; else none is.",
    )
    doubt_pages: int | None = Field(
        200,
        ge=2,
        description="Pages that agreed before and contradict one new export from which on its "
        "owner is asked first, instead of opening a finding for each; null: never.",
    )
    required_specs: dict[str, Names] = Field(
        default_factory=dict,
        description="Product group → specs its pages must state; else those the feed has.",
    )


class Retention(_Strict):
    """What `sellby prune` keeps. Evidence of open findings and of decisions stays anyway."""

    contents: int = Field(
        5, ge=1, description="Newest contents of each page that are kept whatever their age."
    )
    contents_days: int = Field(
        400, ge=1, description="Days since it was last shown after which an older content goes."
    )
    visits_days: int = Field(
        90,
        ge=1,
        description="Days after which visits that showed nothing new go; of each content the "
        "first and the last stay.",
    )
    rejected_rows_days: int = Field(
        90, ge=1, description="Days after which rows that a feed's reading rejected go."
    )


class Plugins(_Strict):
    """Plug-ins that may be loaded; none is loaded that is not named here."""

    connectors: Names = Field((), description="Names of `sellby.connectors` entry points.")
    extractors: Names = Field((), description="Names of `sellby.extractors` entry points.")
    feeds: Names = Field((), description="Names of `sellby.feeds` entry points.")
    reports: Names = Field((), description="Names of `sellby.reports` entry points.")


class ReportConfig(_Strict):
    """Where the report goes, how it looks, and the objective it measures against."""

    dir: Path = Field(Path("report"), description="Directory; relative to config.yaml.")
    templates: Path | None = Field(
        None,
        description="Folder of your own templates, which win over those of the same name that "
        "come with Sellby; relative to config.yaml. docs/templates.md says what they may use.",
    )
    copies: int = Field(
        1000,
        ge=0,
        description="Pages of which the report holds a copy with the quotes highlighted, most "
        "urgent first.",
    )
    objective_percent: float = Field(
        95,
        gt=0,
        lt=100,
        description="Share of page views, in per cent, that shall see a value that is right or "
        "was until `objective_hours` ago.",
    )
    objective_hours: float = Field(
        24, ge=0, description="Hours in which a page shall follow a change of the truth."
    )


class Config(_Strict):
    """The whole of config.yaml. ``base_dir`` is the file's own directory, absolute."""

    company: str = Field("", description="Name in the title of the report.")
    contact: str = Field(
        "", description="Mail address or URL of whoever runs the crawl; `crawl.contact` beats it."
    )
    database: Path = Field(Path("sellby.db"), description="SQLite file; relative to config.yaml.")
    timezone: str = Field("UTC", description="IANA zone of the times people read and write.")
    report: ReportConfig = Field(default_factory=ReportConfig, description="The report.")
    sources: dict[str, SourceConfig] = Field(
        default_factory=dict, description="What is crawled, by name."
    )
    crawl: CrawlConfig = Field(
        default_factory=CrawlConfig, description="What holds for every source."
    )
    feeds: dict[str, FeedConfig] = Field(
        default_factory=dict, description="Exports that say what is true, by name."
    )
    vocabulary: dict[str, dict[str, Names]] = Field(
        default_factory=dict,
        description="Your own words on top of Sellby's: language (en, de, fr, es, it, nl) → kind "
        "of phrase → phrases, e.g. `de: {moq: [Mindestabnahme]}`; docs/vocabulary.md lists "
        "the kinds.",
    )
    judgement: JudgementConfig = Field(
        default_factory=JudgementConfig, description="What comparing needs to know."
    )
    popularity: PopularityConfig = Field(
        default_factory=PopularityConfig, description="What makes a product popular."
    )
    contacts: ContactsConfig = Field(
        default_factory=ContactsConfig, description="Tickets and calls."
    )
    case: CaseConfig = Field(
        default_factory=CaseConfig, description="The case for the work, `sellby case`."
    )
    retention: Retention = Field(
        default_factory=Retention, description="How long history is kept; see `sellby prune`."
    )
    owners: tuple[OwnerRule, ...] = Field((), description="Who owns what; first rule that fits.")
    away: tuple[Away, ...] = Field((), description="Who is not there, until when.")
    people: dict[str, Person] = Field(
        default_factory=dict, description="Who decides: name → role, deputy, token."
    )
    teams: dict[str, str] = Field(
        default_factory=dict,
        description="Group → the one person who answers for it: nothing is owned by a group alone.",
    )
    lead: str = Field("", description="The task force's lead: where what is late ends up.")
    asking: AskingConfig = Field(
        default_factory=AskingConfig, description="How much people are asked at once."
    )
    service: ServiceConfig = Field(
        default_factory=ServiceConfig, description="By when findings are answered and fixed."
    )
    server: ServerConfig = Field(
        default_factory=ServerConfig, description="Decide on a server instead of here."
    )
    notify: NotifyConfig = Field(
        default_factory=NotifyConfig, description="Who is told what by mail and chat."
    )
    serve: ServeConfig = Field(
        default_factory=ServeConfig, description="How `sellby serve` answers."
    )
    identity: Identity = Field(default_factory=Identity, description="Who decides here.")
    plugins: Plugins = Field(default_factory=Plugins, description="Plug-ins that may be loaded.")
    base_dir: Path = Field(Path(), exclude=True)
