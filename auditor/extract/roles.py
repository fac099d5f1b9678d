"""Which price is a price? The role of an amount of money, or why it is no price of today.

The word nearest before the amount decides ("Was $72.90", "Hazmat fee $28.00"), then the word right
after it ("$59.00 RRP", "$20 off"), then its label or column, then its sentence. An amount in
running text needs a word, a unit or a tax label that makes it a price.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from auditor.extract.cues import LANGUAGES, Span
from auditor.extract.interface import Context
from auditor.extract.markets import other_market
from auditor.extract.quantities import names_a_count
from auditor.extract.reading import Place, Reading
from auditor.extract.terms import WITH_TAX
from auditor.extract.timing import not_today
from auditor.model import Reason, Role
from auditor.values.phrasing import Phrasing
from auditor.values.tokens import Bound, Kind, Token
from auditor.values.types import Tax


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an amount is no price an anonymous customer pays today."""

    reason: Reason
    note: str


_ROLES = {
    "amount.price": Role.LIST,
    "amount.list": Role.LIST,
    "amount.sale": Role.SALE,
    "amount.was": Role.WAS,
    "amount.rrp": Role.RRP,
}
_REFUSALS = {
    "amount.customer": Refusal(Reason.CUSTOMER_SPECIFIC, "a price for particular customers"),
    "amount.fee": Refusal(Reason.ROLE_UNCLEAR, "a charge, not the price"),
    "amount.charge": Refusal(Reason.ROLE_UNCLEAR, "a charge, not the price"),
    "amount.threshold": Refusal(Reason.ROLE_UNCLEAR, "a limit, not the price"),
    "amount.saving": Refusal(Reason.ROLE_UNCLEAR, "a saving or difference, not the price"),
    "amount.instalment": Refusal(Reason.ROLE_UNCLEAR, "an instalment or rent, not the price"),
    "amount.total": Refusal(Reason.ROLE_UNCLEAR, "a total, not a unit price"),
    "amount.competitor": Refusal(Reason.ROLE_UNCLEAR, "somebody else's price"),
    "amount.condition": Refusal(Reason.ROLE_UNCLEAR, "for goods in another condition"),
    "amount.minimum_value": Refusal(Reason.ROLE_UNCLEAR, "a minimum order value"),
}
A_TOTAL = _REFUSALS["amount.total"]
"""The refusal of a total: a price all the same where it says of how many."""

