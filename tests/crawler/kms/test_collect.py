"""The collector: what a connector's events do to the store, and what they must never do."""

from __future__ import annotations

import hashlib
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from crawler.config import KmsSource, Limits
from crawler.kms.collect import Collector
from crawler.kms.interface import (
    Capabilities,
    Cursor,
    Deletes,
    Document,
    Event,
    Gone,
    Incremental,
    Known,
    Problem,
    Request,
    Response,
    Seen,
    Sweep,
    Verification,
)
from crawler.kms.throttle import PLAIN, Throttle
from crawler.snapshot import Outcome
from crawler.store import SnapshotStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from crawler.summary import CrawlSummary

API = "https://kb.example/api"
CAPABILITIES = Capabilities(Incremental.FILTER, Deletes.LISTING)
NIGHT = datetime(2026, 11, 1, 2, tzinfo=UTC)


def url(identity: str) -> str:
    return f"https://kb.example/a/{identity}"


def article(identity: str, text: str = "9.90 EUR", at: str | None = None) -> Document:
    return Document(identity, at or url(identity), f"Article {identity}", f"<p>{text}".encode())


def seen(identity: str, version: str | None = "1", at: str | None = None) -> Seen:
    return Seen(identity, at or url(identity), version)


@dataclass
class Scripted:
    """A connector whose listing and articles a test has written down.

    ``articles`` maps an id to what its request brings; an id that is absent is never listed.
    """

    listing: list[Event] = field(default_factory=list)
    articles: dict[str, list[Event]] = field(default_factory=dict)
    known: Known | None = None
    still: tuple[str, ...] = ()
    always_lists_all: bool = False
    name: str = "scripted"
    capabilities: Capabilities = CAPABILITIES
    throttle: Throttle = PLAIN

    def start(self, known: Known) -> Iterable[Event]:
        if self.known is not None:  # what the listing left out is asked for by its id
            for identity in known.only:
                if identity in self.still:
                    yield Request(f"{API}/{identity}", "article", context={"id": identity})
            return
        self.known = known
        yield Request(API, "list")

    def parse(self, response: Response) -> Iterator[Event]:
        if response.request.kind == "article":
            yield from self.articles[response.request.context["id"]]
            return
        assert self.known is not None
        for event in self.listing:
            if isinstance(event, Sweep) and not (self.known.full_sweep or self.always_lists_all):
                continue
            yield event
            if isinstance(event, Seen) and self.known.versions.get(event.id) != event.version:
                yield Request(f"{API}/{event.id}", "article", context={"id": event.id})

    def authorise(self, request: Request) -> Request:
        return request


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SnapshotStore]:
    with SnapshotStore(tmp_path / "sellby.db") as opened:
        yield opened


class Nights:
    """Runs over one knowledge base, one a night."""

    def __init__(self, store: SnapshotStore) -> None:
        self.store = store
        self.night = 0
        self.connector = Scripted()

    def run(
        self,
        connector: Scripted,
        *,
        unanswered: tuple[str, ...] = (),
        only: tuple[str, ...] = (),
        interrupt_after: int | None = None,
        **source: object,
    ) -> CrawlSummary:
        self.connector = connector
        given = {"name": "kb", "connector": "scripted", "url": API} | source
        collector = Collector(
            KmsSource.model_validate(given), connector, self.store, now=self._now, only=only
        )
        waiting = deque(collector.begin())
        answered = 0
        while not collector.stopped:
            waiting.extend([] if waiting else collector.confirm())
            if not waiting or collector.stopped:
                break
            if answered == interrupt_after:
                return self._ended(collector.finish(interrupted=True))
            request = waiting.popleft()
            answered += 1
            if request.context.get("id") in unanswered or request.kind in unanswered:
                waiting.extend(collector.failed(request, Outcome.TIMEOUT, "no answer in 30 s"))
            else:
                waiting.extend(collector.receive(Response(request, 200, {}, b"{}")))
        return self._ended(collector.finish())

    def _ended(self, summary: CrawlSummary) -> CrawlSummary:
        self.night += 1
        return summary

    def _now(self) -> datetime:
        return NIGHT + timedelta(days=self.night)

    def outcomes(self) -> dict[str, str]:
        visits = self.store.last_visits("kb")
        return {visit.url.rpartition("/")[2]: visit.outcome.value for visit in visits}

    def kinds(self, summary: CrawlSummary) -> list[str]:
        return [problem.kind for problem in summary.problems]


