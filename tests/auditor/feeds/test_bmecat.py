"""BMEcat 1.2 and 2005, written after the specification."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from auditor.errors import FeedError
from auditor.feeds import FeedConfig, read_feed
from auditor.ingest import ingest
from auditor.model import Attribute, Product, RejectedRow, Truth
from auditor.store import AuditStore
from auditor.values.text import canonical

if TYPE_CHECKING:
    from pathlib import Path

HEAD_12 = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE BMECAT SYSTEM "bmecat_new_catalog_1_2.dtd" [<!ENTITY % U "(UDX.A?)">]>
<BMECAT version="1.2"><HEADER><CATALOG><LANGUAGE>deu</LANGUAGE><CATALOG_ID>K1</CATALOG_ID>
<CATALOG_VERSION>1.0</CATALOG_VERSION><TERRITORY>DE</TERRITORY><TERRITORY>AT</TERRITORY>
<CURRENCY>EUR</CURRENCY></CATALOG><SUPPLIER><SUPPLIER_NAME>Müller</SUPPLIER_NAME></SUPPLIER></HEADER>
"""
ARTICLE = """<ARTICLE mode="new"><SUPPLIER_AID>00071</SUPPLIER_AID>
<ARTICLE_DETAILS><DESCRIPTION_SHORT>Kabel größer</DESCRIPTION_SHORT><EAN>4006209796856</EAN>
<SUPPLIER_ALT_AID>K-71</SUPPLIER_ALT_AID><MANUFACTURER_AID>M71</MANUFACTURER_AID>
<DELIVERY_TIME>5</DELIVERY_TIME></ARTICLE_DETAILS>
<ARTICLE_FEATURES><FEATURE><FNAME>Länge</FNAME><FVALUE>1.5</FVALUE><FUNIT>MTR</FUNIT></FEATURE>
<FEATURE><FNAME>Schutzart</FNAME><FVALUE>IP67</FVALUE></FEATURE>
<FEATURE><FNAME>EF000008</FNAME><FVALUE>9</FVALUE><FUNIT>MMT</FUNIT></FEATURE>
<FEATURE><FNAME>-</FNAME><FVALUE>Sehr gut.</FVALUE></FEATURE>
<FEATURE><FNAME>Farben</FNAME><FVALUE>rot</FVALUE><FVALUE>blau</FVALUE></FEATURE></ARTICLE_FEATURES>
<ARTICLE_ORDER_DETAILS><ORDER_UNIT>PK</ORDER_UNIT><CONTENT_UNIT>C62</CONTENT_UNIT>
<NO_CU_PER_OU>10</NO_CU_PER_OU><PRICE_QUANTITY>100</PRICE_QUANTITY><QUANTITY_MIN>5</QUANTITY_MIN>
<QUANTITY_INTERVAL>5</QUANTITY_INTERVAL></ARTICLE_ORDER_DETAILS>
<ARTICLE_PRICE_DETAILS><DATETIME type="valid_start_date"><DATE>2026-01-01</DATE></DATETIME>
<DATETIME type="valid_end_date"><DATE>2026-12-31</DATE></DATETIME>
<ARTICLE_PRICE price_type="net_list"><PRICE_AMOUNT>200.00</PRICE_AMOUNT>
<PRICE_FACTOR>0.5</PRICE_FACTOR><LOWER_BOUND>1</LOWER_BOUND></ARTICLE_PRICE>
<ARTICLE_PRICE price_type="net_list"><PRICE_AMOUNT>90</PRICE_AMOUNT>
<LOWER_BOUND>50</LOWER_BOUND></ARTICLE_PRICE>
<ARTICLE_PRICE price_type="gros_list"><PRICE_AMOUNT>119</PRICE_AMOUNT></ARTICLE_PRICE>
<ARTICLE_PRICE price_type="nrp"><PRICE_AMOUNT>150</PRICE_AMOUNT></ARTICLE_PRICE>
<ARTICLE_PRICE price_type="net_customer"><PRICE_AMOUNT>80</PRICE_AMOUNT><TERRITORY>CH</TERRITORY>
<PRICE_CURRENCY>CHF</PRICE_CURRENCY></ARTICLE_PRICE></ARTICLE_PRICE_DETAILS>
</ARTICLE>
"""
GROUPS = """<CATALOG_GROUP_SYSTEM><CATALOG_STRUCTURE type="leaf"><GROUP_ID>7</GROUP_ID>
<GROUP_NAME>Kabel</GROUP_NAME></CATALOG_STRUCTURE></CATALOG_GROUP_SYSTEM>"""
MAP = """<ARTICLE_TO_CATALOGGROUP_MAP><ART_ID>00071</ART_ID><CATALOG_GROUP_ID>7</CATALOG_GROUP_ID>
</ARTICLE_TO_CATALOGGROUP_MAP>"""
REEL = """<BMECAT xmlns="http://www.bmecat.org/bmecat/2005" version="2005"><HEADER><CATALOG>
<CURRENCY>EUR</CURRENCY></CATALOG></HEADER><T_NEW_CATALOG><PRODUCT><SUPPLIER_PID>R-1</SUPPLIER_PID>
<PRODUCT_DETAILS><DESCRIPTION_SHORT lang="deu">Litze</DESCRIPTION_SHORT>
<INTERNATIONAL_PID type="gtin">4006209796856</INTERNATIONAL_PID>
<PRODUCT_STATUS type="old_product"/></PRODUCT_DETAILS>
<PRODUCT_ORDER_DETAILS><ORDER_UNIT>RL</ORDER_UNIT><CONTENT_UNIT>MTR</CONTENT_UNIT>
<NO_CU_PER_OU>100</NO_CU_PER_OU></PRODUCT_ORDER_DETAILS>
<PRODUCT_PRICE_DETAILS><VALID_START_DATE>2026-01-01T00:00:00+01:00</VALID_START_DATE>
<VALID_END_DATE>2026-06-30</VALID_END_DATE>
<PRODUCT_PRICE price_type="gros_list"><PRICE_AMOUNT>59.50</PRICE_AMOUNT>
<TAX>0.19</TAX></PRODUCT_PRICE></PRODUCT_PRICE_DETAILS>
<PRODUCT_PRICE_DETAILS><DAILY_PRICE>true</DAILY_PRICE>
<PRODUCT_PRICE price_type="net_list"><PRICE_AMOUNT>1</PRICE_AMOUNT></PRODUCT_PRICE>
</PRODUCT_PRICE_DETAILS>
<PRODUCT_REFERENCE type="followup"><PROD_ID_TO>R-2</PROD_ID_TO></PRODUCT_REFERENCE>
<PRODUCT_LOGISTIC_DETAILS><DELIVERY_TIMES><TIME_SPAN><TIME_BASE>week</TIME_BASE>
<TIME_SPAN_DURATION>2</TIME_SPAN_DURATION></TIME_SPAN></DELIVERY_TIMES></PRODUCT_LOGISTIC_DETAILS>
</PRODUCT></T_NEW_CATALOG></BMECAT>"""


