"""Discourse by its JSON: the first post of each topic is the article.

Topics come by their last activity, pinned ones first whatever their age. An edit of a first post
under which others have answered is no activity: bodies are read again with the weekly listing.

Source: github.com/discourse/discourse_api_docs (MIT): latest, topics.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.kms.api import at, get, instant, items, number, text, with_headers
from crawler.kms.interface import Capabilities, Deletes, Document, Gone, Incremental, Problem
from crawler.kms.walk import JsonConnector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from crawler.kms.interface import Event, Request, Response
    from crawler.kms.walk import Reader


class Discourse(JsonConnector):
    """``url`` is the forum's base URL; ``token`` an API key, ``user`` as whom (``system``).

    Options: ``categories`` (``slug/id``, e.g. ``docs/7``; all where absent), ``replies`` (false:
    only the first post is read).
    """

    name = "discourse"
    capabilities = Capabilities(Incremental.SORTED_DESCENDING, Deletes.LISTING, views=True)
    options = frozenset({"categories", "replies"})

    def listing(self, since: datetime | None) -> Iterable[Event]:
        for category in self.wanted("categories") or [""]:
            yield self._topics(category, 0)

    def one(self, identity: str) -> Request:
        return get(f"{self.base}/t/{identity}.json", "topic", context={"id": identity})

    def readers(self) -> Mapping[str, Reader]:
        return {"list": self._listed, "topic": self._topic}

    def sign(self, request: Request, token: str) -> Request:
        return with_headers(request, Api_Key=token, Api_Username=self.access.user or "system")

    def _topics(self, category: str, page: int) -> Request:
        path = f"c/{category}/l/latest" if category else "latest"
        about = {"category": category, "page": str(page)}
        # By creation a full listing stands still while people write.
        order = "activity" if self.since else "created"
        asked = {"order": order, "ascending": None if self.since else "true", "page": page}
        return get(f"{self.base}/{path}.json", "list", asked, context=about)

    def _listed(self, response: Response, answer: Any) -> Iterator[Event]:
        topics, is_done = items(answer, "topic_list.topics"), False
        for topic in topics:
            identity, changed = text(topic, "id"), text(topic, "bumped_at")
            pinned = topic.get("pinned") or topic.get("pinned_globally")
            if self.is_old(instant(changed)) and not pinned:
                is_done = True
                break
            if identity and topic.get("visible", True):
                url = f"{self.base}/t/{text(topic, 'slug') or '-'}/{identity}"
                yield from self.seen(identity, url, changed, views=number(topic, "views"))
        about = response.request.context
        if topics and not is_done and text(answer, "topic_list.more_topics_url"):
            yield self._topics(about["category"], int(about["page"]) + 1)

    def _topic(self, response: Response, answer: Any) -> Iterator[Event]:
        identity = response.request.context["id"]
        posts, title = items(answer, "post_stream.posts"), text(answer, "title")
        if at(answer, "deleted_at") or at(answer, "visible") is False:
            yield Gone(identity, "deleted or unlisted in Discourse")
            return
        if not posts or title is None:
            yield Problem("topic", f"topic {identity} came without posts", document=identity)
            return
        first = posts[0]
        read = posts if self.option("replies").lower() == "true" else posts[:1]
        yield Document(
            id=identity,
            url=f"{self.base}/t/{text(answer, 'slug') or '-'}/{identity}",
            title=title,
            body="\n".join(text(post, "cooked") or "" for post in read).encode("utf-8", "replace"),
            author=text(first, "name") or text(first, "username"),
            updated_at=instant(first.get("updated_at")),
            edit_url=f"{self.base}/p/{first.get('id')}",
            views=number(answer, "views"),
        )
