"""Site profiles: selectors of the configuration that say where a source's pages show a fact.

A profile only points; what stands there is read like anything else on the page, typed by the
attribute it is given for, and belongs to the page's main product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from lxml import etree
from lxml.cssselect import CSSSelector

from auditor.extract.interface import Context
from auditor.extract.reading import Reading, read
from auditor.extract.spec_names import SpecNames
from auditor.extract.statement import candidate, trimmed
from auditor.extract.terms import page_terms, terms_of
from auditor.model import Attribute, Candidate, Method, Role
from auditor.page.model import Page
from auditor.page.read import parsed
from auditor.page.text import walk
from auditor.values.fold import plain
from auditor.values.tokens import Kind, Token
from auditor.values.types import Amount, Basis, Duration, Money, Quantity, Value, Word
from crawler.config import Profile, Selector
from crawler.snapshot import Snapshot

Span = tuple[int, int]

MAX_MATCHES = 20
"""Elements of one selector that are read on one page: more are a list, not a main product."""
CONFIDENCE = 0.99
# Private-use characters: put around a match, they show where its text ends up on the page.
_OPEN, _CLOSE = "\ue0fa", "\ue0fb"


@dataclass(frozen=True, slots=True)
class Point:
    """One selector of a profile and the fact it points at; ``key`` is the spec's name."""

    attribute: Attribute
    key: str
    selector: Selector

    @property
    def name(self) -> str:
        """As people write it: "moq", "spec.operating voltage"."""
        return f"{self.attribute}.{self.key}" if self.key else str(self.attribute)

    @property
    def text(self) -> str:
        """The selector itself, with its kind in front: "css .price"."""
        css = self.selector.css
        return f"css {css}" if css is not None else f"xpath {self.selector.xpath}"


def points(profile: Profile) -> tuple[Point, ...]:
    """The selectors of a profile that are set, in the order of the documentation."""
    plain_ones = (
        Point(Attribute(name), "", selector)
        for name in Profile.model_fields
        if name != "spec" and (selector := getattr(profile, name)) is not None
    )
    specs = (Point(Attribute.SPEC, name, each) for name, each in profile.spec.items())
    return (*plain_ones, *specs)


def spans_of(snapshot: Snapshot, page: Page, point: Point) -> tuple[Span, ...]:
    """Where in ``page.text`` the visible text of the elements stands that a selector matches.

    Empty where nothing matches, or what matches is not visible. Never raises.
    """
    root = parsed(snapshot)
    if root is None or not page.text:
        return ()
    marked = 0
    for element in _matches(root, point.selector):
        marked += _mark(element)
    if not marked:
        return ()
    text = walk(root).text
    found = tuple(_marked_spans(text))
    bare = text.replace(_OPEN, "").replace(_CLOSE, "")
    return found if bare == page.text else ()


def matching(snapshot: Snapshot, profile: Sequence[Point]) -> list[Point]:
    """The selectors that match an element with text on a page, visible or not; cheap."""
    root = parsed(snapshot)
    if root is None:
        return []
    return [
        point
        for point in profile
        if any(
            "".join(map(str, each.itertext())).strip() for each in _matches(root, point.selector)
        )
    ]


def with_profile(
    snapshot: Snapshot,
    page: Page,
    candidates: Sequence[Candidate],
    profile: Sequence[Point],
    context: Context,
) -> list[Candidate]:
    """The candidates of a page, those that the profile points at read as what it says they are.

    A statement already read at such a place keeps its role, terms and dates and becomes the
    profile's; where there is none, the place is read anew. Pure; never raises.
    """
    spots = [(point, span) for point in profile for span in spans_of(snapshot, page, point)]
    if not spots:
        return list(candidates)
    reading = read(page, context)
    found: list[Candidate] = []
    taken: set[int] = set()
    for point, span in spots:
        here = [
            index
            for index, each in enumerate(candidates)
            if each.visible and each.attribute is point.attribute and _overlap(each, span)
        ]
        keys = SpecNames(context.spec_names).keys(point.key) or (point.key,)
        fitting = [
            candidates[i]
            for i in here
            if point.attribute is not Attribute.SPEC or candidates[i].key in keys
        ]
        made = fitting or list(_made(reading, point, span, keys, context))
        if made:
            taken.update(here)
            found += [_as_profile(each) for each in made if each not in found]
    return [*(c for i, c in enumerate(candidates) if i not in taken), *found]


def _as_profile(found: Candidate) -> Candidate:
    return replace(found, method=Method.PROFILE, confidence=CONFIDENCE, sku_hint="")


def _overlap(found: Candidate, span: Span) -> bool:
    return found.locator.start < span[1] and span[0] < found.locator.end


