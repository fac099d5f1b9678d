"""What a feed is: the ``feeds`` part of config.yaml.

Every field has a default where one is possible, a unit in its name or description, and one
sentence of description; docs/configuration.md is generated from them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from dateutil import tz
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator


def _zone(name: str) -> str:
    if not name or tz.gettz(name) is None:
        raise ValueError(f"{name!r} is no IANA time zone (Europe/Berlin, America/New_York, UTC …)")
    return name


def _delimiter(text: object) -> object:
    return {"tab": "\t", "\\t": "\t"}.get(text, text) if isinstance(text, str) else text


TimeZone = Annotated[str, AfterValidator(_zone)]
Delimiter = Annotated[str, BeforeValidator(_delimiter), Field(min_length=1, max_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Strict):
    """Where one field of a mapped CSV feed comes from: a closed set of steps, no code.

    Order: ``column`` or ``constant``, then ``open``, ``default``, ``strip_leading``, ``lookup``,
    then the number (``decimal``, ``thousands``) or the date (``date``, ``inclusive``).
    """

    column: str | None = Field(None, description="Header of the column that is read.")
    constant: str | None = Field(None, description="The same text for every row.")
    default: str | None = Field(None, description="Used where the column is empty.")
    open: tuple[str, ...] = Field(
        (), description="Texts that mean empty, such as 99991231 for an open end."
    )
    strip_leading: str | None = Field(
        None, min_length=1, max_length=1, description="Leading fill character that is cut off."
    )
    lookup: dict[str, str] | None = Field(
        None,
        description="Table from the feed's text to Sellby's; a text not in it rejects the row.",
    )
    decimal: Literal[".", ","] | None = Field(
        None, description="Decimal sign; makes the column a number."
    )
    thousands: Literal[".", ",", " ", "'"] | None = Field(
        None, description="Thousands separator; only checked groups of three are accepted."
    )
    date: str | None = Field(
        None, description="strptime form such as %d.%m.%Y, or iso; makes the column a date."
    )
    inclusive: bool = Field(
        False, description="An end date that is itself still valid; one day is added."
    )

    @model_validator(mode="after")
    def _one_origin(self) -> Column:
        if (self.column is None) == (self.constant is None):
            raise ValueError("give exactly one of column and constant")
        if self.thousands is not None and self.decimal is None:
            raise ValueError("thousands needs decimal beside it")
        if self.thousands is not None and self.thousands == self.decimal:
            raise ValueError("thousands and decimal must differ")
        if self.date is not None and self.decimal is not None:
            raise ValueError("a column is a number or a date, not both")
        if self.inclusive and self.date is None:
            raise ValueError("inclusive needs date beside it")
        return self


def _column(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


ColumnRule = Annotated[Column, BeforeValidator(_column)]


class Gates(_Strict):
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
    min_facts: int = Field(
        10, ge=1, description="Known facts below which max_drop and max_changed are not judged."
    )


class FeedConfig(_Strict):
    """One export that says what is true."""

    format: str = Field(
        "truths_csv",
        description="products_csv, truths_csv, popularity_csv, csv (with `columns`), "
        "google_merchant, or a name from the sellby.feeds plug-ins.",
    )
    path: str = Field(
        min_length=1,
        description="File, relative to config.yaml; of a glob (export/prices_*.csv) the newest.",
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
        None, description="Decimal sign of google_merchant prices; settles 1,299 EUR."
    )
    timezone: TimeZone = Field("UTC", description="IANA zone of dates and times without one.")
    owner: str = Field("", description="Who answers for this feed, and owns products without one.")
    mode: Literal["full", "delta"] = Field(
        "full", description="full: what is absent is gone (after two exports); delta: changes only."
    )
    records: Literal["products", "truths", "popularity"] = Field(
        "truths", description="What the rows of a csv feed are."
    )
    columns: dict[str, ColumnRule] = Field(
        default_factory=dict,
        description="csv only: field → column name, or a mapping; see docs/feeds.md.",
    )
    facts: tuple[dict[str, ColumnRule], ...] = Field(
        (),
        description="csv only: several truths in one row; each adds to or replaces `columns`. "
        "A fact whose value is empty is not stated.",
    )
    gates: Gates = Field(default_factory=Gates, description="When the feed is not believed.")
    options: dict[str, str | int | bool | list[str]] = Field(
        default_factory=dict, description="What only a plug-in format knows."
    )

    @model_validator(mode="after")
    def _mapping_fits(self) -> FeedConfig:
        if self.format == "csv" and not self.columns:
            raise ValueError("format csv needs `columns`; see docs/feeds.md")
        if self.format != "csv" and (self.columns or self.facts):
            raise ValueError(f"`columns` and `facts` go with format csv, not {self.format}")
        if self.facts and self.records != "truths":
            raise ValueError("`facts` go with records: truths")
        unknown = sorted(set().union(self.columns, *self.facts) - set(FIELDS[self.records]))
        if unknown:
            known = ", ".join(FIELDS[self.records])
            raise ValueError(f"no such field of {self.records}: {', '.join(unknown)}; use {known}")
        for mapping in self.facts or ({},) if self.format == "csv" else ():
            missing = [
                name for name in NEEDED[self.records] if name not in {**self.columns, **mapping}
            ]
            if missing:
                raise ValueError(f"the mapping of {self.records} lacks {', '.join(missing)}")
        return self


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
    "popularity": ("sku", "signal", "value", "window_days"),
}
"""The fields of each kind of record, in the order of the canonical CSV files."""

NEEDED: dict[str, tuple[str, ...]] = {
    "products": ("sku",),
    "truths": ("sku", "attribute", "value"),
    "popularity": ("sku", "signal", "value"),
}
"""The fields a record cannot do without."""
