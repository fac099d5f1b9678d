"""Documents that a website links to: fetched only where wanted, within limits, read like pages."""

from __future__ import annotations

import io

import xlsxwriter

from crawler.store import SnapshotStore

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(price: str = "9.50") -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Prices")
    sheet.write_row(0, 0, ["Part", "Price EUR"])
    sheet.write_row(1, 0, ["BW-1", price])
    book.close()
    return out.getvalue()


def serve(site, path: str, body: bytes, media_type: str = XLSX, tag: str = '"1"') -> None:
    def answer(asked):
        from types import SimpleNamespace

        fresh = asked.headers.get("if-none-match") != tag
        return SimpleNamespace(
            body=body if fresh else b"",
            status=200 if fresh else 304,
            headers={"Content-Type": media_type, "ETag": tag},
            raw=None,
            hang=False,
        )

    site.pages[path] = answer


def test_documents_are_left_alone_unless_they_are_wanted(site, database, crawling):
    site.link("/", "/prices.xlsx", "/download?id=7")
    serve(site, "/prices.xlsx", workbook())
    serve(site, "/download?id=7", workbook())
    found = crawling.crawl(site, database)
    assert "/prices.xlsx" not in site.paths()
    assert found.outcome("/download?id=7") == "unreadable"


def test_a_linked_document_is_stored_whole_and_read_as_a_page(site, database, crawling):
    site.link("/", "/prices.xlsx", "/download?id=7", "/film.mp4")
    body = workbook()
    serve(site, "/prices.xlsx", body, "application/octet-stream")
    serve(site, "/download?id=7", workbook("9.70"))
    found = crawling.crawl(site, database, documents=True)
    assert found.outcome("/prices.xlsx") == found.outcome("/download?id=7") == "ok"
    assert "/film.mp4" not in site.paths()
    with SnapshotStore(database) as store:
        url = f"{site.url}/prices.xlsx"
        snapshot = store.snapshot_at("site", url)
        assert snapshot.document.kind == "xlsx"
        assert b'data-place="sheet Prices, row 2"' in snapshot.body
        [visit] = store.visits("site", url)
        assert store.body(visit.sha256) == body


def test_an_unchanged_document_is_not_sent_again(site, database, crawling):
    site.link("/", "/prices.xlsx")
    serve(site, "/prices.xlsx", workbook())
    first = crawling.crawl(site, database, documents=True)
    second = crawling.crawl(site, database, documents=True)
    assert first.outcome("/prices.xlsx") == "ok"
    assert second.outcome("/prices.xlsx") == "unchanged"
    assert second.visits[f"{site.url}/prices.xlsx"].status == 304


def test_a_log_in_page_in_place_of_a_document_is_a_log_in_page(site, database, crawling):
    login = (
        "<!doctype html><title>Log in</title><h1>Log in</h1><p>Please log in to continue.</p>"
        "<form><input type=password></form>"
    )
    site.link("/", "/prices.xlsx")
    serve(site, "/prices.xlsx", login.encode())
    found = crawling.crawl(site, database, documents=True)
    assert found.outcome("/prices.xlsx") == "login_wall"


def test_limits_hold_for_the_number_and_the_size_of_documents(site, database, crawling):
    names = [f"/list{number}.xlsx" for number in range(5)]
    site.link("/", "/huge.xlsx", *names)
    serve(site, "/huge.xlsx", b"PK" + bytes(50_000))
    for name in names:
        serve(site, name, workbook())
    limits = crawling.SHORT.model_copy(update={"max_documents": 3, "max_document_bytes": 20_000})
    found = crawling.crawl(site, database, documents=True, limits=limits)
    assert sum(path.endswith(".xlsx") for path in site.paths()) == 3
    assert found.outcome("/huge.xlsx") == "too_large"


def test_a_broken_document_is_stored_with_its_reason(site, database, crawling):
    site.link("/", "/prices.xlsx")
    serve(site, "/prices.xlsx", b"PK\x03\x04 cut off")
    crawling.crawl(site, database, documents=True)
    with SnapshotStore(database) as store:
        snapshot = store.snapshot_at("site", f"{site.url}/prices.xlsx")
    assert (snapshot.document.trouble, snapshot.body) == ("damaged", b"")
