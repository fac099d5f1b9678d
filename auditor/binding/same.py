"""What a page says of one product and then, in so many words, of another, too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.binding.prose import sentence_of
from auditor.model import Attribute
from auditor.values.phrasing import Phrasing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.binding.scene import Scene
    from auditor.model import Claim

_SAME = Phrasing(r"(?<!\w)(?:<<subject.same>>)(?!\w)")
_EXCEPT = Phrasing(r"(?<!\w)(?:<<subject.except>>)(?!\w)")
_OF_ALL = frozenset({Attribute.OFFER, Attribute.POLICY})
# More of them on a page are a list of something else.
_MOST = 50


def said_of_others(scene: Scene, claims: Sequence[Claim]) -> list[Claim]:
    """ "… ships in 3 days. The same goes for the BX-30": what holds of the other product as well.

    Only from one product to others, from the same or the sentence before, and not where anything
    is excepted. The quote stays where the value stands.
    """
    text = scene.page.text
    found: list[Claim] = []
    for count, cue in enumerate(_SAME.in_page(text, scene.own)):
        if count >= _MOST:
            break
        low, high = sentence_of(scene, *cue.span())
        others = [m.sku for m in scene.between(cue.end(), high)]
        if not others or "" in others or _EXCEPT.of(scene.own).search(text, low, high):
            continue
        said = _claims_in(claims, low, cue.start())
        block = scene.block_at(low)
        if not said and block is not None and low > block.start:
            before, _ = sentence_of(scene, low - 1, low - 1)
            said = _claims_in(claims, before, low)
        if len({claim.sku for claim in said}) == 1:
            skus = [sku for sku in dict.fromkeys(others) if sku != said[0].sku]
            found += [replace(c, sku=sku, binding="paragraph") for sku in skus for c in said]
    return found


def _claims_in(claims: Sequence[Claim], low: int, high: int) -> list[Claim]:
    return [
        claim
        for claim in claims
        if claim.visible
        and claim.attribute not in _OF_ALL
        and low <= claim.locator.start
        and claim.locator.end <= high
    ]
