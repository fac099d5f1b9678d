"""Lifecycle: discontinued, superseded, still in production."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from auditor.extract.cues import Span
from auditor.extract.interface import Context
from auditor.extract.reading import Place, Reading
from auditor.extract.statement import candidate, refused, trimmed
from auditor.extract.timing import not_today
from auditor.model import Attribute, Candidate, Reason, Skipped
from auditor.page.model import Region
from auditor.values.phrasing import Phrasing
from auditor.values.types import Word

STATES = {
    "state.discontinued": "discontinued",
    "state.superseded": "superseded",
    "state.active": "active",
}
_IF = Phrasing(r"(?<!\w)(?:<<state.if>>)(?!\w)")
_COULD = Phrasing(r"(?<!\w)(?:<<state.could>>)(?:\s+\w+)?\s*$")
_LABEL = Phrasing(r"(?:<<state.label>>)")
_ACTIVE = Phrasing(r"(?:<<state.word>>)")
# "The BX-30 takes the place of the BX-20": the product behind is the one that is superseded.
_REPLACES = Phrasing(
    r"(?<!\w)(?:<<state.replaces>>)\s+(?:(?:<<subject.article>>)\s*)?"
    r"(?-i:(?P<name>[A-ZÀ-Þ\d][\w./+-]*(?:[ -][A-ZÀ-Þ\d][\w./+-]*){0,3}))"
)
_LONGEST = 100


class StatusExtractor:
    """Lifecycle statements about a product."""

    name = "status"
    attributes = frozenset({Attribute.STATUS})

    def extract(self, reading: Reading, context: Context) -> Iterator[Candidate | Skipped]:
        """Yield lifecycle statements in document order."""
        hits = sorted(
            (span, state)
            for concept, state in STATES.items()
            for span in reading.cues.found.get(concept, ())
        )
        yield from _labelled(reading)
        yield from _replaced(reading)
        for span, state in hits:
            place = reading.place(span[0])
            if (
                place is None
                or place.block.end < span[1]
                or not _is_statement(reading, place, span)
            ):
                continue
            quote = _quote(reading, place, span)
            timing = not_today(reading, place, *span)
            if timing is not None and timing[0] is not Reason.HISTORIC:
                yield refused(reading, timing[0], quote, Attribute.STATUS, timing[1])
                continue
            word = Word(reading.page.text[slice(*span)], state)
            yield candidate(reading, place, Attribute.STATUS, word, quote, label=span)


def _labelled(reading: Reading) -> Iterator[Candidate]:
    """ "Status: Active" and its like: one word behind a lifecycle label."""
    own = reading.locale.own
    for pair in reading.page.pairs:
        if not _LABEL.of(own).fullmatch(reading.plain(*pair.label).strip(" :")):
            continue
        place = reading.place(pair.value[0])
        if place is None or place.block.region is not Region.MAIN:
            continue
        if _ACTIVE.of(own).fullmatch(reading.plain(*pair.value).strip(" .")):
            word = Word(reading.page.text[slice(*pair.value)], "active")
            yield candidate(reading, place, Attribute.STATUS, word, pair.value, label=pair.label)


def _replaced(reading: Reading) -> Iterator[Candidate]:
    """ "The BX-30 takes the place of the BX-20" says of the BX-20 that it is superseded.

    How many of the words behind are the product's name only the catalogue knows: one candidate for
    each length, of which binding keeps those that name a product.
    """
    for hit in _REPLACES.in_page(reading.page.text, reading.locale.own):
        place = reading.place(hit.start())
        if (
            place is None
            or place.block.end < hit.end()
            or not _is_spoken(reading, place, hit.start())
        ):
            continue
        quote = trimmed(reading, place.clause[0], min(hit.end(), place.clause[1]))
        if not_today(reading, place, *hit.span("name")) is not None:
            continue
        word = Word(hit[0], "superseded")
        names = hit["name"].rstrip(".").split(" ")
        for length in range(len(names), 0, -1):
            made = candidate(reading, place, Attribute.STATUS, word, quote, label=hit.span())
            yield replace(made, sku_hint=" ".join(names[:length]))


def _is_spoken(reading: Reading, place: Place, start: int) -> bool:
    """Whether a phrase is the page's own statement and no supposition."""
    if place.block.region in (Region.NAV, Region.REVIEWS, Region.COMMENTS):
        return False
    said = reading.plain(place.sentence[0], start)
    return _IF.of(reading.locale.own).search(said) is None


def _is_statement(reading: Reading, place: Place, span: Span) -> bool:
    if (
        reading.plain(*span) in {"ersetzt", "abgelöst"}
        and " durch " not in reading.plain(place.clause[0], span[0]) + " "
    ):
        return False
    before = reading.plain(max(place.clause[0], span[0] - 40), span[0])
    if _COULD.of(reading.locale.own).search(before) is not None:
        return False
    return _is_spoken(reading, place, span[0])


def _quote(reading: Reading, place: Place, span: Span) -> Span:
    """The clause up to the phrase: "NS-PT700 was superseded" names the part it is about."""
    start = place.clause[0] if span[0] - place.clause[0] <= _LONGEST else span[0]
    return trimmed(reading, start, span[1])
