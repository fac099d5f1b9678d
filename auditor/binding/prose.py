"""Of which product does a sentence speak? The nearest subject before the statement."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from auditor.binding.ground import Ground, Subject
from auditor.mentions import Kind
from auditor.model import Reason
from auditor.values.phrasing import Phrasing

if TYPE_CHECKING:
    from auditor.mentions import Mention

# Words after which a product is only compared with, replaced or accompanied, not spoken of.
_COMPLEMENT = Phrasing(
    r"\b(?:<<subject.compared>>|\w+er (?:als|dan)|"
    r"(?:plus|moins|aussi|mieux|autre|más|menos|mejor)(?:\s[\w-]+)? que)"
    r"\s+(?:(?:<<subject.article>>)\s*)?(?:[\w-]+\s+)?$"
)
_AND = Phrasing(r"^[\s,;/&()]*(?:<<subject.and>>)?[\s,;/&()]*(?:<<subject.article>>)?[\s(]*$")
_SENTENCE_END = re.compile(r"[.!?…](?=[\s\"”’»)]*\s[\s\"“„«(]*[A-ZÄÖÜÀ-ÞŁ\d$€£¥])")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:no|nr|art|st|stk|ca|min|max|approx|rs|fr|incl|inkl|excl|exkl|zzgl|bzw|vs|"
    r"e\.g|i\.e|z\.b|d\.h|p|pc|pcs|qty|in|ft|lbs?|oz|dr|mr|ms|inc|co|réf|ref|env|[a-z])$",
    re.IGNORECASE,
)
# "2 weeks for the BX-20": what may stand between a statement and the subject behind it.
_BEHIND = Phrasing(
    r"\s*(?:<<subject.behind>>)\s+(?:(?:<<subject.article>>)\s*)?(?:[^\W\d_][\w-]*\s+){0,3}"
)
_FARTHEST_BEHIND = 60
_EACH = Phrasing(r"(?<!\w)(?:<<subject.each>>)(?!\w)")
_EACH_BEHIND = 16
_MONEY = re.compile(r"[$€£¥₹¢%]|\b[A-Z]{3}\b")
_BOTH = Phrasing(r"[\s(]*(?:<<subject.both>>)(?!\w)")
_RESPECTIVELY = Phrasing(r"(?<!\w)(?:<<subject.respectively>>)(?!\w)")
_SEPARATOR = Phrasing(r",\s*(?:(?:<<subject.and>>)\s+)?|\s(?:<<subject.and>>)\s+")
# Characters after which a reader has forgotten whom "it" was; bounds the search, too.
_MEMORY = 6000
# A sentence that opens like this goes on about the product of the one before.
_PRONOUN = Phrasing(r"\s*(?:<<subject.pronoun>>)\b")
# "The former weighs 3 kg, the latter 5 kg": of two products named before, which one?
_FORMER = Phrasing(r"\b(?:<<subject.former>>)\b")
_LATTER = Phrasing(r"\b(?:<<subject.latter>>|<<subject.this_one>>)\b")
# … which where one product was named just means that one.
_THIS_ONE = Phrasing(r"\b(?:<<subject.this_one>>)\b")


def by_paragraph(ground: Ground, start: int, end: int) -> Subject | None:
    """The last product of an earlier sentence of the same paragraph ("… instead. It costs …").

    On a product's own page only where the sentence opens with a pronoun.
    """
    block = ground.block_at(start)
    if block is None or ground.other_level or block.cell is not None:
        return None
    low, _ = sentence_of(ground, start, end)
    before = _subjects(ground, ground.between(max(block.start, low - _MEMORY), low))
    one_of_two = _former_or_latter(ground, before, low, start)
    if one_of_two is not None:
        return one_of_two
    named = list(dict.fromkeys(m.sku for m in before))
    if len(named) == 2 and "" not in named and _BOTH.of(ground.own).match(ground.page.text, low):
        return Subject(tuple(named), "paragraph")
    if not before or (len(before) > 1 and is_coordinated(ground, before)):
        return None
    is_url = ground.main is not None and ground.main.proof == "url"
    if (is_url or ground.variants) and not _PRONOUN.of(ground.own).match(ground.page.text, low):
        return None
    return Subject((before[-1].sku,), "paragraph") if before[-1].sku else None


def _former_or_latter(
    ground: Ground, before: list[Mention], low: int, start: int
) -> Subject | None:
    """The one of two products that "the former" or "the latter" last before a statement means."""
    if not before:
        return None
    text = ground.page.text
    said = [(hit.start(), at) for at, word in ((-2, _FORMER), (-1, _LATTER))
            for hit in word.of(ground.own).finditer(text, low, start)]  # fmt: skip
    named = list(dict.fromkeys(m.sku for m in before))
    if not said:
        return None
    if len(named) == 1 and named[0] and _THIS_ONE.of(ground.own).search(text, low, start):
        return Subject((named[0],), "paragraph")
    if len(named) != 2 or "" in named:
        return Subject((), "", Reason.AMBIGUOUS_PRODUCT, "the former or the latter of what?")
    return Subject((named[max(said)[1]],), "paragraph")


def by_section(ground: Ground, start: int) -> Subject | None:
    """Without a main product: the last product spoken of under the same heading."""
    if ground.variants or (ground.main is not None and ground.main.proof != "h1 name"):
        return None
    if ground.other_level:
        return None
    block = ground.block_at(start)
    heading = block.heading if block is not None else -1
    low = ground.page.headings[heading].start if heading >= 0 else 0
    recent = ground.between(max(low, start - _MEMORY), start)
    named = [m for m in recent if ground.in_own_part(m)]
    before = _subjects(ground, named)
    if not before:
        return None
    both = list(dict.fromkeys(m.sku for m in before))
    low, _ = sentence_of(ground, start, start)
    if len(both) == 2 and "" not in both and _BOTH.of(ground.own).match(ground.page.text, low):
        return Subject(tuple(both), "section")
    if not before[-1].sku or is_coordinated(ground, before):
        return Subject((), "", Reason.AMBIGUOUS_PRODUCT, "several products are named before it")
    return Subject((before[-1].sku,), "section")


def nearest(ground: Ground, inside: list[Mention], start: int, end: int) -> Subject | None:
    """Among the products of one sentence: the last before the statement, else the only one."""
    subjects = [m for m in inside if m.kind is not Kind.CASE_GTIN] or inside
    leading = [m for m in subjects if m.start <= start and not is_complement(ground, m)]
    quoted = [m for m in subjects if start <= m.start and m.end <= end]
    if quoted and not leading:
        leading = quoted[:1]  # "X was replaced by Y" is said of X
    if quoted and len({m.sku for m in quoted}) == 1 and not is_complement(ground, quoted[0]):
        leading = quoted[:1]  # "X: active / status of Y: obsolete" names Y itself
    skus = {m.sku for m in subjects}
    if ground.other_level and skus <= {ground.other_level}:
        return None
    if any(m.kind is Kind.CASE_GTIN for m in subjects):
        return Subject((subjects[0].sku,), "", Reason.PACKAGING_LEVEL, "named by its case GTIN")
    if len(skus) == 1 and "" not in skus:
        if not leading and subjects[0].start <= start and ground.main is not None:
            return None  # the sentence only compares with that product
        return Subject((subjects[0].sku,), "sentence")
    behind = _behind(ground, subjects, start, end) or _in_turn(ground, subjects, start)
    if behind is not None:
        return behind
    if leading and leading[-1].sku and not is_coordinated(ground, leading):
        return Subject((leading[-1].sku,), "sentence")
    together = _together(ground, leading, start, end)
    if together is not None:
        return together
    following = {m.sku for m in subjects if m.start >= end}
    if not leading and len(following) == 1 and "" not in following:
        return Subject(tuple(following), "sentence")
    return Subject((), "", Reason.AMBIGUOUS_PRODUCT, "the sentence names several products")


def _behind(ground: Ground, subjects: list[Mention], start: int, end: int) -> Subject | None:
    """ "2 weeks for the BX-20 and 3 weeks for the BX-30", "$88 (BX-20), $95 (BX-30)"."""
    after = [m for m in subjects if m.start >= end]
    if not after or not after[0].sku or after[0].start - end > _FARTHEST_BEHIND:
        return None
    text, first = ground.page.text, after[0]
    gap = text[end : first.start]
    if gap.strip() == "(" and text.startswith(")", first.end):
        return Subject((first.sku,), "sentence")
    if not _BEHIND.of(ground.own).fullmatch(gap):
        return None
    chain = [first]
    for other in after[1:]:
        if not is_coordinated(ground, [chain[-1], other]):
            break
        chain.append(other)
    _, last = sentence_of(ground, start, end)
    if len(chain) > 1 and any(c.isdigit() for c in text[chain[-1].end : last]):
        chain = chain[:1]  # "$88 for the BX-20 and the BX-30 costs $95"
    skus = tuple(dict.fromkeys(m.sku for m in chain))
    return Subject(skus, "sentence") if "" not in skus else None


def _together(ground: Ground, leading: list[Mention], start: int, end: int) -> Subject | None:
    """ "X and Y each ship in two weeks": one value for both, money only where "each" says so."""
    if len(leading) < 2:
        return None
    chain = leading[-1:]
    for mention in leading[-2::-1]:
        if mention.sku == chain[-1].sku or not is_coordinated(ground, [mention, chain[-1]]):
            break
        chain.append(mention)
    text, (_, high) = ground.page.text, sentence_of(ground, start, end)
    skus = tuple(dict.fromkeys(m.sku for m in reversed(chain)))
    if len(skus) < 2 or "" in skus or any(c.isdigit() for c in text[chain[0].end : start]):
        return None
    if _EACH.of(ground.own).search(text, chain[0].end, min(high, end + _EACH_BEHIND)):
        return Subject(skus, "sentence")
    alone = not any(c.isdigit() for c in text[end:high]) and not _MONEY.search(text, start, end)
    return Subject(skus, "sentence") if alone else None


def _in_turn(ground: Ground, subjects: list[Mention], start: int) -> Subject | None:
    """ "BX-20 and BX-30 cost $88 and $95 respectively": the first value is the first one's."""
    leading = [m for m in subjects if m.end <= start]
    skus = list(dict.fromkeys(m.sku for m in leading))
    if len(skus) < 2 or "" in skus:
        return None
    low, high = sentence_of(ground, start, start)
    text = ground.page.text
    if not _RESPECTIVELY.of(ground.own).search(text, low, high):
        return None
    values: list[int] = []
    last = leading[-1].end
    for cut in (*_SEPARATOR.of(ground.own).finditer(text, last, high), None):
        stop = cut.start() if cut else high
        if any(c.isdigit() for c in text[last:stop]):
            values.append(stop)
        last = cut.end() if cut else high
    if len(values) != len(skus):
        return None
    return Subject((skus[bisect_right(values, start)],), "sentence")


