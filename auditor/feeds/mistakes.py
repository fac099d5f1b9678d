"""What a feed's configuration has wrong as a whole: keys that do not go together.

Each mistake is the key it stands under, as a path from the feed, and a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from auditor.feeds.places.where import PlaceKind, place_of

if TYPE_CHECKING:
    from auditor.feeds.config import FeedConfig
    from auditor.feeds.rules import Rules

Told = tuple[tuple[str | int, ...], str]

TABULAR = ("csv", "json", "jsonl", "ods", "sql", "tsv", "xlsx", "xml")
"""Formats whose rows go through the mapping (``columns``)."""

_SHEETS = ("ods", "xlsx")
_MAPPING = ("columns", "facts", "unpivot", "when")


def feed_mistakes(feed: FeedConfig, known: Sequence[str], needed: Sequence[str]) -> Iterator[Told]:
    """Every such mistake; ``known`` and ``needed`` are the fields of the feed's records."""
    yield from _place_mistakes(feed)
    if feed.format not in TABULAR:
        for key in _MAPPING:
            if getattr(feed, key):
                formats = ", ".join(TABULAR)
                yield (key,), f"`{key}` goes with the formats {formats}, not {feed.format}"
        return
    if feed.format == "xml" and not feed.rows:
        yield ("rows",), "is missing: the name of the element that is a row"
    if feed.sheet and feed.format not in _SHEETS:
        yield ("sheet",), f"goes with the formats {', '.join(_SHEETS)}, not {feed.format}"
    if feed.facts and feed.records != "truths":
        yield ("facts",), "`facts` go with records: truths"
    yield from _field_mistakes(feed, known, needed)
    yield from _slot_mistakes(feed)


def _place_mistakes(feed: FeedConfig) -> Iterator[Told]:
    if feed.format == "sql" and not feed.query:
        yield ("query",), "is missing: the select whose rows are the feed"
    if feed.query and feed.format != "sql":
        yield ("query",), f"goes with the format sql, not {feed.format}"
    kind = place_of(feed).kind
    for key, kinds in (
        ("headers", (PlaceKind.WEB,)),
        ("paging", (PlaceKind.WEB,)),
        ("access", (PlaceKind.S3, PlaceKind.SFTP, PlaceKind.SQL)),
    ):
        if key in feed.model_fields_set and getattr(feed, key) and kind not in kinds:
            wanted = {PlaceKind.WEB: "http:// or https://", PlaceKind.S3: "s3://, sftp:// or sql"}
            yield (key,), f"goes with a `path` at {wanted[kinds[0]]}"
    if feed.paging is not None and feed.format != "json":
        yield ("paging",), f"goes with the format json, not {feed.format}"


def _field_mistakes(
    feed: FeedConfig, known: Sequence[str], needed: Sequence[str]
) -> Iterator[Told]:
    for path, rules in _mappings(feed):
        for name in rules:
            if name not in known:
                close = get_close_matches(name, known, n=1, cutoff=0.6)
                hint = f", did you mean {close[0]!r}?" if close else f"; use {', '.join(known)}"
                yield (*path, name), f"no such field of {feed.records}: {name}{hint}"
    if not feed.columns and not feed.facts:
        return
    for path, rules in list(_mappings(feed))[1 if feed.facts else 0 :]:
        missing = [name for name in needed if name not in {**feed.columns, **rules}]
        if missing:
            yield path, f"the mapping of {feed.records} lacks {', '.join(missing)}"


def _slot_mistakes(feed: FeedConfig) -> Iterator[Told]:
    used = [
        (*path, name)
        for path, rules in _mappings(feed)
        for name, rule in rules.items()
        if rule.takes_slot
    ]
    if feed.unpivot is None:
        for path in used:
            yield path, "`{}` stands for the group of `unpivot`, which is missing"
    elif not used:
        yield ("unpivot",), "no column has `{}`, which stands for its group"


def _mappings(feed: FeedConfig) -> Iterator[tuple[tuple[str | int, ...], Rules]]:
    yield ("columns",), feed.columns
    for index, fact in enumerate(feed.facts):
        yield ("facts", index), fact
