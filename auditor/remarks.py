"""What an audit noticed that is no finding: products without a page, pages without a product …

One remark for each kind and source or feed, with a count and examples, never one for each page.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from auditor.compare.three_way import Standing
from auditor.store.overview import Remark
from auditor.url_keys import url_key
from crawler.documents.rendition import Trouble
from crawler.snapshot import Outcome, Verification

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from auditor.config import Config
    from auditor.judging import Judged
    from auditor.looks import Look
    from auditor.model import Product
    from auditor.store import AuditStore

EXAMPLES = 20

_NEVER_MET = "never met by the crawl"
_GONE = frozenset({Outcome.GONE, Outcome.SOFT_404})


class Coverage:
    """Watches the pages of an audit go by; says afterwards what was not covered."""

    def __init__(self, config: Config, products: Mapping[str, Product]) -> None:
        self._config = config
        self._days = config.judgement.max_age_days
        # Whether the main page of an active product was seen: its URL → None, or how it is gone.
        self._urls: dict[str, str | None] = {
            url_key(url): _NEVER_MET
            for product in products.values()
            if product.status == "active"
            for url in product.urls
        }
        self._products = products
        self._hosts: dict[str, set[str]] = defaultdict(set)
        self._aged: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        self._counts: dict[str, int] = defaultdict(int)
        self._scanned: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        self._limited: dict[str, list[tuple[datetime | None, str, str]]] = defaultdict(list)

    def note(self, look: Look, result: Judged) -> None:
        """Take one page into account."""
        seen = look.seen
        key = url_key(seen.url)
        self._hosts[seen.source].add(key.partition("/")[0])
        if key in self._urls and self._urls[key] is not None:
            is_gone = look.outcome in _GONE
            self._urls[key] = (seen.why or "the page is gone") if is_gone else None
        if look.trouble == Trouble.NO_TEXT:
            self._scanned[seen.source].append((seen.url, "", ""))
        self._note_validity(look)
        if self._days is not None:
            self._note_age(look, result, timedelta(days=self._days))

    def remarks(self, store: AuditStore, as_of: datetime) -> list[Remark]:
        """Everything noticed, by kind and subject."""
        half_seen = {
            incident.subject
            for incident in store.audits.open_incidents()
            if incident.kind == "source_incomplete"
        }
        found = [*self._without_page(half_seen), *self._unchecked(), *self._lapsed(as_of)]
        found += [
            _said(Remark("no_text_layer", source, len(pages), "", tuple(pages[:EXAMPLES])))
            for source, pages in sorted(self._scanned.items())
        ]
        for source in sorted(self._config.sources):
            strangers = store.overview.strangers(source, EXAMPLES)
            if strangers is not None:
                found.append(_said(strangers))
        found += [_said(remark) for remark in store.overview.unmentioned(as_of, EXAMPLES)]
        found += self._doubts(store)
        return found

    def _without_page(self, half_seen: Collection[str]) -> Iterable[Remark]:
        """Active products none of whose pages was seen, by the source whose site they are on.

        Of a source that was ``half_seen`` only pages that are gone count: the others may be there.
        """
        source_of = {host: s for s in sorted(self._hosts, reverse=True) for host in self._hosts[s]}
        lost: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for product in self._products.values():
            states = [(url, self._urls.get(url_key(url))) for url in product.urls]
            if product.status != "active" or not states or any(why is None for _, why in states):
                continue
            url, why = states[0]
            source = source_of.get(url_key(url).partition("/")[0])
            if source in half_seen and not all(why != _NEVER_MET for _, why in states):
                continue
            if source is not None:
                lost[source].append((url, product.sku, why or ""))
        for source, pages in sorted(lost.items()):
            pages.sort()
            yield _said(Remark("no_page", source, len(pages), "", tuple(pages[:EXAMPLES])))

    def _note_age(self, look: Look, result: Judged, limit: timedelta) -> None:
        """A document of a knowledge base that is old and on which no fact could be checked."""
        seen, snapshot = look.seen, look.snapshot
        source = self._config.sources.get(seen.source)
        if snapshot is None or source is None or source.kind != "kms" or result.failure:
            return
        dates = (snapshot.editorial.updated_at, snapshot.editorial.reviewed_at)
        touched = max((d for d in dates if d is not None), default=None)
        if touched is None or seen.fetched_at - touched <= limit:
            return
        if any(j.reason is None for j in result.judgements):
            return
        self._counts[seen.source] += 1
        if len(self._aged[seen.source]) < EXAMPLES:
            title = snapshot.editorial.title or ""
            self._aged[seen.source].append((seen.url, "", f"{title} {touched:%Y-%m-%d}".strip()))

    def _note_validity(self, look: Look) -> None:
        """An article that its own knowledge base lets run out, or says has run out."""
        snapshot = look.snapshot
        if snapshot is None or look.outcome in _GONE:
            return
        said = snapshot.editorial
        until = None if said.verification is Verification.EXPIRED else said.valid_to
        if until is not None or said.verification is Verification.EXPIRED:
            shown = f"{said.title or ''} {said.valid_to:%Y-%m-%d}" if said.valid_to else said.title
            self._limited[look.seen.source].append((until, look.seen.url, (shown or "").strip()))

    def _lapsed(self, as_of: datetime) -> Iterable[Remark]:
        for source, articles in sorted(self._limited.items()):
            pages = [(url, "", text) for until, url, text in articles if not until or until < as_of]
            if pages:
                found = Remark("review_lapsed", source, len(pages), "", tuple(pages[:EXAMPLES]))
                yield _said(found)

    def _unchecked(self) -> Iterable[Remark]:
        for source, pages in sorted(self._aged.items()):
            count = self._counts[source]
            yield _said(Remark("aged_unchecked", source, count, "", tuple(pages)), self._days)

    def _doubts(self, store: AuditStore) -> Iterable[Remark]:
        """One question to the owner of each feed that website and knowledge base doubt."""
        doubted: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for check in store.overview.checks(Standing.SOURCE_DOUBT):
            doubted[check.feed].append((check.website_url, check.sku, check.note))
        for feed, facts in sorted(doubted.items()):
            owner = self._config.feeds[feed].owner if feed in self._config.feeds else ""
            remark = Remark("source_doubt", feed, len(facts), "", tuple(facts[:EXAMPLES]))
            yield _said(remark, whom=owner)


def _said(remark: Remark, days: int | None = None, whom: str = "") -> Remark:
    """``remark`` with its sentence."""
    n, subject = remark.count, remark.subject
    match remark.kind:
        case "no_page":
            text = (
                f"{_count(n, 'active product')} in the feeds {_has(n)} no page on {subject}: what "
                "the feed links to is gone or was never met. Correct the feed's url, or publish."
            )
        case "unknown_products":
            text = (
                f"{_count(n, 'page')} of {subject} price{'s' * (n == 1)} something that no feed "
                "knows. Add the products to a feed, or take the pages down."
            )
        case "unmentioned":
            text = (
                f"{_count(n, 'offer or policy', 'offers and policies')} in force by {subject} "
                f"{'was' if n == 1 else 'were'} read on no page."
            )
        case "no_text_layer":
            text = (
                f"{_count(n, 'document')} of {subject} {_has(n)} no text that can be read: "
                f"{'it is a picture' if n == 1 else 'they are pictures'} of text. Publish "
                f"{'it' if n == 1 else 'them'} with text, or run text recognition (OCR) over "
                f"{'it' if n == 1 else 'them'}."
            )
        case "review_lapsed":
            text = (
                f"{_count(n, 'article')} of {subject} {'is' if n == 1 else 'are'} past the date "
                f"until which {subject} itself holds {'it' if n == 1 else 'them'} valid or "
                "verified. Have somebody verify or retire them there."
            )
        case "aged_unchecked":
            text = (
                f"{_count(n, 'document')} of {subject} {_has(n)} no fact that could be checked and "
                f"{_has(n)} not been touched for more than {days} days. Have somebody read them."
            )
        case _:
            text = (
                f"Website and knowledge base agree with each other against {subject} on "
                f"{_count(n, 'fact')}: ask {whom or 'the data’s owner'} first whether the feed is "
                "right."
            )
    return Remark(remark.kind, subject, n, text, remark.examples)


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def _has(number: int) -> str:
    return "has" if number == 1 else "have"
