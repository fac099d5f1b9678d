"""What people are asked, in bulk, by when, and what their answers say of rules and feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Company


def configured(company: Company, more: str) -> None:
    path = company.directory / "config.yaml"
    path.write_text(path.read_text() + more)


def states(company: Company) -> list[str]:
    return sorted(finding["state"] for finding in company.read("findings", "--all"))


def test_what_a_filter_chooses_is_refused_without_its_dry_run(audited: Company) -> None:
    said = audited.sellby("ack", "--source", "website", code=2).stderr
    assert "2 findings at once" in said
    assert "--dry-run" in said
    assert states(audited) == ["open", "open"]


def test_a_dry_run_names_its_plan_and_the_plan_does_just_that(audited: Company) -> None:
    said = audited.sellby("ack", "--source", "website", "--dry-run").stderr
    plan = said.split("--plan ")[1].split()[0]
    assert states(audited) == ["open", "open"]
    audited.sellby("ack", "--source", "website", "--plan", plan)
    assert states(audited) == ["acknowledged", "acknowledged"]


def test_a_plan_is_refused_when_anything_changed_meanwhile(audited: Company) -> None:
    said = audited.sellby("ack", "--source", "website", "--dry-run").stderr
    plan = said.split("--plan ")[1].split()[0]
    audited.sellby("reject", audited.finding("TB-200", "moq")["id"], "--reason", "accepted")
    refused = audited.sellby("ack", "--source", "website", "--plan", plan, code=2).stderr
    assert "no longer what is there" in refused
    assert states(audited) == ["open", "rejected"]


def test_nothing_named_and_nothing_filtered_is_a_mistake(audited: Company) -> None:
    assert "FINDING or TASK" in audited.sellby("ack", code=2).stderr


def test_a_decision_on_a_revision_that_is_gone_is_refused(audited: Company) -> None:
    finding = audited.finding("TB-100", "price")
    seen = f"{finding['id']}@{finding['revision']}"
    audited.sellby("ack", seen, "--as", "ben")
    said = audited.sellby("reject", seen, "--reason", "accepted", code=2).stderr
    assert "it changed since you looked at it: it is acknowledged now" in said


def test_a_decision_is_taken_back(audited: Company) -> None:
    finding = audited.finding("TB-100", "price")
    audited.sellby("reject", finding["id"], "--reason", "false_alarm")
    audited.sellby("undo", finding["id"])
    shown = audited.read("show", finding["id"])
    assert shown["state"] == "open"
    assert [decision["kind"] for decision in shown["decisions"]] == ["reject", "undo"]


def test_a_false_alarm_counts_against_its_rule(audited: Company) -> None:
    configured(audited, "asking: {fewest_decided: 1}\n")
    audited.sellby("reject", audited.finding("TB-100", "price")["id"], "--reason", "false_alarm")
    audited.sellby("ack", audited.finding("TB-200", "moq")["id"])
    rules = {rule["attribute"]: rule for rule in audited.read("rules")}
    assert (rules["price"]["wrong"], rules["price"]["doubtful"]) == (1, True)
    assert (rules["moq"]["precision"], rules["moq"]["doubtful"]) == (1.0, False)
    remarks = audited.read("audit", code=0)["remarks"]
    assert "doubtful_rule" in {remark["kind"] for remark in remarks}


def test_the_page_is_right_is_a_question_to_the_feeds_owner_until_it_is_answered(
    audited: Company,
) -> None:
    finding = audited.finding("TB-100", "price")
    audited.sellby(
        "reject", finding["id"], "--reason", "page_right_feed_wrong", "--note", "see SAP"
    )
    (question,) = audited.read("questions")
    assert (question["feed"], question["page_says"]) == ("truths", finding["claimed"])
    assert "Nobody answers for truths: give it an `owner`" in audited.sellby("questions").stderr
    audited.sellby("reopen", finding["id"], "--note", "the feed is right")
    assert audited.read("questions") == []


def test_what_nobody_answered_is_late_and_the_deputys_and_then_the_leads(audited: Company) -> None:
    configured(
        audited,
        "lead: ruth\n"
        "people: {tom@acme.example: {deputy: dora}}\n"
        "service: {levels: [{attribute: price, acknowledge: 0h}], "
        "calendar: {days: [mon, tue, wed, thu, fri, sat, sun], hours: 00:00-24:00}}\n",
    )
    (late,) = audited.read("findings", "--late")
    assert (late["sku"], late["late"], late["escalated_to"]) == (
        "TB-100", ["acknowledge"], ["ruth", "dora"],
    )  # fmt: skip
    assert [one["id"] for one in audited.read("findings", "--late", "--mine", "--as", "dora")] == [
        late["id"]
    ]
    audited.sellby("ack", late["id"])
    assert audited.read("findings", "--late") == []


def test_a_group_that_owns_something_alone_is_told(audited: Company) -> None:
    path = audited.directory / "config.yaml"
    path.write_text(path.read_text() + "owners: [{owner: web-team@acme.example}]\n")
    assert "name its person under `teams`" in audited.sellby("check", "--offline").stdout
    remarks = {r["kind"]: r for r in audited.read("audit")["remarks"]}
    assert remarks["group_alone"]["subject"] == "web-team@acme.example"
    path.write_text(path.read_text() + "teams: {web-team@acme.example: ines@acme.example}\n")
    audited.sellby("-q", "audit")
    assert audited.finding("TB-100", "price")["owner"] == "ines@acme.example"
