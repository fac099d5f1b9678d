"""Charts are shapes and words: nothing that runs, styles or changes from night to night."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from lxml import etree

from auditor.model import Attribute, Truth
from auditor.report.charts import Axis, Chart, Line, draw
from auditor.report.value_history import Step, page_steps, step_chart, truth_steps
from auditor.store.trends import FormerClaim
from auditor.values.types import Amount, Basis, Interval, Money

if TYPE_CHECKING:
    from conftest import MakeFinding

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)


def chart(label: str = "Shares") -> Chart:
    def text(at: float) -> str:
        return f"{at:g}"

    lines = [Line("right", [(0, 90), (5, 95)]), Line("views", [(0, 80), (5, 81)], dots=False)]
    return Chart(
        "shares",
        label,
        lines,
        Axis([(0, "first"), (5, "last")], 0, 5, text),
        Axis([(80, "80 %"), (100, "100 %")], 80, 100, text),
    )


def test_a_chart_holds_nothing_but_shapes_and_words() -> None:
    svg = etree.fromstring(draw(chart()))
    names = {str(element.tag).rpartition("}")[2] for element in svg.iter()}
    assert names <= {"svg", "g", "path", "text", "circle", "title"}
    attributes = {name for element in svg.iter() for name in element.attrib}
    assert not attributes & {"style", "id", "href", "onload"}
    assert [dot.text for dot in svg.iter("{*}title")] == ["0: 90", "5: 95"]


def test_the_same_data_give_the_same_bytes() -> None:
    assert draw(chart()) == draw(chart())


def test_the_sentence_of_a_chart_is_its_name_and_stays_text() -> None:
    svg = etree.fromstring(draw(chart('<script>"x"</script>')))
    assert svg.get("aria-label") == '<script>"x"</script>'
    assert svg.get("role") == "img"


def test_a_value_without_history_has_no_chart() -> None:
    assert step_chart("x", [], [], NOW) is None
    assert step_chart("x", [Step(None, None, "5 pcs")], [Step(NOW, None, "6 pcs")], NOW) is None


def test_steps_of_one_unit_stand_at_their_numbers_and_others_in_lanes() -> None:
    then = NOW - timedelta(days=60)
    truth = [Step(None, then, "12.40 EUR"), Step(then, None, "13.10 EUR")]
    numbers = step_chart("x", truth, [Step(NOW, None, "12.40 EUR")], NOW)
    words = step_chart("x", truth, [Step(NOW, None, "on request")], NOW)
    assert numbers is not None
    assert words is not None
    assert ">12.40<" in numbers
    assert ">13.10<" in numbers
    assert ">on request<" in words
    assert ">12.40 EUR<" in words


def price(amount: str, since: datetime | None, row: str, **basis: Decimal) -> Truth:
    value = Money(Amount(amount, (Interval.point(Decimal(amount)),)), "EUR")
    return Truth(
        "KB-1", Attribute.PRICE, "", value, Basis(**basis), since, feed="erp", row=row
    )  # fmt: skip


def test_the_versions_of_the_truth_are_those_of_the_same_series(a_finding: MakeFinding) -> None:
    then = NOW - timedelta(days=60)
    truths = [
        price("13.10", then, "truths.csv:17"),
        price("12.40", None, "truths.csv:16"),
        price("9.90", None, "truths.csv:18", min_qty=Decimal(100)),
    ]
    steps = truth_steps(a_finding(1), truths)
    assert [step.text for step in steps] == ["12.40 EUR / 1 pcs", "13.10 EUR / 1 pcs"]


def test_a_sale_lies_over_the_list_price_for_its_time(a_finding: MakeFinding) -> None:
    began, ended = NOW - timedelta(days=60), NOW - timedelta(days=9)
    sale = replace(price("9.90", began, "truths.csv:20"), key="sale", valid_to=ended)
    steps = truth_steps(a_finding(1, key="sale"), [price("13.10", None, "truths.csv:17"), sale])
    assert [(step.since, step.until, step.text) for step in steps] == [
        (None, began, "13.10 EUR / 1 pcs"),
        (began, ended, "9.90 EUR / 1 pcs"),
        (ended, None, "13.10 EUR / 1 pcs"),
    ]


def test_what_the_page_said_ends_with_what_it_says_now(a_finding: MakeFinding) -> None:
    finding = a_finding(1)
    j = finding.judgement
    then = NOW - timedelta(days=9)
    said = FormerClaim(j.url, j.sku, j.attribute, j.key, j.role, "11 EUR", then)
    other = FormerClaim("https://x/", j.sku, j.attribute, j.key, j.role, "1 EUR", then)
    first, last = page_steps(finding, [said, other])
    assert first == Step(None, then, "11 EUR")
    assert last == Step(then, None, j.claimed)
