"""Microdata and RDFa Lite: things written into the visible markup.

Source: https://html.spec.whatwg.org/multipage/microdata.html, https://www.w3.org/TR/rdfa-lite/.
Both give the same things as JSON-LD, with the place of each beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.page.structured.schema_org import Place, Thing, types

if TYPE_CHECKING:
    from auditor.page.frames import Frame, Walked
    from auditor.page.model import Json

MAX_ANCHOR = 200
"""A longer element is a region of the page, not the place of a price."""

_LINKS = {"a": "href", "link": "href", "area": "href", "img": "src", "object": "data"}


@dataclass(frozen=True, slots=True)
class Syntax:
    """The attribute names of one syntax."""

    scope: str
    type: str
    property: str
    id: str


MICRODATA = Syntax("itemscope", "itemtype", "itemprop", "itemid")
RDFA = Syntax("typeof", "typeof", "property", "resource")


@dataclass(frozen=True, slots=True)
class Tagged:
    """Top-level things, their places by ``id()``, and which of them stand beside the subject."""

    things: list[Json]
    places: dict[int, Place]
    frames: dict[int, Frame]


def tagged_things(walked: Walked, syntax: Syntax) -> Tagged:
    """Every top-level thing of a syntax, in document order."""
    return _Tags(walked, syntax).read()


class _Tags:
    """One pass over the tagged elements."""

    def __init__(self, walked: Walked, syntax: Syntax) -> None:
        self.walked = walked
        self.syntax = syntax
        self.things: dict[int, Thing] = {}
        self.places: dict[int, Place] = {}
        self.frames: dict[int, Frame] = {}
        self.scopes: dict[int, Frame | None] = {}
        self.refs: dict[str, Frame] = {}

    def read(self) -> Tagged:
        syntax = self.syntax
        frames = [
            f for f in self.walked.tagged if syntax.scope in f.attrs or syntax.property in f.attrs
        ]
        for frame in frames:
            if syntax.scope in frame.attrs:
                self._open(frame)
        roots: list[Json] = []
        for frame in frames:
            thing = self.things.get(id(frame))
            scope = self._scope(frame)
            names = frame.attrs.get(syntax.property, "").split()
            if scope is not None and names:
                value: Json = thing if thing is not None else self._value(frame)
                for name in names[:8]:
                    _put(self.things[id(scope)], name, value)
                    if name in ("price", "lowPrice"):
                        self._anchor(scope, frame)
            elif thing is not None:
                roots.append(thing)
        return Tagged(roots, self.places, self.frames)

    def _open(self, frame: Frame) -> None:
        attrs = frame.attrs
        kinds: list[Json] = list(attrs.get(self.syntax.type, "").split()[:8])
        thing: Thing = {"@type": kinds}
        name = attrs.get(self.syntax.id, "").strip()
        if name:
            thing["@id"] = name
        self.things[id(frame)] = thing
        self.frames[id(thing)] = frame
        span = self.walked.span(frame)
        if span and span[1] - span[0] > MAX_ANCHOR:
            span = None
        self.places[id(thing)] = Place(span, frame.path())
        for ref in attrs.get("itemref", "").split()[:20]:
            self.refs.setdefault(ref, frame)

    def _scope(self, frame: Frame) -> Frame | None:
        """The scope a property belongs to: nearest open one, or one that refers to it by id."""
        chain: list[Frame] = []
        found: Frame | None = None
        at = frame
        while at.parent is not at:
            ref = self.refs.get(at.attrs.get("id", "")) if self.refs else None
            if ref is not None and ref is not frame:
                found = ref
                break
            at = at.parent
            if id(at) in self.things:
                found = at
                break
            if id(at) in self.scopes:
                found = self.scopes[id(at)]
                break
            chain.append(at)
        for passed in chain:
            self.scopes[id(passed)] = found
        return found

    def _anchor(self, scope: Frame, frame: Frame) -> None:
        span = self.walked.span(frame)
        thing = self.things[id(scope)]
        if span and span[1] - span[0] <= MAX_ANCHOR:
            self.places[id(thing)] = Place(span, frame.path())

    def _value(self, frame: Frame) -> str:
        attrs = frame.attrs
        if "content" in attrs:
            return attrs["content"].strip()
        source = _LINKS.get(frame.tag)
        if source and source in attrs:
            return attrs[source].strip()
        if frame.tag == "time" and "datetime" in attrs:
            return attrs["datetime"].strip()
        if frame.tag in ("data", "meter") and "value" in attrs:
            return attrs["value"].strip()
        span = self.walked.span(frame)
        if span:
            return self.walked.text[span[0] : min(span[1], span[0] + 2000)]
        if frame.visible:
            return attrs.get("href", "")
        return " ".join("".join(frame.element.itertext()).split())[:2000]


def _put(thing: Thing, name: str, value: Json) -> None:
    old = thing.get(name)
    if old is None:
        thing[name] = value
    elif isinstance(old, list):
        old.append(value)
    elif old is not value:
        thing[name] = [old, value]


def is_product(thing: Thing) -> bool:
    """Whether a thing claims to be a product."""
    return "Product" in types(thing)
