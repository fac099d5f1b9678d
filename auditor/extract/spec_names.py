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
_NOT_WORDS = re.compile(r"[^\w'-]+")
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
    """
    text = _BRACKETS.sub(" ", plain(label))
    words = _NOT_WORDS.sub(" ", text).split()
    return " ".join(filter(None, (_WRITTEN_OUT.get(word, word) for word in words)))


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