def catalogue(transaction: str, *articles: str) -> str:
    whole = transaction == "T_NEW_CATALOG"
    inside = "".join(articles)
    inside = f"{GROUPS}{inside}{MAP}" if whole else inside
    return f"{HEAD_12}<{transaction}>{inside}</{transaction}></BMECAT>"


def read(folder: Path, text: str, **config: Any) -> list[object]:
    (folder / "catalogue.xml").write_bytes(text.encode("iso-8859-1"))
    settings = {"format": "bmecat", "path": "catalogue.xml", "timezone": "Europe/Berlin", **config}
    return list(read_feed("pim", FeedConfig(**settings), folder))


def truths(records: list[object], attribute: Attribute) -> list[Truth]:
    return [r for r in records if isinstance(r, Truth) and r.attribute is attribute]


def test_a_catalogue_of_1_2_states_scales_units_tax_territory_and_validity(tmp_path):
    prices = truths(read(tmp_path, catalogue("T_NEW_CATALOG", ARTICLE)), Attribute.PRICE)
    stated = [
        (canonical(p.value), p.basis.min_qty, p.basis.market, p.basis.customer_group)
        for p in prices
    ]
    assert stated == [
        ("100 EUR", 1, "DE", None),
        ("100 EUR", 1, "AT", None),
        ("90 EUR", 50, "DE", None),
        ("90 EUR", 50, "AT", None),
        ("80 CHF", None, "CH", "customer"),
    ]
    assert {(p.basis.price_per, p.basis.price_unit, p.basis.pack_size, p.basis.tax)
            for p in prices} == {(Decimal(100), "pack", Decimal(10), "excl")}  # fmt: skip
    assert {(p.valid_from, p.valid_to) for p in prices} == {
        (datetime(2025, 12, 31, 23, tzinfo=UTC), datetime(2026, 12, 31, 23, tzinfo=UTC))
    }


def test_prices_with_tax_are_read_where_the_feed_is_one_with_tax(tmp_path):
    records = read(tmp_path, catalogue("T_NEW_CATALOG", ARTICLE), tax="incl")
    public = [p for p in truths(records, Attribute.PRICE) if p.basis.customer_group is None]
    assert {(canonical(p.value), p.basis.tax) for p in public} == {("119 EUR", "incl")}


def test_a_catalogue_states_products_order_quantities_lead_times_and_named_features(tmp_path):
    records = read(tmp_path, catalogue("T_NEW_CATALOG", ARTICLE))
    assert [r for r in records if isinstance(r, Product)] == [
        Product("00071", "Kabel größer", "M71", "4006209796856", ("K-71",), "Kabel")
    ]
    stated = {
        attribute: [(t.key, canonical(t.value)) for t in truths(records, attribute)]
        for attribute in Attribute
    }
    assert stated[Attribute.MOQ] == [("", "5 pack")]
    assert stated[Attribute.ORDER_MULTIPLE] == [("", "5 pack")]
    assert stated[Attribute.PACK_SIZE] == [("", "10 pcs")]
    assert stated[Attribute.LEAD_TIME] == [("", "5 business_days")]
    assert stated[Attribute.SPEC] == [("Länge", "1.5 m"), ("Schutzart", "IP67")]
    assert not [r for r in records if isinstance(r, RejectedRow)]


