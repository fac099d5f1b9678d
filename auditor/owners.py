"""Who owns a finding. Pure: ``now`` is an argument."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from auditor.config import Away, Config, OwnerRule
    from auditor.model import Judgement, Product


def owner_of(
    judgement: Judgement,
    product: Product | None,
    source_owner: str,
    rules: Sequence[OwnerRule],
) -> tuple[str, str]:
    """Owner and deputy of a finding, "" where nobody is named.

    The first rule that fits decides; without one the owner of the source, else of the product.
    """
    for rule in rules:
        if _fits(rule, judgement, product):
            return rule.owner, rule.deputy
    return source_owner or (product.owner if product else ""), ""


def present(
    owner: str,
    deputy: str,
    away: Sequence[Away],
    today: date,
    deputies: Mapping[str, str] | None = None,
) -> str:
    """Who gets it today: the deputy while the owner is away, that one's deputy, and so on.

    ``deputies`` are people's own. Where everybody is away, or nobody is named, the owner gets it.
    """
    absent = {entry.who for entry in away if today <= entry.until}
    asked, who = set(), owner
    while who in absent and who not in asked:
        asked.add(who)
        who = (deputy if who == owner and deputy else (deputies or {}).get(who, "")) or owner
    return owner if who in absent else who


def answering_for(config: Config, feed: str) -> str:
    """The person who answers for a feed, "" where nobody is named."""
    owner = config.feeds[feed].owner if feed in config.feeds else ""
    return config.teams.get(owner, owner)


def groups_alone(config: Config, others: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Groups that own something without a person who answers for them: (where, group).

    ``others`` are owners that come from elsewhere, like the products' in the feeds.
    """
    named = [(f"owners[{index}]", rule.owner) for index, rule in enumerate(config.owners)]
    named += [(f"sources.{name}", source.owner) for name, source in config.sources.items()]
    named += [(f"feeds.{name}", feed.owner) for name, feed in config.feeds.items()]
    named += [("the products' feed", owner) for owner in sorted(set(others))]
    return [
        (where, owner)
        for where, owner in named
        if is_group(owner) and owner not in config.teams and owner not in config.people
    ]


def is_group(name: str) -> bool:
    """Whether a name is a mailing list's or a team's and not a person's.

    It is where any word of the name, or of the part in front of the @, is one that people give to
    teams (``_GROUP_WORDS``): nobody in particular answers there.

    >>> is_group("service-desk@acme.example"), is_group("Team Fasteners"), is_group("info@acme.de")
    (True, True, True)
    >>> is_group("tom.adeyemi@acme.example"), is_group("Ines Kovac"), is_group("")
    (False, False, False)
    """
    words = re.split(r"[^a-zäöüß]+", name.split("@")[0].casefold())
    return any(word in _GROUP_WORDS for word in words)


_GROUP_WORDS = frozenset(
    """
    accounting admin admins all backoffice catalog catalogue company content customer
    customercare customerservice department dept desk desks editor editors einkauf everyone
    group gruppe hello helpdesk hotline info it kundenservice legal list mailing mailbox
    marketing office onlineshop pim pm postmaster product products purchasing redaktion
    sales service services shop shopteam staff support team teams technik verkauf vertrieb
    web webmaster webshop webteam
    """.split()  # noqa: SIM905 - a list of sixty words in quotes is not read by anybody
)


def _fits(rule: OwnerRule, judgement: Judgement, product: Product | None) -> bool:
    group = product.group.casefold() if product else ""
    return (
        (not rule.group or group in {name.casefold() for name in rule.group})
        and (not rule.source or judgement.source in rule.source)
        and (not rule.attribute or judgement.attribute in rule.attribute)
        and (not rule.path or re.search(rule.path, judgement.url) is not None)
    )