UNSAID = Refusal(Reason.ROLE_UNCLEAR, "nothing says that this amount is a price")
"""The refusal of an amount that no word speaks for; a quantity right before it may."""
_DECIDING = (*_ROLES, *_REFUSALS)
# Concepts that speak for the whole sentence, not just for the amount next to them.
_SENTENCE_WIDE = ("amount.customer", "amount.competitor")
_AFTER = (
    "amount.rrp", "amount.list", "amount.fee", "amount.charge", "amount.threshold", "amount.saving",
    "amount.instalment", "amount.customer", "amount.total", "amount.sale",
)  # fmt: skip
# How far after an amount a word may stand and still say what it is.
_REACH_AFTER = 28
# A block up to this long is a price line, not running text.
_PRICE_LINE = 90
# "… and the latter £34": a link and a few words without a number of their own.
_GOES_ON = Phrasing(
    r"[^.;:\d]{0,24}?(?:,|\s)\s?(?:<<subject.and>>)?\s?(?:(?:<<subject.article>>)\s?)?"
    r"[^.;:,()]{0,40}"
)
# "50 off 98p" is the trade's way to say fifty pieces.
_OFF = re.compile(r"(?<![\d.,$€£%])\d{1,5} off$", re.I)
# "(42.500.01, 16,80 €)", "the BX-20 ($4.10)": a number of goods and an amount, nothing else.
_IN_BRACKETS = re.compile(
    r"\((?:[\w./-]*\d[\w./-]*[,;:]? )$|(?<![\w.-])[A-Z\d][\w./-]*\d[\w./-]*(?<![.,]) \($"
)
_LEADS_IN = Phrasing(r"(?:\b(?:<<price.leads_in>>)|[:=@→>–—-])\s*$")
# "+$10" is what an option adds; in "10+ $1.20" the sign belongs to the quantity.
_ADDED = re.compile(r"(?<![\d+] )(?<![\d+])\+\s?$")
_LINK = r"[\s:=(–-]*(?:(?:<<price.link>>)\s)?"
# Words that also stand in names of goods ("Cutting disc", "Before-filter", "Total station"):
# they speak of an amount only right beside it.
_BESIDE = {
    # "Transport ADR € 22.00", "Shipping (UPS): $9.90": carriers are named in capitals
    "amount.charge": Phrasing(
        rf"(?:[\s:(–-]*[A-Z]{{2,5}}(?![a-z])){{0,2}}(?i:{_LINK})[\s:()]*", flags=0
    ),
    "amount.was": Phrasing(r"(?:[\s:=(]+[^\W\d_]*){0,2}[\s:=(–-]*", flags=0),
    "amount.total": Phrasing(r"(?:[\s:=(–-]*[^\W\d_]*){0,2}[\s:=(–-]*", flags=0),
}
# "or 3 x 29.97 €": instalments, or several pieces worked out.
_TIMES = re.compile(r"(?<![\d.,])\d{1,2} ?[x×] ?$")
# "$80.00 from the tenth piece on"
_ORDINAL_BREAK = re.compile(
    r"[\s,(]*(?:each |per piece )?(?:from the \w+ (?:piece|unit|item|one)|"
    r"ab dem \w+ (?:stück|artikel)|"
    r"à partir (?:du|de la) \w+e (?:pièce|unité))",
    re.I,
)
# A heading that names a section, and what may stand in it beside the charge.
_SECTION = 48
_SECTION_REST = Phrasing(r"(?:[\s&,/+:()-]|\b(?:<<price.section>>)\b)*")
_TAX_AMOUNT = re.compile(
    r"[,;]\s*(?:sales )?(?:tax|vat|gst|mwst\.?)\s*(?:\(?\d+ ?%\)?)?:?\s*$", re.I
)
# Words this close before an amount may decide what it is.
_FOREIGN_LEAD = 24
_PREPOSITIONS = "per for on if to and each je pro für bei und par pour et por para y"
_FOLLOWING = frozenset(_PREPOSITIONS.split())
_COMPARISON = Phrasing(r"<<price.base>>")
_OVER_UNDER = Phrasing(r"\b(?:<<price.over_under>>)\s+(?:[^\d\s]{1,4}\s?)?$")


def role_of(reading: Reading, place: Place, token: Token, context: Context) -> Role | Refusal:
    """The role of an amount of money on its page."""
    if reading.is_struck(token.start, token.end):
        return Role.WAS
    timing = not_today(reading, place, token.start, token.end)
    before = _before(reading, place, token)
    nearest = _nearest(reading, before)
    if timing is not None:
        if timing[0] is Reason.HISTORIC and nearest and nearest[0] == "amount.was":
            return Role.WAS
        return Refusal(*timing)
    market = other_market(reading, place, token, context)
    if market is not None:
        return Refusal(Reason.OTHER_MARKET, market)
    if reading.page.text[token.core[0]] == "+" or _ADDED.search(
        reading.page.text, max(0, token.core[0] - 6), token.core[0]
    ):
        return _REFUSALS["amount.fee"]
    if _TIMES.search(reading.page.text, place.sentence[0], token.core[0]) and not (
        reading.page.text.startswith(" =", token.end)
    ):
        return Refusal(Reason.ROLE_UNCLEAR, "so many times that amount")
    if _is_result(reading, place, token):
        return Refusal(Reason.ROLE_UNCLEAR, "worked out from the amount before it")
    if _ORDINAL_BREAK.match(reading.page.text, token.end):
        return Refusal(Reason.BASIS_UNCLEAR, "from a quantity that is not a number")
    if _is_limit(reading, place, token):
        return _REFUSALS["amount.threshold"]
    if _is_minimum_value(reading, place, token):
        return _REFUSALS["amount.minimum_value"]
    return _worded(reading, place, token, nearest)


