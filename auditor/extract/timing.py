"""Is a statement about today? Past prices, announcements, examples and quotations are not."""

from __future__ import annotations

import re
from bisect import bisect_right

from auditor.extract.contracts import in_contract
from auditor.extract.cues import Cues, Span
from auditor.extract.reading import Place, Reading
from auditor.model import Reason
from auditor.page.model import Region
from auditor.values.phrasing import Phrasing
from auditor.values.tokens import Bound, Kind, Token

_YEAR = re.compile(r"(?<![\d.,/-])(?:19|20)\d\d(?!\d|[.,]\d)")
_DATED_LINE = re.compile(
    r"[\s•*–-]*(?:\d{1,2}[./-]\d{1,2}[./-])?(?:19|20)\d\d(?:[./-]\d{1,2}){0,2}\s?[:–-]\s"
)
# A straight quotation mark opens before a word and closes behind one; inches do neither.
_QUOTED = re.compile(
    r"(?:[“„«‟]|(?<![\w\"])\"(?=\S))(?P<said>[^“”„«»\"]{24,600})(?:[”“»]|(?<=[^\s\d])\"(?!\w))"
)
_OPENING_MARK = re.compile('[“„«‟"]')
# Past forms that right before a value speak of it ("the MOQ was 250").
_WAS = Phrasing(r"(?:<<past.beside>>)")
# "It went out at $249", "lag er bei 339 €": a finite past form, then only pronouns and
# prepositions. "is reduced to" and "is sold at" hold today: participles are left out.
_PAST_FORM = Phrasing(r"(?<!\w)(?:<<past.verb>>)(?:\s(?:<<past.filler>>)){0,4}\s?$")
_FORMER_COST = Phrasing(r"(?<!\w)(?:<<past.cost>>)(?!\w)")
# How far before an amount the verb may stand that tells what it used to be.
_COST_REACH = 60
# How far before the value a past form and its short words may stand.
_PAST_REACH = 40
# "If the list price is $88, a 10 % discount gives $79.20"
_SUPPOSED = Phrasing(
    r"(?:<<past.suppose>>) (?:<<subject.article>>|its) [^,.]{0,40}"
    r"(?:price|cost|preis|prix|precio|prezzo|prijs)[^,.]{0,20}"
    r"\b(?:is|are|were|was|be|ist|wäre|est|es|è)\b"
)
# How far from the value the day may stand from which on it holds.
_DAY_REACH = 40
# "The new price is out: now $15.90": how far before the value the word stands that it holds.
_NOW_REACH = 10
# How far behind "raised from" the former value may stand.
_FROM_REACH = 24
# How far behind a quotation the words may stand that confirm it, and how long a list may be.
_FRAME = 60
_LIST = 24
# How far a heading may run and still be one that names its section ("Revision history").
_NAMING_HEADING = 60


def not_today(
    reading: Reading, place: Place, start: int, end: int, *, announced: bool = True
) -> tuple[Reason, str] | None:
    """Why the statement at [start, end) does not hold today, None where nothing says so.

    The value a person asks about stands at [start, end); the words that decide stand in its
    sentence, at the head of its block and in its headings. ``announced=False`` leaves words about
    the future out ("currently not available, expected back in May" is a state of today).
    """
    said = _others_words(reading, place, start, end) or _example(reading, place, start, end)
    if said is not None:
        return said
    if _is_headed(reading, place, "time.history") and not _holds_today(reading, place):
        return Reason.HISTORIC, "stands in a change history"
    listed = reading.cues.last(place.sentence[0], start, "time.history")
    if listed is not None and reading.page.text.startswith(":", listed[1][1]):
        return Reason.HISTORIC, "stands in a list of changes"
    if is_past(reading, place, start, end):
        return Reason.HISTORIC, "about the past"
    if reading.cues.any(place.clause[0], start, "amount.competitor"):
        return Reason.EXAMPLE, "about somebody else's goods"
    if in_contract(reading, place):
        return Reason.CUSTOMER_SPECIFIC, "what one customer's contract says"
    if announced and is_announced(reading, place, start, end):
        return Reason.NOT_CURRENT, "announced, not in force yet"
    if announced and _starts_some_day(reading, place, start, end):
        return Reason.NOT_CURRENT, "from a day on whose year is not said"
    return None


def _holds_today(reading: Reading, place: Place) -> bool:
    """Whether a sentence of a history is about today, or goes on about what one before it said.

    "The price in force is $9. Minimum 36 rolls." – and no day or change in between.
    """
    for first, last in reversed(reading.sentences(place.index)):
        if first > place.sentence[0]:
            continue
        if reading.cues.any(first, last, "time.today"):
            return True
        if reading.cues.any(first, last, "time.changed", "time.past", "time.history"):
            return False
        if any(t.kind is Kind.DATE for t in reading.tokens_in(first, last)):
            return False
    return False


