"""The extractor seam: a page in, statements out; no catalogue, no truth, no I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from auditor.model import Attribute, Candidate, Skipped
from auditor.values.own_words import NO_WORDS, OwnWords
from auditor.values.types import Tax

if TYPE_CHECKING:
    from auditor.extract.reading import Reading


@dataclass(frozen=True, slots=True)
class Context:
    """What the source says of itself, and which spec names the catalogue knows.

    ``language`` is BCP 47 ("de-DE"; "" = unknown: then numbers keep every reading). ``currency``
    and ``market`` are the source's default, None where it has none. ``spec_names`` are the spec
    keys the truths use with their synonyms: folded synonym → key. ``own_words`` are the phrases
    that the configuration adds to every kind of cue.
    """

    language: str = ""
    currency: str | None = None
    tax: Tax = Tax.UNKNOWN
    market: str | None = None
    timezone: str = "UTC"
    spec_names: Mapping[str, str] = field(default_factory=dict)
    own_words: OwnWords = NO_WORDS


class Extractor(Protocol):
    """Finds one kind of statement on a page.

    Contract, checked by ``auditor.testing.assert_extractor_contract``: pure; never raises on any
    page; every visible candidate's quote equals ``page.text[start:end]``; linear in page length.
    What all extractors need is in the ``Reading`` (the page, its tokens and cue words), made once
    a page by :func:`auditor.extract.reading.read`.
    """

    name: str
    attributes: frozenset[Attribute]

    def extract(self, reading: Reading, context: Context) -> Iterator[Candidate | Skipped]:
        """Yield statements in document order."""
        ...