def _nearest(reading: Reading, before: Span) -> tuple[str, Span] | None:
    """The deciding word that stands last before the amount; some count only right beside it."""
    hits = [
        (hit[1], -hit[0], concept in _REFUSALS, concept)
        for concept in reading.once("deciding", _deciding)
        for hit in reading.cues.within(concept, *before)
    ]
    for end, negative_start, _, concept in sorted(hits, reverse=True):
        word = -negative_start, end
        if _is_in_a_count(reading, before, word) or _is_struck_alone(reading, before, word):
            continue
        beside = _BESIDE.get(concept)
        if beside is None or beside.of(reading.locale.own).fullmatch(
            reading.page.text, end, before[1]
        ):
            return concept, (-negative_start, end)
    return None


def _is_in_a_count(reading: Reading, before: Span, word: Span) -> bool:
    """ "50 uds. o más: 0,21 €", "50 off 98p": the word ends a number of pieces."""
    if _OFF.search(reading.page.text, max(before[0], word[0] - 8), word[1]):
        return True
    return any(
        t.kind in (Kind.QUANTITY, Kind.NUMBER) and t.start < word[0] and word[1] <= t.end
        for t in reading.tokens_in(*before)
    )


def _is_struck_alone(reading: Reading, before: Span, word: Span) -> bool:
    """Whether a word is struck through with the amount before it, and this amount is not."""
    return reading.is_struck(*word) and not reading.is_struck(before[1], before[1] + 1)


def _deciding(reading: Reading) -> list[str]:
    """The deciding concepts that the page has words for: mostly two or three."""
    return [concept for concept in _DECIDING if concept in reading.cues]


def _behind(reading: Reading) -> list[str]:
    """The concepts that the page has words for of those that may stand behind an amount."""
    return [concept for concept in _AFTER if concept in reading.cues]


def _worded(
    reading: Reading, place: Place, token: Token, nearest: tuple[str, Span] | None
) -> Role | Refusal:
    if _is_comparison(reading, place, token, nearest):
        return Refusal(Reason.ROLE_UNCLEAR, "a price per kilo or metre beside the price")
    wide = reading.cues.any(*place.clause, *_SENTENCE_WIDE)
    after = _after(reading, place, token)
    decided = after or (nearest[0] if nearest else None)
    if nearest and after and after in ("amount.list", "amount.sale"):
        decided = nearest[0]  # "Your price $9, list $12": "list" leads to the next amount
    if wide and decided in (None, "amount.price"):
        concept = "amount.customer" if _is_customer(reading, wide) else "amount.competitor"
        return _REFUSALS[concept]
    if decided is None:
        decided = _labelled(reading, place, token) or _headed(reading, place)
    if decided in _REFUSALS:
        return _REFUSALS[decided]
    role = _ROLES.get(decided or "", Role.LIST)
    if role is Role.LIST and token.bound is Bound.FROM:
        role = Role.FROM
    if decided is None and not _stands_as_price(reading, place, token):
        return UNSAID
    return role


def has_foreign_lead(reading: Reading, place: Place, token: Token) -> bool:
    """Whether words that no vocabulary can read stand right before an amount.

    "від 44 500 грн" is a from-price in Ukrainian: without its words an amount that differs from
    the truth proves nothing. An amount that stands alone is a price in every language.
    """
    language = reading.locale.language
    if not language or language in LANGUAGES:
        return False
    lead = reading.page.text[max(place.clause[0], token.start - _FOREIGN_LEAD) : token.start]
    return any(letter.isalpha() for letter in lead)


def _is_comparison(
    reading: Reading, place: Place, token: Token, nearest: tuple[str, Span] | None
) -> bool:
    """ "4,50 €/Stk. (Grundpreis 0,90 €/m)": the same price again for comparing brands."""
    if nearest is None or not _COMPARISON.of(reading.locale.own).match(reading.plain(*nearest[1])):
        return False
    earlier = reading.tokens_in(place.block.start, token.start)[-6:]
    return any(other.kind is Kind.MONEY for other in earlier)


