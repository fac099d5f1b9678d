"""The catalogue's identifiers as one table, and every place in a text where one of them stands.

A text is cut into runs of letters and runs of digits; identifiers are sequences of runs. From each
run that opens some identifier the runs are joined until nothing longer can match, so the time per
page depends on its text and not on the number of products. (An Aho-Corasick automaton over the
same 3.3 million identifiers and names was as fast to ask, but took twice the time and three times
the memory to build.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from auditor import identifiers

_RUN = re.compile(r"[^\W\d_]+|\d+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]+")
# How many characters of a run tell most words of a text from the beginning of any identifier,
_HEAD = 3
# how many decide whether a place is worth a longer look,
_OPENING = 6
# and how many whether it is worth going on: half a shop's names may share their first word.
_FURTHER = 12
_LONGEST_GAP = 4
_PLAIN_GAPS = frozenset({"", " ", "-", "_"})
# A site names the same things on every page: what starts at a place is remembered by the
# characters there, where these are all that was looked at.
_WINDOW = 64
_REMEMBERED = 16_384

Found = tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Lookup:
    """Folded identifier → number, and the openings that make a place in a text worth a look.

    ``reach`` is, for each opening, the length of the longest identifier that starts with it;
    ``heads`` are the first one, two and three characters of all of them.
    """

    numbers: dict[str, int] = field(default_factory=dict)
    reach: dict[str, int] = field(default_factory=dict)
    heads: set[str] = field(default_factory=set)
    _known: dict[str, Found] = field(default_factory=dict, init=False, repr=False)

    def add(self, folded: str) -> int:
        """The number of a folded identifier (see ``folded_key``), new or known."""
        known = self.numbers.get(folded)
        if known is not None:
            return known
        lengths = (_OPENING, _FURTHER) if len(folded) >= _FURTHER else (_OPENING,)
        for opening in (folded[:length] for length in lengths):
            if len(folded) > self.reach.get(opening, 0):
                self.reach[opening] = len(folded)
        self.heads.update((folded[:1], folded[:2], folded[:_HEAD]))
        self.numbers[folded] = len(self.numbers)
        self._known.clear()
        return self.numbers[folded]

    def places(self, text: str) -> Iterator[list[tuple[int, int, int]]]:
        """For each place, the identifiers that start there as (number, start, end), longest first.

        >>> lookup = Lookup()
        >>> lookup.add("bx20"), lookup.add("bx20s")
        (0, 1)
        >>> list(lookup.places("a BX-20 S"))
        [[(1, 2, 9), (0, 2, 7)]]
        """
        plain, back = _without_invisible(identifiers.lower_same_length(text))
        known, heads = self._known, self.heads
        for run in _RUN.finditer(plain):
            if run[0][:_HEAD] not in heads:
                continue
            start = run.start()
            window = plain[start : start + _WINDOW]
            found = known.get(window)
            if found is None:
                found, looked_to = self._at(plain, run)
                if looked_to <= start + _WINDOW:
                    if len(known) >= _REMEMBERED:
                        known.clear()
                    known[window] = found
            if found and back is None:
                yield [(number, start, start + length) for number, length in found]
            elif found and back is not None:
                yield [(n, back[start], back[start + length - 1] + 1) for n, length in found]

    def _at(self, text: str, run: re.Match[str]) -> tuple[Found, int]:
        """(number, length) of what starts at a run, longest first, and how far was looked."""
        start, end = run.span()
        folded = run[0]
        found: list[tuple[int, int]] = []
        longest = _OPENING
        while True:
            size = len(folded)
            if size >= _FURTHER:
                longest = self.reach.get(folded[:_FURTHER], 0)
            elif size >= _OPENING:
                longest = self.reach.get(folded[:_OPENING], 0)
            if size > longest:
                break
            number = self.numbers.get(folded)
            if number is not None:
                found.append((number, end - start))
            following = _RUN.search(text, end)
            if following is None or following.start() > end + _LONGEST_GAP:
                end += _LONGEST_GAP + 1
                break
            gap = text[end : following.start()]
            folded += following[0] if gap in _PLAIN_GAPS else identifiers.key(gap) + following[0]
            end = following.end()
        found.reverse()
        return tuple(found), end + 1


def folded_key(identifier: str) -> str:
    """The folded form an identifier is stored under: from its first to its last run.

    >>> folded_key("BX-20 (S)"), folded_key("#")
    ('bx20(s', '')
    """
    folded = identifiers.key(identifier)
    if folded[:1].isalnum() and folded[-1:].isalnum():
        return folded
    runs = [match.span() for match in _RUN.finditer(folded)]
    return folded[runs[0][0] : runs[-1][1]] if runs else ""


def _without_invisible(text: str) -> tuple[str, list[int] | None]:
    """The text without soft hyphens and the like, and where its characters stood (None: there)."""
    if not _INVISIBLE.search(text):
        return text, None
    origins: list[int] = []
    last = 0
    for run in _INVISIBLE.finditer(text):
        origins.extend(range(last, run.start()))
        last = run.end()
    origins.extend(range(last, len(text)))
    return _INVISIBLE.sub("", text), origins
