"""Required facts that a product's main page does not state."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from auditor.compare.verdicts import silent
from auditor.compare.words import attribute_name, expected_text
from auditor.model import Attribute, Judgement, Locator, Reason, Skipped, Truth, Verdict
from auditor.values.compare import same
from auditor.values.locale import Locale, locale_for
from auditor.values.tokenizer import tokenize
from auditor.values.tokens import Token
from auditor.values.types import Code, Dimensions, Duration, DurationUnit, Quantity, Word

if TYPE_CHECKING:
    from auditor.compare.facts import Setting

# Spans of time are specs too: "operating time 3 h".
_TIME_UNITS = {
    DurationUnit.HOURS: "h",
    DurationUnit.DAYS: "d",
    DurationUnit.WEEKS: "week",
    DurationUnit.MONTHS: "month",
}


def unstated(
    setting: Setting,
    judged: Collection[Judgement],
    skipped: Sequence[Skipped],
    line: tuple[int, int] | None,
) -> list[Judgement]:
    """What a product's main page says nothing about: missing specs, and unjudged facts.

    ``line`` is the span that names the product; it is the quote of a missing spec. A spec whose
    value stands on the page unlabelled, or in something that could not be read, is not missing.
    """
    stated = {(j.attribute, j.key) for j in judged}
    seen = {j.attribute for j in judged}
    left = {s.attribute for s in skipped if s.attribute is not None and s.sku in ("", setting.sku)}
    found: list[Judgement] = []
    for attribute, key, truth in _facts(setting):
        if (attribute, key) in stated or (attribute is not Attribute.SPEC and attribute in seen):
            continue
        reason = Reason.NO_CLAIM
        if setting.page.needs_render or setting.page.is_partial:
            reason = Reason.NEEDS_RENDER if setting.page.needs_render else Reason.UNREADABLE
        missing = (
            attribute is Attribute.SPEC
            and line is not None
            and _is_required(key, setting)
            and reason is Reason.NO_CLAIM
            and Attribute.SPEC not in left
            and not _stands_somewhere(truth, setting)
        )
        if missing and line is not None:
            found.append(_missing(setting, key, truth, line))
        else:
            found.append(silent(setting, attribute, key, reason, truth=truth))
    return found


def _facts(setting: Setting) -> list[tuple[Attribute, str, Truth]]:
    facts: dict[tuple[Attribute, str], Truth] = {}
    for truth in setting.truths:
        is_other = truth.attribute is Attribute.OFFER or truth.key == "sale"
        if truth.in_force(setting.at) and setting.applies(truth) and not is_other:
            facts.setdefault((truth.attribute, truth.key), truth)
    return [(attribute, key, truth) for (attribute, key), truth in facts.items()]


def _is_required(key: str, setting: Setting) -> bool:
    product = setting.catalogue.by_sku.get(setting.sku)
    required = setting.policy.required_specs
    group = product.group if product else ""
    listed = required.get(group, required.get(""))
    return listed is None or key in listed


def _missing(setting: Setting, key: str, truth: Truth, line: tuple[int, int]) -> Judgement:
    start, end = line
    name = attribute_name(Attribute.SPEC, key)
    return Judgement(
        source=setting.page.source,
        url=setting.page.url,
        sku=setting.sku,
        attribute=Attribute.SPEC,
        key=key,
        role="",
        verdict=Verdict.MISSING,
        truth=truth,
        expected=expected_text(truth),
        note=f"The product's page does not state the {name}; it is {expected_text(truth)}.",
        quote=setting.page.text[start:end],
        locator=Locator(start, end),
    )


def _stands_somewhere(truth: Truth, setting: Setting) -> bool:
    """Whether the value stands on the page under no label that we know.

    A bare number counts where it fills its cell: its unit may stand in the header.
    """
    page = setting.page
    if isinstance(truth.value, Quantity):
        if not truth.value.unit:
            return False
        tokens = _printed(page.text, locale_for(setting.policy.language))
        cells = {(block.start, block.end) for block in page.blocks if block.cell is not None}
        return any(_is_value(token, truth.value, cells) for token in tokens)
    if not isinstance(truth.value, Code | Word):
        return False
    said = truth.value.text.strip()
    if said and re.search(rf"(?<!\w){re.escape(said)}(?!\w)", page.text):
        return True
    wanted = {_squeeze(truth.value.text), _squeeze(truth.value.canonical)} - {""}
    words = _words(page.text)
    return any(len(word) >= 3 and word in words for word in wanted)


@lru_cache(maxsize=1)  # of one page many specs are asked
def _printed(text: str, locale: Locale) -> tuple[Token, ...]:
    return tuple(tokenize(text, locale))


@lru_cache(maxsize=1)
def _words(text: str) -> frozenset[str]:
    """The words of a text, and each two that follow each other as one."""
    words = [_squeeze(word) for word in re.split(r"[\s,;()]+", text)]
    return frozenset((*words, *(a + b for a, b in pairwise(words))))


def _is_value(token: Token, wanted: Quantity, cells: set[tuple[int, int]]) -> bool:
    value = token.value
    if isinstance(value, Dimensions):
        return any(same(part, wanted).agrees for part in value.parts)
    if isinstance(value, Duration):
        unit = _TIME_UNITS.get(value.unit)
        return unit is not None and same(Quantity(value.amount, unit), wanted).agrees
    if not isinstance(value, Quantity):
        return False
    if value.unit:
        return same(value, wanted).agrees
    fills = (token.start, token.end) in cells
    return fills and same(replace(value, unit=wanted.unit), wanted).agrees


def _squeeze(text: str) -> str:
    return re.sub(r"[\s\-_‐‑.:]+", "", text).casefold()
