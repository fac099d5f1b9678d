"""Which findings one fix clears."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from auditor.causes import causes_of
from auditor.findings import fingerprint
from auditor.model import (
    Attribute,
    Cause,
    Diagnosis,
    Finding,
    Judgement,
    Locator,
    State,
    Truth,
    Verdict,
)
from auditor.tasks import tasks
from auditor.values.types import Word

T0 = datetime(2026, 11, 1, 2, tzinfo=UTC)
CHANGE = datetime(2026, 10, 31, 23, tzinfo=UTC)
PARAGRAPH = (
    "Orders of these start at 50 pieces; smaller lots are picked by hand at the counter, for which "
    "we charge a fee that is printed on the invoice."
)


def finding(sku: str, page: str = "", **more: object) -> Finding:
    """One wrong price of a product on its page."""
    values: dict[str, object] = {
        "attribute": Attribute.PRICE,
        "key": "",
        "role": "list",
        "verdict": Verdict.MISMATCH,
        "claimed": f"{len(sku)}.{ord(sku[-1])} EUR",
        "expected": "99 EUR",
        "quote": sku,
        "locator": Locator(1, 2, "/html/main/p[2]"),
        **more,
    }
    url = f"https://shop.example/{page or sku}"
    judgement = Judgement(source="web", url=url, sku=sku, **values)  # type: ignore[arg-type]
    key = fingerprint(judgement)
    return Finding(key[:8], key, judgement, State.OPEN, T0, T0)


def outdated(sku: str, page: str = "", **more: object) -> Finding:
    truth = Truth(sku, Attribute.PRICE, "", Word("", ""), valid_from=CHANGE)
    return finding(sku, page, diagnosis=Diagnosis.OUTDATED, truth=truth, **more)


def named(findings: list[Finding], **passages: str) -> dict[str, list[Cause]]:
    """Kinds of causes by the name of the task."""
    found: dict[str, list[Cause]] = {}
    for cause in causes_of(findings, passages, {}).values():
        found.setdefault(cause.name, []).append(cause.kind)
    return found


def test_two_products_of_one_day_are_no_price_list() -> None:
    assert set(named([outdated("A-1"), outdated("B-2")])) == {"A-1: price", "B-2: price"}


def test_a_price_list_that_was_not_published_is_one_task() -> None:
    found = named([outdated(sku) for sku in ("A-1", "B-2", "C-3")])
    assert found == {"web: price of 2026-11-01 not published": [Cause.PRICE_LIST] * 3}


def test_a_price_list_stays_one_task_while_it_is_being_fixed() -> None:
    before = [outdated(sku) for sku in ("A-1", "B-2", "C-3")]
    causes = causes_of(before, {}, {})
    left = [
        replace(f, task=causes[f.fingerprint].name, cause=causes[f.fingerprint].kind)
        for f in before[:1]
    ]
    assert named(left) == {"web: price of 2026-11-01 not published": [Cause.PRICE_LIST]}


def test_one_product_whose_change_was_published_nowhere_is_one_task() -> None:
    pages = [outdated("A-1", "a"), outdated("A-1", "b", attribute=Attribute.MOQ)]
    assert named(pages) == {"A-1: change of 2026-11-01 not published": [Cause.PRODUCT] * 2}


def test_the_same_slip_at_one_place_of_three_pages_is_the_template() -> None:
    def slip(sku: str, row: int) -> Finding:
        place = Locator(1, 2, f"/html/div[{row}]/p[2]")
        return finding(sku, diagnosis=Diagnosis.SLIP, locator=place)

    (name,) = named([slip("A-1", 1), slip("B-2", 5), slip("C-3", 9)])
    assert name.startswith("web: price slip, template ")
    assert len(named([slip("A-1", 1), slip("B-2", 5)])) == 2


def test_the_same_slip_elsewhere_on_the_page_is_another_template() -> None:
    def slip(sku: str, path: str) -> Finding:
        return finding(sku, diagnosis=Diagnosis.SLIP, locator=Locator(1, 2, path))

    boxes = [slip(f"A-{n}", f"/html/div[{n}]") for n in range(3)]
    rows = [slip(f"B-{n}", f"/html/table/tr[{n}]") for n in range(3)]
    assert sorted(map(len, named([*boxes, *rows]).values())) == [3, 3]


def test_a_copied_paragraph_is_one_task_on_all_its_pages() -> None:
    same = {"attribute": Attribute.MOQ, "claimed": "50 pcs", "locator": Locator(1, 2)}
    copies = [finding(sku, **same) for sku in ("A-1", "B-2")]
    alone = finding("C-3", **same)
    found = named(
        [*copies, alone],
        **{f.fingerprint: PARAGRAPH for f in copies},
        **{
            alone.fingerprint: "The minimum is 50 pieces, because a box holds just that many of it."
        },
    )
    assert found == {
        "moq in the copied paragraph “Orders of these start at 50 pieces; smaller …”": [
            Cause.COPY,
            Cause.COPY,
        ],
        "C-3: moq": [Cause.FACT],
    }


def test_a_copied_paragraph_keeps_its_task_when_it_is_reworded() -> None:
    same = {"attribute": Attribute.MOQ, "claimed": "50 pcs", "locator": Locator(1, 2)}
    copies = [
        replace(finding(sku, **same), task="moq in the copied paragraph “Once …”", cause=Cause.COPY)
        for sku in ("A-1", "B-2")
    ]
    found = named(copies, **{f.fingerprint: PARAGRAPH for f in copies})
    assert list(found) == ["moq in the copied paragraph “Once …”"]


def test_a_doubt_about_a_feed_goes_before_every_other_cause() -> None:
    listed = [outdated(sku) for sku in ("A-1", "B-2", "C-3", "D-4")]
    j = listed[0].judgement
    doubts = {(j.sku, str(j.attribute), j.key, j.role, j.claimed): "erp"}
    causes = causes_of(listed, {}, doubts)
    assert [causes[f.fingerprint].kind for f in listed].count(Cause.FEED) == 1


def test_the_cause_that_clears_most_wins_and_the_order_does_not_matter() -> None:
    product = [outdated("A-1", page) for page in ("a", "b")]
    others = [outdated("B-2"), outdated("C-3")]
    first = causes_of([*product, *others], {}, {})
    assert {cause.kind for cause in first.values()} == {Cause.PRICE_LIST}
    assert first == causes_of([*others, *reversed(product)], {}, {})


def test_a_task_says_how_much_one_fix_clears() -> None:
    listed = [outdated(sku) for sku in ("A-1", "B-2", "C-3")]
    causes = causes_of(listed, {}, {})
    (task,) = tasks(
        replace(f, task=causes[f.fingerprint].name, cause=causes[f.fingerprint].kind)
        for f in listed
    )
    assert task.fix == "Publish the new prices on web: one fix clears 3 findings on 3 pages"
    assert task.id == task.id.lower()
    assert task.id.startswith("t")
