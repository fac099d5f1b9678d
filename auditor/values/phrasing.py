"""Patterns whose words are data: ``phrasing.toml`` and what a company adds to it.

A pattern is written once, with the name of a list where words go: ``<<subject.behind>>``. It is
compiled with the phrases of all languages and, per configuration, a company's own.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources

from ahocorasick_rs import AhoCorasick

from auditor.values.own_words import NO_WORDS, OwnWords

_SLOT = re.compile(r"<<([a-z_.]+)>>")


@lru_cache(maxsize=1)
def lists() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Every list of ``phrasing.toml`` ("subject.behind") with its phrases by language."""
    text = resources.files("auditor.values").joinpath("phrasing.toml").read_text("utf-8")
    return {
        f"{family}.{name}": {tongue: tuple(phrases) for tongue, phrases in languages.items()}
        for family, names in tomllib.loads(text).items()
        for name, languages in names.items()
    }


class Phrasing:
    """A regular expression with lists of words in it; made at import, compiled when first used.

    >>> Phrasing(r"(?:<<subject.both>>)").of().match("les  deux").group()
    'les  deux'
    """

    __slots__ = ("_compiled", "_flags", "_template")

    def __init__(self, template: str, flags: int = re.IGNORECASE) -> None:
        self._template = template
        self._flags = flags
        self._compiled: dict[OwnWords, re.Pattern[str]] = {}

    def of(self, own: OwnWords = NO_WORDS) -> re.Pattern[str]:
        """The compiled pattern, ``own`` phrases among its words. Raises KeyError: no such list."""
        known = self._compiled.get(own)
        if known is None:
            known = re.compile(
                _SLOT.sub(lambda slot: _alternatives(slot[1], own), self._template), self._flags
            )
            self._compiled[own] = known
        return known

    def in_page(self, text: str, own: OwnWords = NO_WORDS) -> Iterator[re.Match[str]]:
        """Every hit in a long text, for a pattern that cannot match without its first list.

        Trying every phrase at every word of a page is slow, and on most pages none stands.
        """
        first = _SLOT.search(self._template)
        if first and not _matcher(first[1], own).find_matches_as_indexes(_plain(text)):
            return iter(())
        return self.of(own).finditer(text)


@lru_cache(maxsize=256)
def _alternatives(name: str, own: OwnWords) -> str:
    phrases = _phrases(name, own)
    longest_first = sorted(dict.fromkeys(phrases), key=lambda p: (-len(p), p))
    return "|".join(map(_as_pattern, longest_first))


def _phrases(name: str, own: OwnWords) -> list[str]:
    phrases = [p for language in lists()[name].values() for p in language]
    return phrases + [phrase for kind, phrase in own.of("") if kind == name]


@lru_cache(maxsize=64)
def _matcher(name: str, own: OwnWords) -> AhoCorasick:
    """Finds the phrases wherever their letters stand, inside longer words, too."""
    return AhoCorasick([_plain(phrase.strip("*")) for phrase in _phrases(name, own)])


def _plain(text: str) -> str:
    return " ".join(text.lower().split()).replace("’", "'")


def _as_pattern(phrase: str) -> str:
    """One phrase as a regular expression; the word goes on at most as far as words do."""
    core = re.escape(phrase.strip("*")).replace(r"\ ", r"\s+").replace("'", "['’]")
    head = r"\w{0,40}" if phrase.startswith("*") else ""
    return head + core + (r"\w{0,40}" if phrase.endswith("*") else "")
