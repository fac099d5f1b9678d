"""Does the true amount stand on the page in a place that a reader takes for current?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.page.model import Region
from auditor.values.compare import same
from auditor.values.locale import locale_for
from auditor.values.tokenizer import tokenize
from auditor.values.types import Money

if TYPE_CHECKING:
    from auditor.compare.facts import Setting
    from auditor.model import Judgement

_ELSEWHERE = frozenset({Region.RELATED, Region.REVIEWS, Region.COMMENTS, Region.NAV, Region.FOOTER})


def stands_visibly(judged: Judgement, setting: Setting) -> bool:
    """Whether the expected amount of money is printed, not struck, in the page's own part.

    The catalogue says which value to look for: a page that shows it somewhere is not called wrong
    because of another amount that nothing explains.
    """
    if judged.truth is None or not isinstance(judged.truth.value, Money):
        return False
    page, locale = setting.page, locale_for(setting.page.language or setting.policy.language)
    for block in page.blocks:
        if block.region in _ELSEWHERE:
            continue
        for token in tokenize(page.text, locale, start=block.start, end=block.end):
            if not isinstance(token.value, Money):
                continue
            struck = any(low <= token.start < high for low, high in page.struck)
            if not struck and same(token.value, judged.truth.value).agrees:
                return True
    return False
