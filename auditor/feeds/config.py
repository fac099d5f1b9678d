"""What a feed is: the ``feeds`` part of config.yaml.

Every field has a default where one is possible, a unit in its name or description, and one
sentence of description; docs/configuration.md is generated from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from auditor.feeds.rules import Conditions, OneGroup, Rules, Strict, TimeZone


def _delimiter(text: object) -> object:
    return {"tab": "\t", "\\t": "\t"}.get(text, text) if isinstance(text, str) else text


Delimiter = Annotated[str, BeforeValidator(_delimiter), Field(min_length=1, max_length=1)]

TABULAR = ("csv", "json", "jsonl", "ods", "tsv", "xlsx", "xml")
"""Formats whose rows go through the mapping (``columns``)."""

SHEETS = ("ods", "xlsx")
"""Formats with several sheets."""


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
    min_facts: int = Field(
        10, ge=1, description="Known facts below which max_drop and max_changed are not judged."
    )


class FeedConfig(Strict):
    """One export that says what is true."""

    format: str = Field(
        "truths_csv",
        description="products_csv, truths_csv, popularity_csv; google_merchant; with `columns`: "
        "csv, tsv, xlsx, ods, json, jsonl, xml; or a name from the sellby.feeds plug-ins.",
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
        default_factory=dict, description="What only a plug-in format knows."
    )

    @model_validator(mode="after")
    def _mapping_fits(self) -> FeedConfig:
        if mistakes := list(self._mapping_mistakes()):
            told = "; ".join(message for _path, message in mistakes)
            raise PydanticCustomError("mapping", "{told}", {"told": told, "mistakes": mistakes})
        return self

    def _mapping_mistakes(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """What the mapping has wrong as a whole: the key it stands under, and why."""
        if self.format not in TABULAR:
            known = ", ".join(TABULAR)
            for key in ("columns", "facts", "unpivot", "when"):
                if getattr(self, key):
                    yield (key,), f"`{key}` goes with the formats {known}, not {self.format}"
            return
        if self.format == "xml" and not self.rows:
            yield ("rows",), "is missing: the name of the element that is a row"
        if self.sheet and self.format not in SHEETS:
            yield ("sheet",), f"goes with the formats {', '.join(SHEETS)}, not {self.format}"
        if self.facts and self.records != "truths":
            yield ("facts",), "`facts` go with records: truths"
        yield from self._field_mistakes()
        yield from self._slot_mistakes()

    def _field_mistakes(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        known = FIELDS[self.records]
        for path, rules in self._mappings():
            for name in rules:
                if name not in known:
                    close = get_close_matches(name, known, n=1, cutoff=0.6)
                    hint = f", did you mean {close[0]!r}?" if close else f"; use {', '.join(known)}"
                    yield (*path, name), f"no such field of {self.records}: {name}{hint}"
        if not self.columns and not self.facts:
            return
        places: list[tuple[tuple[str | int, ...], Rules]] = [
            (("facts", index), fact) for index, fact in enumerate(self.facts)
        ]
        for path, rules in places or [(("columns",), {})]:
            all_ = {**self.columns, **rules}
            if missing := [name for name in NEEDED[self.records] if name not in all_]:
                yield path, f"the mapping of {self.records} lacks {', '.join(missing)}"

    def _slot_mistakes(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        used = [
            (*path, name)
            for path, rules in self._mappings()
            for name, rule in rules.items()
            if rule.takes_slot
        ]
        if self.unpivot is None:
            for path in used:
                yield path, "`{}` stands for the group of `unpivot`, which is missing"
        elif not used:
            yield ("unpivot",), "no column has `{}`, which stands for its group"

    def _mappings(self) -> Iterator[tuple[tuple[str | int, ...], Rules]]:
        yield ("columns",), self.columns
        for index, fact in enumerate(self.facts):
            yield ("facts", index), fact


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