@pytest.fixture
def nights(store: SnapshotStore) -> Nights:
    return Nights(store)


def whole(*identities: str, cursor: str = "c1", version: str = "1") -> Scripted:
    return Scripted(
        [Sweep(), *(seen(identity, version) for identity in identities), Cursor(cursor)],
        {identity: [article(identity)] for identity in identities},
    )


# What must never happen ------------------------------------------------------------------------


def test_more_vanished_than_believable_deletes_nothing(nights: Nights) -> None:
    nights.run(whole(*"abcdefghij"))
    lost = nights.run(whole(*"abcdefg", cursor="c2"), full_sweep_days=1)
    assert nights.kinds(lost) == ["degraded"]
    assert "3 of 10 documents" in lost.problems[0].message
    assert not lost.complete
    assert set(nights.outcomes().values()) == {"ok"}
    assert nights.store.cursor("kb") == "c1"
    assert len(nights.store.versions("kb")) == 10


def test_an_empty_listing_deletes_nothing(nights: Nights) -> None:
    nights.run(whole("a", "b"))
    assert nights.kinds(nights.run(whole(), full_sweep_days=1)) == ["degraded"]
    assert len(list(nights.store.latest())) == 2


def test_a_fatal_problem_keeps_the_old_cursor_and_what_was_read(nights: Nights) -> None:
    connector = whole("a", "b")
    connector.listing.append(Problem("forbidden", "HTTP 403", fatal=True))
    summary = nights.run(connector)
    assert (summary.complete, nights.kinds(summary)) == (False, ["forbidden"])
    assert nights.store.cursor("kb") is None
    record = nights.store.last_crawl("kb")
    assert record is not None
    assert record.state == "partial"


def test_a_connector_that_raises_is_a_problem_and_not_a_crash(nights: Nights) -> None:
    connector = Scripted([seen("a"), seen("b")], {"a": [article("a")]})
    summary = nights.run(connector)
    assert nights.kinds(summary) == ["connector"]
    assert "KeyError" in summary.problems[0].message
    assert nights.outcomes() == {"a": "ok"}
    assert nights.store.cursor("kb") is None


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/api", "http://kb.example/api", "https://kb.example:8443/", "file:///x"],
)
def test_requests_to_elsewhere_are_not_made(nights: Nights, target: str) -> None:
    summary = nights.run(Scripted([Request(target, "list"), Cursor("c")]))
    assert nights.kinds(summary) == ["refused"]
    assert nights.store.cursor("kb") is None


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//kb.example/a", "ftp://x/y"])
def test_a_document_without_a_readers_url_is_a_problem_of_its_own(
    nights: Nights, address: str
) -> None:
    connector = Scripted(
        [seen("a"), seen("b", at=address), Cursor("c")],
        {"a": [article("a")], "b": [article("b", at=address)]},
    )
    summary = nights.run(connector)
    assert nights.kinds(summary)[0] == "unreadable"
    assert nights.outcomes() == {"a": "ok"}


def test_an_edit_link_that_is_no_web_address_is_dropped(nights: Nights) -> None:
    document = Document("a", url("a"), "A", b"<p>x", edit_url="javascript:alert(1)")
    nights.run(Scripted([seen("a"), Cursor("c")], {"a": [document]}))
    (page,) = nights.store.latest()
    assert page.snapshot.editorial.edit_url is None


def test_markup_in_a_title_stays_text(nights: Nights) -> None:
    document = Document("a", url("a"), "</title><script>x</script>", b"<p>x", language='"><b')
    nights.run(Scripted([seen("a"), Cursor("c")], {"a": [document]}))
    (page,) = nights.store.latest()
    assert page.snapshot.body is not None
    assert b"<script>" not in page.snapshot.body
    assert b"<b" not in page.snapshot.body.partition(b"<body>")[0]


