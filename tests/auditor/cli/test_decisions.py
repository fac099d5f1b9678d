"""confirm, ack, reject, waive, assign, reopen: from the command line to the next night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Company


def price(company: Company) -> str:
    return str(company.finding("TB-100", "price")["id"])


def state(company: Company) -> str:
    return str(company.finding("TB-100", "price")["state"])


def fix(company: Company, text: str = "13.10 EUR") -> None:
    company.page("tb-100", "Terminal block", "TB-100", text, 50)


def test_a_confirm_with_the_page_unchanged_ends_not_observed_and_on_the_list(
    audited: Company,
) -> None:
    audited.sellby("confirm", price(audited), "--note", "changed in the shop")
    assert state(audited) == "claimed_fixed"
    audited.sellby("-q", "run")
    assert state(audited) == "not_observed"
    listed = [each["sku"] for each in audited.read("findings", "--state", "not_observed")]
    assert listed == ["TB-100"]


def test_a_confirm_is_verified_by_the_next_crawl(audited: Company) -> None:
    audited.sellby("confirm", price(audited))
    fix(audited)
    audited.sellby("-q", "audit")
    assert state(audited) == "claimed_fixed"
    audited.sellby("-q", "run")
    assert state(audited) == "verified"
    shown = audited.read("show", price(audited))
    assert [step["new"] for step in shown["history"]] == ["open", "claimed_fixed", "verified"]


def test_a_recheck_fetches_just_that_page_now_and_verifies(audited: Company) -> None:
    fix(audited)
    result = audited.sellby("confirm", price(audited), "--recheck")
    assert "verified: the page says 13.10 EUR" in result.stderr
    assert state(audited) == "verified"


def test_a_recheck_of_an_unchanged_page_ends_not_observed(audited: Company) -> None:
    result = audited.sellby("confirm", price(audited), "--recheck")
    assert "still says 12.40 EUR" in result.stderr
    assert state(audited) == "not_observed"


def test_a_recheck_leaves_other_pages_alone(audited: Company) -> None:
    audited.page("tb-200", "Terminal block wide", "TB-200", "22.00 EUR", 20)
    fix(audited)
    audited.sellby("confirm", price(audited), "--recheck")
    assert audited.finding("TB-200", "moq")["state"] == "open"
    assert len(audited.read("findings", "--all")) == 2


def test_json_gives_the_findings_as_they_are_afterwards(audited: Company) -> None:
    (after,) = audited.read("ack", price(audited))
    assert after["state"] == "acknowledged"


def test_a_dry_run_changes_nothing(audited: Company) -> None:
    result = audited.sellby("confirm", price(audited), "--dry-run", "--recheck")
    assert "nothing was changed" in result.stderr
    assert state(audited) == "open"
    assert audited.read("show", price(audited))["decisions"] == []


def test_a_refused_decision_says_why_and_changes_none_of_the_others(audited: Company) -> None:
    other = audited.finding("TB-200", "moq")["id"]
    result = audited.sellby("reopen", price(audited), other, code=2)
    assert "on the list already" in result.stderr
    audited.sellby("reject", price(audited), "--reason", "accepted")
    result = audited.sellby("confirm", price(audited), other, code=2)
    assert "the other findings neither" in result.stderr
    assert audited.finding("TB-200", "moq")["state"] == "open"


def test_an_unknown_or_ambiguous_finding_is_named(audited: Company) -> None:
    assert "no finding 'ffff'" in audited.sellby("ack", "ffff", code=2).stderr
    assert "no id of a finding" in audited.sellby("ack", "../etc", code=2).stderr


def test_a_decision_on_a_task_is_one_on_each_of_its_findings(audited: Company) -> None:
    finding = audited.finding("TB-100", "price")
    audited.sellby("confirm", finding["task_id"], "--note", "published")
    assert state(audited) == "claimed_fixed"
    assert "claimed_fixed" in audited.sellby("ack", finding["task_id"], code=2).stderr


def test_a_rejection_stays_while_both_values_stay(audited: Company) -> None:
    audited.sellby("reject", price(audited), "--reason", "page_right_feed_wrong")
    audited.sellby("-q", "run")
    assert state(audited) == "rejected"
    fix(audited, "12.60 EUR")
    audited.sellby("-q", "run")
    assert state(audited) == "open"


def test_a_rejection_without_a_reason_is_refused(audited: Company) -> None:
    assert "--reason" in audited.sellby("reject", price(audited), code=2).stderr


def test_a_waiver_needs_a_day_that_is_still_to_come(audited: Company) -> None:
    result = audited.sellby("waive", price(audited), "--until", "2020-01-01", code=2)
    assert "is over" in result.stderr
    result = audited.sellby("waive", price(audited), "--until", "tomorrow", code=2)
    assert "no date like" in result.stderr


def test_a_waiver_keeps_it_off_the_list_until_its_day(audited: Company) -> None:
    audited.sellby("waive", price(audited), "--until", "10d")
    audited.sellby("-q", "run")
    assert state(audited) == "waived"
    assert [each["sku"] for each in audited.read("findings")] == ["TB-200"]
    later = (datetime.now(UTC) + timedelta(days=12)).date().isoformat()
    audited.sellby("-q", "audit", "--as-of", later)
    assert state(audited) == "open"


def test_an_assignment_beats_the_rules_and_survives_the_night(audited: Company) -> None:
    audited.sellby("assign", price(audited), "--to", "lena@acme.example")
    audited.sellby("-q", "run")
    assert audited.finding("TB-100", "price")["owner"] == "lena@acme.example"


@pytest.mark.parametrize(("words", "who"), [((), "ines"), (("--as", "kim"), "kim")])
def test_a_decision_remembers_who_made_it(
    audited: Company, words: tuple[str, ...], who: str
) -> None:
    audited.sellby("ack", price(audited), *words)
    (decision,) = audited.read("show", price(audited))["decisions"]
    assert decision["who"] == who
    assert decision["claimed"].startswith("12.40 EUR")


def test_deciding_needs_no_secret_of_the_crawler(audited: Company) -> None:
    config = audited.directory / "config.yaml"
    wiki = "  wiki: {kind: kms, connector: mediawiki, url: 'https://w.example/api.php', "
    wiki += "token: '${NO_SUCH_SECRET}'}\n"
    config.write_text(config.read_text().replace("feeds:\n", wiki + "feeds:\n", 1))
    audited.sellby("ack", price(audited))
    assert "NO_SUCH_SECRET is not set" in audited.sellby("crawl", code=2).stderr


def test_what_was_verified_and_breaks_again_is_reopened(audited: Company) -> None:
    fix(audited)
    audited.sellby("-q", "run")
    assert state(audited) == "verified"
    fix(audited, "12.40 EUR")
    audited.sellby("-q", "run")
    assert state(audited) == "reopened"


def test_a_page_taken_down_verifies_its_findings(audited: Company) -> None:
    audited.sellby("confirm", price(audited))
    (audited.directory / "pages/tb-100.html").unlink()
    audited.sellby("-q", "run")
    assert state(audited) == "verified"
    assert "gone" in audited.read("show", price(audited))["history"][-1]["why"]
