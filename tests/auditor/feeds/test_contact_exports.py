"""Tickets and calls as help desks export them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from auditor.errors import FeedError
from auditor.feeds import FeedConfig, read_feed
from auditor.model import Contact, RejectedRow


def read(tmp_path: Path, kind: str, text: str) -> tuple[list[Contact], list[str]]:
    (tmp_path / "tickets.csv").write_text(text)
    feed = FeedConfig.model_validate(
        {"format": kind, "path": "tickets.csv", "timezone": "Europe/Berlin"}
    )
    records = list(read_feed("desk", feed, tmp_path))
    refused = [f"{r.line}: {r.reason}" for r in records if isinstance(r, RejectedRow)]
    return [r for r in records if isinstance(r, Contact)], refused


def test_a_file_without_ids_or_dates_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="no export of Freshdesk that is known here"):
        read(tmp_path, "freshdesk", "Betreff,Status\nx,Offen\n")


def test_our_own_columns(tmp_path: Path) -> None:
    found, refused = read(
        tmp_path,
        "contacts_csv",
        "id,date,sku,reason,minutes,repeat,customer\n"
        "1,2026-11-02,BX-1,price,12,yes,Miller\n2,2026-11-03,,,,,\n"
        "2,2026-11-04,BX-1,,,,\n3,soon,BX-1,,,,\n4,2026-11-05,BX-1,,,maybe,\n",
    )
    assert found[0] == Contact(
        "1", datetime(2026, 11, 1, 23, tzinfo=UTC), "BX-1", reason="price",
        minutes=Decimal(12), repeat=True, who=found[0].who,
    )  # fmt: skip
    assert (found[1].minutes, found[1].repeat, found[1].who) == (None, None, "")
    assert [line[:2] for line in refused] == ["4:", "5:", "6:"]


def test_a_customer_is_told_apart_and_not_named(tmp_path: Path) -> None:
    text = "id,date,customer\n1,2026-11-02,Ann Miller\n2,2026-11-03,ann  miller\n3,2026-11-04,Bo\n"
    one, two, three = read(tmp_path, "contacts_csv", text)[0]
    assert one.who == two.who != three.who
    assert "miller" not in one.who.lower()


def test_a_zendesk_view(tmp_path: Path) -> None:
    text = (
        "Id,Requester,Subject,Tags,Created at,Reopens,Total time spent (sec)\n"
        '812,Ann,"Price of BX-1, please",price_question,2026-11-02 09:30,0,900\n'
        "813,Bo,Delivery,,2026-11-02 10:00 UTC,2,\n"
    )
    one, two = read(tmp_path, "zendesk", text)[0]
    assert (one.minutes, one.repeat, one.reason) == (Decimal(15), False, "price_question")
    assert one.at == datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
    assert (two.repeat, two.at) == (True, datetime(2026, 11, 2, 10, tzinfo=UTC))


def test_a_freshdesk_export(tmp_path: Path) -> None:
    text = (
        "Ticket ID,Subject,Type,Created time,Time tracked,Product,Email\n"
        "77,Where is it,Delivery,2026-11-02 09:30:12 +0100,00:20:30,BX-1,a@b.example\n"
    )
    (one,) = read(tmp_path, "freshdesk", text)[0]
    assert (one.minutes, one.product, one.reason) == (Decimal("20.5"), "BX-1", "Delivery")
