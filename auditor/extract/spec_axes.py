"""Which number of "24 x 16 x 12" is the length? Only where the page spells the order out."""

from __future__ import annotations

import re

from auditor.extract.spec_names import SpecNames
from auditor.values.dimensions import AXES
from auditor.values.types import Dimensions

_ORDER = re.compile(
    r"(?<![^\W\d_])([a-zA-ZØ⌀ø])\.?\s?[x×*/]\s?([a-zA-ZØ⌀ø])\.?(?:\s?[x×*/]\s?([a-zA-ZØ⌀ø])\.?)?(?![^\W\d_])"
)
_WORDS = {
    "length": ("length", "länge", "longueur", "largo", "longitud", "lunghezza", "lengte"),
    "width": ("width", "breite", "largeur", "ancho", "larghezza", "breedte"),
    "height": ("height", "höhe", "hauteur", "alto", "altura", "altezza", "hoogte"),
    "depth": ("depth", "tiefe", "profondeur", "fondo", "profundidad", "profondità", "diepte"),
    "diameter": ("diameter", "durchmesser", "diamètre", "diámetro", "diametro"),
    "thickness": ("thickness", "dicke", "stärke", "épaisseur", "espesor", "spessore", "dikte"),
}
_SPELLED = re.compile("|".join(word for words in _WORDS.values() for word in words))
_AXIS_OF_WORD = {word: axis for axis, words in _WORDS.items() for word in words}


def axes_of(value: Dimensions, said: str, language: str) -> tuple[str, ...]:
    """The axis of each part of ``value`` as its label or text names them, () where it does not.

    >>> from decimal import Decimal
    >>> from auditor.values.types import Amount, Interval, Quantity
    >>> one = Quantity(Amount("1", (Interval.point(Decimal(1)),)), "mm")
    >>> axes_of(Dimensions((one, one, one), ("", "", "")), "Size H x W x D: 3 x 4 x 1", "en")
    ('height', 'width', 'depth')
    >>> axes_of(Dimensions((one, one), ("", "")), "Size: 3 x 4", "en")
    ()
    """
    if all(value.labels) and len(value.labels) == len(value.parts):
        return value.labels
    letters = AXES.get(language, AXES["en"])
    for hit in _ORDER.finditer(said):
        found = [letter for letter in hit.groups() if letter]
        axes = tuple(
            "diameter" if c in "Øø⌀" else letters.get(c) or letters.get(c.lower()) for c in found
        )
        if len(axes) == len(value.parts) and all(axes) and len(set(axes)) == len(axes):
            return tuple(axis for axis in axes if axis)
    spelled = tuple(_AXIS_OF_WORD[hit[0]] for hit in _SPELLED.finditer(said.lower()))
    if len(spelled) == len(value.parts) and len(set(spelled)) == len(spelled):
        return spelled
    return ()


def keys_of_axes(axes: tuple[str, ...], names: SpecNames) -> tuple[tuple[str, ...], ...]:
    """The spec keys of each axis, () where the truths have none for it."""
    return tuple(
        next((keys for word in _WORDS.get(axis, (axis,)) if (keys := names.keys(word))), ())
        for axis in axes
    )
