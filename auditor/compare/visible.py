"""Does the true amount stand on the page in a place that a reader takes for current?"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from auditor.page.model import Region
from auditor.values.compare import same
from auditor.values.locale import Locale, locale_for
from auditor.values.tokenizer import tokenize
from auditor.values.types import Money

if TYPE_CHECKING:
    from auditor.compare.facts import Setting
    from auditor.model import Judgement

Span = tuple[int, int]

_ELSEWHERE = frozenset({Region.RELATED, Region.REVIEWS, Region.COMMENTS, Region.NAV, Region.FOOTER})


def stands_visibly(judged: Judgement, setting: Setting) -> bool:
    """Whether the expected amount of money is printed, not struck, in the page's own part.

    The catalogue says which value to look for: a page that shows it somewhere is not called wrong
    because of another amount that nothing explains.
    """
    if judged.truth is None or not isinstance(judged.truth.value, Money):
        return False
    page, locale = setting.page, locale_for(setting.page.language or setting.policy.language)
    own = tuple((b.start, b.end) for b in page.blocks if b.region not in _ELSEWHERE)
    amounts = _amounts(page.text, own, page.struck, locale)
    return any(same(amount, judged.truth.value).agrees for amount in amounts)


@lru_cache(maxsize=1)  # of one page several facts are asked
def _amounts(
    text: str, blocks: tuple[Span, ...], struck: tuple[Span, ...], locale: Locale
) -> tuple[Money, ...]:
    """The amounts of money in the blocks that are not struck."""
    return tuple(
        token.value
        for start, end in blocks
        for token in tokenize(text, locale, start=start, end=end)
        if isinstance(token.value, Money)
        and not any(low <= token.start < high for low, high in struck)
    )
