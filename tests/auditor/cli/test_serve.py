"""A real server on loopback: pages with buttons, the API, who may, and how often."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

from .serving import PEOPLE, Served, laptop_of, serving

if TYPE_CHECKING:
    from .conftest import Company


@pytest.fixture
def served(audited: Company) -> Iterator[Served]:
    with serving(audited) as served:
        yield served


def form_of(page: str) -> dict[str, str]:
    """The hidden fields and choices of a page's form to decide with."""
    form = page[page.index('action="/decide"') :]
    fields = re.findall(r'<input type="(?:hidden|checkbox)" name="(\w+)" value="([^"]*)"', form)
    return dict(fields[:3])


# --- who may ---------------------------------------------------------------------------------


def test_nobody_reads_anything_without_signing_in(served: Served) -> None:
    with httpx.Client(base_url=served.url) as client:
        for path in ("/", "/index.html", "/mine.html", "/findings.csv", "/task/x.html"):
            assert client.get(path).headers["location"].startswith("/signin")
        for path in ("/api/findings", "/api/me", "/api/tasks"):
            assert client.get(path).status_code == 401
        assert client.post("/api/decisions", json={"kind": "ack"}).status_code == 401
        assert "12.40" not in client.get("/signin").text


def test_a_wrong_token_is_told_and_soon_not_listened_to(served: Served) -> None:
    with httpx.Client(base_url=served.url) as client:
        answers = [client.post("/signin", data={"token": "x"}).status_code for _ in range(12)]
    assert answers[0] == 401
    assert answers[-1] == 429


def test_a_reader_reads_and_flags_and_decides_nothing(served: Served) -> None:
    api = served.api("token-of-rita")
    refused = api.post("/api/decisions", json={"kind": "ack", "ids": [served.finding()["id"]]})
    assert (refused.status_code, "ask them or a lead" in refused.json()["error"]) == (409, True)
    assert api.post("/api/flags", json={"what": "RL-500", "minutes": 5}).status_code == 200
    page = served.signed_in("token-of-rita").get(f"/task/{served.finding()['task_id']}.html").text
    assert "Your role here is reader" in page


def test_an_owner_decides_on_what_is_theirs_and_a_lead_on_everything(served: Served) -> None:
    flag = served.api().post("/api/flags", json={"what": "RL-500"}).json()
    decision = {"kind": "ack", "ids": [flag["id"]]}
    assert served.api().post("/api/decisions", json=decision).status_code == 409
    assert served.api("token-of-ruth").post("/api/decisions", json=decision).status_code == 200


# --- what the browser does -------------------------------------------------------------------


def test_a_decision_is_a_button_and_leads_back_to_where_it_stood(served: Served) -> None:
    browser, path = served.signed_in(), f"/task/{served.finding()['task_id']}.html"
    page = browser.get(path).text
    assert "12.40 EUR" in page
    fields = form_of(page) | {"kind": "reject", "reason": "accepted", "note": "known"}
    answer = browser.post("/decide", data=fields)
    assert answer.url.path == path
    assert "known and accepted as it is" in answer.text
    assert served.finding()["state"] == "rejected"


def test_a_form_is_refused_from_another_site_and_without_the_sessions_word(served: Served) -> None:
    browser = served.signed_in()
    fields = form_of(browser.get("/mine.html").text) | {"kind": "ack"}
    foreign = browser.post("/decide", data=fields, headers={"Sec-Fetch-Site": "cross-site"})
    forged = browser.post("/decide", data=fields | {"word": "x"})
    assert (foreign.status_code, forged.status_code) == (403, 403)
    assert served.finding()["state"] == "open"


def test_what_somebody_else_decided_meanwhile_is_refused_with_the_reason(served: Served) -> None:
    browser = served.signed_in()
    fields = form_of(browser.get("/mine.html").text)
    finding = fields["ids"].partition("@")[0]
    served.company.sellby("reject", finding, "--reason", "wont_fix", "--as", "ben")
    answer = browser.post("/decide", data=fields | {"kind": "ack"})
    assert "it changed since you looked at it: it is rejected now" in answer.text


