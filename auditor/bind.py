"""Candidates in, claims out: binds each statement to a product by proof, or says why not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.binding import Scene, Subject
from auditor.binding.part_numbers import PartNumbers
from auditor.binding.same import said_of_others
from auditor.company_terms import host_of, may_be_terms
from auditor.extract.policy import PRICE_VALIDITY
from auditor.model import Attribute, Candidate, Claim, Method, Reason, Skipped

if TYPE_CHECKING:
    from auditor.catalogue import Catalogue
    from auditor.extract.interface import Context
    from auditor.page.model import Page


def bind(
    page: Page, candidates: Sequence[Candidate], catalogue: Catalogue, context: Context
) -> tuple[list[Claim], list[Skipped]]:
    """Bind every candidate to the product it speaks of; the nearest scope wins.

    The order is: identifier in the same structured node, table row or column, the same sentence's
    nearest subject, the same card, the heading above, the last subject of the section, the page's
    main product. ``Claim.binding`` names the step. What cannot be bound becomes a ``Skipped``.
    Until when all prices of a page hold is told of the first product that it prices. What may be of
    the company's terms of sale is told of the product that stands for them, too.
    """
    scene = Scene(page, catalogue, context.own_words)
    claims: list[Claim] = []
    skipped: list[Skipped] = []
    parts = PartNumbers(scene.mentions)
    of_the_page: list[Candidate] = []
    for read in candidates:
        candidate = parts.without(read)
        if candidate is None:
            continue
        subject = _subject(scene, candidate)
        terms = _of_the_terms(scene, candidate, subject, context)
        claims += terms
        if subject.reason is None:
            claims += [_claim(page, candidate, sku, subject.how) for sku in subject.skus]
        elif candidate.visible and candidate.key == PRICE_VALIDITY:
            of_the_page.append(candidate)
        elif (sku := _promoted(scene, candidate, subject)) is not None:
            claims.append(_claim(page, candidate, sku, "only product"))
        elif not terms and (candidate.key or not candidate.tentative):
            skipped += _skips(candidate, subject)
    claims += said_of_others(scene, claims)
    first = min(filter(_is_priced, claims), key=lambda c: c.locator.start, default=None)
    for candidate in of_the_page:
        if first is not None:
            claims.append(_claim(page, candidate, first.sku, "page"))
        else:
            skipped += _skips(candidate, _subject(scene, candidate))
    return claims, skipped


def _promoted(scene: Scene, candidate: Candidate, subject: Subject) -> str | None:
    """An offer is for the one product its page names, wherever on the page it stands."""
    unnamed = (Reason.UNKNOWN_PRODUCT, Reason.AMBIGUOUS_PRODUCT)
    if candidate.attribute is not Attribute.OFFER or subject.reason not in unnamed:
        return None
    named = {m.sku for m in scene.mentions if m.sku and scene.in_own_part(m)}
    return named.pop() if len(named) == 1 and candidate.region == "main" else None


def _of_the_terms(
    scene: Scene, candidate: Candidate, subject: Subject, context: Context
) -> list[Claim]:
    """The statement as one of the terms of sale; elsewhere than on their own page it may be
    another's or another fact, so that only a value that was or will be theirs accuses."""
    if not may_be_terms(candidate, subject.how):
        return []
    sku = scene.catalogue.terms.of(host_of(scene.page.url), context.market)
    if sku is None or sku in subject.skus:
        return []
    is_own = subject.reason is not None and sku in scene.catalogue.pages_of(scene.page)
    claim = _claim(scene.page, candidate, sku, "terms of sale")
    return [claim if is_own else replace(claim, tentative=True)]


def _is_priced(claim: Claim) -> bool:
    return claim.attribute is Attribute.PRICE and claim.visible


def bind_skipped(
    page: Page,
    skipped: Iterable[Skipped],
    catalogue: Catalogue,
    *,
    scene: Scene | None = None,
) -> list[Skipped]:
    """The same skips with the SKU filled in where their place on the page proves it.

    ``scene`` saves looking the page up again where the caller has it.
    """
    place = scene or Scene(page, catalogue)
    return [found for skip in skipped for found in _attributed(place, skip)]


def _attributed(scene: Scene, skip: Skipped) -> list[Skipped]:
    if skip.sku or skip.attribute is None or skip.locator.start < 0:
        return [skip]
    subject = scene.subject(skip.locator.start, skip.locator.end)
    return [
        Skipped(skip.reason, skip.quote, skip.locator, skip.attribute, sku, skip.note)
        for sku in subject.skus
    ] or [skip]


def _subject(scene: Scene, candidate: Candidate) -> Subject:
    if candidate.method is Method.PROFILE:  # a site's profile speaks of the page's main product
        return _markup_subject(scene, candidate)
    hinted = scene.catalogue.resolve(candidate.sku_hint) if candidate.sku_hint else ()
    if len(hinted) == 1:
        return Subject(hinted, "row" if candidate.visible else "structured")
    if len(hinted) > 1:
        return Subject((), "", Reason.AMBIGUOUS_PRODUCT, "its identifier is shared by several")
    if candidate.sku_hint and candidate.visible:
        return Subject((), "", Reason.UNKNOWN_PRODUCT, "the product it names is not in the feed")
    start, end = candidate.locator.start, candidate.locator.end
    if candidate.visible and start >= 0:
        return scene.subject(start, end, candidate.scope)
    return _markup_subject(scene, candidate)


def _markup_subject(scene: Scene, candidate: Candidate) -> Subject:
    """Markup without a known identifier: row ids are common there, so the page's product counts."""
    if candidate.region == "related":
        return Subject((), "", Reason.AMBIGUOUS_PRODUCT, "another product's markup")
    if scene.other_level:
        return Subject((scene.other_level,), "", Reason.PACKAGING_LEVEL)
    if scene.main is not None:
        return Subject((scene.main.sku,), "structured main")
    if scene.variants:
        return Subject(scene.variants, "", Reason.VARIANT_NOT_SELECTED)
    return Subject((), "", Reason.UNKNOWN_PRODUCT)


def _claim(page: Page, candidate: Candidate, sku: str, how: str) -> Claim:
    return Claim(
        source=page.source,
        url=page.url,
        sku=sku,
        attribute=candidate.attribute,
        key=candidate.key,
        role=candidate.role,
        value=candidate.value,
        basis=candidate.basis,
        quote=candidate.quote,
        locator=candidate.locator,
        method=candidate.method,
        visible=candidate.visible,
        confidence=candidate.confidence,
        binding=how,
        valid_to=candidate.valid_to,
        valid_from=candidate.valid_from,
        tentative=candidate.tentative,
        hint=candidate.hint,
    )


def _skips(candidate: Candidate, subject: Subject) -> list[Skipped]:
    assert subject.reason is not None
    return [
        Skipped(
            subject.reason,
            candidate.quote,
            candidate.locator,
            candidate.attribute,
            sku,
            subject.note,
        )
        for sku in (subject.skus or ("",))
    ]
