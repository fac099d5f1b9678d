"""One page's way from its snapshot to judgements: read, extract, bind, compare."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from auditor.bind import bind
from auditor.catalogue import Catalogue
from auditor.compare import judge_page, judge_unreadable
from auditor.compare.policy import STANDARD_VAT, Policy
from auditor.extract import BUILT_IN, extract, load_extractors
from auditor.extract.interface import Context, Extractor
from auditor.extract.kinds import own_words, with_own_names
from auditor.extract.spec_names import SpecNames
from auditor.findings import Sight
from auditor.model import Diagnosis, Locator, Reason, Skipped, Verdict
from auditor.page.around import passages
from auditor.page.read import read_page
from auditor.profile import points, with_profile
from auditor.trust import Shaky, trust
from auditor.values.own_words import NO_WORDS, OwnWords
from auditor.values.types import Tax
from crawler.config import KmsSource
from crawler.documents.rendition import Trouble

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from auditor.config import Config
    from auditor.looks import Look
    from auditor.model import Attribute, Claim, Judgement, Truth
    from auditor.page.model import Page
    from auditor.profile import Point
    from auditor.store.catalogue import CatalogueStore
    from crawler.config import SourceConfig
    from crawler.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Judged:
    """What one page came to; ``text`` is its visible text, "" where it could not be read.

    ``failure`` says what an extractor raised on it, so that nothing may be concluded from it.
    ``passages`` are the paragraphs that quotes of what is wrong stand in, by the judgement's index.
    """

    judgements: tuple[Judgement, ...]
    skipped: tuple[Skipped, ...]
    text: str = ""
    failure: str = ""
    passages: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one page says, before anything is compared."""

    page: Page
    claims: tuple[Claim, ...]
    skipped: tuple[Skipped, ...]


class Judge:
    """Judges pages against the catalogue as it is now; built once per audit."""

    def __init__(
        self,
        config: Config,
        catalogue: CatalogueStore,
        dead: Collection[tuple[str, str, str]] = (),
    ) -> None:
        """``dead`` are the selectors (source, attribute, key) on which nothing may rest now."""
        self.products = {product.sku: product for product in catalogue.products()}
        self._catalogue = Catalogue(self.products.values(), stated=catalogue.terms_stated())
        self._truths = lru_cache(maxsize=10_000)(catalogue.truths)
        self._shaky = Shaky(catalogue.gated(), catalogue.held.facts())
        self._extractors = load_extractors(config.plugins.extractors)
        spec_names = dict(catalogue.spec_names())
        own = own_words(config.vocabulary)
        profiles = {name: points(source.profile) for name, source in config.sources.items()}
        self._profiles = {
            name: tuple(p for p in profile if (name, p.attribute, p.key) not in dead)
            for name, profile in profiles.items()
        }
        names = SpecNames(spec_names)
        self._dead = {
            name: frozenset(
                (p.attribute, key)
                for p in profile
                if p not in self._profiles[name]
                for key in ("", p.key, *names.keys(p.key))
            )
            for name, profile in profiles.items()
        }
        self._contexts = {
            name: context_of(source, spec_names, config.judgement.default_market, own)
            for name, source in config.sources.items()
        }
        offers = catalogue.lists_offers()
        self._policies = {
            name: replace(policy_of(config, name), offers_are_complete=offers)
            for name in config.sources
        }

    def judge(self, look: Look, as_of: datetime) -> Judged:
        """The judgements on a page at the instant it was seen, or at ``as_of`` if that is earlier.

        Never raises: what a (plug-in) extractor raises on a page is that page's ``failure``.
        """
        if look.seen.sight is Sight.GONE:
            return Judged((), ())
        try:
            return self._judged(look, as_of)
        except Exception as error:  # noqa: BLE001  # the per-page seam: one page's failure is an incident
            return Judged((), (), failure=f"{type(error).__name__}: {error}")

    def _judged(self, look: Look, as_of: datetime) -> Judged:
        seen = look.seen
        at, policy = min(as_of, seen.fetched_at), self._policies[seen.source]
        if look.snapshot is None:
            return self._blind(look, at, policy)
        return self._compare(self._read(look.snapshot), at, policy)

    def judge_ahead(self, look: Look, at: datetime) -> tuple[Judged, Judged]:
        """The judgements on a page as it would be seen again, unchanged, at ``at``.

        Once as ``judge`` then makes them, and once without any grace around a change of the truth.
        Raises whatever a plug-in extractor raises.
        """
        policy = self._policies[look.seen.source]
        if look.snapshot is None:
            blind = self._blind(look, at, policy)
            return blind, blind
        read = self._read(look.snapshot)
        then = self._compare(read, at, policy)
        if not any(j.reason is Reason.PROPAGATION_GRACE for j in then.judgements):
            return then, then
        at_once = replace(policy, default_grace=timedelta(0), grace={})
        return then, self._compare(read, at, at_once)

    def grace(self, source: str, attribute: Attribute) -> timedelta:
        """How long a source may lag behind a change of ``attribute``."""
        return self._policies[source].grace_for(attribute)

    def _read(self, snapshot: Snapshot) -> Reading:
        source = snapshot.source
        return read_claims(
            snapshot,
            self._catalogue,
            self._contexts[source],
            self._extractors,
            self._profiles[source],
        )

    def _compare(self, read: Reading, at: datetime, policy: Policy) -> Judged:
        judgements = judge_page(
            read.page, read.claims, read.skipped, self._catalogue, self._of, at=at, policy=policy
        )
        dead = self._dead[read.page.source]
        trusted = tuple(seen_by(trust(judgement, self._shaky), dead) for judgement in judgements)
        return Judged(trusted, read.skipped, read.page.text, passages=passages(read.page, trusted))

    def _blind(self, look: Look, at: datetime, policy: Policy) -> Judged:
        seen = look.seen
        judgements = judge_unreadable(
            seen.source, seen.url, look.outcome, self._catalogue, self._of, at=at, policy=policy
        )
        reason = _REASONS.get(str(look.outcome), Reason.UNREADABLE)
        if look.trouble == Trouble.NO_TEXT:
            reason = Reason.NO_TEXT_LAYER
        if look.trouble:
            judgements = [replace(j, reason=reason, note=_sentence(seen.why)) for j in judgements]
        skipped = Skipped(reason, "", Locator(-1, -1), note=seen.why)
        return Judged(tuple(judgements), (skipped,))

    def _of(self, sku: str) -> Sequence[Truth]:
        return self._truths(sku)