# Failures of one document ------------------------------------------------------------------------


def test_a_document_that_could_not_be_read_is_asked_for_again(nights: Nights) -> None:
    nights.run(whole("a", "b"))
    failing = whole("a", "b", version="2")
    failing.articles["b"] = [Problem("render", "no text came back", document="b")]
    summary = nights.run(failing)
    assert summary.complete
    assert summary.counts == {"unchanged": 1, "unreadable": 1}
    assert nights.outcomes() == {"a": "unchanged", "b": "unreadable"}
    (_, page) = nights.store.latest()
    assert page.snapshot.fetched_at == NIGHT
    again = whole("b", version="2")
    nights.run(again)
    assert again.known is not None
    assert again.known.retry == ("b",)
    assert nights.outcomes()["b"] == "unchanged"


def test_a_document_without_an_answer_is_a_timeout_and_the_rest_goes_on(nights: Nights) -> None:
    summary = nights.run(whole("a", "b", "c"), unanswered=("b",))
    assert summary.complete
    assert nights.outcomes() == {"a": "ok", "b": "timeout", "c": "ok"}
    assert nights.store.cursor("kb") == "c1"


def test_a_listing_without_an_answer_ends_the_run(nights: Nights) -> None:
    summary = nights.run(whole("a"), unanswered=("list",))
    assert nights.kinds(summary) == ["timeout"]
    assert not summary.complete


# Runs ------------------------------------------------------------------------------------------


def test_a_second_night_reads_only_new_versions_and_confirms_the_rest(nights: Nights) -> None:
    nights.run(whole("a", "b"))
    changed = Scripted([seen("b", "2"), Cursor("c2")], {"b": [article("b", "8.80 EUR")]})
    summary = nights.run(changed)
    assert changed.known is not None
    assert (changed.known.cursor, changed.known.full_sweep) == ("c1", False)
    assert summary.counts == {"ok": 1, "unchanged": 1}
    pages = {page.snapshot.url: page.snapshot for page in nights.store.latest()}
    assert b"8.80" in (pages[url("b")].body or b"")
    assert pages[url("a")].fetched_at == NIGHT + timedelta(days=1)
    assert nights.store.cursor("kb") == "c2"


def test_a_full_listing_is_due_after_so_many_days(nights: Nights) -> None:
    for night in range(5):
        connector = whole("a")
        nights.run(connector, full_sweep_days=2)
        assert connector.known is not None
        assert connector.known.full_sweep == (night in (0, 2, 4))


def test_absence_from_a_list_of_changes_deletes_nothing(nights: Nights) -> None:
    nights.run(whole("a", "b"))
    nights.run(Scripted([Cursor("c2")]))
    assert nights.outcomes() == {"a": "unchanged", "b": "unchanged"}


def test_a_listing_of_nothing_is_no_success(nights: Nights) -> None:
    nothing = nights.run(whole())
    assert (nights.kinds(nothing), nothing.complete) == (["degraded"], False)
    assert "not one document is readable" in nothing.problems[0].message


def test_few_vanished_documents_are_gone(nights: Nights) -> None:
    nights.run(whole(*"abcdefghij"))
    summary = nights.run(whole(*"abcdefgh"), full_sweep_days=1)
    assert summary.counts == {"unchanged": 8, "gone": 2}
    assert len(list(nights.store.latest())) == 8
    assert len(nights.store.versions("kb")) == 8
    assert "no longer listed" in (nights.store.visits("kb", url("i"))[-1].detail or "")


def test_what_a_shifting_listing_left_out_is_asked_for_before_it_is_gone(nights: Nights) -> None:
    nights.run(whole(*"abcdefghij"))
    shifted = whole(*"abcdefgh")
    shifted.articles["i"] = [seen("i"), article("i", "still here")]
    shifted.still = ("i",)
    summary = nights.run(shifted, full_sweep_days=1)
    assert summary.counts == {"unchanged": 8, "ok": 1, "gone": 1}
    assert (nights.outcomes()["i"], nights.outcomes()["j"]) == ("ok", "gone")
    assert summary.readable == 9


