"""The MediaWiki connector, fed with answers: what it asks, what it makes of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.errors import SourceError
from crawler.kms.interface import (
    Access,
    Cursor,
    Document,
    Event,
    Gone,
    Known,
    Problem,
    Request,
    Response,
    Seen,
)
from crawler.kms.mediawiki import MediaWiki

API = "https://wiki.example/w/api.php"
HELLO = {
    "curtimestamp": "2026-11-22T08:00:00Z",
    "query": {
        "general": {"generator": "MediaWiki 1.39.17"},
        "namespaces": {
            "-1": {"id": -1, "name": "Special", "canonical": "Special", "content": False},
            "0": {"id": 0, "name": "", "content": True},
            "10": {"id": 10, "name": "Vorlage", "canonical": "Template", "content": False},
            "12": {"id": 12, "name": "Hilfe", "canonical": "Help", "content": False},
        },
    },
}


def answer(request: Request, body: Any, status: int = 200, **headers: str) -> Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(request, status, named, raw)


def query(request: Request) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(request.url).query).items()}


def page(number: int, **more: Any) -> dict[str, Any]:
    return {
        "pageid": number,
        "ns": 0,
        "title": f"Pump {number}",
        "lastrevid": number * 10,
        "touched": "2026-11-01T00:00:00Z",
        "canonicalurl": f"https://wiki.example/wiki/Pump_{number}",
        "editurl": f"https://wiki.example/w/index.php?title=Pump_{number}&action=edit",
        "pagelanguagehtmlcode": "de",
        "revisions": [{"user": "Anna", "timestamp": "2026-10-31T12:00:00Z"}],
    } | more


class Talk:
    """A connector in conversation; remembers nothing of its own."""

    def __init__(self, known: Known | None = None, **access: Any) -> None:
        self.connector = MediaWiki(Access(API, **access))
        self.first = list(self.connector.start(known or Known()))

    def tell(self, request: Request, body: Any, status: int = 200, **headers: str) -> list[Event]:
        return list(self.connector.parse(answer(request, body, status, **headers)))

    def hello(self) -> list[Request]:
        """Past the greeting; the requests that follow it."""
        return [event for event in self.tell(self.first[0], HELLO) if isinstance(event, Request)]


def listed(*pages: Any, **more: Any) -> dict[str, Any]:
    return {"batchcomplete": True, "query": {"pages": list(pages)}} | more


# Refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html><title>Log in</title>",
        b"",
        b"[]",
        b"null",
        b'{"query": ',
        b"\xff\xfe\x00",
        b"[" * 100_000,
    ],
)
def test_what_is_no_json_object_ends_the_run(body: bytes) -> None:
    talk = Talk()
    (problem,) = talk.tell(talk.first[0], body)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.fatal) == ("not_json", True)
    assert "api.php" in problem.message


@pytest.mark.parametrize("body", [{}, {"query": []}, {"query": {"general": {"generator": 1}}}])
def test_another_json_api_is_not_taken_for_mediawiki(body: Any) -> None:
    talk = Talk()
    (problem,) = talk.tell(talk.first[0], body)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.fatal) == ("not_mediawiki", True)


def test_an_error_with_http_200_ends_the_run_where_it_is_the_listings() -> None:
    talk = Talk()
    error = {"error": {"code": "readapidenied", "info": "You need read permission."}}
    (problem,) = talk.tell(talk.first[0], error)
    assert problem == Problem("readapidenied", "the wiki: You need read permission.", fatal=True)


def test_an_error_on_one_article_is_that_articles_problem() -> None:
    talk = Talk()
    listing = talk.hello()[0]
    asked = next(e for e in talk.tell(listing, listed(page(7))) if isinstance(e, Request))
    for body, status in (
        ({"error": {"code": "internal_api_error", "info": "x"}}, 200),
        (b"<h1>Bad gateway</h1>", 502),
        ({"parse": {"text": None}}, 200),
        ({"parse": []}, 200),
    ):
        (problem,) = talk.tell(asked, body, status)
        assert isinstance(problem, Problem)
        assert (problem.document, problem.fatal) == ("7", False)


def test_a_refused_log_in_ends_the_run_and_says_why() -> None:
    talk = Talk(user="Bot@sellby", token="secret")
    (login,) = talk.tell(talk.first[0], {"query": {"tokens": {"logintoken": "t+\\"}}})
    assert isinstance(login, Request)
    (problem,) = talk.tell(login, {"login": {"result": "Failed", "reason": "Incorrect\npassword"}})
    assert problem == Problem(
        "login", "the wiki refused the log-in: Incorrect password", fatal=True
    )


def test_paging_that_goes_in_a_circle_is_noticed() -> None:
    talk = Talk()
    listing = talk.hello()[0]
    circle = listed(page(1), **{"continue": {"gapcontinue": "B", "continue": "gapcontinue||"}})
    following = [e for e in talk.tell(listing, circle) if isinstance(e, Request)][-1]
    problem = talk.tell(following, circle)[-1]
    assert isinstance(problem, Problem)
    assert (problem.code, problem.fatal) == ("continue", True)


def test_unknown_options_and_namespaces_are_refused_with_what_there_is() -> None:
    with pytest.raises(SourceError, match="unknown option 'namespace'; known: namespaces"):
        MediaWiki(Access(API, options={"namespace": "0"}))
    talk = Talk(options={"namespaces": ["Hilfe", "Hlep"]})
    (problem,) = talk.tell(talk.first[0], HELLO)
    assert isinstance(problem, Problem)
    assert problem.fatal
    assert "'Hlep'" in problem.message
    assert "hilfe" in problem.message


def test_a_page_without_url_or_title_is_a_problem_of_that_page() -> None:
    talk = Talk()
    listing = talk.hello()[0]
    events = talk.tell(listing, listed(page(1, canonicalurl=None), page(2, title=5), "x", {}))
    assert [event.document for event in events if isinstance(event, Problem)] == ["1", "2"]


# Secrets -------------------------------------------------------------------------------------


def test_secrets_stand_in_no_url_and_no_context() -> None:
    talk = Talk(user="Bot@sellby", token="hush-hush")
    (login,) = talk.tell(talk.first[0], {"query": {"tokens": {"logintoken": "t"}}})
    assert isinstance(login, Request)
    (hello,) = talk.tell(login, {"login": {"result": "Success"}})
    assert isinstance(hello, Request)
    seen = [talk.first[0], login, hello]
    assert "hush" not in repr(seen)
    assert "hush" not in repr(talk.connector._access)
    sent = talk.connector.authorise(login)
    assert sent.body == b"lgtoken=t&lgname=Bot%40sellby&lgpassword=hush-hush"
    assert talk.connector.authorise(hello) == hello
    assert query(hello)["assert"] == "user"


def test_a_token_alone_is_a_bearer_token() -> None:
    talk = Talk(token="hush-hush")
    sent = talk.connector.authorise(talk.first[0])
    assert sent.headers["Authorization"] == "Bearer hush-hush"
    assert sent.url == talk.first[0].url


# Patience ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (200, {}, None),
        (200, {"mediawiki_api_error": "readapidenied"}, None),
        (200, {"mediawiki_api_error": "maxlag", "retry_after": "7"}, 7.0),
        (200, {"mediawiki_api_error": "maxlag"}, 5.0),
        (200, {"mediawiki_api_error": "ratelimited"}, 30.0),
        (429, {"retry_after": "60"}, 60.0),
        (503, {}, 30.0),
        (500, {}, None),
    ],
)
def test_throttles_are_told_from_errors(
    status: int, headers: dict[str, str], seconds: float | None
) -> None:
    talk = Talk()
    said = answer(talk.first[0], {}, status, **headers)
    assert talk.connector.throttle.wait(said, datetime(2026, 11, 22, tzinfo=UTC)) == seconds


# Listings ------------------------------------------------------------------------------------


def test_a_first_run_lists_content_namespaces_and_ends_with_the_servers_time() -> None:
    talk = Talk()
    events = talk.tell(talk.first[0], HELLO)
    assert events[-1] == Cursor("2026-11-22T08:00:00Z")
    (listing,) = [event for event in events if isinstance(event, Request)]
    asked = query(listing)
    assert (asked["generator"], asked["gapnamespace"]) == ("allpages", "0")
    assert (asked["gapfilterredir"], asked["maxlag"]) == ("nonredirects", "5")


def test_an_article_is_asked_for_as_readers_see_it() -> None:
    talk = Talk()
    listing = talk.hello()[0]
    seen, asked = talk.tell(listing, listed(page(7)))
    assert seen == Seen("7", "https://wiki.example/wiki/Pump_7", "70@2026-11-01T00:00:00Z")
    assert isinstance(asked, Request)
    assert (query(asked)["action"], query(asked)["pageid"]) == ("parse", "7")
    (document,) = talk.tell(asked, {"parse": {"text": "<p>9,90 €</p>"}})
    assert isinstance(document, Document)
    assert document.body == "<p>9,90 €</p>".encode()
    assert (document.author, document.language) == ("Anna", "de")
    assert document.updated_at is not None
    assert document.updated_at.isoformat() == "2026-10-31T12:00:00+00:00"
    assert document.edit_url == "https://wiki.example/w/index.php?title=Pump_7&action=edit"


def test_what_has_the_known_version_is_seen_but_not_asked_for() -> None:
    talk = Talk(Known(versions={"7": "70@2026-11-01T00:00:00Z", "8": "1@x"}))
    listing = talk.hello()[0]
    events = talk.tell(listing, listed(page(7), page(8)))
    assert [type(event) for event in events] == [Seen, Seen, Request]


def test_paging_echoes_what_the_wiki_says() -> None:
    talk = Talk()
    listing = talk.hello()[0]
    more = {"gapcontinue": "Pumpe_ä", "continue": "gapcontinue||"}
    following = talk.tell(listing, listed(page(1), **{"continue": more}))[-1]
    assert isinstance(following, Request)
    assert query(following) == query(listing) | more


def test_a_page_spread_over_answers_is_put_together() -> None:
    talk = Talk()
    listing = talk.hello()[0]
    halves = page(7)
    revisions = halves.pop("revisions")
    first = {"query": {"pages": [halves]}, "continue": {"rvcontinue": "1", "continue": "||info"}}
    (following,) = talk.tell(listing, first)
    assert isinstance(following, Request)
    rest = listed({"pageid": 7, "ns": 0, "title": "Pump 7", "revisions": revisions})
    seen, asked = talk.tell(following, rest)
    assert isinstance(seen, Seen)
    assert isinstance(asked, Request)
    assert asked.context["author"] == "Anna"


def test_deleted_redirecting_and_moved_away_pages_are_gone() -> None:
    talk = Talk(Known(versions={"3": "v"}))
    listing = talk.hello()[0]
    events = talk.tell(
        listing,
        listed(
            {"pageid": 1, "missing": True},
            page(2, redirect=True),
            page(3, ns=2),
            page(4, ns=2),
        ),
    )
    assert [event.id for event in events if isinstance(event, Gone)] == ["1", "2", "3"]
    assert len(events) == 3


# Incremental runs ----------------------------------------------------------------------------


def test_an_incremental_run_asks_for_changes_with_an_overlap() -> None:
    known = Known(cursor="2026-11-21T08:00:00Z", full_sweep=False, retry=("9", "x"))
    changes, retry = Talk(known).hello()
    assert query(changes)["rcstart"] == "2026-11-21T07:50:00Z"
    assert query(changes)["rcnamespace"] == "0|10|828"
    assert query(retry)["pageids"] == "9"


def test_a_cursor_older_than_the_wiki_remembers_means_a_full_listing() -> None:
    known = Known(cursor="2026-09-01T08:00:00Z", full_sweep=False)
    assert [query(request).get("generator") for request in Talk(known).hello()] == ["allpages"]


def test_a_full_listing_reads_the_log_beside_it() -> None:
    known = Known(cursor="2026-11-21T08:00:00Z", full_sweep=True)
    listing, log = Talk(known).hello()
    assert query(listing)["generator"] == "allpages"
    assert query(log)["rctype"] == "log"


def test_changes_are_looked_up_once_each_fifty_at_a_time() -> None:
    known = Known(cursor="2026-11-21T08:00:00Z", full_sweep=False)
    talk = Talk(known)
    (changes,) = talk.hello()
    named = [{"pageid": n % 120 + 1, "ns": 0, "title": "x"} for n in range(240)]
    asked = talk.tell(changes, {"query": {"recentchanges": [*named, {"pageid": 0}, 7]}})
    sizes = [len(query(r)["pageids"].split("|")) for r in asked if isinstance(r, Request)]
    assert sizes == [50, 50, 20]
    assert talk.tell(changes, {"query": {"recentchanges": named}}) == []


def test_a_changed_template_names_the_pages_that_show_it() -> None:
    known = Known(cursor="2026-11-21T08:00:00Z", full_sweep=False)
    talk = Talk(known)
    (changes,) = talk.hello()
    change = {"pageid": 50, "ns": 10, "title": "Vorlage:Preis"}
    asked = talk.tell(changes, {"query": {"recentchanges": [change, change]}})
    users = [r for r in asked if isinstance(r, Request) and "geititle" in query(r)]
    assert [query(r)["geititle"] for r in users] == ["Vorlage:Preis"]


def test_a_recheck_asks_for_the_page_whatever_its_version() -> None:
    known = Known(versions={"7": "70@2026-11-01T00:00:00Z"}, only=("7",))
    talk = Talk(known)
    (lookup,) = talk.hello()
    assert query(lookup)["pageids"] == "7"
    assert [type(event) for event in talk.tell(lookup, listed(page(7)))] == [Seen, Request]


# Anything ------------------------------------------------------------------------------------

KEYS = (
    "query pages recentchanges continue error parse text general pageid ns title canonicalurl "
    "revisions namespaces login generator curtimestamp tokens logintoken missing batchcomplete 0 -1"
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("2026-01-01"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(KEYS.split()),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=300, deadline=None)
@given(JSON, st.sampled_from(["token", "login", "hello", "pages", "changes", "document"]))
def test_no_answer_makes_the_connector_raise(body: Any, kind: str) -> None:
    talk = Talk(Known(cursor="2026-11-21T08:00:00Z", full_sweep=False))
    talk.hello()
    context = {"query": "{}"} | (
        {"id": "7", "url": "u", "title": "t"} if kind == "document" else {}
    )
    talk.tell(Request(API, kind, context=context), body)
