"""Lifecycle: discontinued, superseded, still in production."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.extract.cues import Span
from auditor.extract.interface import Context
from auditor.extract.reading import Place, Reading
from auditor.extract.statement import candidate, refused, trimmed
from auditor.extract.timing import not_today
from auditor.model import Attribute, Candidate, Reason, Skipped
from auditor.page.model import Region
from auditor.values.types import Word

STATES = {
    "state.discontinued": "discontinued",
    "state.superseded": "superseded",
    "state.active": "active",
}
# "successor", "Nachfolger" as labels name the new part: the page's product is superseded.
_HYPOTHETICAL = re.compile(
    r"\b(?:if|when|should|in case|may be|might be|wenn|falls|sollte|si|quand|cuando|se|als|"
    r"indien|whether|ob)\b"
)
_STATUS_LABEL = re.compile(
    r"(?:product |part |item )?(?:status|lifecycle|life cycle|lifecycle status)|artikelstatus|"
    r"produktstatus|statut|estado|stato|lebenszyklus"
)
_LABELLED = {
    "active": "active", "aktiv": "active", "actif": "active", "activo": "active",
    "attivo": "active", "actief": "active", "current": "active", "in production": "active",
}  # fmt: skip
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
    for pair in reading.page.pairs:
        state = _LABELLED.get(reading.plain(*pair.value).strip(" ."))
        place = reading.place(pair.value[0]) if state else None
        if state is None or place is None or place.block.region is not Region.MAIN:
            continue
        if _STATUS_LABEL.fullmatch(reading.plain(*pair.label).strip(" :")):
            word = Word(reading.page.text[slice(*pair.value)], state)
            yield candidate(reading, place, Attribute.STATUS, word, pair.value, label=pair.label)


def _is_statement(reading: Reading, place: Place, span: Span) -> bool:
    if place.block.region in (Region.NAV, Region.REVIEWS, Region.COMMENTS):
        return False
    if (
        reading.plain(*span) in {"ersetzt", "abgelöst"}
        and " durch " not in reading.plain(place.clause[0], span[0]) + " "
    ):
        return False
    return _HYPOTHETICAL.search(reading.plain(place.sentence[0], span[0])) is None


def _quote(reading: Reading, place: Place, span: Span) -> Span:
    """The clause up to the phrase: "NS-PT700 was superseded" names the part it is about."""
    start = place.clause[0] if span[0] - place.clause[0] <= _LONGEST else span[0]
    return trimmed(reading, start, span[1])
