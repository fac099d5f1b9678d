"""What a crawl of a website asks for, in which order of nights, and what it leaves alone."""

from __future__ import annotations

import gzip
import time
from email.utils import formatdate
from itertools import pairwise

from crawler.frontier import FORGOTTEN_AFTER


def sitemap(*urls: str, index: bool = False) -> bytes:
    outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    named = "".join(
        f"<{inner}><loc>{url}</loc><lastmod>2001-01-01</lastmod></{inner}>" for url in urls
    )
    return f'<?xml version="1.0"?><{outer}>{named}</{outer}>'.encode()


def with_etag(crawling, text: str, tag: str):
    """A page that answers 304 to its own tag."""
    body = f"<title>{text}</title><h1>{text}</h1><p>{crawling.WORDS}".encode()

    def answer(asked):
        if asked.headers.get("if-none-match") == tag:
            return crawling.Page(status=304, headers={"ETag": tag})
        return crawling.Page(body, headers={"Content-Type": "text/html", "ETag": tag})

    return answer


def test_sitemaps_links_robots_and_traps_on_one_site(site, database, crawling):
    site.add(
        "/robots.txt",
        f"User-agent: *\nDisallow: /secret\nSitemap: {site.url}/index.xml.gz\n",
        headers={"Content-Type": "text/plain"},
    )
    nested = sitemap(
        f"{site.url}/map.xml", f"{site.url}/gone.xml", f"{site.url}/index.xml.gz", index=True
    )
    site.add("/index.xml.gz", gzip.compress(nested))
    site.add(
        "/map.xml",
        sitemap(
            f"{site.url}/only-in-map?utm_source=map&id=1",
            "http://127.0.0.1:1/elsewhere",
            "http://169.254.169.254/latest",
            f"{site.url}/secret/from-map",
        ),
    )
    site.link(
        "/",
        "/a?utm_campaign=x&gclid=1#part",
        "b/../b",
        "/secret/page",
        "/deep/" + "again/" * 8,
        "/" + "long" * 400,
        "/file.pdf",
        "//127.0.0.1:1/x",
        "mailto:a@example.com",
        "javascript:void(0)",
        "/%7Etilde",
        "/denied/x",
        *(f"/calendar?year=20{n:02d}&month=1" for n in range(30)),
    )
    site.add(
        "/a",
        f"<base href='/based/'><link rel=canonical href='/canonical'><!-- <a href='/comment'> -->"
        f"<a href='inner?x=1&amp;y=2'>x</a><a rel='nofollow' href='/nofollow'>x</a>"
        f"<p>{crawling.WORDS}",
    )
    for path in ("/b", "/~tilde", "/only-in-map?id=1", "/based/inner?x=1&y=2", "/canonical"):
        site.link(path)
    limits = crawling.SHORT.model_copy(update={"max_query_variants": 5})

    result = crawling.crawl(site, database, limits=limits, deny=("/denied/",))

    asked = site.paths()
    assert {
        "/a",
        "/b",
        "/~tilde",
        "/only-in-map?id=1",
        "/based/inner?x=1&y=2",
        "/canonical",
    } <= set(asked)
    assert len(asked) == len(set(asked)), "nothing is asked for twice"
    assert not [
        p for p in asked if any(x in p for x in ("secret", "again", "long", "pdf", "denied"))
    ]
    assert "/comment" not in asked
    assert "/nofollow" not in asked
    assert sum(p.startswith("/calendar") for p in asked) == 5
    assert result.outcome("/secret/page") == "refused"
    assert result.detail("/secret/from-map") == "robots.txt disallows it"
    assert result.kinds == ["sitemap"], "the sitemap that is missing is reported"
    assert result.summary.complete


def test_a_retry_after_that_is_too_long_ends_the_source_and_the_rest_stays_for_the_next_run(
    site, database, crawling
):
    site.link("/", *(f"/p{n}" for n in range(30)))
    site.add("/p0", status=503, headers={"Retry-After": "86400"})
    for number in range(1, 30):
        site.link(f"/p{number}")
    pace = crawling.FAST.model_copy(update={"concurrency": 1})

    result = crawling.crawl(site, database, pace=pace)

    assert "retry_after" in result.kinds
    assert not result.summary.complete
    assert len(site.paths()) < 10
    site.link("/p0")
    again = crawling.crawl(site, database, pace=pace)
    assert again.summary.complete
    assert len([v for v in again.visits.values() if v.outcome.is_content]) == 31
    assert site.paths().count("/") == 1, "what was done is not asked for again"


def test_a_crawl_delay_of_robots_is_kept(site, database, crawling):
    site.add(
        "/robots.txt", "User-agent: *\nCrawl-delay: 0.3\n", headers={"Content-Type": "text/plain"}
    )
    site.link("/", "/a", "/b", "/c")
    for path in ("/a", "/b", "/c"):
        site.link(path)
    times: list[float] = []
    plain = dict(site.pages)
    for path in ("/", "/a", "/b", "/c"):
        site.pages[path] = lambda asked: (times.append(time.monotonic()), plain[asked.path])[1]

    crawling.crawl(site, database)

    assert all(later - earlier > 0.25 for earlier, later in pairwise(times))