def test_a_document_one_may_not_read_any_more_is_not_deleted(nights: Nights) -> None:
    nights.run(whole(*"abcdefghij"))
    restricted = whole(*"abcdefghi")
    restricted.articles["j"] = [Problem("forbidden", "HTTP 403", document="j")]
    restricted.still = ("j",)
    summary = nights.run(restricted, full_sweep_days=1)
    assert summary.counts == {"unchanged": 9, "unreadable": 1}
    assert "j" in nights.store.documents("kb")


def test_a_full_listing_nobody_asked_for_is_believed_too(nights: Nights) -> None:
    nights.run(whole(*"abcdefghij"))
    cheap = whole(*"abcdefghi")
    cheap.listing = [event for event in cheap.listing if not isinstance(event, Sweep)]
    assert nights.run(cheap).counts == {"unchanged": 10}
    cheap = whole(*"abcdefghi")
    cheap.always_lists_all = True
    assert nights.run(cheap).counts == {"unchanged": 9, "gone": 1}


def test_fewer_documents_than_expected_are_said_and_delete_nothing(nights: Nights) -> None:
    first = nights.run(whole(*"abcdefghi"), expected_documents=10)
    assert (nights.kinds(first), first.complete) == (["degraded"], True)
    assert "9 documents are readable, expected_documents is 10" in first.problems[0].message
    less = nights.run(whole(*"abcdefgh"), expected_documents=10, full_sweep_days=1)
    assert (nights.kinds(less), less.complete) == (["degraded"], False)
    assert len(list(nights.store.latest())) == 9


def test_bodies_are_read_again_after_so_many_days_whatever_their_version(nights: Nights) -> None:
    for night in range(4):
        nights.run(whole("a"), full_sweep_days=1, reread_days=3)
        assert nights.connector.known is not None
        assert nights.connector.known.versions == ({"a": "1"} if night in (1, 2) else {})


def test_views_are_kept_by_day_where_they_changed(nights: Nights) -> None:
    for count in (10, 10, 14):
        nights.run(Scripted([Seen("a", url("a"), "1", views=count)], {"a": [article("a")]}))
    found = [(kept.day.day, kept.views) for kept in nights.store.views("kb")]
    assert found == [(1, 10), (3, 14)]


def test_a_file_is_kept_as_it_is_and_says_until_when_it_holds(nights: Nights) -> None:
    until = datetime(2027, 1, 1, tzinfo=UTC)
    document = Document(
        "a", url("a"), "A", b"%PDF-1.7", media_type="application/pdf",
        valid_to=until, verification=Verification.VERIFIED,
    )  # fmt: skip
    nights.run(Scripted([seen("a"), Cursor("c")], {"a": [document]}))
    (page,) = nights.store.latest()
    assert page.sha256 == hashlib.sha256(b"%PDF-1.7").hexdigest()
    assert page.snapshot.editorial.valid_to == until
    assert page.snapshot.editorial.verification is Verification.VERIFIED


def test_a_download_goes_to_public_hosts_only(nights: Nights) -> None:
    for target in ("http://files.example/x", "https://127.0.0.1/x", "https://169.254.169.254/"):
        download = Request(target, "article", context={"id": "a"}, foreign=True)
        assert nights.kinds(nights.run(Scripted([download]))) == ["refused"]
    download = Request("https://files.example/x", "article", context={"id": "a"}, foreign=True)
    summary = nights.run(Scripted([seen("a"), download], {"a": [article("a")]}))
    assert nights.kinds(summary) == []


def test_a_raised_share_lets_a_great_clearing_through(nights: Nights) -> None:
    nights.run(whole(*"abcd"))
    summary = nights.run(whole("a"), full_sweep_days=1, max_vanished_share=0.8)
    assert (summary.complete, summary.counts) == (True, {"unchanged": 1, "gone": 3})


