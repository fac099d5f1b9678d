from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import pytest

from auditor.errors import FeedError
from auditor.feeds import FeedConfig, feed_format, read_feed
from auditor.model import Product, RejectedRow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODULE = """
from auditor.model import Product, RejectedRow

LOADED = True


class Lines:
    name = "lines"

    def __init__(self, feed, config):
        self.prefix = config.options["prefix"]

    def read(self, path):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if line:
                yield Product(self.prefix + line)
            else:
                yield RejectedRow(path.name, number, "empty line")
"""


@pytest.fixture
def plug_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installed distribution that brings the feed format ``lines``."""
    site = tmp_path / "site"
    info = site / "lines_feed-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "lines_feed.py").write_text(MODULE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lines-feed\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[sellby.feeds]\nlines = lines_feed:Lines\n")
    monkeypatch.syspath_prepend(str(site))
    importlib.invalidate_caches()
    yield site
    sys.modules.pop("lines_feed", None)


@pytest.mark.usefixtures("plug_in")
def test_a_plug_in_is_not_loaded_unless_a_feed_names_it():
    feed_format("erp", FeedConfig(path="x.csv"))
    with pytest.raises(FeedError, match="no format is called 'line'"):
        feed_format("erp", FeedConfig(format="line", path="x"))
    assert "lines_feed" not in sys.modules


@pytest.mark.usefixtures("plug_in")
def test_a_feed_that_names_a_plug_in_is_read_by_it(tmp_path):
    (tmp_path / "skus.txt").write_text("1\n\n2\n")
    config = FeedConfig(format="lines", path="skus.txt", options={"prefix": "A-"})
    assert list(read_feed("skus", config, tmp_path)) == [
        Product("A-1"),
        RejectedRow("skus.txt", 2, "empty line"),
        Product("A-2"),
    ]
