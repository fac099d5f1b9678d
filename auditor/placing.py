"""Contacts and the findings behind them, from the database: which product, which facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.catalogue import Catalogue
from auditor.contacts import behind, told, with_words
from auditor.demand import PageIndex
from auditor.store.findings import Filter

if TYPE_CHECKING:
    from auditor.config import Config
    from auditor.contacts import Behind
    from auditor.store import AuditStore
    from auditor.store.contacts import Kept


def place_contacts(store: AuditStore) -> int:
    """Find out which product each new contact is about; how many that was possible for.

    By what the help desk names (SKU, part number, GTIN, alias, name), else by the page, else by
    the one product whose number stands in the subject. Where that leaves a choice, none is made.
    """
    waiting = store.contacts.unplaced()
    if not waiting:
        return 0
    catalogue = Catalogue(store.catalogue.products())
    pages = PageIndex(store.catalogue.demand.pages())
    placed = {
        (kept.feed, kept.contact.id): sku
        for kept in waiting
        if (sku := _product(kept, catalogue, pages))
    }
    store.contacts.place(placed)
    return len(placed)


def contacts_behind(store: AuditStore, config: Config) -> list[Behind]:
    """Every contact with the findings behind it: what is wrong, and what was until it was fixed."""
    kept = store.contacts.all()
    if not kept:
        return []
    words = with_words(config.contacts.reasons)
    contacts = told(((k.contact, k.sku) for k in kept), words, config.contacts.repeat_days)
    return behind(contacts, store.findings.matching(Filter(every_state=True, only_wrong=True)))


def _product(kept: Kept, catalogue: Catalogue, pages: PageIndex) -> str:
    contact = kept.contact
    if contact.product:
        found = catalogue.resolve(contact.product)
        if len(found) == 1:
            return found[0]
    if contact.url:
        shares = pages.products(contact.url)
        if len(shares) == 1:
            return shares[0][0]
    text = f"{contact.product} {contact.subject}"
    named = {m.sku for m in catalogue.mentions_in(text) if m.kind.is_proof}
    return named.pop() if len(named) == 1 else ""
