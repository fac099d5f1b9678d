"""The tables that other programs get: what each holds, column by column, and how it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from auditor.store.instants import from_text
from auditor.values.codec import basis_from_json, from_json
from auditor.values.text import amount_text, canonical, unit_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.store.database import AuditStore

ROWS_AT_A_TIME = 5_000

Row = tuple[Any, ...]


class Kind(StrEnum):
    """What a column holds; any may be empty."""

    TEXT = "text"
    INTEGER = "integer"
    REAL = "real"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``meaning`` is a sentence for people."""

    name: str
    kind: Kind
    meaning: str


@dataclass(frozen=True, slots=True)
class Extract:
    """One table: its columns, in the order in which ``sql`` (or ``shape``) gives them."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    sql: str
    shape: Callable[[Row], Row] | None = None


def batches(store: AuditStore, extract: Extract) -> Iterator[list[Row]]:
    """The rows of a table, instants as aware UTC; streams, so that memory stays flat."""
    instants = [i for i, column in enumerate(extract.columns) if column.kind is Kind.INSTANT]
    cursor = store.database.execute(extract.sql)
    while rows := cursor.fetchmany(ROWS_AT_A_TIME):
        yield [_typed(extract.shape(row) if extract.shape else row, instants) for row in rows]


def _typed(row: Row, instants: list[int]) -> Row:
    values = list(row)
    for index in instants:
        values[index] = from_text(values[index])
    return tuple(values)


def _truth(row: Row) -> Row:
    """A truth with its value as people read it."""
    feed, sku, attribute, key, value, basis, *rest = row
    read, terms = from_json(value), basis_from_json(basis)
    of_price = terms if attribute == "price" else None
    texts = (canonical(read, of_price), amount_text(read, of_price), unit_text(read))
    return (feed, sku, attribute, key, *texts, terms.min_qty, str(terms.tax), terms.market, *rest)


def _text(name: str, meaning: str) -> Column:
    return Column(name, Kind.TEXT, meaning)


def _at(name: str, meaning: str) -> Column:
    return Column(name, Kind.INSTANT, meaning)


_FACT = (
    _text("sku", "product"),
    _text("attribute", "price, moq, lead_time, spec …"),
    _text("key", "which of several: the name of a spec, the quantity of a price break"),
)
_PAGE = (_text("source", "name from config.yaml"), _text("url", "the page"))

FINDINGS = Extract(
    "findings",
    "every disagreement ever found, whatever its state",
    (
        _text("id", "as `sellby show` takes it"),
        _text("fingerprint", "stable over nights"),
        _text("state", "open, acknowledged, claimed_fixed, verified …"),
        _text("verdict", "mismatch, missing, extra, contradiction, expired"),
        _text("diagnosis", "outdated, early, basis, slip …"),
        *_PAGE,
        *_FACT,
        _text("role", "list, sale, was …"),
        _text("claimed", "what the page says"),
        _text("expected", "what is true"),
        _text("unit", "of both"),
        _text("quote", "as it stands on the page"),
        _text("path", "where it stands: XPath, or the place in a document"),
        _text("note", "one sentence"),
        _text("product", "name"),
        _text("product_group", "of the product"),
        _text("owner", "who puts it right"),
        Column("priority", Kind.REAL, "higher is more urgent"),
        _text("task", "findings with one cause"),
        _text("truth_feed", "feed of the truth"),
        _text("truth_row", "its file and row"),
        _text("snapshot", "SHA-256 of the page's body"),
        _at("stale_since", "when the claimed value stopped being true"),
        _at("first_seen", "first audit that found it"),
        _at("last_seen", "last fetch that showed it"),
        _at("closed_at", "when it was verified or rejected"),
    ),
    "select id, fingerprint, state, verdict, diagnosis, source, url, sku, attribute, key, role, "
    "claimed, expected, unit, quote, path, note, product, product_group, owner, priority, task, "
    "truth_feed, truth_row, snapshot, stale_since, first_seen, last_seen, closed_at "
    "from finding order by fingerprint",
)

JUDGEMENTS = Extract(
    "judgements",
    "every fact of every page as the last audit judged it, right ones too",
    (
        *_PAGE,
        *_FACT,
        _text("role", "list, sale, was …"),
        _text("verdict", "match, mismatch, missing, not_judged …"),
        _text("diagnosis", "why a mismatch happened"),
        _text("reason", "why it was not judged"),
        _text("claimed", "what the page says"),
        _text("expected", "what is true"),
        _text("quote", "as it stands on the page"),
        _text("note", "one sentence"),
    ),
    "select source, url, sku, attribute, key, role, verdict, diagnosis, reason, claimed, expected, "
    "quote, note from judgement order by source, url, sku, attribute, key, role, quote",
)

SKIPPED = Extract(
    "skipped",
    "what was seen but not understood, or not attributable",
    (
        *_PAGE,
        _text("sku", "product, where it is known"),
        _text("attribute", "what it seemed to be"),
        _text("reason", "see docs/judgement.md"),
        _text("quote", "as it stands on the page"),
        _text("note", "one sentence"),
    ),
    "select source, url, sku, attribute, reason, quote, note from skipped "
    "order by source, url, quote, reason",
)

TRUTHS = Extract(
    "truths",
    "what the feeds say: past, present and future",
    (
        _text("feed", "name from config.yaml"),
        *_FACT,
        _text("value", "as people read it"),
        _text("amount", "its number alone, a decimal"),
        _text("unit", "its unit or currency"),
        Column("min_qty", Kind.REAL, "quantity from which a price holds"),
        _text("tax", "excl, incl or unknown"),
        _text("market", "for which it holds"),
        _at("valid_from", "start; empty: since ever"),
        _at("valid_to", "end, exclusive; empty: open"),
        _text("row", "file and row"),
        _at("first_seen", "first export that had it"),
        _at("last_seen", "last export that had it"),
        _at("removed_at", "when it was gone from the feed"),
    ),
    "select feed, sku, attribute, key, value, basis, valid_from, valid_to, row, first_seen, "
    "last_seen, removed_at from truth order by feed, sku, attribute, key, valid_from, id",
    _truth,
)

PRODUCTS = Extract(
    "products",
    "the catalogue",
    (
        _text("sku", "product"),
        _text("name", "of the product"),
        _text("mpn", "manufacturer's part number"),
        _text("gtin", "with its check digit"),
        _text("product_group", "of the product"),
        _text("owner", "as the feed says"),
        _text("status", "active, discontinued …"),
        _text("superseded_by", "SKU"),
        _text("feed", "name from config.yaml"),
        Column("popularity", Kind.REAL, "score, 0 to 100"),
        _at("first_seen", "first export that had it"),
        _at("last_seen", "last export that had it"),
        _at("removed_at", "when it was gone from the feed"),
    ),
    "select product.sku, name, mpn, gtin, product_group, owner, status, superseded_by, feed, "
    "popularity.score, first_seen, last_seen, removed_at from product "
    "left join popularity on popularity.sku = product.sku order by product.sku",
)

DECISIONS = Extract(
    "decisions",
    "who decided what, and why; append-only",
    (
        _text("fingerprint", "the finding"),
        _text("kind", "confirm, ack, reject, waive, assign, reopen …"),
        _text("who", "decided it"),
        _at("at", "when"),
        _text("reason", "of a rejection"),
        _text("note", "in their words"),
        _at("until", "end of a waiver"),
        _text("assignee", "of an assignment"),
        _text("claimed", "what the page said then"),
        _text("expected", "what was true then"),
        _text("evidence", "SHA-256 of the page's body then"),
    ),
    "select fingerprint, kind, who, at, reason, note, until, assignee, claimed, expected, evidence "
    "from decision order by id",
)

VISITS = Extract(
    "visits",
    "every fetch of every page",
    (
        *_PAGE,
        _at("fetched_at", "when the server answered"),
        _text("outcome", "ok, unchanged, gone, login_wall …"),
        Column("status", Kind.INTEGER, "HTTP status"),
        _text("media_type", "of the content shown"),
        _text("snapshot", "SHA-256 of the body shown"),
        _text("target", "where a redirect points"),
        _text("detail", "one sentence on what is no content"),
        Column("bytes_received", Kind.INTEGER, "over the wire"),
    ),
    "select page.source, page.url, visit.fetched_at, visit.outcome, visit.status, "
    "content.media_type, body.sha256, visit.target, visit.detail, visit.bytes_received "
    "from page join visit on visit.page = page.id "
    "left join content on content.id = visit.content left join body on body.id = content.body "
    "order by page.source, page.url, visit.fetched_at, visit.id",
)

EXTRACTS = {
    extract.name: extract
    for extract in (FINDINGS, JUDGEMENTS, SKIPPED, TRUTHS, PRODUCTS, DECISIONS, VISITS)
}
"""Every table that is exported, by its name."""