def test_notes_of_deletion_are_believed_however_many(nights: Nights) -> None:
    nights.run(whole(*"abcd"))
    tombs: list[Event] = [Gone(identity, "deleted") for identity in "abcx"]
    summary = nights.run(Scripted([*tombs, Cursor("c2")]))
    assert summary.counts == {"gone": 3, "unchanged": 1}
    assert set(nights.store.documents("kb")) == {"d"}


def test_a_run_that_ends_early_goes_on_where_it_stopped(nights: Nights) -> None:
    limits = Limits(max_pages=2)
    first = nights.run(whole(*"abcd"), limits=limits)
    assert (nights.kinds(first), first.complete, first.pages) == (["limit"], False, 0)
    second = nights.run(whole(*"abcd"), interrupt_after=3)
    assert nights.kinds(second) == ["interrupted"]
    assert second.counts == {"ok": 2}
    third = nights.run(whole(*"abcd"))
    assert third.counts == {"ok": 2, "unchanged": 2}


# Moves -----------------------------------------------------------------------------------------


def test_a_moved_document_leaves_a_redirect(nights: Nights) -> None:
    nights.run(whole("a"))
    moved = Scripted(
        [seen("a", "2", url("new")), Cursor("c2")], {"a": [article("a", at=url("new"))]}
    )
    nights.run(moved)
    assert nights.outcomes() == {"a": "redirected", "new": "ok"}
    left = nights.store.visits("kb", url("a"))[-1]
    assert (left.status, left.target) == (301, url("new"))
    assert nights.store.documents("kb")["a"].url == url("new")


def test_a_document_moved_without_a_new_version_keeps_its_body(nights: Nights) -> None:
    nights.run(whole("a"))
    nights.run(Scripted([seen("a", "1", url("new")), Cursor("c2")]))
    assert nights.outcomes() == {"a": "redirected", "new": "ok"}
    (page,) = nights.store.latest()
    assert page.snapshot.url == url("new")
    assert b"9.90 EUR" in (page.snapshot.body or b"")


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_two_documents_that_swap_urls_both_stay(nights: Nights, order: tuple[str, ...]) -> None:
    nights.run(whole("a", "b"))
    other = {"a": "b", "b": "a"}
    swapped = Scripted(
        [*(seen(identity, "2", url(other[identity])) for identity in order), Cursor("c2")],
        {i: [article(i, f"text of {i}", at=url(other[i]))] for i in order},
    )
    nights.run(swapped)
    assert nights.outcomes() == {"a": "ok", "b": "ok"}
    found = nights.store.snapshot_at("kb", url("a"))
    assert found is not None
    assert b"text of b" in (found.body or b"")


def test_a_new_document_at_a_deleted_ones_url_is_not_gone(nights: Nights) -> None:
    nights.run(whole("a"))
    again = Scripted(
        [Gone("a", "deleted"), seen("z", "1", url("a")), Cursor("c2")],
        {"z": [article("z", "text of z", at=url("a"))]},
    )
    nights.run(again)
    assert nights.outcomes() == {"a": "ok"}
    assert set(nights.store.documents("kb")) == {"z"}


# Re-checks -------------------------------------------------------------------------------------


def test_a_recheck_reads_one_document_and_moves_no_cursor(nights: Nights) -> None:
    nights.run(whole("a", "b"))
    connector = Scripted([seen("a", "2")], {"a": [article("a", "1.00 EUR")]})
    summary = nights.run(connector, only=(url("a"),))
    assert connector.known is not None
    assert connector.known.only == ("a",)
    assert summary.counts == {"ok": 1}
    assert nights.store.cursor("kb") == "c1"
    assert nights.outcomes() == {"a": "ok", "b": "ok"}
    record = nights.store.last_crawl("kb")
    assert record is not None
    assert record.started_at == NIGHT


def test_a_recheck_of_an_unknown_page_says_so(nights: Nights) -> None:
    nights.run(whole("a"))
    summary = nights.run(Scripted(), only=(url("nothing"),))
    assert nights.kinds(summary) == ["unknown_page"]
    assert nights.connector.known is None
