"""One way to make a page of a piece of markup."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from auditor.page.read import read_page
from crawler.snapshot import Outcome, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditor.page.model import Page


def snapshot_of(
    body: str | bytes, url: str, media_type: str | None, charset: str | None
) -> Snapshot:
    return Snapshot(
        source="shop",
        url=url,
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        outcome=Outcome.OK,
        status=200,
        media_type=media_type,
        charset=charset,
        body=body.encode() if isinstance(body, str) else body,
    )


@pytest.fixture
def read() -> Callable[..., Page]:
    def _read(
        body: str | bytes,
        *,
        url: str = "https://shop.example/p/valve.html",
        media_type: str | None = "text/html",
        charset: str | None = "utf-8",
        language: str = "",
    ) -> Page:
        return read_page(snapshot_of(body, url, media_type, charset), language=language)

    return _read


@pytest.fixture
def snapshot() -> Callable[..., Snapshot]:
    def _snapshot(body: str | bytes) -> Snapshot:
        return snapshot_of(body, "https://shop.example/p/valve.html", "text/html", "utf-8")

    return _snapshot
