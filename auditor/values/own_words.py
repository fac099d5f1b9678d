"""A company's own words, added to those that come with Sellby (docs/vocabulary.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

Added = Mapping[str, Mapping[str, tuple[str, ...]]]


class OwnWords:
    """Phrases by language and kind ("de" → "order.moq" → phrases); immutable.

    It is part of every :class:`~auditor.values.locale.Locale`, hence of the key under which
    matchers are kept: its hash is taken once, and the empty one costs nothing.

    >>> own = OwnWords({"de": {"order.moq": ("Mindestabnahme",)}})
    >>> list(own.of("de")), list(own.of("fr")), list(own.of(""))
    ([('order.moq', 'mindestabnahme')], [], [('order.moq', 'mindestabnahme')])
    """

    __slots__ = ("_entries", "_hash")

    def __init__(self, added: Added | None = None) -> None:
        self._entries = tuple(
            (language, kind, phrase.lower())
            for language, kinds in sorted((added or {}).items())
            for kind, phrases in sorted(kinds.items())
            for phrase in phrases
        )
        self._hash = hash(self._entries)

    def of(self, language: str) -> Iterator[tuple[str, str]]:
        """(kind, phrase) for pages in ``language`` (a primary tag), English beside it; "": all."""
        for tongue, kind, phrase in self._entries:
            if language in ("", tongue) or tongue == "en":
                yield kind, phrase

    def __bool__(self) -> bool:
        return bool(self._entries)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, OwnWords) and self._entries == other._entries

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"OwnWords({len(self._entries)} phrases)"


NO_WORDS = OwnWords()
"""Nothing added."""