def _others_words(
    reading: Reading, place: Place, start: int, end: int
) -> tuple[Reason, str] | None:
    """Reviews, quotations, struck text, questions: not what the page itself says today."""
    if place.block.region in (Region.REVIEWS, Region.COMMENTS):
        return Reason.NOT_CURRENT, "a reader's words"
    if reading.is_struck(start, end):
        return Reason.NOT_CURRENT, "struck through"
    in_quotation = place.block.tag == "blockquote" or "/blockquote" in place.block.path
    whole = place.block.start, place.block.end
    quoted = whole if in_quotation else _quotation(reading, start, end)
    if quoted is not None and not _holds(reading, place, quoted):
        return Reason.EXAMPLE, "quoted from somebody else"
    if place.block.cell is None and reading.page.text.endswith("?", end, place.sentence[1]):
        return Reason.ROLE_UNCLEAR, "part of a question"
    return None


def _example(reading: Reading, place: Place, start: int, end: int) -> tuple[Reason, str] | None:
    """Worked examples: a word for one before the value, in its block or in a heading."""
    if _is_headed(reading, place, "time.example"):
        return Reason.EXAMPLE, "stands in an example"
    is_real = reading.cues.any(place.sentence[0], start, "time.real") is not None
    first = place.sentence[0] if is_real else place.block.start
    if reading.cues.any(first, place.sentence[1], "time.example"):
        return Reason.EXAMPLE, "a worked example"
    supposed = _SUPPOSED.of(reading.locale.own).match(reading.page.text, *place.sentence)
    if supposed or reading.cues.any(place.clause[0], start, "time.instance"):
        return Reason.EXAMPLE, "an example"
    return None


def is_past(reading: Reading, place: Place, start: int, end: int) -> bool:
    """Whether the sentence speaks of the past: "in 2022 the MOQ was 250", "2019: $25"."""
    cues, (first, last) = reading.cues, place.sentence
    if _DATED_LINE.match(reading.page.text, first, last):
        return cues.any(first, last, "time.today") is None
    if _is_changed(reading, first, last) or _is_over(cues, place.clause):
        return True
    former = cues.any(max(first, place.clause[0]), start, "time.formerly")
    if former and cues.any(former[1], start, "time.since"):
        return False
    if former and not _closed_bracket_between(reading.page.text, former, start):
        return True
    if _PAST_FORM.of(reading.locale.own).search(
        reading.plain(max(place.clause[0], start - _PAST_REACH), start)
    ):
        return True
    if _is_former_cost(reading, max(first, place.clause[0]), start):
        return True
    past = cues.last(first, start, "time.past")
    if past is None:
        return False
    if start - past[1][1] <= 1 and _WAS.of(reading.locale.own).fullmatch(reading.plain(*past[1])):
        return True
    since = cues.last(first, start, "time.since")
    if since is not None and since[1][0] > past[1][0]:
        return False
    return _YEAR.search(reading.page.text, first, last) is not None or any(
        t.kind is Kind.DATE and t.instant is not None for t in reading.tokens_in(first, last)
    )


def _is_over(cues: Cues, clause: Span) -> bool:
    """ "The offer has ended"; in "è terminato" of what is sold out, the words are today's state."""
    return any(
        not any(
            s[0] <= over[0] and over[1] <= s[1] for s in cues.within("stock.out_of_stock", *clause)
        )
        for over in cues.within("time.over", *clause)
    )


def _is_former_cost(reading: Reading, first: int, start: int) -> bool:
    """ "… kostete die BX-20 noch 9 €", unless a "now" stands between."""
    verbs = list(_FORMER_COST.of(reading.locale.own).finditer(reading.page.text, first, start))
    if not verbs or start - verbs[-1].end() > _COST_REACH:
        return False
    return reading.cues.any(verbs[-1].end(), start, "time.since", "time.today") is None


def _is_changed(reading: Reading, first: int, last: int) -> bool:
    """ "raised from $4 to $5": the words count only where a value follows ("move up from a …")."""
    for hit in reading.cues.within("time.changed", first, last):
        ends_open = reading.plain(*hit).endswith((" from", " von", " de", " da", " van", " naar"))
        if not ends_open or reading.tokens_in(hit[1], min(last, hit[1] + _FROM_REACH)):
            return True
    return False


