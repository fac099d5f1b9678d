"""The command line of a laptop against a real server: the same lists, words, rights and codes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from auditor.config import Config
from auditor.decide import revision
from auditor.desk import DeskHere
from auditor.lock import hold_lock
from auditor.remote import DeskThere
from auditor.store import AuditStore, Filter

from .serving import Served, laptop_of, serving
from .test_review import reviewing

if TYPE_CHECKING:
    from .conftest import Company


@pytest.fixture
def served(audited: Company) -> Iterator[Served]:
    with serving(audited) as served:
        yield served


@pytest.fixture
def laptop(served: Served) -> Company:
    """Tom's laptop."""
    return laptop_of(served, "token-of-tom")


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


def test_one_finding_is_shown_with_all_that_is_known_of_it(served: Served, laptop: Company) -> None:
    finding = served.finding()["id"]
    laptop.sellby("waive", finding, "--until", "14d", "--note", "being rewritten")
    there, here = laptop.sellby("show", finding), served.company.sellby("show", finding)
    parts = ("Priority", "History", "being rewritten", "Cost so far", "days wrong", "popularity")
    assert [part for part in parts if part not in there.stdout] == []
    assert there.stderr == here.stderr
    after = "\nPriority"
    assert there.stdout[there.stdout.index(after) :] == here.stdout[here.stdout.index(after) :]
    assert laptop.read("show", finding).keys() == served.company.read("show", finding).keys()


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


def fixed(company: Company) -> None:
    """The page of TB-100 says what is true now."""
    company.page("tb-100", "Terminal block", "TB-100", "13.10 EUR", 50)


def test_a_recheck_from_a_laptop_makes_the_server_look_at_the_page_at_once(
    served: Served, laptop: Company
) -> None:
    finding = served.finding()["id"]
    unfixed = laptop.sellby("confirm", finding, "--recheck")
    assert "still says 12.40 EUR" in unfixed.stderr
    assert served.finding()["state"] == "not_observed"
    fixed(served.company)
    (after,) = laptop.read("confirm", finding, "--recheck")
    assert (after["state"], served.finding()["state"]) == ("verified", "verified")


def test_a_recheck_while_the_server_is_at_work_is_told_and_the_decision_kept(
    served: Served, laptop: Company
) -> None:
    database = served.company.directory / "sellby.db"
    with hold_lock(database, command="sellby run", now=datetime(2026, 11, 22, 2, tzinfo=UTC)):
        said = laptop.sellby("confirm", served.finding()["id"], "--recheck", code=75).stderr
    assert "Decided, but not looked at again" in said
    assert "`sellby run`, process " in said
    assert served.finding()["state"] == "claimed_fixed"


def test_only_who_may_decide_on_a_finding_may_have_its_page_looked_at(served: Served) -> None:
    wish = {"ids": [served.finding()["id"]]}
    refused = served.api("token-of-rita").post("/api/rechecks", json=wish)
    assert (refused.status_code, "ask them or a lead" in refused.json()["error"]) == (409, True)
    ticket = served.api().post("/api/rechecks", json=wish).json()["id"]
    assert served.api().get(f"/api/rechecks/{ticket}").status_code == 200
    assert served.api("token-of-ruth").get(f"/api/rechecks/{ticket}").status_code == 404
    assert served.api().post("/api/rechecks", json={"ids": []}).status_code == 409
    assert served.api().post("/api/rechecks", json={"ids": ["ffffffff"]}).status_code == 404


def test_what_is_late_on_the_server_is_late_on_a_laptop(audited: Company) -> None:
    path = audited.directory / "config.yaml"
    path.write_text(
        path.read_text() + "lead: ruth@acme.example\nservice: {levels: [{acknowledge: 0h}], "
        "calendar: {days: [mon, tue, wed, thu, fri, sat, sun], hours: 00:00-24:00}}\n"
    )
    with serving(audited) as served:
        here = audited.read("findings", "--late")
        assert here
        for token, mine in (("token-of-tom", here), ("token-of-ruth", here), ("token-of-rita", [])):
            laptop = laptop_of(served, token)
            assert laptop.read("findings", "--late") == here
            assert laptop.read("findings", "--late", "--mine") == mine
        shown = laptop.sellby("findings", "--late")
        assert shown.stdout == audited.sellby("findings", "--late").stdout
        assert "2 findings past the service level" in shown.stderr
        assert laptop.read("findings", "--late", "--sku", "TB-200") == here[1:]


