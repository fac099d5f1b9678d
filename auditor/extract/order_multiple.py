"""Order multiple: the step in which one orders ("in multiples of 250", "steps of 5")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from auditor.extract.cues import Span
from auditor.extract.interface import Context
from auditor.extract.quantities import MEASURED, labelled, statement, worded
from auditor.extract.reading import Reading
from auditor.extract.statement import candidate
from auditor.model import Attribute, Candidate, Skipped
from auditor.values.types import Amount, Interval, Quantity
from auditor.values.units import COUNTED
from auditor.values.vocabulary import vocabulary

_DIGITS = re.compile(r"[1-9][0-9]{0,5}(?=er)")
# "in twos complement", "in tens digits": the number word belongs to what follows.
_NOUN = re.compile(
    r"\s*(?!(?:of|or|and|at|per|each|from|to|up|only|please|with|by|for|but|as|on|when|if|unless)\b)[a-z]"
    r"{3,}"
)
_SOLD = COUNTED | MEASURED


class OrderMultipleExtractor:
    """Order multiples, from labels, columns and sentences; a multiple is not a minimum."""

    name = "order_multiple"
    attributes = frozenset({Attribute.ORDER_MULTIPLE})

    def extract(self, reading: Reading, context: Context) -> Iterator[Candidate | Skipped]:
        """Yield one statement for each number that is named a step."""
        done: set[int] = set()
        for found in (
            labelled(reading, "order.multiple", units=_SOLD),
            worded(reading, "order.multiple", units=_SOLD, before=False),
            worded(reading, "order.step", units=_SOLD, after=False),
        ):
            for named in found:
                gap = named.token.core[0] - named.label[1]
                if named.token.start in done or (named.place.block.cell is None and gap > 24):
                    continue
                if reading.page.text[named.label[0]].isdigit():
                    continue
                done.add(named.token.start)
                yield statement(reading, named, Attribute.ORDER_MULTIPLE)
        yield from _own_number(reading)


def _in_words(reading: Reading, hit: Span) -> str:
    """The number that the last word of a phrase is the plural of, "" where it is none."""
    last = reading.plain(*hit).rpartition(" ")[2]
    numbers = vocabulary(reading.locale.language, reading.locale.own).words("number")
    singular = (last, last[:-1], last[:-2], f"{last[:-3]}y")
    return next((numbers[word] for word in singular if word in numbers), "")


def _own_number(reading: Reading) -> Iterator[Candidate | Skipped]:
    """ "in 10er-Schritten", "in fours": the number is part of the words."""
    for hit in reading.cues.found.get("order.multiple", ()):
        digits = _DIGITS.match(reading.page.text, *hit)
        number = digits[0] if digits else _in_words(reading, hit)
        place = reading.place(hit[0]) if number else None
        if not number or place is None:
            continue
        if not digits and _NOUN.match(reading.plain(hit[1], min(hit[1] + 16, place.clause[1]))):
            continue
        amount = Amount(number, (Interval.point(Decimal(number)),))
        yield candidate(reading, place, Attribute.ORDER_MULTIPLE, Quantity(amount, "pcs"), hit)
