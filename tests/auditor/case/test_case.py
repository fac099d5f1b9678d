"""The case for the work: hours, pain, months, and what fixes have spared."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from auditor.case.avoided import avoided
from auditor.case.months import Evidence, Flag, months, wrong_spans
from auditor.case.pain import Business, pains
from auditor.case.survey import Frustration, Problem, read_customers, read_staff
from auditor.contacts import behind, told
from auditor.errors import FeedError
from auditor.model import Attribute, Contact, Diagnosis, Finding, Judgement, State, Verdict

JAN = datetime(2026, 1, 1, tzinfo=UTC)


def finding(key: str, sku: str, *, seen: int, fixed: int | None = None) -> Finding:
    page = f"https://a/{sku}"
    j = Judgement("web", page, sku, Attribute.PRICE, "", "", Verdict.MISMATCH, Diagnosis.OUTDATED)
    return Finding(
        key, key, j, State.VERIFIED if fixed is not None else State.OPEN,
        JAN + timedelta(days=seen), JAN + timedelta(days=seen),
        closed_at=JAN + timedelta(days=fixed) if fixed is not None else None,
    )  # fmt: skip


def calls(*days: float, sku: str = "A", **more: object) -> list[tuple[Contact, str]]:
    return [
        (Contact(f"{sku}{n}", JAN + timedelta(days=day), **more), sku)  # type: ignore[arg-type]
        for n, day in enumerate(days)
    ]


def test_a_survey_without_its_column_or_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="there is no survey"):
        read_staff(tmp_path / "none.csv")
    (tmp_path / "s.csv").write_text("question,share\nx,3\n")
    with pytest.raises(FeedError, match="no column 'problem'"):
        read_customers(tmp_path / "s.csv")


def test_shares_are_per_cent_or_counts_and_bad_rows_are_told(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text(
        "problem,frequency,had_problem,respondents,loyalty,would_leave,topic\n"
        "Wrong price online,12 %,,,25,,\nLate,,30,120,,6,delivery\n"
        "Odd,,30,20,10,,\n,1,,,1,,\nNothing said,,,,10,,\n"
    )
    problems, rejected = read_customers(path)
    assert problems == [
        Problem("Wrong price online", "price", Decimal("0.12"), Decimal("0.25")),
        Problem("Late", "delivery", Decimal("0.25"), Decimal("0.2")),
    ]
    assert [row.line for row in rejected] == [4, 5, 6]
    assert "give frequency in per cent, or had problem and respondents" in rejected[2].reason


def test_what_hurts_both_comes_first_and_is_found_by_topic_or_by_words() -> None:
    problems = [
        Problem("A call back never came", "", Decimal("0.5"), Decimal("0.5")),
        Problem("The invoice had an error", "", Decimal("0.1"), Decimal("0.1")),
        Problem("Wrong price", "price", Decimal("0.2"), Decimal("0.1")),
    ]
    frustrations = [
        Frustration("Chasing the price", "price", Decimal("0.5"), Decimal(30)),
        Frustration("an error in the invoice", "", Decimal("0.3"), None),
        Frustration("Phone drops calls", "", Decimal("0.3"), None),
    ]
    made = pains(problems, frustrations, Business("EUR", 1000, Decimal(100)), {"price": 4})
    assert [(p.topic, p.shared) for p in made] == [
        ("price", True),
        ("The invoice had an error", True),
        ("A call back never came", False),
        ("Phone drops calls", False),
    ]
    assert (made[0].revenue_at_risk, made[0].open) == (Decimal(2000), 4)
    assert made[0].staff_cost is None


def test_without_the_companys_numbers_nothing_is_made_up() -> None:
    (pain,) = pains([Problem("x", "price", Decimal(1), Decimal(1))], [], Business(), {})
    assert (pain.customers_at_risk, pain.revenue_at_risk, pain.figures) == (None, None, ())


def evidence(
    contacts: list[tuple[Contact, str]], findings: list[Finding], **more: object
) -> Evidence:
    found = behind(told(contacts), findings)
    values = {"flags": (), "views": lambda _page: (), "assumed_minutes": Decimal(20)}
    return Evidence(found, findings, **(values | more))  # type: ignore[arg-type]


def test_months_count_hours_of_contacts_with_a_stale_fact_and_of_flags() -> None:
    contacts = [
        *calls(1, 40, minutes=Decimal(30)), *calls(41), *calls(42, sku="B", minutes=Decimal(99)),
    ]  # fmt: skip
    flags = (Flag(JAN + timedelta(days=45), Decimal(10)), Flag(JAN + timedelta(days=46)))
    found = months(
        evidence(contacts, [finding("f", "A", seen=35, fixed=50)], flags=flags),
        JAN + timedelta(days=75),
        UTC,
    )
    january, february, march = found
    assert (january.contacts, january.explained, january.hours) == (1, 0, 0)
    assert (february.contacts, february.explained, february.flags) == (3, 2, 2)
    assert (february.minutes, february.assumed) == (Decimal(30 + 20 + 10 + 20), 2)
    assert (february.opened, february.fixed, february.days_to_fix) == (1, 1, 15)
    assert (january.whole, march.whole) == (True, False)


def test_the_month_in_which_contacts_began_to_be_told_is_no_whole_one() -> None:
    found = months(evidence(calls(20, 40), []), JAN + timedelta(days=70), UTC)
    assert [month.whole for month in found] == [False, True, False]


def test_a_page_view_counts_once_however_much_is_wrong_on_the_page() -> None:
    both = [finding("f", "A", seen=0, fixed=9), finding("g", "A", seen=5, fixed=19)]
    spans = wrong_spans(both, JAN + timedelta(days=80), UTC)
    assert spans == {("web", "https://a/A"): [(date(2026, 1, 1), date(2026, 1, 20))]}
    series = [(date(2026, 1, 31), 31, 310.0)]
    (month, *_rest) = months(
        evidence([], both, views=lambda _page: series), JAN + timedelta(days=40), UTC
    )
    assert month.views_wrong == pytest.approx(200)
    assert _rest[0].views_wrong is None


def test_a_fix_spares_the_contacts_that_would_have_come_less_those_that_came() -> None:
    fixed = finding("f", "A", seen=0, fixed=30)
    contacts = calls(5, 10, 15, 20, 25, 28, reason="price")
    later = [(Contact("late", JAN + timedelta(days=40), reason="price"), "A")]
    other = [(Contact("o", JAN + timedelta(days=41), reason="delivery"), "A")]
    found = behind(told([*contacts, *later, *other]), [fixed])
    (spared,) = avoided(found, [fixed], JAN + timedelta(days=60))
    assert (spared.before, spared.since) == (6, 1)
    assert spared.contacts == pytest.approx(6 / 30 * 30 - 1)
    (spared,) = avoided(found, [fixed], JAN + timedelta(days=900))
    assert spared.days_fixed == 90


def test_a_contact_that_goes_back_to_two_facts_is_split_between_their_fixes() -> None:
    both = [finding("f", "A", seen=0, fixed=30), finding("g", "A", seen=0, fixed=30)]
    found = behind(told(calls(5, 10)), both)
    spared = avoided(found, both, JAN + timedelta(days=60))
    assert [each.before for each in spared] == [1.0, 1.0]
    assert avoided(found, [finding("h", "B", seen=0, fixed=3)], JAN + timedelta(days=60)) == []