def _before(reading: Reading, place: Place, token: Token) -> Span:
    """From the amount before this one (or the start of the sentence) to this one."""
    start = place.sentence[0]
    for other in reading.tokens_in(start, token.start):
        if other.kind is token.kind and other.end <= token.start:
            start = other.end
    return start, token.core[0]


def _after(reading: Reading, place: Place, token: Token) -> str | None:
    """The concept of a word right after the amount, unless "plus", "excl." or a stop intervenes."""
    end = min(place.sentence[1], token.end + _REACH_AFTER)
    for other in reading.tokens_in(token.end, end):
        end = min(end, other.start)
        break
    for concept in reading.once("words behind", _behind):
        hit = reading.cues.any(token.end, end, concept)
        if hit is None:
            continue
        gap = reading.page.text[token.end : hit[0]]
        if _leads_to_money(reading, place, hit):
            continue
        if any(stop in gap for stop in ",;.()[]|/·") or reading.cues.any(
            token.end, hit[0], "amount.plus"
        ):
            continue
        if concept == "amount.threshold" and _is_free(reading, hit) and token.bound is Bound.NONE:
            continue  # "$45.00 free shipping"
        if concept == "amount.charge" and not _ends_there(reading, place, hit):
            continue
        if concept == "amount.rrp" or hit[0] - token.end <= 2 or concept == "amount.threshold":
            return concept
        if len(gap.split()) <= 2 and concept not in ("amount.list", "amount.sale"):
            return concept
    return None


def _ends_there(reading: Reading, place: Place, hit: Span) -> bool:
    """ "$4.90 shipping", "$5 extra." – not "$45.00 Add to cart" or "$9 shipping tube"."""
    if reading.plain(*hit) in {"add", "adds"}:
        return False
    rest = reading.page.text[hit[1] : place.sentence[1]].lstrip()
    return not rest or not rest[0].isalpha() or rest.split(" ")[0].lower() in _FOLLOWING


def _is_free(reading: Reading, hit: Span) -> bool:
    return re.search(r"free|frei|gratis|offert|gratuit", reading.plain(*hit)) is not None


def _leads_to_money(reading: Reading, place: Place, hit: Span) -> bool:
    """Whether a word belongs to the next amount: "Sale price $585 Save $55"."""
    if reading.plain(*hit) in {"off", "rabatt", "korting", "remise"}:
        return False
    ahead = reading.tokens_in(hit[1], min(place.sentence[1], hit[1] + 24))
    numbers = (Kind.MONEY, Kind.PERCENT)
    return any(t.kind in numbers and t.core[0] - hit[1] <= 6 for t in ahead)


def _is_of_the_first(
    reading: Reading, place: Place, concept: str, label: Span, token: Token
) -> bool:
    """ "Old price: $12.00 $10.50": the label is of the amount before this one."""
    if concept not in ("amount.was", "amount.rrp") or place.block.cell is not None:
        return False
    first = max(label[1], place.block.start)
    return any(t.kind is Kind.MONEY for t in reading.tokens_in(first, token.start))


def _labelled(reading: Reading, place: Place, token: Token) -> str | None:
    """What the column, row or pair label says the amount is; a refusing label wins."""
    found: str | None = None
    for label in place.labels:
        hit = reading.once(("deciding", label), partial(_nearest, before=label))
        if hit is None or _is_of_the_first(reading, place, hit[0], label, token):
            continue
        if hit[0] in _REFUSALS or hit[0] in ("amount.was", "amount.rrp"):
            return hit[0]
        found = found or hit[0]
    return found