@pytest.mark.parametrize(
    ("features", "names"),
    [(["ECLASS"], ["Länge", "Schutzart"]), (["udf_"], []), (False, [])],
)
def test_only_the_feature_systems_that_are_asked_for_are_read(tmp_path, features, names):
    system = "<REFERENCE_FEATURE_SYSTEM_NAME>ECLASS-5.1</REFERENCE_FEATURE_SYSTEM_NAME>"
    text = ARTICLE.replace("<ARTICLE_FEATURES>", f"<ARTICLE_FEATURES>{system}")
    records = read(tmp_path, catalogue("T_NEW_CATALOG", text), options={"features": features})
    assert [spec.key for spec in truths(records, Attribute.SPEC)] == names


def test_a_product_of_2005_has_its_own_names_units_and_dates(tmp_path):
    records = read(tmp_path, REEL)
    (product,) = (r for r in records if isinstance(r, Product))
    (price,) = truths(records, Attribute.PRICE)
    assert (product.gtin, product.status, product.superseded_by) == (
        "4006209796856", "discontinued", "R-2",
    )  # fmt: skip
    basis = price.basis
    assert (canonical(price.value), basis.tax, basis.min_qty) == ("59.5 EUR", "incl", None)
    assert (basis.price_unit, basis.pack_size, basis.pack_unit) == ("reel", 100, "m")
    assert price.valid_from == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert price.valid_to == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert canonical(truths(records, Attribute.LEAD_TIME)[0].value) == "2 weeks"


UPDATE = """<ARTICLE mode="update"><SUPPLIER_AID>00071</SUPPLIER_AID><ARTICLE_PRICE_DETAILS>
<ARTICLE_PRICE price_type="net_list"><PRICE_AMOUNT>95</PRICE_AMOUNT></ARTICLE_PRICE>
</ARTICLE_PRICE_DETAILS></ARTICLE>"""


def test_an_update_of_prices_does_not_guess_what_they_are_for(tmp_path):
    text = catalogue("T_UPDATE_PRICES", UPDATE)
    reasons = [r.reason for r in read(tmp_path, text) if isinstance(r, RejectedRow)]
    assert len(reasons) == 1
    assert "no order details" in reasons[0]
    assert "order_unit" in reasons[0]
    records = read(tmp_path, text, options={"order_unit": "PK"})
    assert {p.basis.price_unit for p in truths(records, Attribute.PRICE)} == {"pack"}
    assert not [r for r in records if isinstance(r, Product)]


def article(sku: str, price: str, mode: str = "new") -> str:
    return ARTICLE.replace("00071", sku).replace("200.00", price).replace('"new"', f'"{mode}"')


def test_an_update_never_ends_what_it_lacks_and_tells_what_it_deletes(tmp_path):
    feed = FeedConfig(format="bmecat", path="catalogue.xml")
    now = datetime(2026, 11, 1, 3, tzinfo=UTC)
    exports = [
        catalogue("T_NEW_CATALOG", article("A", "200"), article("B", "300")),
        catalogue("T_UPDATE_PRODUCTS", article("A", "210"), article("B", "9", "delete")),
        catalogue("T_UPDATE_PRODUCTS", article("A", "220")),
        catalogue("T_UPDATE_PRODUCTS", article("A", "230")),
    ]
    with AuditStore(tmp_path / "sellby.db") as store:
        for day, text in enumerate(exports):
            path = tmp_path / "catalogue.xml"
            path.write_bytes(text.encode("iso-8859-1"))
            written = (now + timedelta(days=day, hours=-1)).timestamp()
            os.utime(path, (written, written))
            summary = ingest("pim", feed, tmp_path, store.catalogue, now + timedelta(days=day))
            assert (summary.state, summary.removed, summary.missing) == ("applied", 0, 0)
            if day == 1:
                (rejected,) = store.catalogue.rejected("pim")
                assert rejected.reason.startswith("says that B is deleted")
        assert {p.sku for p in store.catalogue.products()} == {"A", "B"}
        assert len(store.catalogue.truths("B")) == 11


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEAD_12 + "<T_NEW_CATALOG></T_NEW_CATALOG></BMECAT>", "holds no product under"),
        (catalogue("T_NEW_CATALOG", ARTICLE)[:-300], "no whole XML file"),
        ("<rss><channel/></rss>", "is it a BMEcat file?"),
    ],
)
def test_a_file_that_is_no_whole_catalogue_is_refused(tmp_path, text, says):
    with pytest.raises(FeedError, match=says):
        read(tmp_path, text)


def test_a_price_with_a_comma_is_rejected_unless_the_feed_says_so(tmp_path):
    text = catalogue("T_NEW_CATALOG", ARTICLE.replace("<PRICE_AMOUNT>90<", "<PRICE_AMOUNT>90,5<"))
    reasons = [r.reason for r in read(tmp_path, text) if isinstance(r, RejectedRow)]
    assert reasons == [
        "net_list price: PRICE_AMOUNT: '90,5' is no number with a decimal point",
    ]