def test_of_two_who_decide_at_the_same_moment_one_is_told(served: Served) -> None:
    seen = f"{served.finding()['id']}@{served.finding()['revision']}"
    answers: list[int] = []

    def decide(kind: str, token: str) -> None:
        body = {"kind": kind, "ids": [seen], "reason": "accepted"}
        answers.append(served.api(token).post("/api/decisions", json=body).status_code)

    both = [
        threading.Thread(target=decide, args=("reject", "token-of-tom")),
        threading.Thread(target=decide, args=("ack", "token-of-ruth")),
    ]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(60)
    assert sorted(answers) == [200, 409]


def test_every_answer_forbids_foreign_scripts_and_frames(served: Served) -> None:
    browser = served.signed_in()
    for path in ("/index.html", "/mine.html", "/signin", "/nothing.html", "/api/me", "/healthz"):
        headers = browser.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert "frame-ancestors 'self'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff", path
    cookie = next(iter(browser.cookies.jar))
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "strict"


def test_text_of_a_page_stays_text_on_the_buttons_page(served: Served) -> None:
    hostile = "<script>alert(1)</script>\u202e"
    served.api().post("/api/flags", json={"what": "TB-100", "note": hostile})
    (flag,) = served.api().get("/api/findings", params={"verdict": "reported"}).json()
    for path in ("/mine.html", f"/task/{flag['task_id']}.html"):
        page = served.signed_in().get(path).text
        assert "<script>alert" not in page
        assert "\u202e" not in page


def test_a_way_back_never_leads_to_another_site(served: Served) -> None:
    with httpx.Client(base_url=served.url) as client:
        form = {"token": "token-of-tom", "next": "https://evil.example/"}
        assert client.post("/signin", data=form).headers["location"] == "/index.html"


def test_what_is_late_with_somebody_else_is_on_the_list_of_whose_turn_it_is(
    audited: Company,
) -> None:
    path = audited.directory / "config.yaml"
    path.write_text(
        path.read_text() + "lead: ruth@acme.example\nservice: {levels: [{acknowledge: 0h}], "
        "calendar: {days: [mon, tue, wed, thu, fri, sat, sun], hours: 00:00-24:00}}\n"
    )
    with serving(audited) as served:
        late = served.api("token-of-ruth").get("/api/escalated").json()
        assert {row["sku"] for row in late} == {"TB-100", "TB-200"}
        assert "your turn now" in served.signed_in("token-of-ruth").get("/mine.html").text
        assert served.api().get("/api/escalated").json() == []


# --- what programs do ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"kind": "like", "ids": ["x"]}, "kind"),
        ({"kind": "ack"}, "ids or where"),
        ({"kind": "ack", "where": {"source": "website"}}, "plan of a dry run"),
        ({"kind": "ack", "ids": "3fa9"}, "ids"),
        ({"kind": "ack", "where": {"colour": "red"}, "dry_run": True}, "no such filter: colour"),
        ({"kind": "waive", "ids": ["x"], "until": "soon"}, "no date like"),
        ({"kind": "ack", "ids": ["ffffffff"]}, "no finding"),
    ],
)
def test_a_wrong_order_is_told_what_is_wrong_with_it(
    served: Served, body: dict[str, object], problem: str
) -> None:
    answer = served.api().post("/api/decisions", json=body)
    assert answer.status_code in (404, 409)
    assert problem in answer.json()["error"]


def test_a_body_that_is_too_large_or_no_json_is_refused(served: Served) -> None:
    api = served.api()
    assert api.post("/api/decisions", content=b"{" * 200_000).status_code == 413
    assert api.post("/api/decisions", content=b"[1]").status_code == 400
    assert api.post("/api/decisions", content=b"nope").status_code == 400


def test_each_person_has_a_rate_of_their_own(audited: Company) -> None:
    few = PEOPLE.replace("second: 1000, burst: 1000", "second: 0.01, burst: 3")
    with serving(audited, few) as served:
        tom, ruth = served.api(), served.api("token-of-ruth")
        codes = [tom.get("/api/me").status_code for _ in range(5)]
        assert codes == [200, 200, 200, 429, 429]
        assert "slow down" in tom.get("/api/me").json()["error"]
        assert ruth.get("/api/me").status_code == 200
        browser = served.signed_in("token-of-tom")
        assert browser.get("/mine.html").status_code == 429
        said = laptop_of(served, "token-of-tom").sellby("findings", code=4).stderr
        assert "slow down" in said
