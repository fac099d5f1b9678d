"""A page made readable: one folded text, and everything else as spans of it.

``Page.text`` is the visible text with white space folded: no script, style, template, comment,
``hidden`` or ``display:none`` node, option list; inline elements join without a blank, blocks and
cells with exactly one; any run of white space, no-break included, is one blank. Soft hyphens,
zero-width and full-width characters stay as decoded, so a quote can be found again in the source.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from auditor.model import Method


class Region(StrEnum):
    """Which part of a page a block stands in."""

    MAIN = "main"
    NAV = "nav"
    HEADER = "header"
    FOOTER = "footer"
    ASIDE = "aside"
    RELATED = "related"
    REVIEWS = "reviews"
    COMMENTS = "comments"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its span, level 1–6 and the index of the heading it stands under (-1: none)."""

    start: int
    end: int
    level: int
    parent: int


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text without a block boundary: paragraph, list item, cell, heading, label line.

    ``heading`` is the index of the nearest governing heading (-1: none), ``cell`` is
    (table index, row, column) or None, ``container`` an opaque number shared by the blocks of one
    repeated card or list item (0: none), ``path`` an XPath. A heading's own block has itself as
    ``heading``. ``links`` are absolute http(s) URLs.
    """

    start: int
    end: int
    tag: str
    region: Region
    heading: int
    path: str
    cell: tuple[int, int, int] | None = None
    container: int = 0
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell with row and column spans expanded.

    ``columns`` are the spans (start, end) of the header cells that govern its column, ``rows``
    those that govern its row, outermost first.
    """

    start: int
    end: int
    row: int
    column: int
    is_header: bool
    columns: tuple[tuple[int, int], ...] = ()
    rows: tuple[tuple[int, int], ...] = ()
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A data table; layout tables are not tables. ``caption`` is a span or None."""

    start: int
    end: int
    cells: tuple[Cell, ...]
    n_rows: int
    n_columns: int
    caption: tuple[int, int] | None
    heading: int
    region: Region
    path: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A label with its value: dt/dd, th/td of a two-column table, "Label: value" line, or a bold
    label in front of text. Spans of Page.text."""

    label: tuple[int, int]
    value: tuple[int, int]
    kind: str
    region: Region
    heading: int
    path: str


Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer of a structured product node, as text exactly as it stood in the markup.

    ``anchor`` is the span of the visible element that carries it (microdata, RDFa), else None.
    ``price`` keeps its own form ("1299.00", "1.299,00 €"); only Shopify's whole cents are turned
    into "12.99". ``lead_time`` is "min-max unit" or the text as it stood ("2-5 DAY").
    ``price_type`` e.g. ListPrice, StrikethroughPrice. ``min_qty``/``max_qty`` from
    eligibleQuantity, ``reference_quantity`` and ``unit`` from a UnitPriceSpecification.
    """

    price: str = ""
    low_price: str = ""
    high_price: str = ""
    currency: str = ""
    availability: str = ""
    price_type: str = ""
    tax_included: bool | None = None
    valid_from: str = ""
    valid_until: str = ""
    min_qty: str = ""
    max_qty: str = ""
    reference_quantity: str = ""
    unit: str = ""
    url: str = ""
    sku: str = ""
    lead_time: str = ""
    anchor: tuple[int, int] | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class ProductNode:
    """A product in the page's structured data, whatever the syntax.

    ``is_main`` is False under isRelatedTo, isSimilarTo, itemListElement, review and the like.
    ``properties`` are additionalProperty / plain literal properties (name, value, unit);
    ``order`` are (moq | order_multiple | pack_size, whole number).
    """

    method: Method
    sku: str = ""
    mpn: str = ""
    gtin: str = ""
    name: str = ""
    url: str = ""
    offers: tuple[Offer, ...] = ()
    properties: tuple[tuple[str, str, str], ...] = ()
    order: tuple[tuple[str, str], ...] = ()
    is_main: bool = True
    path: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A piece of markup that could not be read: kept, so that it reaches the report."""

    what: str
    detail: str
    path: str


@dataclass(frozen=True, slots=True)
class Page:
    """A snapshot made readable; needs no catalogue.

    ``struck`` are spans of struck-through text (s, del, strike, line-through), sorted.
    ``split_decimals`` are the spans of decimal digits printed without their point
    (``173<sup>34</sup>`` reads "17334": the span is that of "34", a point belongs before it).
    ``unrendered`` are spans of placeholders that a script would fill ("{{ price }}",
    "Loading price…"); ``twins`` are spans under ``aria-hidden``: what they say is usually said a
    second time to screen readers.
    ``dates`` are (what, instant) pairs the page states about itself ("modified", "published",
    "reviewed"), those of the KMS first.
    """

    source: str
    url: str
    text: str
    title: str = ""
    language: str = ""
    canonical_url: str = ""
    blocks: tuple[Block, ...] = ()
    headings: tuple[Heading, ...] = ()
    tables: tuple[Table, ...] = ()
    pairs: tuple[Pair, ...] = ()
    struck: tuple[tuple[int, int], ...] = ()
    split_decimals: tuple[tuple[int, int], ...] = ()
    unrendered: tuple[tuple[int, int], ...] = ()
    twins: tuple[tuple[int, int], ...] = ()
    products: tuple[ProductNode, ...] = ()
    embedded: tuple[tuple[str, Json], ...] = ()
    unread: tuple[Unread, ...] = ()
    dates: tuple[tuple[str, datetime], ...] = ()
    needs_render: bool = False
    meta: tuple[tuple[str, str], ...] = field(default=())

    @property
    def is_partial(self) -> bool:
        """Whether part of a document was left out: what is not read there may stand there."""
        return any(unread.what == "partial" for unread in self.unread)

    def quote(self, start: int, end: int) -> str:
        """The text of a span."""
        return self.text[start:end]