def seen_by(judgement: Judgement, dead: Collection[tuple[str, str]]) -> Judgement:
    """``judgement``, or none where a fact is called missing that a dead selector pointed at.

    ``dead`` are (attribute, key) of selectors that match nothing any more.
    """
    fact = (judgement.attribute, judgement.key)
    if judgement.verdict is not Verdict.MISSING or fact not in dead:
        return judgement
    return replace(
        judgement,
        verdict=Verdict.NOT_JUDGED,
        diagnosis=Diagnosis.NONE,
        reason=Reason.NO_CLAIM,
        note="The selector that pointed at it matches nothing any more, so nothing is missing yet.",
    )


def read_claims(
    snapshot: Snapshot,
    catalogue: Catalogue,
    context: Context,
    extractors: Mapping[str, Extractor] = BUILT_IN,
    profile: Sequence[Point] = (),
) -> Reading:
    """What a snapshot says of the catalogue's products, and what was skipped and why.

    ``profile`` are the selectors that the source's configuration gives.
    """
    page = read_page(snapshot, language=context.language, own=context.own_words)
    candidates, skipped = extract(page, context, extractors)
    if profile:
        candidates = with_profile(snapshot, page, candidates, profile, context)
    claims, unbound = bind(page, candidates, catalogue, context)
    return Reading(page, tuple(claims), (*skipped, *unbound))


def context_of(
    source: SourceConfig,
    spec_names: Mapping[str, str],
    market: str | None = None,
    own: OwnWords = NO_WORDS,
) -> Context:
    """What a source says of itself, for the extractors; ``own`` are the configuration's words."""
    return Context(
        language=source.language,
        currency=source.currency,
        tax=Tax(source.tax),
        market=source.market or market,
        timezone=source.timezone,
        spec_names=with_own_names(spec_names, own, source.language) if own else spec_names,
        own_words=own,
    )


def policy_of(config: Config, name: str) -> Policy:
    """What a source is compared under."""
    source, judgement = config.sources[name], config.judgement
    return Policy(
        source_kind="kms" if isinstance(source, KmsSource) else "website",
        language=source.language,
        currency=source.currency,
        market=source.market or judgement.default_market,
        channel=_folded(source.channel),
        customer_group=_folded(source.customer_group),
        tax=Tax(source.tax),
        grace={
            attribute: timedelta(hours=hours) for attribute, hours in judgement.grace_hours.items()
        },
        vat={**STANDARD_VAT, **judgement.vat},
        required_specs=judgement.required_specs,
    )


def _folded(text: str | None) -> str | None:
    return text.strip().casefold() or None if text else None


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."


_REASONS = {str(reason): reason for reason in Reason}
