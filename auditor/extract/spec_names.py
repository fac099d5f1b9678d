"""Which specification a label names: closed world, only names the truths use or synonyms of "
"them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from auditor.values.fold import plain

_BRACKETS = re.compile(r"\(([^()]{0,40})\)|\[([^\[\]]{0,40})\]")
_QUALIFYING = re.compile(r"[^\W\d_]{3,}")
_NOT_WORDS = re.compile(r"[^\w'-]+")
# "Innen-Ø", "Wellen-Ø"
_COMPOUND_SIGN = re.compile(r"(?<=[^\W\d_]{3})-[øØ⌀](?!\w)")
_SHORTEST_HEAD = 5
_LONGEST_LOOSE = 4
_WRITTEN_OUT = {
    "max": "maximum", "min": "minimum", "temp": "temperature", "dia": "diameter",
    "diam": "diameter",
    "nom": "nominal", "wt": "weight", "op": "operating", "oper": "operating", "no": "number",
    "approx": "", "ca": "", "rec": "", "typ": "", "ø": "diameter", "mat": "material",
}  # fmt: skip


def normalized(label: str) -> str:
    """A label as it is compared: folded, without brackets and stops, abbreviations written out.

    >>> normalized("Max. pressure:"), normalized("Length (mm)"), normalized("Ø [mm]")
    ('maximum pressure', 'length', 'diameter')
    >>> normalized("Innen-Ø (mm)")
    'innendurchmesser'
    """
    text = _BRACKETS.sub(" ", _COMPOUND_SIGN.sub("durchmesser", plain(label)))
    words = _NOT_WORDS.sub(" ", text).split()
    return " ".join(filter(None, (_WRITTEN_OUT.get(word, word) for word in words)))


def is_qualified(label: str) -> bool:
    """Whether a label limits itself in brackets by words, not by a unit or an abbreviation.

    >>> is_qualified("Rating (lid closed)"), is_qualified("Weight (net)")
    (True, False)
    """
    hit = _BRACKETS.search(label)
    return hit is not None and len(_QUALIFYING.findall(hit[1] or hit[2] or "")) > 1


def unit_in(label: str) -> str:
    """The unit a label carries in brackets or behind a slash, as printed; "" where none.

    >>> unit_in("Length (mm)"), unit_in("Weight / kg"), unit_in("Material")
    ('mm', 'kg', '')
    """
    hit = _BRACKETS.search(label)
    if hit:
        return (hit[1] or hit[2] or "").strip()
    before, slash, after = label.rpartition(" / ")
    if slash and before and len(after) <= 8:
        return after.strip()
    before, comma, after = label.rpartition(", ")
    return after.strip() if comma and before and len(after) <= 4 else ""


class SpecNames:
    """Looks labels up among the spec keys of the catalogue."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._keys: dict[str, str] = {}
        for name, key in known.items():
            self._keys.setdefault(normalized(name), key)
        groups = _groups()
        self._by_group: dict[int, list[str]] = {}
        for name, key in self._keys.items():
            for group in groups.get(name, ()):
                if key not in self._by_group.setdefault(group, []):
                    self._by_group[group].append(key)
        self.names = tuple(
            sorted(
                {
                    *self._keys,
                    *(n for n, of in groups.items() if any(g in self._by_group for g in of)),
                }
            )
        )
        """Every name that leads to a key, for finding them in prose."""
        self._parts: dict[str, list[str]] = {}
        for name, key in self._keys.items():
            for part in _parts(name):
                self._parts.setdefault(part, []).append(key)

    def __bool__(self) -> bool:
        return bool(self._keys)

    def keys(self, label: str) -> tuple[str, ...]:
        """The keys of the specs that ``label`` may name, the label's own name first.

        Several, where the feeds of a company call one thing by several names ("Werkstoff",
        "material"): which one is meant depends on the product.

        >>> SpecNames({"werkstoff": "Werkstoff"}).keys("Material:")
        ('Werkstoff',)
        >>> SpecNames({"weight": "weight"}).keys("Colour")
        ()
        """
        if len(label) > 80:
            return ()
        name = normalized(label)
        if not name:
            return ()
        own = self._keys.get(name)
        found = [own] if own is not None else []
        for group in _groups().get(name, ()):
            found += [key for key in self._by_group.get(group, ()) if key not in found]
        return tuple(found)

    def loose(self, label: str) -> tuple[str, ...]:
        """The keys that ``label`` may mean although it says more or less than their names.

        "Cable length" may be the length, "Capacity" the load capacity, "Nutzlänge" the Länge:
        enough to confirm a value, too little to call one wrong.

        >>> SpecNames({"length": "length"}).loose("Cable length")
        ('length',)
        >>> SpecNames({"load capacity": "load capacity"}).loose("Capacity")
        ('load capacity',)
        """
        if len(label) > 80:
            return ()
        name = normalized(label)
        words = name.split()
        if not words or len(words) > _LONGEST_LOOSE:
            return ()
        found: list[str] = list(self._parts.get(name, ()))
        for part in (*_parts(name), *_heads(words[-1])):
            found += self.keys(part)
        return tuple(dict.fromkeys(found))


def _parts(name: str) -> list[str]:
    """What a name of several words begins and ends with."""
    words = name.split()
    cuts = range(1, len(words))
    return [" ".join(words[at:]) for at in cuts] + [" ".join(words[:at]) for at in cuts]


def _heads(word: str) -> list[str]:
    """The words a German compound may end with: "Nutzlänge" with "länge"."""
    return [word[at:] for at in range(2, len(word) - _SHORTEST_HEAD + 1)]


@lru_cache(maxsize=8)
def spec_names_of(known: tuple[tuple[str, str], ...]) -> SpecNames:
    """The SpecNames of a catalogue, made once for many pages."""
    return SpecNames(dict(known))


@lru_cache(maxsize=1)
def _groups() -> dict[str, tuple[int, ...]]:
    text = resources.files("auditor.extract").joinpath("spec_names.toml").read_text("utf-8")
    found: dict[str, tuple[int, ...]] = {}
    for number, names in enumerate(tomllib.loads(text)["names"]):
        for name in names:
            key = normalized(name)
            found[key] = (*found.get(key, ()), number)
    return found
