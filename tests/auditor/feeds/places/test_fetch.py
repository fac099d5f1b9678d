from __future__ import annotations

import gzip
import os

import pytest

from auditor.errors import FeedError
from auditor.feeds import FeedConfig, read_feed
from auditor.model import Product


def test_a_file_that_is_written_to_while_it_is_read_is_not_believed(tmp_path):
    path = tmp_path / "products.csv"
    path.write_text("sku\n" + "".join(f"A{n}\n" for n in range(5000)))
    records = read_feed("erp", FeedConfig(format="products_csv", path="products.csv"), tmp_path)
    next(records)
    with path.open("a") as file:
        file.write("B1\n")
    with pytest.raises(FeedError, match="was being written while it was read"):
        list(records)


def test_a_file_that_goes_away_while_it_is_read_is_told(tmp_path):
    path = tmp_path / "products.csv"
    path.write_text("sku\nA\nB\n")
    records = read_feed("erp", FeedConfig(format="products_csv", path="products.csv"), tmp_path)
    next(records)
    path.unlink()
    with pytest.raises(FeedError, match="was removed while it was read"):
        list(records)


def test_of_a_glob_the_newest_file_is_read_packed_or_not(tmp_path):
    (tmp_path / "p_1.csv").write_text("sku\nOLD\n")
    (tmp_path / "p_2.csv.gz").write_bytes(gzip.compress(b"sku\nNEW\n"))
    os.utime(tmp_path / "p_1.csv", (1, 1))
    config = FeedConfig(format="products_csv", path="p_*.csv*")
    assert list(read_feed("erp", config, tmp_path)) == [Product("NEW")]