def test_without_a_service_level_a_laptop_is_told_so(laptop: Company) -> None:
    assert "No service level is configured" in laptop.sellby("findings", "--late").stderr


def test_questions_and_rules_on_a_laptop_are_the_servers(audited: Company) -> None:
    path = audited.directory / "config.yaml"
    path.write_text(
        path.read_text().replace("truths.csv}", "truths.csv, owner: ruth@acme.example}")
        + "asking: {fewest_decided: 1}\n"
    )
    with serving(audited) as served:
        laptop, lead = laptop_of(served, "token-of-tom"), laptop_of(served, "token-of-ruth")
        assert "No question is open" in laptop.sellby("questions").stderr
        assert "no rule has a record" in laptop.sellby("rules").stderr
        laptop.sellby("reject", served.finding()["id"], "--reason", "page_right_feed_wrong")
        laptop.sellby("reject", served.finding("TB-200")["id"], "--reason", "false_alarm")
        asked = audited.read("questions")
        assert [row["sku"] for row in asked] == ["TB-100"]
        assert laptop.read("questions") == lead.read("questions", "--mine") == asked
        assert laptop.read("questions", "--mine") == []
        assert laptop.read("rules") == audited.read("rules")
        for words in (("questions",), ("rules",)):
            there, here = laptop.sellby(*words), audited.sellby(*words)
            assert (there.stdout, there.stderr) == (here.stdout, here.stderr)
        assert "right less than" in there.stderr


def test_a_list_says_the_same_on_a_laptop_in_every_format(served: Served, laptop: Company) -> None:
    for words in (("findings",), ("findings", "--limit", "1"), ("findings", "--format", "csv")):
        there, here = laptop.sellby(*words), served.company.sellby(*words)
        assert (there.stdout, there.stderr) == (here.stdout, here.stderr)


def test_a_review_on_a_laptop_decides_every_finding_on_the_server(
    served: Served, laptop: Company
) -> None:
    with reviewing(laptop) as terminal:
        shown = terminal.wait("[q] quit")
        for part in ("1 of 2", "12.40 EUR", "13.10 EUR", "outdated", "Proof", "Part number"):
            assert part in shown
        terminal.type("a")
        assert "2 of 2" in terminal.wait("[q] quit")
        terminal.type("u")
        assert "Taken back" in terminal.wait("[q] quit")
        terminal.type("r")
        terminal.wait("duplicate")
        terminal.type("5")
        terminal.wait("Note")
        terminal.type("known to sales\n")
        assert "2 of 2" in terminal.wait("[q] quit")
        terminal.type("w")
        terminal.wait("Until")
        terminal.type("14d\n")
        terminal.wait("Note")
        terminal.type("\n")
        terminal.wait("2 decided, 0 left")
        assert terminal.ends() == 0
    finding = served.finding()
    assert (finding["state"], served.finding("TB-200")["state"]) == ("rejected", "waived")
    decided = served.company.read("show", finding["id"])["decisions"]
    assert [d["who"] for d in decided] == ["tom@acme.example"] * 3
    assert decided[-1]["note"] == "known to sales"


def test_a_review_on_a_laptop_shows_anew_what_a_colleague_decided_meanwhile(
    served: Served, laptop: Company
) -> None:
    with reviewing(laptop) as terminal:
        terminal.wait("[q] quit")
        served.company.sellby("reject", served.finding()["id"], "--reason", "wont_fix")
        terminal.type("c")
        shown = " ".join(terminal.wait("[q] quit").split())
        assert "it changed since you looked at it: it is rejected now" in shown
        assert "1 of 2" in shown
        terminal.type("s")
        assert "2 of 2" in terminal.wait("[q] quit")
        terminal.type("c")
        terminal.wait("1 decided, 0 left")
    assert served.finding("TB-200")["state"] == "claimed_fixed"


def test_what_a_colleague_owns_is_refused_in_a_review_and_the_review_goes_on(
    served: Served, laptop: Company
) -> None:
    served.company.sellby("assign", served.finding()["id"], "--to", "rita@acme.example")
    with reviewing(laptop, "--source", "website") as terminal:
        terminal.wait("[q] quit")
        terminal.type("c")
        assert "ask them or a lead" in " ".join(terminal.wait("[q] quit").split())
        terminal.type("s")
        terminal.wait("[q] quit")
        terminal.type("q")
        terminal.wait("0 decided, 1 left")
    assert served.finding()["state"] == "open"
