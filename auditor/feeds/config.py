"""What a feed is: the ``feeds`` part of config.yaml.

Every field has a default where one is possible, a unit in its name or description, and one
sentence of description; docs/configuration.md is generated from them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from auditor.feeds.mistakes import feed_mistakes
from auditor.feeds.places.where import place_of
from auditor.feeds.reach import Access, Paging
from auditor.feeds.rules import Conditions, OneGroup, Rules, Strict, TimeZone
from auditor.model import Attribute


def _delimiter(text: object) -> object:
    return {"tab": "\t", "\\t": "\t"}.get(text, text) if isinstance(text, str) else text


Delimiter = Annotated[str, BeforeValidator(_delimiter), Field(min_length=1, max_length=1)]


class Gates(Strict):
    """When a feed is not believed: a closed gate keeps the last good truth, with one Incident."""

    warn_after_hours: float | None = Field(
        None, gt=0, description="Age of the export above which the report warns."
    )
    error_after_hours: float | None = Field(
        None, gt=0, description="Age of the export above which the feed is not believed."
    )
    min_rows: int = Field(1, ge=0, description="Fewest usable rows.")
    max_drop: float = Field(
        0.3, ge=0, le=1, description="Largest share of the last export's facts that may be missing."
    )
    max_changed: float = Field(
        1.0,
        ge=0,
        le=1,
        description="Largest share of the facts that may change in one export; 1: any. Prices all "
        "changed by the same power of ten close a gate of their own.",
    )
    max_rejected: float = Field(
        0.9, ge=0, le=1, description="Largest share of rows that may be unusable."
    )
    max_unknown_keys: float = Field(
        0.95,
        ge=0,
        le=1,
        description="Largest share of keys that no catalogue feed knows.",
    )
    max_damaged_keys: float = Field(
        0.05,
        ge=0,
        le=1,
        description="Largest share of keys that a spreadsheet may have damaged (1.2E+12, leading "
        "zeros gone).",
    )
    max_duplicates: float = Field(
        0.1,
        ge=0,
        le=1,
        description="Largest share of rows that may contradict an earlier row of the same file.",
    )
    column_drift: Literal["close", "warn"] = Field(
        "close",
        description="What happens when a column that is used is gone, renamed or of another kind "
        "(number, date, text) than in the last export.",
    )
    max_factor: dict[Attribute, Annotated[float, Field(gt=1)]] = Field(
        default_factory=dict,
        description="Largest factor, by attribute, by which one value may grow or fall, e.g. "
        "price: 3; what is beyond waits for `sellby feeds release`.",
    )
    min_facts: int = Field(
        10, ge=1, description="Known facts below which max_drop and max_changed are not judged."
    )


class FeedConfig(Strict):
    """One export that says what is true."""

    format: str = Field(
        "truths_csv",
        description="products_csv, truths_csv, popularity_csv; google_merchant, bmecat, shopify, "
        "woocommerce; with `columns`: csv, tsv, xlsx, ods, json, jsonl, xml, sql; popularity as "
        "ga4, matomo, plausible, search_console, orders, searches, tickets or kms_views export it; "
        "contacts as contacts_csv, zendesk or freshdesk; or a name from the sellby.feeds plug-ins.",
    )
    path: str = Field(
        min_length=1,
        description="File, relative to config.yaml; of a glob (export/prices_*.csv) the newest. "
        "Or https://…, s3://bucket/key, sftp://host/file; for sql the database, such as "
        "postgresql://user@host/database. A gzip file is unpacked.",
    )
    access: Access = Field(
        default_factory=Access, description="Credentials for S3, SFTP and databases."
    )
    headers: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="HTTP headers, e.g. Authorization: 'Bearer ${ERP_TOKEN}'.",
    )
    paging: Paging | None = Field(
        None, description="json over HTTP: how the answer goes on; else it is one file."
    )
    query: str = Field("", description="sql: the select whose rows are the feed; read-only.")
    timeout_seconds: float = Field(
        120.0, gt=0, description="Longest silence of a server, and longest time of a query."
    )
    max_megabytes: int = Field(
        2000, ge=1, description="Size above which a copied or unpacked export is refused."
    )
    encoding: str = Field(
        "utf-8", description="Text encoding of CSV files; a UTF-8 byte order mark is skipped."
    )
    delimiter: Delimiter = Field(",", description="Field separator of CSV files; or `tab`.")
    market: str | None = Field(None, description="Market of rows that name none, e.g. DE.")
    channel: str | None = Field(
        None, description="Sales channel of rows that name none, e.g. webshop; else every one."
    )
    customer_group: str | None = Field(
        None,
        description="Customer group of rows that name none, e.g. dealer; its prices are never "
        "held against public pages.",
    )
    tax: Literal["excl", "incl", "unknown"] = Field(
        "unknown", description="Whether prices that do not say so hold the sales tax."
    )
    currency: str | None = Field(
        None, pattern="^[A-Z]{3}$", description="ISO 4217 of prices that name none."
    )
    decimal: Literal[".", ","] | None = Field(
        None,
        description="Decimal sign of prices in google_merchant, bmecat, shopify and woocommerce; "
        "settles 1,299 EUR.",
    )
    timezone: TimeZone = Field("UTC", description="IANA zone of dates and times without one.")
    owner: str = Field("", description="Who answers for this feed, and owns products without one.")
    source: str = Field(
        "", description="Popularity by page: name of the source whose pages were counted."
    )
    mode: Literal["full", "delta"] = Field(
        "full", description="full: what is absent is gone (after two exports); delta: changes only."
    )
    records: Literal["products", "truths", "popularity"] = Field(
        "truths", description="What the rows of a table are."
    )
    columns: Rules = Field(
        default_factory=dict,
        description="Field → column name, or a mapping; see docs/feeds.md. Without it the columns "
        "carry the names of the fields.",
    )
    facts: tuple[Rules, ...] = Field(
        (),
        description="Several truths in one row; each adds to or replaces `columns`. "
        "A fact whose value is empty is not stated.",
    )
    unpivot: OneGroup | None = Field(
        None,
        description="Regular expression of wide columns, such as `Price (\\d+)`: a record for each "
        "column that fits; its one group stands for `{}` in `columns` and `facts`.",
    )
    when: Conditions = Field((), description="Rows for which this does not hold are passed over.")
    rows: str = Field(
        "",
        description="json: dotted path to the list of rows (`data.items`); xml: name of the "
        "element that is a row. Empty in json: the outermost list.",
    )
    sheet: str = Field("", description="xlsx, ods: name of the sheet; else the first visible one.")
    header_row: int | None = Field(
        None, ge=1, description="csv, tsv, xlsx, ods: row of the header; else the first not empty."
    )
    gates: Gates = Field(default_factory=Gates, description="When the feed is not believed.")
    options: dict[str, str | int | bool | list[str]] = Field(
        default_factory=dict,
        description="What only one format knows: a plug-in's own keys; bmecat: `order_unit` and "
        "`features`; shopify: `base_url`.",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> FeedConfig:
        known, needed = FIELDS[self.records], NEEDED[self.records]
        if mistakes := list(feed_mistakes(self, known, needed)):
            told = "; ".join(message for _path, message in mistakes)
            raise PydanticCustomError("mapping", "{told}", {"told": told, "mistakes": mistakes})
        return self

    def of_rows(self) -> str:
        """All that decides what a row states, as text: wherever it comes from, whoever asks."""
        return self.model_dump_json(exclude={"path", "access", "headers", "gates"})

    def without_secrets(self) -> str:
        """All that decides what is read, as text; secrets are masked."""
        return self.model_copy(update={"path": place_of(self).shown}).model_dump_json()


FIELDS: dict[str, tuple[str, ...]] = {
    "products": (
        "sku",
        "name",
        "mpn",
        "gtin",
        "aliases",
        "group",
        "owner",
        "url",
        "status",
        "superseded_by",
    ),
    "truths": (
        "sku",
        "attribute",
        "key",
        "value",
        "unit",
        "price_per",
        "price_unit",
        "min_qty",
        "max_qty",
        "pack_size",
        "tax",
        "market",
        "channel",
        "customer_group",
        "valid_from",
        "valid_to",
    ),
    "popularity": ("date", "sku", "url", "term", "signal", "value", "window_days"),
}
"""The fields of each kind of record, in the order of the canonical CSV files."""

NEEDED: dict[str, tuple[str, ...]] = {
    "products": ("sku",),
    "truths": ("sku", "attribute", "value"),
    "popularity": ("signal", "value"),
}
"""The fields a record cannot do without."""
