"""Guru cards by the search endpoint of its API.

Every card has a verifier and an interval: ``verificationState`` is TRUSTED or NEEDS_VERIFICATION;
what needs verification without any reason given has simply expired. 204 is the end of the list.

Source: https://developer.getguru.com (search, cards); staff's word on empty verificationReasons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.kms.api import at, basic, full_name, get, instant, next_link, text
from crawler.kms.interface import (
    Capabilities,
    Deletes,
    Document,
    Gone,
    Incremental,
    Problem,
    Seen,
    Verification,
)
from crawler.kms.walk import JsonConnector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from crawler.kms.interface import Event, Request, Response
    from crawler.kms.walk import Reader

PAGE_SIZE = 50
_CARD = "https://app.getguru.com/card"


class Guru(JsonConnector):
    """``url`` is https://api.getguru.com; ``user`` a mail address, ``token`` a user token.

    Option ``collections``: names of those to read; all that the user sees where absent.
    """

    name = "guru"
    capabilities = Capabilities(
        Incremental.FILTER, Deletes.LISTING, body_in_listing=True, review_metadata=True
    )
    options = frozenset({"collections"})

    def listing(self, since: datetime | None) -> Iterable[Event]:
        query = f"lastModified >= {since:%Y-%m-%dT%H:%M:%S}.000+0000" if since else None
        asked = {
            "q": query,
            "maxResults": PAGE_SIZE,
            "sortField": "dateCreated",
            "sortOrder": "asc",
        }
        yield get(f"{self.base}/api/v1/search/query", "list", asked)

    def one(self, identity: str) -> Request:
        url = f"{self.base}/api/v1/cards/{identity}/extended"
        return get(url, "card", context={"id": identity})

    def readers(self) -> Mapping[str, Reader]:
        return {"list": self._listed, "card": self._card}

    def sign(self, request: Request, token: str) -> Request:
        return basic(request, self.access.user or "", token)

    def _listed(self, response: Response, answer: Any) -> Iterator[Event]:
        if not isinstance(answer, list):  # 204: nothing (more)
            return
        for card in answer:
            yield from self._told(card)
        if answer and (url := next_link(response, "next-page")):
            yield get(url, "list")

    def _card(self, response: Response, answer: Any) -> Iterator[Event]:
        yield from self._told(answer)

    def _told(self, card: Any) -> Iterator[Event]:
        identity, title = text(card, "id"), text(card, "preferredPhrase")
        slug = text(card, "slug") or identity
        if identity is None:
            yield Problem("card", f"{self.base}: a card without an id")
            return
        wanted = self.wanted("collections")
        if at(card, "archived") or (wanted and text(card, "collection.name") not in wanted):
            yield Gone(identity, "archived, or in a collection that is not read")
            return
        url = f"{_CARD}/{slug}"
        yield Seen(identity, url, text(card, "lastModified"))
        yield Document(
            id=identity,
            url=url,
            title=title or slug or identity,
            body=(text(card, "content") or "").encode("utf-8", "replace"),
            author=full_name(card, "lastModifiedBy"),
            owner=_verifier(card) or full_name(card, "owner"),
            updated_at=instant(at(card, "lastModified")),
            reviewed_at=instant(at(card, "lastVerified")),
            edit_url=f"{url}/edit" if slug else None,
            valid_to=instant(at(card, "nextVerificationDate")),
            verification=_verification(card),
        )


def _verifier(card: Any) -> str | None:
    return full_name(card, "verifiers.0.user") or text(card, "verifiers.0.userGroup.name")


def _verification(card: Any) -> Verification | None:
    state = text(card, "verificationState")
    if state == "TRUSTED":
        return Verification.VERIFIED
    if state == "NEEDS_VERIFICATION":
        reasons = at(card, "verificationReasons")
        return Verification.EXPIRED if reasons == [] else Verification.UNVERIFIED
    return None