def _headed(reading: Reading, place: Place) -> str | None:
    """A heading that is nothing but "Shipping & handling" makes charges of what stands below."""
    heading = next(iter(reading.headings(place.block)), None)
    if heading is None or heading[1] - heading[0] > _SECTION:
        return None
    hits = [
        hit
        for concept in ("amount.charge", "amount.fee", "policy.returns", "lead.time")
        for hit in reading.cues.within(concept, *heading)
    ]
    words = reading.page.text[slice(*heading)]
    for start, end in sorted(hits, reverse=True):
        words = words[: start - heading[0]] + " " + words[end - heading[0] :]
    is_charge = any(reading.cues.any(*heading, c) for c in ("amount.charge", "amount.fee"))
    return (
        "amount.charge"
        if is_charge and _SECTION_REST.of(reading.locale.own).fullmatch(words)
        else None
    )


def _stands_as_price(reading: Reading, place: Place, token: Token) -> bool:
    """Whether an amount no word speaks for stands where prices stand."""
    if place.block.cell is not None or place.labels:
        return True
    if token.basis is not None and (token.basis.unit_stated or token.basis.tax is not Tax.UNKNOWN):
        return True
    first, last = place.sentence
    if _goes_on(reading, place, token):
        return True
    if _IN_BRACKETS.search(reading.page.text, max(first, token.start - 40), token.start) and (
        reading.page.text.startswith(")", token.end)
    ):
        return True
    if last - first <= _PRICE_LINE and place.block.end - place.block.start <= 2 * _PRICE_LINE:
        return True
    return (
        _LEADS_IN.of(reading.locale.own).search(reading.page.text, first, token.start) is not None
    )


def _goes_on(reading: Reading, place: Place, token: Token) -> bool:
    """ "The one costs £27 and the other £34": an amount that goes on from one called a price."""
    before = [
        t
        for t in reading.tokens_in(place.sentence[0], token.start)
        if t.kind is Kind.MONEY and t.end <= token.start
    ]
    if not before:
        return False
    text, last = reading.page.text, before[-1]
    if not _GOES_ON.of(reading.locale.own).fullmatch(text, last.end, token.start):
        return False
    return (
        reading.cues.any(_before(reading, place, last)[0], last.start, "amount.price") is not None
    )


def _is_limit(reading: Reading, place: Place, token: Token) -> bool:
    """ "over $60", "unter CHF 80": a comparison with an amount, never a price."""
    if token.bound is Bound.UP_TO:
        return True
    first = max(place.block.start, token.core[0] - 30)
    return (
        _OVER_UNDER.of(reading.locale.own).search(reading.page.text, first, token.core[0])
        is not None
    )


def _is_result(reading: Reading, place: Place, token: Token) -> bool:
    """ "3 × $88 = $264, tax $21.12": worked out from the amount before it."""
    text = reading.page.text
    if _TAX_AMOUNT.search(text, max(place.sentence[0], token.core[0] - 24), token.core[0]):
        return True
    first = max(place.sentence[0], token.core[0] - 40)
    if not text[first : token.core[0]].rstrip().endswith("=") or WITH_TAX.search(
        text, first, token.core[0]
    ):
        return False
    return any(t.kind is Kind.MONEY for t in reading.tokens_in(place.sentence[0], token.core[0]))


def _is_minimum_value(reading: Reading, place: Place, token: Token) -> bool:
    """ "minimum order: $60", "$25 minimum": money where a number of pieces would be an MOQ."""
    text = reading.page.text
    if token.basis is not None and token.basis.unit_stated:
        return False  # "$1.46 each, min. 20": so much a piece
    cue = reading.cues.last(place.sentence[0], token.core[0], "order.moq", "order.minimum")
    if cue is not None and token.core[0] - cue[1][1] <= 24:
        before = reading.tokens_in(place.sentence[0], token.core[0])
        counted = [t for t in before if t.core[1] > cue[1][0] - 3]
        if not counted and not any(stop in text[cue[1][1] : token.core[0]] for stop in "@·;|("):
            return True
    end = min(token.end + 16, place.clause[1])
    follows = reading.cues.any(token.end, end, "order.minimum", "order.moq")
    return (
        follows is not None
        and not text[token.end : follows[0]].strip(" -")
        and not names_a_count(reading, follows)
    )


def _is_customer(reading: Reading, hit: Span) -> bool:
    return hit in reading.cues.within("amount.customer", *hit)