def is_announced(reading: Reading, place: Place, start: int, end: int) -> bool:
    """Whether the sentence speaks of what will be: "from January this becomes $75"."""
    first, last = place.sentence
    if reading.cues.any(first, min(last, end + 40), "time.future"):
        return reading.cues.any(max(first, start - _NOW_REACH), start, "time.since") is None
    return reading.cues.any(first, start, "time.moves") is not None and any(
        t.kind is Kind.DATE and not _ends_then(reading, first, t)
        for t in reading.tokens_in(first, last)
    )


def _ends_then(reading: Reading, first: int, day: Token) -> bool:
    """Whether a day is the last one ("until 30 November it goes to $9"): it holds till then."""
    if day.bound is Bound.UP_TO:
        return True
    cue = reading.cues.last(max(first, day.start - _DAY_REACH), day.core[0], "time.ends")
    return cue is not None and day.core[0] - cue[1][1] <= 3


def _starts_some_day(reading: Reading, place: Place, start: int, end: int) -> bool:
    """ "$19.75 from 1 December": right before or behind the value, a start without a year."""
    first, last = place.sentence
    tokens = reading.tokens_in(max(first, start - _DAY_REACH), min(last, end + _DAY_REACH))
    behind = next((t for t in tokens if t.start >= end), None)
    before = next((t for t in reversed(tokens) if t.end <= start), None)
    return any(
        t.kind is Kind.DATE and t.instant is None and t.bound is Bound.FROM
        for t in (before, behind)
        if t is not None
    )


def _quotation(reading: Reading, start: int, end: int) -> Span | None:
    spans = reading.once("quoted", _quoted_spans)
    at = bisect_right(spans, (start, len(reading.page.text) + 1)) - 1
    return spans[at] if at >= 0 and spans[at][0] <= start and end <= spans[at][1] else None


def _holds(reading: Reading, place: Place, quoted: Span) -> bool:
    """Whether the words around a quotation say that it is what the house says, or that it is right.

    "Call script: …", "use this wording:", "That is right." – and nobody else is named as speaker.
    """
    block = place.block
    if reading.cues.any(quoted[1], min(block.end, quoted[1] + _FRAME), "time.affirmed"):
        return True
    if reading.cues.any(block.start, quoted[0], "time.caller"):
        return False
    if reading.cues.any(*quoted, "time.house"):
        return True
    frames = [h for h in reading.headings(block) if h[1] - h[0] <= _NAMING_HEADING]
    frames += [(block.start, quoted[0])]
    intro = _intro(reading, place.index)
    frames += [intro] if intro else []
    callers = [hit for frame in frames if (hit := _last(reading, frame, "time.caller"))]
    if callers:  # "A caller asks for X? Say this:"
        return any(
            (wording := _last(reading, frame, "time.wording")) is not None
            and all(wording[0] >= caller[1] for caller in callers)
            for frame in frames
        )
    return any(reading.cues.any(*frame, "time.wording") for frame in frames)


def _last(reading: Reading, frame: Span, concept: str) -> Span | None:
    hit = reading.cues.last(*frame, concept)
    return hit[1] if hit is not None else None


def _intro(reading: Reading, index: int) -> Span | None:
    """The line with a colon at its end above a list, or right above a block."""
    tag = reading.blocks[index].tag
    first = index
    while first > 0 and tag == "li" and reading.blocks[first].tag == "li" and index - first < _LIST:
        first -= 1
    before = reading.blocks[first if tag == "li" else max(index - 1, 0)]
    is_intro = before.end <= reading.blocks[index].start and reading.page.text[
        before.start : before.end
    ].rstrip().endswith(":")
    return (before.start, before.end) if is_intro else None


def _quoted_spans(reading: Reading) -> list[Span]:
    """What stands between quotation marks and is long enough to be somebody's words."""
    text = reading.page.text
    quoting = {reading.block_at(mark.start()): None for mark in _OPENING_MARK.finditer(text)}
    return [
        hit.span("said")
        for block in [reading.blocks[index] for index in quoting if index >= 0]
        for hit in _QUOTED.finditer(text, block.start, block.end)
    ]


def _is_headed(reading: Reading, place: Place, concept: str) -> bool:
    """Whether a heading above is little but a word of ``concept``."""
    return concept in reading.cues and any(
        _names(reading, heading, concept) for heading in reading.headings(place.block)
    )


def _names(reading: Reading, heading: Span, concept: str) -> bool:
    length = heading[1] - heading[0]
    hit = reading.cues.any(*heading, concept) if length <= _NAMING_HEADING else None
    return hit is not None and 2 * (hit[1] - hit[0]) >= length


def _closed_bracket_between(text: str, cue: Span, start: int) -> bool:
    """A cue inside brackets that close before the value speaks of something else (a name)."""
    opened = text.rfind("(", max(0, cue[0] - 40), cue[0])
    closed = text.find(")", cue[1], start)
    return opened >= 0 and closed >= 0
