"""Numbers of pieces and the words that say what they are: shared by MOQ, multiple and pack size."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from auditor.extract.cues import Span
from auditor.extract.reading import Place, Reading
from auditor.extract.spec_names import unit_in
from auditor.extract.statement import candidate, refused
from auditor.extract.timing import not_today
from auditor.model import Attribute, Candidate, Reason, Skipped
from auditor.values.lexicon import lexicon
from auditor.values.phrasing import Phrasing
from auditor.values.tokens import Kind, Token
from auditor.values.types import Amount, Interval, Quantity
from auditor.values.units import COUNTED, canonical_unit

# Goods are also sold by length, weight and volume.
MEASURED = frozenset(
    {"m", "ft", "yd", "kg", "g", "t", "lb", "oz", "l", "ml", "gal", "m²", "m³", "ft²"}
)
_LABELS = (
    "lead.time", "amount.price", "amount.list", "order.moq", "order.multiple", "order.pack",
    "stock.in_stock", "stock.out_of_stock",
)  # fmt: skip
# How far a number may stand from the word that names it, within their sentence.
_REACH = 64
_NOUN = re.compile(
    r"[-\s](?!(?:and|or|but|are|is|in|to|at|per|for|on|the|with|from|by|if|und|oder|aber|sind|ist|"
    r"zu|je|pro|bei|et|ou|mais|sont|est|par|y|o|pero|son|e|ma|sono|en|of|maar|zijn)(?!\w))"
    r"([^\W\d_][\w-]{1,24})"
)
# What may stand between a number and the word after it: "2000 bags is the smallest order".
_WORDS_BETWEEN = re.compile(r"(?:[\s-]*[^\W\d_][\w'’-]*){0,4}[\s,:(-]*")


ORDERING = Phrasing(r"\b(?:<<order.dealing>>)\b")
"""The business of ordering: what makes "at least" and "from" a minimum order."""

_REFUSES = Phrasing(
    r"\b(?:<<order.refuses>>)\b|n['’]t\b|\bno (?:\w+ )?orders?\b|"
    r"\b(?:<<order.not>>)\s?(?:\w+\s){0,3}(?:pas|<<order.dealing>>|puedo|podemos|admit\w*)\b"
)
_NUMBER_BEHIND = re.compile(r" ?:? ?\d")
# Nobody counts in halves of a cent: "55.00" is a price.
_FRACTION = re.compile(r"[.,]\d{2}$")
# What parts a number from the word that names it.
_PARTED = re.compile(r"[,;.·|()\d]")
# How near a number in words has to stand to the word that names it.
_SPELT_REACH = 40
_SPELT_WORDS = 5
# "Yes, at least 10 pieces": words that may stand before the number of an answer.
_LEAD_WORDS = 4
_TWO = Decimal(2)


@dataclass(frozen=True, slots=True)
class Named:
    """A quantity with the span of words that names it."""

    token: Token
    place: Place
    span: Span
    label: Span


def labelled(reading: Reading, concept: str, *, units: frozenset[str]) -> Iterator[Named]:
    """Quantities under a column, row or pair label of ``concept``."""
    for token in reading.tokens if concept in reading.cues else ():
        if not is_count(token, units):
            continue
        index = reading.block_at(token.start)
        if index < 0 or reading.blocks[index].end - reading.blocks[index].start > 120:
            continue
        place = reading.place(token.core[0])
        if place is None or not place.labels:
            continue
        label = next((each for each in place.labels if _names(reading, each, concept)), None)
        if label is None or _first(reading, place, units) is not token:
            continue
        yield Named(token, place, _with_label(reading, place, token, label), label)


def is_whole_label(reading: Reading, label: Span, concept: str) -> bool:
    """Whether a label is nothing but a word of ``concept``: "Least", "When:"."""
    hit = reading.cues.any(*label, concept)
    if hit is None:
        return False
    rest = reading.page.text[label[0] : hit[0]] + reading.page.text[hit[1] : label[1]]
    return not any(c.isalnum() for c in rest)


def _names(reading: Reading, label: Span, concept: str) -> bool:
    """Whether a label names the quantity; "Price per box" names a price."""
    hit = reading.cues.any(*label, concept)
    price = reading.cues.any(*label, "amount.price", "amount.list") if hit else None
    return hit is not None and (price is None or hit[0] < price[0])


def worded(
    reading: Reading,
    concept: str,
    *,
    units: frozenset[str],
    before: bool = True,
    after: bool = True,
) -> Iterator[Named]:
    """Quantities named by a word of ``concept`` in their own sentence, in document order.

    ``before`` and ``after`` say on which sides of the word the number may stand.
    """
    for cue in reading.cues.found.get(concept, ()):
        place = reading.place(cue[0])
        if place is None or place.block.end < cue[1]:
            continue
        ahead = after_cue(reading, place, cue, units) if after else None
        behind = before_cue(reading, place, cue, units) if before else None
        if ahead is None and behind is None:
            ahead = spelt_after(reading, place, cue) if after else None
            behind = _spelt_before(reading, place, cue) if before and ahead is None else None
        if ahead is not None and behind is not None:
            # "250 mailers minimum, one carton": a comma ends what the word is about
            ahead = None if "," in reading.page.text[cue[1] : ahead.core[0]] else ahead
        if ahead is not None:
            yield Named(ahead, place, (cue[0], with_noun(reading, place, ahead)), cue)
        elif behind is not None:
            yield Named(behind, place, (behind.start, cue[1]), cue)


def after_cue(reading: Reading, place: Place, cue: Span, units: frozenset[str]) -> Token | None:
    """The quantity that a word leads to; None where money or another statement comes first."""
    end = min(place.sentence[1], cue[1] + _REACH)
    text = reading.page.text
    for token in reading.tokens_in(place.sentence[0], place.sentence[1]):
        if token.core[0] < cue[1]:
            continue
        if token.core[0] >= end or token.kind in (Kind.MONEY, Kind.DURATION, Kind.PERCENT):
            return None
        gap = text[cue[1] : token.core[0]]
        if any(stop in gap for stop in ";·•|)") or _other_statement(reading, cue, token.start):
            return None
        if is_count(token, units):
            return token
        if token.kind in (Kind.NUMBER, Kind.QUANTITY, Kind.DIMENSIONS):
            return None
    return None


def before_cue(reading: Reading, place: Place, cue: Span, units: frozenset[str]) -> Token | None:
    """The quantity right before a word: "200 min.", "250 mailers minimum"."""
    if _NUMBER_BEHIND.match(reading.page.text, cue[1], place.block.end):
        return None  # "55.00 MOQ 100": the number behind the word is the one it names
    # "500 pieces per box", "25 m minimum.": the word may begin in the value, and end in it
    tokens = [t for t in reading.tokens_in(place.sentence[0], cue[1] + 1) if t.core[0] < cue[0]]
    tokens = _outside_brackets(reading, tokens, cue)
    if not tokens or not is_count(tokens[-1], units):
        return None
    gap = reading.page.text[tokens[-1].end : max(cue[0], tokens[-1].end)]
    if gap.startswith(" (") and ")" in gap:  # "ten boxes (one case) is the least"
        gap = gap.partition(")")[2]
    if not _WORDS_BETWEEN.fullmatch(gap) or "," in gap or "(" in gap:
        return None
    return tokens[-1]


def _outside_brackets(reading: Reading, tokens: list[Token], cue: Span) -> list[Token]:
    """Without a value in brackets that says the one before it again: "ten boxes (one case)"."""
    text = reading.page.text
    if len(tokens) < 2 or text[tokens[-1].end : cue[0]][:1] != ")":
        return tokens
    return tokens[:-1] if text[tokens[-2].end : tokens[-1].start].strip() == "(" else tokens


def spelt_after(reading: Reading, place: Place, cue: Span) -> Token | None:
    """ "the minimum is twenty": a number in words has no token of its own without a unit."""
    end = min(place.sentence[1], cue[1] + _SPELT_REACH)
    word = next(spelt_numbers(reading, (cue[1], end)), None)
    if word is None:
        return None
    gap = reading.page.text[cue[1] : word.start]
    is_close = len(gap.split()) <= 1 + gap.count(":") and not _PARTED.search(gap)
    return word if is_close else None


def _spelt_before(reading: Reading, place: Place, cue: Span) -> Token | None:
    """ "twenty is the least we sell"."""
    start = max(place.sentence[0], cue[0] - _SPELT_REACH)
    word = next(iter([*spelt_numbers(reading, (start, cue[0]))][::-1]), None)
    if word is None:
        return None
    gap = reading.page.text[word.end : cue[0]]
    is_close = len(gap.split()) < _SPELT_WORDS and not _PARTED.search(gap)
    return word if is_close else None


def spelt_numbers(reading: Reading, span: Span) -> Iterator[Token]:
    """The numbers in words from two on in a short span: "a" and "one" stand everywhere."""
    words = lexicon(reading.locale.language, reading.locale.own)
    lowered = reading.page.text[slice(*span)].lower()
    if len(lowered) != span[1] - span[0]:
        return
    for start, end, decimal in words.numbers_in(lowered):
        if Decimal(decimal) >= _TWO:
            yield _spelt((span[0] + start, span[0] + end), Decimal(decimal))


def _spelt(span: Span, number: Decimal) -> Token:
    amount = Amount(f"{number:f}", (Interval.point(number),))
    return Token(Kind.NUMBER, span[0], span[1], Quantity(amount, ""), span)


def refuses_orders(
    reading: Reading, place: Place, *, or_else: re.Pattern[str] | None = None
) -> bool:
    """Whether a sentence says that some orders are not taken ("below 30 are not accepted").

    ``or_else`` are other words than those of ordering that may name them.
    """
    own, said = reading.locale.own, reading.plain(*place.sentence)
    if not ORDERING.of(own).search(said) and not (or_else and or_else.search(said)):
        return False
    return _REFUSES.of(own).search(said) is not None


def speaks_of_ordering(reading: Reading, span: Span) -> bool:
    """Whether a word of selling or buying stands in a span."""
    return ORDERING.of(reading.locale.own).search(reading.plain(*span)) is not None


def statement(
    reading: Reading, named: Named, attribute: Attribute, *, key: str = ""
) -> Candidate | Skipped:
    """A named quantity as a candidate, or skipped where it does not hold today."""
    token, place = named.token, named.place
    timing = not_today(reading, place, token.core[0], token.core[1])
    if timing is not None:
        return refused(reading, timing[0], named.span, attribute, timing[1])
    opening = reading.cues.any(place.clause[0], named.span[0], "lead.exception")
    is_opening = opening is not None and ":" in reading.page.text[opening[1] : opening[1] + 2]
    if is_opening or reading.cues.any(named.span[0], token.start, "lead.exception"):
        return refused(reading, Reason.NOT_CURRENT, named.span, attribute, "for a special variant")
    assert isinstance(token.value, Quantity)
    pieces = _in_pieces(reading, named)
    if pieces is not None and isinstance(pieces.value, Quantity):
        span = (
            named.span[0],
            reading.page.text.find(")", pieces.end, pieces.end + 2) + 1 or pieces.end,
        )
        return candidate(reading, place, attribute, pieces.value, span, key=key, label=named.label)
    value = token.value if token.value.unit else replace(token.value, unit=_unit_of(reading, named))
    return candidate(reading, place, attribute, value, named.span, key=key, label=named.label)


def answered(reading: Reading, hits: Iterable[Span]) -> Iterator[tuple[Span, Place, Token]]:
    """The value that opens the answer to a question with one of ``hits`` in it.

    "Is there a minimum? Yes, 10 pieces."; the answer may stand in the next block. Yields the hit,
    the answer's place and its first value, a number in words too.
    """
    for hit in hits:
        place = reading.place(hit[0])
        if place is None or place.block.cell is not None:
            continue
        text = reading.page.text
        if not text[slice(*place.sentence)].rstrip().endswith("?"):
            continue
        after = _sentence_after(reading, place)
        answer = reading.place(after[0]) if after is not None else None
        first = _opening(reading, after) if after is not None else None
        if answer is not None and first is not None:
            yield hit, answer, first


def _sentence_after(reading: Reading, place: Place) -> Span | None:
    following = [s for s in reading.sentences(place.index) if s[0] >= place.sentence[1]]
    if following:
        return following[0]
    if place.index + 1 >= len(reading.blocks) or reading.blocks[place.index + 1].cell is not None:
        return None
    return reading.sentences(place.index + 1)[0]


def _opening(reading: Reading, sentence: Span) -> Token | None:
    """The value that a sentence opens with, at most four words before it."""
    text = reading.page.text
    reach = min(sentence[1], sentence[0] + _SPELT_REACH)
    found = [*reading.tokens_in(*sentence)[:1], *spelt_numbers(reading, (sentence[0], reach))]
    first = min(found, key=lambda token: token.core[0], default=None)
    is_first = first is not None and len(text[sentence[0] : first.core[0]].split()) <= _LEAD_WORDS
    return first if is_first else None


def is_count(token: Token, units: frozenset[str] = COUNTED) -> bool:
    """Whether a token is a bare number or a quantity in one of ``units``."""
    if token.kind not in (Kind.NUMBER, Kind.QUANTITY) or not isinstance(token.value, Quantity):
        return False
    if token.value.unit == "":
        return not _FRACTION.search(token.value.amount.text)
    return token.value.unit in units


def names_a_count(reading: Reading, cue: Span) -> bool:
    """Whether a number of pieces follows a word at once: "MOQ: 10"."""
    ahead = reading.tokens_in(cue[1], cue[1] + 16)
    return bool(ahead) and is_count(ahead[0]) and ahead[0].core[0] - cue[1] <= 4


def with_noun(reading: Reading, place: Place, token: Token) -> int:
    """The end of a quantity, the noun it counts included: "10 brackets"."""
    if not isinstance(token.value, Quantity) or token.value.unit:
        return token.end
    noun = _NOUN.match(reading.page.text, token.end, place.sentence[1])
    if noun is None or place.block.cell is not None:
        return token.end
    # "MOQ: 10 Lead time: 2 weeks": the next label is no noun
    label = reading.cues.any(noun.start(1), noun.end(1) + 16, *_LABELS)
    return token.end if label is not None and label[0] == noun.start(1) else noun.end()


def _first(reading: Reading, place: Place, units: frozenset[str]) -> Token | None:
    for token in reading.tokens_in(place.block.start, place.block.end):
        if token.kind is Kind.MONEY:
            return None
        if is_count(token, units):
            return token
    return None


def _with_label(reading: Reading, place: Place, token: Token, label: Span) -> Span:
    """The quantity; with its label where both stand in one line ("MOQ: 50 pcs")."""
    end = with_noun(reading, place, token)
    if place.block.start <= label[0] and 0 <= token.start - label[1] <= 3:
        return label[0], end
    return token.start, end


def _in_pieces(reading: Reading, named: Named) -> Token | None:
    """The pieces that a number of packs says in brackets: "2 reels (10,000 pcs)"."""
    value = named.token.value
    if not isinstance(value, Quantity) or value.unit in ("", "pcs") or value.unit not in COUNTED:
        return None
    for token in reading.tokens_in(
        named.token.end, min(named.place.block.end, named.token.end + 30)
    ):
        gap = reading.page.text[named.token.end : token.start]
        counted = isinstance(token.value, Quantity) and token.value.unit == "pcs"
        return token if counted and gap.strip() in ("(", "=", "(=") else None
    return None


def _unit_of(reading: Reading, named: Named) -> str:
    """The unit of a bare number: in its label ("MOQ (ft)"), else pieces."""
    unit = unit_in(reading.page.text[slice(*named.label)])
    found = canonical_unit(unit, reading.locale.language, reading.locale.own) if unit else None
    return found if found in COUNTED or found in MEASURED else "pcs"


def _other_statement(reading: Reading, cue: Span, until: int) -> bool:
    """Another naming word between a cue and a number takes the number for itself."""
    other = reading.cues.any(
        cue[1], until, "order.moq", "order.multiple", "order.pack", "lead.time", "amount.price"
    )
    return other is not None
