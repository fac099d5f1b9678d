"""Flags of the front line on the work list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.store import AuditStore

if TYPE_CHECKING:
    from .conftest import Company

URL = "https://www.acme.example/rl-500.html"


def test_what_is_neither_a_url_nor_a_sku_is_refused(audited: Company) -> None:
    said = audited.sellby("flag", "RL-5000", "--note", "where is it?", code=2).stderr
    assert "neither a URL nor a SKU" in said
    assert "no http" in audited.sellby("flag", "javascript://x", code=2).stderr
    assert len(audited.read("findings")) == 2


def test_a_flag_is_on_the_list_of_the_products_owner_with_its_minutes(audited: Company) -> None:
    flag = audited.read("flag", "rl-500", "--note", "coil voltage?", "--minutes", "35")
    assert (flag["sku"], flag["owner"]) == ("RL-500", "rita@acme.example")
    assert flag["verdict"] == "reported"
    assert flag["id"] in {finding["id"] for finding in audited.read("findings")}
    assert "coil voltage?" in audited.sellby("show", flag["id"]).stdout
    with AuditStore(audited.directory / "sellby.db") as store:
        assert [(f.sku, f.url, f.minutes) for f in store.desk.flags()] == [("RL-500", URL, 35)]


def test_no_audit_closes_a_flag_nobody_dealt_with(audited: Company) -> None:
    flag = audited.read("flag", URL)
    audited.page("rl-500", "Relay", "RL-500", "48.50 EUR", 10, "Now with coil voltage.")
    audited.sellby("-q", "run")
    assert audited.read("show", flag["id"])["state"] == "open"


def test_a_flag_said_to_be_fixed_is_verified_when_the_page_has_changed(audited: Company) -> None:
    flag = audited.read("flag", URL, "--about", "spec")
    audited.page("rl-500", "Relay", "RL-500", "48.50 EUR", 10, "Coil voltage 24 V DC.")
    audited.sellby("confirm", flag["id"])
    audited.sellby("-q", "run")
    assert audited.read("show", flag["id"])["state"] == "verified"


def test_a_flag_said_to_be_fixed_on_a_page_that_stays_is_not_observed(audited: Company) -> None:
    flag = audited.read("flag", URL)
    audited.sellby("confirm", flag["id"])
    audited.sellby("-q", "run")
    assert audited.read("show", flag["id"])["state"] == "not_observed"
    assert len({f["task_id"] for f in audited.read("findings")}) == 3
