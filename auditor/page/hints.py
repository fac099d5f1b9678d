"""Which region does a start tag hint at? Semantics, ARIA roles and schema.org names before words.

Class and id words count only where one whole word says it, never a part of it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from auditor.page.model import Region

_ROLES = {
    "navigation": Region.NAV,
    "menu": Region.NAV,
    "menubar": Region.NAV,
    "banner": Region.HEADER,
    "contentinfo": Region.FOOTER,
    "complementary": Region.ASIDE,
    "search": Region.NAV,
    "dialog": Region.ASIDE,
    "main": Region.MAIN,
}
_PROPERTIES = {
    "review": Region.REVIEWS,
    "reviews": Region.REVIEWS,
    "isRelatedTo": Region.RELATED,
    "isSimilarTo": Region.RELATED,
    "comment": Region.COMMENTS,
}
_HINTED = frozenset(
    (
        "div", "section", "ul", "ol", "aside", "article", "table", "dl", "form", "tr", "td", "li",
        "p",
    )
)  # fmt: skip
_WORDS: tuple[tuple[Region, re.Pattern[str]], ...] = (
    (
        Region.RELATED,
        re.compile(
            r"(?!(?:has|have|with|no|is|show|hide|single)[-_])(?:[a-z0-9]+[-_]{1,2}){0,3}(?:related|recommended|recommendations?|recently-viewed"
            r"|last-viewed|upsells?|up-sells?|cross-?sells?|cross-?selling|similar|also-bought"
            r"|also-viewed|also-like|you-may-also-like)(?:[-_]{1,2}[a-z0-9]+){0,3}"
        ),
    ),
    (
        Region.REVIEWS,
        re.compile(
            r"(?:(?:customer|product|user|shop)[-_])?(?:reviews|testimonials?)"
            r"(?:[-_](?:list|tab|section|wrapper|container|content|widget))?"
        ),
    ),
    (
        Region.COMMENTS,
        re.compile(r"comments|comment[-_]?list|comments[-_](?:area|list|section|wrapper)|respond"),
    ),
    (
        Region.NAV,
        re.compile(
            r"(?:(?:main|site|top|primary|secondary|global|mega|side|page|mw|p)[-_])?"
            r"(?:nav|navbar|navigation|menu|breadcrumbs?|pagination|sitemap)"
            r"(?:[-_](?:bar|menu|list|links|wrapper|container|trail))?|sitenav|megamenu|topnav"
        ),
    ),
    (
        Region.FOOTER,
        re.compile(
            r"(?:[a-z]{2,8}[-_]?)?footer(?:[-_]?[a-z0-9]+){0,3}|fuss(?:zeile|bereich)?|colophon"
        ),
    ),
    (Region.HEADER, re.compile(r"(?:site|global|main)[-_]?header|masthead|top-?bar|banner-top")),
    (
        Region.ASIDE,
        re.compile(
            r"(?!(?:has|have|with|no|is|show|hide|without)[-_])(?:[a-z]+[-_])?side-?bar"
            r"(?:[-_](?!(?:is|open|opened|closed|on|off|visible|hidden)$)[a-z]+)?"
            r"|cookie[-_a-z]*"
        ),
    ),
)
_LABEL_CLASS = re.compile(
    r"(?:.*[-_ ])?(?:label|lbl|name|key|term|attr|attribute|prop|property|caption|head|title|dt|th)"
    r"(?:[-_ ].*)?"
)
_VALUE_CLASS = re.compile(
    r"(?:.*[-_ ])?(?:value|val|data|content|amount|text|info|desc|description|detail|dd|td)"
    r"(?:[-_ ].*)?"
)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_HEADER_IDS = frozenset(("header", "top", "kopf"))


def hinted_region(tag: str, attrs: dict[str, str]) -> Region | None:
    """The region that a block element opens by what its start tag says; None for none.

    >>> hinted_region("div", {"class": "box related-products"}).value
    'related'
    >>> hinted_region("div", {"class": "product-review-count"}) is None
    True
    """
    role = _ROLES.get(attrs.get("role", ""))
    if role is not None:
        return role
    prop = attrs.get("itemprop") or attrs.get("property")
    if prop and prop in _PROPERTIES:
        return _PROPERTIES[prop]
    if tag == "main":
        return Region.MAIN
    if tag == "nav":
        return Region.NAV
    if tag == "header":
        return Region.HEADER
    if tag == "footer":
        return Region.FOOTER
    if tag == "aside":
        return _hint(attrs) or Region.ASIDE
    return _hint(attrs) if tag in _HINTED else None


def _hint(attrs: dict[str, str]) -> Region | None:
    own = attrs.get("id", "")
    if own.lower() in _HEADER_IDS:
        return Region.HEADER
    names = f"{attrs.get('class', '')} {own}"
    if len(names) > 300:
        return None
    rank = min(map(_rank, names.split()), default=len(_WORDS))
    return _WORDS[rank][0] if rank < len(_WORDS) else None


@lru_cache(maxsize=8192)  # a site's class names are few, its start tags are not
def _rank(name: str) -> int:
    """Which of ``_WORDS`` a class or id word says first; their number where it says none."""
    word = _HUMP.sub("-", name).lower()
    says = (rank for rank, (_, pattern) in enumerate(_WORDS) if pattern.fullmatch(word))
    return next(says, len(_WORDS)) if len(word) <= 60 else len(_WORDS)


@lru_cache(maxsize=8192)
def names_label(names: str) -> bool:
    """Whether a class attribute says that the element holds a label.

    >>> names_label("spec-label"), names_label("labour")
    (True, False)
    """
    return bool(names) and len(names) <= 120 and _LABEL_CLASS.fullmatch(names.lower()) is not None


@lru_cache(maxsize=8192)
def names_value(names: str) -> bool:
    """Whether a class attribute says that the element holds a value."""
    return bool(names) and len(names) <= 120 and _VALUE_CLASS.fullmatch(names.lower()) is not None