def _made(
    reading: Reading, point: Point, span: Span, keys: Sequence[str], context: Context
) -> Iterator[Candidate]:
    """What stands at ``span``, read as the attribute it was pointed at for."""
    span = trimmed(reading, *span)
    place = reading.place(span[0])
    if place is None or span[0] >= span[1]:
        return
    basis, role = Basis(), Role.NONE
    value: Value | None
    if point.attribute in (Attribute.PRICE, Attribute.MIN_ORDER_VALUE):
        token, value = _money(reading, span, context)
        if token is not None and point.attribute is Attribute.PRICE:
            terms = page_terms(reading, context)
            own = (token.start, token.end)
            basis = terms_of(reading, place, own, token.basis or Basis(), terms)
            role, span = Role.LIST, own
    else:
        value = _READ[point.attribute](reading, span)
    if value is None:
        return
    for key in keys if point.attribute is Attribute.SPEC else ("",):
        yield candidate(
            reading, place, point.attribute, value, span, key=key, role=role, basis=basis
        )


def _money(reading: Reading, span: Span, context: Context) -> tuple[Token | None, Money | None]:
    """The first amount of money, or the first number in the source's own currency."""
    tokens = reading.tokens_in(*span)
    for token in tokens:
        if isinstance(token.value, Money):
            return token, token.value
    for token in tokens:
        amount = getattr(token.value, "amount", None)
        if token.kind is Kind.NUMBER and isinstance(amount, Amount):
            return token, Money(amount, context.currency or reading.locale.currency)
    return None, None


def _count(reading: Reading, span: Span) -> Value | None:
    for token in reading.tokens_in(*span):
        if isinstance(token.value, Quantity):
            return token.value if token.value.unit else replace(token.value, unit="pcs")
    return None


def _duration(reading: Reading, span: Span) -> Value | None:
    return next((t.value for t in reading.tokens_in(*span) if isinstance(t.value, Duration)), None)


def _state(*families: str) -> Callable[[Reading, Span], Value | None]:
    def read_state(reading: Reading, span: Span) -> Value | None:
        concepts = [c for c in reading.cues.found if c.partition(".")[0] in families]
        hit = reading.cues.last(*span, *concepts)
        if hit is None:
            return None
        return Word(reading.page.text[slice(*hit[1])], hit[0].partition(".")[2])

    return read_state


def _spec(reading: Reading, span: Span) -> Value | None:
    text = reading.page.text[slice(*span)]
    tokens = [t for t in reading.tokens_in(*span) if t.value is not None]
    return tokens[0].value if tokens else Word(text, plain(text))


_READ: dict[Attribute, Callable[[Reading, Span], Value | None]] = {
    Attribute.MOQ: _count,
    Attribute.ORDER_MULTIPLE: _count,
    Attribute.PACK_SIZE: _count,
    Attribute.LEAD_TIME: _duration,
    Attribute.AVAILABILITY: _state("stock"),
    Attribute.STATUS: _state("state"),
    Attribute.SPEC: _spec,
}


@lru_cache(maxsize=256)
def _compiled(css: str | None, xpath: str | None) -> Callable[[etree._Element], Any]:
    selector: Callable[[etree._Element], Any] = (
        CSSSelector(css, translator="html") if css is not None else etree.XPath(xpath or "/..")
    )
    return selector


def _matches(root: etree._Element, selector: Selector) -> list[etree._Element]:
    """The elements a selector matches; a text node stands for its element."""
    try:
        found = _compiled(selector.css, selector.xpath)(root)
    except etree.XPathEvalError:
        return []
    elements: list[etree._Element] = []
    for each in found if isinstance(found, list) else ():
        element = each.getparent() if getattr(each, "is_text", False) else each
        if isinstance(element, etree._Element) and isinstance(element.tag, str):
            elements.append(element)
    return list(dict.fromkeys(elements))[:MAX_MATCHES]


def _mark(element: etree._Element) -> bool:
    """Put the marks around the text of an element; False where it has none."""
    pieces: list[tuple[etree._Element, str]] = []
    for event, each in etree.iterwalk(element, events=("start", "end")):
        name = "text" if event == "start" else "tail"
        if (event == "start" or each is not element) and (getattr(each, name) or "").strip():
            pieces.append((each, name))
    if not pieces:
        return False
    (first, name), (last, last_name) = pieces[0], pieces[-1]
    text = getattr(last, last_name)
    end = len(text.rstrip())
    setattr(last, last_name, text[:end] + _CLOSE + text[end:])
    text = getattr(first, name)
    start = len(text) - len(text.lstrip())
    setattr(first, name, text[:start] + _OPEN + text[start:])
    return True


def _marked_spans(text: str) -> Iterator[Span]:
    """The spans between the marks, in the text without them."""
    opened: list[int] = []
    marks = 0
    for at, character in enumerate(text):
        if character == _OPEN:
            opened.append(at - marks)
            marks += 1
        elif character == _CLOSE:
            if opened and (start := opened.pop()) < at - marks:
                yield start, at - marks
            marks += 1
