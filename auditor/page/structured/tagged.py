"""Microdata and RDFa Lite: things written into the visible markup.

Source: https://html.spec.whatwg.org/multipage/microdata.html, https://www.w3.org/TR/rdfa-lite/.
Both give the same things as JSON-LD, with the place of each beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.page.structured.schema_org import Place

if TYPE_CHECKING:
    from auditor.page.frames import Frame, Tagged, Walked
    from auditor.page.model import Json
    from auditor.page.structured.things import Thing

MAX_ANCHOR = 200
"""A longer element is a region of the page, not the place of a price."""

MAX_REF_DEPTH = 60
"""Levels up that ``itemref`` is looked for."""

_VALUES = {
    "a": "href",
    "link": "href",
    "area": "href",
    "img": "src",
    "object": "data",
    "time": "datetime",
    "data": "value",
    "meter": "value",
}


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
class Things:
    """Top-level things, their places by ``id()``, and which of them stand beside the subject."""

    things: list[Json]
    places: dict[int, Place]
    frames: dict[int, Frame]


def tagged_things(walked: Walked, syntax: Syntax) -> Things:
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
        self.refs: dict[str, Tagged] = {}

    def read(self) -> Things:
        syntax = self.syntax
        found = self.walked.tagged
        found = [t for t in found if syntax.scope in t.attrs or syntax.property in t.attrs]
        for tagged in found:
            if syntax.scope in tagged.attrs:
                self._open(tagged)
        roots: list[Json] = []
        for tagged in found:
            thing = self.things.get(id(tagged))
            scope = self._scope(tagged)
            names = tagged.attrs.get(syntax.property, "").split()
            if scope is not None and names:
                value: Json = thing if thing is not None else self._value(tagged)
                for name in names[:8]:
                    _put(self.things[id(scope)], name, value)
                    if name in ("price", "lowPrice"):
                        self._anchor(scope, tagged)
            elif thing is not None:
                roots.append(thing)
        return Things(roots, self.places, self.frames)

    def _open(self, tagged: Tagged) -> None:
        attrs = tagged.attrs
        kinds: list[Json] = list(attrs.get(self.syntax.type, "").split()[:8])
        thing: Thing = {"@type": kinds}
        name = attrs.get(self.syntax.id, "").strip()
        if name:
            thing["@id"] = name
        self.things[id(tagged)] = thing
        self.frames[id(thing)] = tagged.block
        span = self.walked.span(tagged.where)
        if span and span[1] - span[0] > MAX_ANCHOR:
            span = None
        self.places[id(thing)] = Place(span, tagged.path())
        for ref in attrs.get("itemref", "").split()[:20]:
            self.refs.setdefault(ref, tagged)

    def _scope(self, tagged: Tagged) -> Tagged | None:
        """The thing a property belongs to: the nearest open one, or one that refers to it by id."""
        if self.refs:
            referring = self._referring(tagged)
            if referring is not None and referring is not tagged:
                return referring
        outer = tagged.outer
        while outer is not None and id(outer) not in self.things:
            outer = outer.outer
        return outer

    def _referring(self, tagged: Tagged) -> Tagged | None:
        found = self.refs.get(tagged.attrs.get("id", ""))
        frame = tagged.block
        for _ in range(MAX_REF_DEPTH):
            if found is not None or frame.parent is frame:
                break
            found = self.refs.get(frame.shape.attrs.get("id", ""))
            frame = frame.parent
        return found

    def _anchor(self, scope: Tagged, tagged: Tagged) -> None:
        span = self.walked.span(tagged.where)
        if span and span[1] - span[0] <= MAX_ANCHOR:
            self.places[id(self.things[id(scope)])] = Place(span, tagged.path())

    def _value(self, tagged: Tagged) -> str:
        attrs = tagged.attrs
        if "content" in attrs:
            return attrs["content"].strip()
        source = _VALUES.get(tagged.tag)
        if source and source in attrs:
            return attrs[source].strip()
        span = self.walked.span(tagged.where)
        if span:
            return self.walked.text[span[0] : min(span[1], span[0] + 2000)]
        return tagged.text or attrs.get("href", "")


def _put(thing: Thing, name: str, value: Json) -> None:
    old = thing.get(name)
    if old is None:
        thing[name] = value
    elif isinstance(old, list):
        old.append(value)
    elif old is not value:
        thing[name] = [old, value]