def sentence_of(ground: Ground, start: int, end: int) -> tuple[int, int]:
    """The sentence of the block around a span; abbreviations and decimals end none."""
    block = ground.block_at(start)
    if block is None:
        return start, end
    ends = ground.sentence_ends.get(block.start)
    if ends is None:
        ends = _sentence_ends(ground.page.text, block.start, block.end)
        ground.sentence_ends[block.start] = ends
    before, after = bisect_right(ends, start), bisect_left(ends, end)
    low = ends[before - 1] if before else block.start
    return low, ends[after] if after < len(ends) else block.end


def _sentence_ends(text: str, low: int, high: int) -> list[int]:
    return [
        match.end()
        for match in _SENTENCE_END.finditer(text, low, high)
        if not _ABBREVIATION.search(text[max(low, match.start() - 8) : match.start()])
    ]


def is_complement(ground: Ground, mention: Mention) -> bool:
    """Whether a product is only compared with or replaced ("unlike X", "statt X")."""
    before = ground.page.text[max(0, mention.start - 40) : mention.start]
    return bool(_COMPLEMENT.of(ground.own).search(before))


def is_coordinated(ground: Ground, leading: list[Mention]) -> bool:
    """Whether the last two subjects stand side by side ("X and Y cost …")."""
    if len(leading) < 2 or leading[-2].sku == leading[-1].sku:
        return False
    return bool(_AND.of(ground.own).match(ground.page.text[leading[-2].end : leading[-1].start]))


def _subjects(ground: Ground, mentions: list[Mention]) -> list[Mention]:
    return [m for m in mentions if m.kind is not Kind.CASE_GTIN and not is_complement(ground, m)]
