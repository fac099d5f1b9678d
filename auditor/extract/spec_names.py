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
# "Tensione d'uscita" and "tensione di uscita" are one name.
_ELIDED = re.compile(r"(?:dell|nell|all|d|l)'(?=\w)")
_SMALL = frozenset(
    {
        "of", "the", "de", "du", "des", "del", "de'", "di", "della", "dello", "dei", "degli", "der",
        "von", "vom", "van", "la", "le", "el", "il", "het",
    }
)  # fmt: skip
_ABBREVIATED = re.compile(r"([^\W\d_]{2,})(\.?)")
# What the sign of a diameter is read as, one after the other.
_DIAMETERS = ("diameter", "durchmesser", "diamètre", "diámetro", "diametro")
_SIGN = re.compile(r"[øØ⌀]\s?")
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
    >>> normalized("Innen-Ø (mm)"), normalized("Tensione d'uscita")
    ('innendurchmesser', 'tensione uscita')
    """
    text = _BRACKETS.sub(" ", _COMPOUND_SIGN.sub("durchmesser", plain(label)))
    words = [_ELIDED.sub("", word) for word in _NOT_WORDS.sub(" ", text).split()]
    kept = [word for word in words if word not in _SMALL] or words
    return " ".join(filter(None, (_WRITTEN_OUT.get(word, word) for word in kept)))


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
                    *(plain(name) for name in known),
                    *(n for n, number in _spelled() if number in self._by_group),
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
        found = self._named(name)
        if not found and (hit := _SIGN.search(label)) is not None:
            for word in _DIAMETERS:
                said = f"{label[: hit.start()]} {word} {label[hit.end() :]}"
                found = found or self._named(normalized(said))
        if not found and "." in label:
            found = self._abbreviated(label)
        return tuple(found)

    def _named(self, name: str) -> list[str]:
        own = self._keys.get(name)
        found = [own] if own is not None else []
        for group in _groups().get(name, ()):
            found += [key for key in self._by_group.get(group, ()) if key not in found]
        return found

    def _abbreviated(self, label: str) -> list[str]:
        """The keys whose names a label cuts short with full stops: "diam. interno"."""
        words = _ABBREVIATED.findall(plain(label))
        if not any(stop for _, stop in words) or len(words) > _LONGEST_LOOSE:
            return []
        pattern = re.compile(
            r"\s".join(
                re.escape(w) + (r"\w*" if stop else "") for w, stop in words if w not in _SMALL
            )
        )
        hits = [name for name in self.names if pattern.fullmatch(_NOT_WORDS.sub(" ", name))]
        found = [key for name in hits for key in self._named(normalized(name))]
        return list(dict.fromkeys(found)) if len(set(found)) == 1 else []

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


def said_names() -> Mapping[str, str]:
    """What prose says instead of a name → the name: "long" → "length", "weighs" → "weight"."""
    return _file()[1]


@lru_cache(maxsize=1)
def _file() -> tuple[list[list[str]], dict[str, str]]:
    text = resources.files("auditor.extract").joinpath("spec_names.toml").read_text("utf-8")
    found = tomllib.loads(text)
    said = {word: name for name, words in found["said"].items() for word in words}
    return found["names"], said


@lru_cache(maxsize=1)
def _spelled() -> tuple[tuple[str, int], ...]:
    """Every name as it stands in prose, with the number of its list."""
    return tuple((name, number) for number, names in enumerate(_file()[0]) for name in names)


@lru_cache(maxsize=1)
def _groups() -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for name, number in _spelled():
        key = normalized(name)
        found[key] = (*found.get(key, ()), number)
    return found