def test_max_pages_ends_the_run_and_the_next_one_goes_on(site, database, crawling):
    site.link("/", *(f"/p{n}" for n in range(9)))
    for number in range(9):
        site.link(f"/p{number}")
    limits = crawling.SHORT.model_copy(update={"max_pages": 4})
    pace = crawling.FAST.model_copy(update={"concurrency": 1})

    first = crawling.crawl(site, database, limits=limits, pace=pace)

    assert first.summary.visits == 4
    assert first.kinds == ["max_pages"]
    assert not first.summary.complete
    second = crawling.crawl(site, database, pace=pace)
    assert second.summary.visits == 6


def test_pages_are_known_by_the_public_address_of_a_mirror(site, database, crawling):
    site.add(
        "/robots.txt", "User-agent: *\nDisallow: /no\nSitemap: https://www.shop.example/map.xml\n"
    )
    site.add("/map.xml", sitemap("https://www.shop.example/mapped"))
    site.link(
        "/",
        "/a",
        "https://www.shop.example/b",
        "http://www.shop.example/c",
        "/no/x",
        "https://other.example/",
    )
    site.add("/a", status=301, headers={"Location": f"{site.url}/moved"})
    site.add("/b", status=301, headers={"Location": "https://www.shop.example/moved-too"})
    for path in ("/c", "/moved", "/moved-too", "/mapped"):
        site.link(path)

    result = crawling.crawl(site, database, base_url="https://www.shop.example/")

    assert {path: visit.outcome.value for path, visit in result.visits.items()} == {
        "https://www.shop.example/": "ok",
        "https://www.shop.example/a": "redirected",
        "https://www.shop.example/b": "redirected",
        "https://www.shop.example/c": "ok",
        "https://www.shop.example/moved": "ok",
        "https://www.shop.example/moved-too": "ok",
        "https://www.shop.example/mapped": "ok",
        "https://www.shop.example/no/x": "refused",
    }


def test_a_site_behind_a_login_is_one_problem(site, database, crawling):
    wall = "<title>Sign in</title><h1>Sign in</h1><form><input type=password></form>"
    site.link("/", *(f"/p{n}" for n in range(8)))
    for number in range(8):
        site.add(f"/p{number}", wall)

    result = crawling.crawl(site, database)

    assert result.kinds == ["login_wall"]
    assert result.summary.counts == {"ok": 1, "login_wall": 8}


def test_without_robots_nothing_is_asked_for(site, database, crawling):
    """RFC 9309, 2.3.1.4: neither where it answers 503 nor where the connection breaks."""
    other = crawling.Site()
    try:
        site.link("/", "/a")
        site.add("/robots.txt", status=503)
        other.link("/", "/a")
        other.pages["/robots.txt"] = crawling.Page(raw=b"")

        result = crawling.crawl(site, database, start=(f"{site.url}/", f"{other.url}/"))
    finally:
        other.close()

    assert set(site.paths()) == set(other.paths()) == {"/robots.txt"}
    assert {visit.outcome.value for visit in result.visits.values()} == {"refused"}
    assert "503" in result.detail("/")
    assert result.kinds[:2] == ["robots_unavailable", "robots_unavailable"]
    assert not result.summary.complete


def test_later_nights_transfer_no_bodies_and_notice_what_is_gone(site, database, crawling):
    stamp = formatdate(0, usegmt=True)

    def dated(asked):
        if asked.headers.get("if-modified-since") == stamp:
            return crawling.Page(status=304)
        links = "<h1>Start</h1><a href=/kept>k</a><a href=/orphan>o</a><a href=/restless>r</a>"
        headers = {"Content-Type": "text/html", "Last-Modified": stamp}
        return crawling.Page((links + crawling.WORDS).encode(), headers=headers)

    count = iter(range(100))

    def restless(_):
        n = next(count)
        body = f"<h1>Pump</h1><input type=hidden name=csrf value={n}><p>{crawling.WORDS}"
        return crawling.Page(body.encode(), headers={"Content-Type": "text/html", "ETag": f'"{n}"'})

    site.pages["/"] = dated
    site.pages["/kept"] = with_etag(crawling, "Kept", '"k1"')
    site.pages["/orphan"] = with_etag(crawling, "Orphan", '"o1"')
    site.pages["/restless"] = restless
    first = crawling.crawl(site, database)
    assert first.summary.counts == {"ok": 4}

    del site.pages["/orphan"]
    site.asked.clear()
    second = crawling.crawl(site, database)
    assert second.summary.counts == {"unchanged": 3, "gone": 1}
    assert second.outcome("/orphan") == "gone"
    assert {v.url: v.bytes_received for v in second.visits.values() if v.bytes_received} == {
        f"{site.url}/restless": second.visits[f"{site.url}/restless"].bytes_received
    }, "an ETag that changes every time costs a body, but does not make a change"
    assert sorted(site.paths())[:3] == ["/", "/kept", "/orphan"]

    del site.pages["/kept"], site.pages["/restless"]
    third = crawling.crawl(site, database)
    assert third.kinds == ["content_dropped"]


