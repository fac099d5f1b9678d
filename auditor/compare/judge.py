"""All judgements of one page: each product's statements against its truths."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from auditor.bind import bind_skipped
from auditor.binding import Scene
from auditor.compare.contradiction import contradictions
from auditor.compare.facts import Setting
from auditor.compare.former import with_former_prices
from auditor.compare.lifecycle import still_offered
from auditor.compare.markup import reconcile
from auditor.compare.missing import unstated
from auditor.compare.offers import judge_offer
from auditor.compare.plain import judge_plain
from auditor.compare.price import is_per_unknown, judge_price
from auditor.compare.quantity import judge_quantity
from auditor.compare.settle import UNPUBLISHED, settle
from auditor.compare.specific import effective
from auditor.compare.validity import self_expired
from auditor.compare.verdicts import Case, matched, silent, unjudged
from auditor.model import (
    Attribute,
    Claim,
    Diagnosis,
    Judgement,
    Reason,
    Role,
    Skipped,
    Truth,
    Verdict,
)
from auditor.page.model import Page
from auditor.values.codes import code_system
from auditor.values.compare import Comparison, same
from crawler.snapshot import Outcome

if TYPE_CHECKING:
    from datetime import datetime

    from auditor.catalogue import Catalogue
    from auditor.compare.policy import Policy

Truths = Callable[[str], Sequence[Truth]]

_JUDGES: dict[Attribute, Callable[[Claim, Setting], Judgement]] = {
    Attribute.PRICE: judge_price,
    Attribute.MOQ: judge_quantity,
    Attribute.ORDER_MULTIPLE: judge_quantity,
    Attribute.PACK_SIZE: judge_quantity,
    Attribute.MIN_ORDER_VALUE: judge_quantity,
    Attribute.OFFER: judge_offer,
}
# On a list of thousands a mixed-up value comes from a row nearby.
_NEIGHBOURS = 20
_Owned = TypeVar("_Owned", Claim, Skipped)
_UNREADABLE = {
    Outcome.LOGIN_WALL: Reason.LOGIN_WALL,
    Outcome.SOFT_404: Reason.SOFT_404,
    Outcome.GONE: Reason.SOFT_404,
    Outcome.SERVER_ERROR: Reason.SERVER_ERROR,
    Outcome.TIMEOUT: Reason.SERVER_ERROR,
    Outcome.BLOCKED: Reason.BLOCKED,
    Outcome.REFUSED: Reason.BLOCKED,
}


def judge_page(  # noqa: PLR0913 - the whole evidence of one page
    page: Page,
    claims: Sequence[Claim],
    skipped: Sequence[Skipped],
    catalogue: Catalogue,
    truths: Truths,
    *,
    at: datetime,
    policy: Policy,
) -> list[Judgement]:
    """Judge every product that a page makes statements about.

    ``truths`` gives all truths of a SKU, past and future; ``at`` is when the page was fetched.
    A product whose main page this is gets a judgement for each of its facts, stated or not; on
    any other page only what is stated is judged. Pure and deterministic.
    """
    scene = Scene(page, catalogue)

    def of(sku: str) -> tuple[Truth, ...]:
        return effective(truths(sku), policy)

    attributed = bind_skipped(page, skipped, catalogue, scene=scene)
    main = catalogue.pages_of(page)
    named = list(dict.fromkeys(m.sku for m in scene.mentions if m.sku))
    places = {sku: place for place, sku in enumerate(named)}
    stated, refused = _by_sku(claims), _by_sku(attributed)
    found: list[Judgement] = []
    for sku in sorted({*stated, *refused, *main} - {""}):
        setting = Setting(
            page=page,
            sku=sku,
            at=at,
            policy=policy,
            catalogue=catalogue,
            truths=of(sku),
            neighbours=_around(named, places.get(sku, 0), sku),
            truths_of=of,
        )
        own = stated.get(sku, [])
        judged = _judge_product(own, refused.get(sku, []), setting)
        if sku in main:
            offered = still_offered([c for c in own if c.visible], setting)
            judged += [j for j in offered if not _is_told(j, judged)]
        if sku in main and len(main) == 1:
            judged += unstated(setting, judged, attributed, scene.naming_line(sku))
        found += judged
    return self_expired(found, claims, at, policy)


def _is_told(offered: Judgement, judged: Sequence[Judgement]) -> bool:
    """Whether the same words are found wrong already: "in stock" of what is sold out for good."""
    return any(
        j.verdict.is_finding and j.claim is not None and j.locator == offered.locator
        for j in judged
    )


def judge_unreadable(  # noqa: PLR0913 - the evidence of judge_page without a page
    source: str,
    url: str,
    outcome: Outcome,
    catalogue: Catalogue,
    truths: Truths,
    *,
    at: datetime,
    policy: Policy,
) -> list[Judgement]:
    """The facts that a page which is no content leaves unjudged; never a finding."""
    reason = _UNREADABLE.get(outcome, Reason.UNREADABLE)
    page = Page(source, url, "")
    found: list[Judgement] = []
    for sku in catalogue.at_url(url):
        own = effective(truths(sku), policy)
        setting = Setting(page, sku, at, policy, catalogue, own, (), truths)
        facts = {
            (t.attribute, t.key): t for t in setting.truths if t.in_force(at) and setting.applies(t)
        }
        note = f"The page was not readable: {outcome}."
        found += [
            silent(setting, attribute, key, reason, note=note, truth=truth)
            for (attribute, key), truth in facts.items()
        ]
    return found


def _by_sku(found: Iterable[_Owned]) -> dict[str, list[_Owned]]:
    groups: dict[str, list[_Owned]] = defaultdict(list)
    for one in found:
        groups[one.sku].append(one)
    return groups


def _around(named: Sequence[str], place: int, sku: str) -> tuple[str, ...]:
    """The products named nearest to one: whose value it may have got by mistake."""
    near = named[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS + 1]
    return tuple(sorted(other for other in near if other != sku))


def judge_claim(claim: Claim, setting: Setting) -> Judgement:
    """Judge one statement on its own; one that holds only from later on is left alone."""
    if claim.valid_from is not None and claim.valid_from > setting.at:
        note = f"By its own words this holds only from {claim.valid_from:%Y-%m-%d}."
        return unjudged(Case(claim, (), (), key=claim.key), setting, Reason.NOT_CURRENT, note)
    judged = _JUDGES.get(claim.attribute, judge_plain)(claim, setting)
    doubtful = (
        (claim.tentative and not _names_itself(claim, setting))
        or _is_lowest(claim)
        or (claim.attribute is Attribute.PRICE and is_per_unknown(claim, setting))
    )
    return _confirmed_only(judged, setting) if doubtful else judged


def _names_itself(claim: Claim, setting: Setting) -> bool:
    """Whether a code says by itself which specification it is of: a product has one IP rating.

    "Rating: IP54" may be a label of many things, but IP54 is of the property that is IP65.
    """
    system = code_system(claim.value)
    if not system or not claim.key:
        return False
    alike = {
        t.key
        for t in setting.truths
        if t.attribute is Attribute.SPEC and code_system(t.value) == system
    }
    return alike == {claim.key}


def _is_lowest(claim: Claim) -> bool:
    """Whether it is a "from" price: of the cheapest variant, refill or range, whichever that is."""
    return claim.role is Role.FROM and claim.basis.min_qty is None


def _confirmed_only(judged: Judgement, setting: Setting) -> Judgement:
    """A statement that may be of another fact (a loose label, a "from" price): no accusation.

    A value that was or will be the true one proves by being equal that it is of this fact.
    """
    known = judged.diagnosis in (Diagnosis.OUTDATED, Diagnosis.EARLY)
    if not judged.verdict.is_finding or known or judged.claim is None:
        return judged
    note = "It may be of another property or variant, so the difference proves nothing."
    case = Case(judged.claim, (), (), key=judged.key)
    return unjudged(case, setting, Reason.INCOMPARABLE, note, judged.truth)


def _judge_product(
    claims: Sequence[Claim], skipped: Sequence[Skipped], setting: Setting
) -> list[Judgement]:
    hints = [c for c in claims if c.hint]
    unnamed = [c for c in claims if _is_unnamed(c)]
    claims = [c for c in claims if not c.hint and not _is_unnamed(c)]
    claims = with_former_prices(_meant(claims, setting), setting.page.text)
    visible = [c for c in claims if c.visible]
    markup = _judge_all((c for c in claims if not c.visible), setting)
    empty = {s.attribute for s in skipped if s.attribute and s.reason in UNPUBLISHED}
    judged = settle(_judge_all(visible, setting), markup, setting, empty)
    judged += reconcile(judged, markup, setting)
    judged += contradictions([c for c in visible if not c.tentative], setting)
    judged += _confirmed(unnamed, judged, setting)
    judged += _hinted(hints, judged, setting)
    decided = {j.attribute for j in judged if j.reason is None}
    stated = {t.attribute for t in setting.truths}
    for skip in skipped:
        attribute = skip.attribute
        if attribute is None or attribute in decided or attribute not in stated:
            continue
        judged.append(
            silent(
                setting,
                attribute,
                "",
                skip.reason,
                quote=skip.quote,
                locator=skip.locator,
                note=skip.note,
            )
        )
    return judged


def _is_unnamed(claim: Claim) -> bool:
    return claim.attribute is Attribute.SPEC and claim.tentative and not claim.key


def _confirmed(
    unnamed: Sequence[Claim], judged: Sequence[Judgement], setting: Setting
) -> list[Judgement]:
    """Values without a name that are those of just one specification nothing else speaks of."""
    said = {j.key for j in judged if j.attribute is Attribute.SPEC and j.reason is None}
    specs = [t for t in setting.truths if t.attribute is Attribute.SPEC and t.in_force(setting.at)]
    found: dict[str, Judgement] = {}
    for claim in unnamed:
        fits = [t for t in specs if same(claim.value, t.value) is Comparison.EQUAL]
        if len(fits) == 1 and fits[0].key not in said and fits[0].key not in found:
            case = Case(claim, fits, (), key=fits[0].key)
            found[fits[0].key] = matched(case, setting, fits[0])
    return list(found.values())


def _hinted(
    hints: Sequence[Claim], judged: Sequence[Judgement], setting: Setting
) -> list[Judgement]:
    """Hints that equal a truth in force, for facts that nothing else on the page decides."""
    said = {(j.attribute, j.key) for j in judged if j.reason is None}
    found: dict[tuple[Attribute, str], Judgement] = {}
    for claim in hints:
        fact = claim.attribute, claim.key
        if fact in said or fact in found:
            continue
        one = judge_claim(claim, setting)
        if one.verdict is Verdict.MATCH:
            found[fact] = one
    return list(found.values())


def _meant(claims: Sequence[Claim], setting: Setting) -> list[Claim]:
    """Without the readings of a label that mean a specification of other products.

    "Material" may be the feed's "material" or its "Werkstoff"; the product has one of them.
    """
    known = {t.key for t in setting.truths if t.attribute is Attribute.SPEC}
    places = {c.locator.start for c in claims if c.attribute is Attribute.SPEC and c.key in known}
    return [
        c
        for c in claims
        if c.attribute is not Attribute.SPEC
        or c.key in known
        or (c.locator.start not in places and not c.tentative)
    ]


def _judge_all(claims: Iterable[Claim], setting: Setting) -> list[Judgement]:
    return [judge_claim(claim, setting) for claim in claims]
