"""Labels that name the product beside the property: "BX-20 / stock", "Weight of BX-20"."""

from __future__ import annotations

import re

# A number that only a product has: a stroke in it, or longer than the "L1" of a drawing.
_PART = r"(?:[A-ZÀ-Þ][\w-]{0,15}\s)?(?=\S{0,24}\d)(?=\S{0,24}[-.]|\S{5})[A-ZÀ-Þ\d][\w./+-]{2,24}"
_HEAD = re.compile(rf"\s*{_PART}\s*(?:[/,:|–—→⇒]|\s-)\s*(?=[^\W\d])")
_TAIL = re.compile(
    rf"\s+(?:(?:of|for|von|vom|der|des|de|du|del|della|di|van|für|pour|per|para|voor)\s+"
    rf"(?:(?:the|der|die|das|den|dem|la|le|el|il|het|de)\s+)?)?{_PART}\s*$"
)
_LONGEST = 80


def readings_of(label: str) -> tuple[str, ...]:
    """The label as it is and, where it opens or ends with a product's number, without it.

    >>> readings_of("BX-20 / stock"), readings_of("Weight of the BX-20"), readings_of("Length L1")
    (('BX-20 / stock', 'stock'), ('Weight of the BX-20', 'Weight'), ('Length L1',))
    """
    if len(label) > _LONGEST or not any(c.isdigit() for c in label):
        return (label,)
    said = label.strip(" :*")
    head, tail = _HEAD.match(said), _TAIL.search(said)
    found = [said[head.end() :]] if head else []
    if tail and tail.start() > 2:
        found.append(said[: tail.start()])
    return (label, *found)
