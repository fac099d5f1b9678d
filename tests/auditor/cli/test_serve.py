"""A real server on loopback: pages with buttons, the API, and the command line against it."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import pytest
import uvicorn

from auditor.config import Config, load
from auditor.decide import revision
from auditor.desk import DeskHere
from auditor.remote import DeskThere
from auditor.serve import create_app
from auditor.store import AuditStore, Filter

if TYPE_CHECKING:
    from .conftest import Company

PEOPLE = """
people:
  tom@acme.example: {token: token-of-tom}
  rita@acme.example: {role: reader, token: token-of-rita}
  ruth@acme.example: {role: lead, token: token-of-ruth}
serve: {requests_per_second: 1000, burst: 1000}
"""


@dataclass
class Served:
    """The company, and where it is served."""

    company: Company
    url: str
    open: ExitStack

    def signed_in(self, token: str = "token-of-tom") -> httpx.Client:
        """A browser of somebody who has signed in."""
        client = self.open.enter_context(
            httpx.Client(base_url=self.url, follow_redirects=True, timeout=60)
        )
        client.post("/signin", data={"token": token, "next": "/mine.html"})
        return client

    def api(self, token: str = "token-of-tom") -> httpx.Client:
        """A program with a token."""
        return self.open.enter_context(
            httpx.Client(
                base_url=self.url, headers={"Authorization": f"Bearer {token}"}, timeout=60
            )
        )

    def finding(self, sku: str = "TB-100") -> dict[str, str]:
        (found,) = self.api().get("/api/findings", params={"sku": sku, "every_state": "1"}).json()
        return found


@pytest.fixture
def served(audited: Company) -> Iterator[Served]:
    with serving(audited) as served:
        yield served


@contextmanager
def serving(audited: Company) -> Iterator[Served]:
    """The company on a real server, in a thread of this process."""
    path = audited.directory / "config.yaml"
    path.write_text(path.read_text() + PEOPLE)
    app = create_app(load(path), audited.directory / "sellby.db")
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 60
        while not server.started:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        with ExitStack() as clients:
            yield Served(audited, f"http://127.0.0.1:{port}", clients)
    finally:
        server.should_exit = True
        thread.join(60)


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


# --- the command line of a laptop --------------------------------------------------------------


@pytest.fixture
def laptop(served: Served) -> Company:
    """A product manager's own directory: nothing but where the server is, and a token."""
    home = served.company.directory / "laptop"
    home.mkdir()
    (home / "config.yaml").write_text(f"server: {{url: {served.url}, token: token-of-tom}}\n")
    return type(served.company)(home)


def test_findings_and_show_are_the_servers(served: Served, laptop: Company) -> None:
    here, there = served.company.read("findings"), laptop.read("findings", "--mine")
    assert [f["id"] for f in there] == [f["id"] for f in here]
    assert there[0]["revision"] == here[0]["revision"]
    assert "12.40 EUR" in laptop.sellby("show", there[0]["id"]).stdout
    assert laptop.read("findings", "--tasks")[0]["findings"] == [there[0]["id"]]


def test_a_review_from_a_laptop_goes_through_the_same_list_in_the_same_words(
    served: Served,
) -> None:
    with (
        AuditStore(served.company.directory / "sellby.db") as store,
        DeskThere(served.url, "token-of-tom") as there,
    ):
        here = DeskHere(store, Config(), lambda: datetime.now(UTC))
        mine = Filter(owner="tom@acme.example")
        assert [revision(f) for f in there.findings(mine)] == [
            revision(f) for f in here.findings(mine)
        ]
        assert there.asked("whoever") == here.asked("tom@acme.example")
        assert [there.around(f) for f in there.findings(mine)] == [
            here.around(f) for f in here.findings(mine)
        ]
        assert there.who() == "tom@acme.example"


def test_every_decision_works_from_a_laptop(served: Served, laptop: Company) -> None:
    finding = served.finding()["id"]
    for words, state in (
        (("ack",), "acknowledged"),
        (("undo",), "open"),
        (("waive", "--until", "14d"), "waived"),
        (("reopen",), "reopened"),
        (("reject", "--reason", "accepted"), "rejected"),
        (("reopen",), "reopened"),
        (("confirm", "--note", "done"), "claimed_fixed"),
        (("assign", "--to", "rita@acme.example"), "claimed_fixed"),
    ):
        laptop.sellby(words[0], finding, *words[1:])
        assert served.finding()["state"] == state
    assert served.finding()["owner"] == "rita@acme.example"
    decisions = served.company.read("show", finding)["decisions"]
    assert {decision["who"] for decision in decisions} == {"tom@acme.example"}
    assert laptop.read("flag", "RL-500", "--minutes", "3")["owner"] == "rita@acme.example"


def test_a_plan_made_on_a_laptop_holds_on_the_server(served: Served, laptop: Company) -> None:
    said = laptop.sellby("ack", "--mine", "--dry-run").stderr
    plan = said.split("--plan ")[1].split()[0]
    served.company.sellby("reject", served.finding("TB-200")["id"], "--reason", "accepted")
    assert (
        "no longer what is there" in laptop.sellby("ack", "--mine", "--plan", plan, code=2).stderr
    )


def test_nobody_is_somebody_else_on_a_server(laptop: Company) -> None:
    assert "on a server you are tom" in laptop.sellby("ack", "x", "--as", "ruth", code=2).stderr


def test_a_server_that_does_not_answer_is_said_in_one_sentence(laptop: Company) -> None:
    (laptop.directory / "config.yaml").write_text("server: {url: http://127.0.0.1:9, token: x}\n")
    said = laptop.sellby("findings", code=4).stderr
    assert "http://127.0.0.1:9" in said
    assert "Traceback" not in said


def test_a_token_never_travels_in_the_open(laptop: Company) -> None:
    (laptop.directory / "config.yaml").write_text("server: {url: http://s.example, token: x}\n")
    assert "needs https" in laptop.sellby("findings", code=2).stderr
