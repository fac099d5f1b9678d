"""Markdown: its blocks, with the lines they start in."""

from __future__ import annotations

import pytest

from crawler.documents.kinds import Kind

pytest.importorskip("markdown_it")

from .conftest import html

TEXT = """---
title: Prices
last_reviewed: 2026-05-01
---
# Sensors

Now 9.50 EUR, ~~12.00 EUR~~.

| Part | Price EUR |
|------|-----------|
| BW-1 | 9.50      |
"""


def test_lines_count_from_the_top_of_the_file_front_matter_included() -> None:
    found = html(Kind.MARKDOWN, TEXT.encode()).html
    assert '<h1 data-place="line 5">Sensors</h1>' in found
    assert '<p data-place="line 7">Now 9.50 EUR, <s>12.00 EUR</s>.</p>' in found
    assert '<tr data-place="line 11">' in found


def test_front_matter_gives_title_and_date_and_is_no_text() -> None:
    found = html(Kind.MARKDOWN, TEXT.encode()).html
    assert "<title>Prices</title>" in found
    assert 'content="2026-05-01T00:00:00+00:00"' in found
    assert "last_reviewed" not in found


def test_broken_front_matter_is_passed_over() -> None:
    assert "<h1" in html(Kind.MARKDOWN, b"---\na: [b\n---\n# Title\n").html