def test_only_fetches_just_these_pages_as_they_are_now(site, database, crawling):
    site.link("/", "/a", "/b")
    site.pages["/a"] = with_etag(crawling, "A", '"a1"')
    site.link("/b", "/c")
    crawling.crawl(site, database)
    site.asked.clear()

    result = crawling.crawl(
        site, database, only=(f"{site.url}/a#x", "http://169.254.169.254/latest")
    )

    assert site.paths() == ["/robots.txt", "/a"]
    assert "if-none-match" not in site.asked[-1].headers
    assert site.asked[-1].headers["cache-control"] == "no-cache"
    assert result.outcome("/a") == "unchanged"
    assert result.summary.counts == {"unchanged": 1}
    assert result.kinds == ["refused"]


def test_what_may_pass_is_asked_for_again(site, database, crawling):
    times = []

    def throttled(_):
        times.append(time.monotonic())
        if len(times) == 1:
            return crawling.Page(status=429, headers={"Retry-After": "1"})
        return crawling.Page(crawling.WORDS.encode(), headers={"Content-Type": "text/html"})

    statuses = iter([500, 502, 200])

    def flaky(_):
        status = next(statuses)
        return crawling.Page(crawling.WORDS.encode(), status, {"Content-Type": "text/html"})

    site.link("/", "/throttled", "/flaky")
    site.pages["/throttled"] = throttled
    site.pages["/flaky"] = flaky
    limits = crawling.SHORT.model_copy(update={"retries": 2})

    result = crawling.crawl(site, database, limits=limits)

    assert result.outcome("/throttled") == result.outcome("/flaky") == "ok"
    assert 0.9 < times[1] - times[0] < 20


def test_secret_headers_go_to_the_site_and_nowhere_else(site, database, crawling):
    other = crawling.Site()
    secret = {"Authorization": "Bearer s3cret"}
    try:
        other.link("/")
        site.add("/robots.txt", "User-agent: *\nDisallow: /\n")
        site.link("/", f"{other.url}/", "/moved")
        site.add("/moved", status=302, headers={"Location": f"{other.url}/"})
        assert "s3cret" not in repr(crawling.source(site, headers=secret))

        result = crawling.crawl(site, database, headers=secret, robots="ignore")
    finally:
        other.close()

    assert result.outcome("/") == "ok", "robots.txt is ignored where configured"
    assert {asked.headers["authorization"] for asked in site.asked} == {"Bearer s3cret"}
    assert other.asked == []
    assert b"s3cret" not in database.read_bytes()


def test_a_crawl_that_fetched_nothing_says_so(site, database, crawling):
    result = crawling.crawl(site, database)

    assert result.kinds == ["nothing_fetched"]
    assert result.outcome("/") == "gone"


def test_a_session_id_in_every_link_costs_a_few_pages_and_is_told(site, database, crawling):
    count = iter(range(10_000))

    def cart(_):
        links = "".join(f"<a href='/cart?ticket={next(count)}'>again</a>" for _ in range(3))
        body = f"<h1>Your cart is empty</h1>{links}<p>{crawling.WORDS}"
        return crawling.Page(body.encode(), headers={"Content-Type": "text/html"})

    site.link("/", "/cart?ticket=x")
    site.pages.update(
        dict.fromkeys(["/cart?ticket=x", *(f"/cart?ticket={n}" for n in range(9000))], cart)
    )

    result = crawling.crawl(site, database)

    assert 20 < len(site.paths()) < 60
    assert result.summary.complete
    assert not result.kinds
    (note,) = result.summary.notes
    assert note.startswith(f"addresses of {site.url}/cart show the same page whatever their ")
    assert "`drop_parameters`" in note


def test_known_pages_that_the_configuration_leaves_out_now_are_no_loss(site, database, crawling):
    paths = [f"/valve?seen={n}" for n in range(4)] + [f"/old/{n}" for n in range(9)]
    site.link("/", *paths)
    for path in ("/valve", *paths):
        site.link(path, text=path)
    crawling.crawl(site, database)
    site.asked.clear()

    result = crawling.crawl(site, database, deny=("/old/",), drop_parameters=("seen",))

    assert set(site.paths()) == {"/", "/robots.txt", "/sitemap.xml", "/valve"}
    assert result.outcome("/valve?seen=1") == "redirected"
    assert result.visits[f"{site.url}/valve?seen=1"].target == f"{site.url}/valve"
    assert result.outcome("/old/1") == "refused"
    assert not result.kinds

    for _ in range(FORGOTTEN_AFTER):
        result = crawling.crawl(site, database, deny=("/old/",), drop_parameters=("seen",))
    assert "refused" not in result.summary.counts, "they are forgotten after some nights"
