"""Exports that are packed: one file is unpacked, anything else is told."""

from __future__ import annotations

import zipfile

import pytest

from auditor.errors import FeedError
from auditor.feeds import FeedConfig, read_feed

CONFIG = {"format": "products_csv", "path": "p.zip", "max_megabytes": 1}


def pack(folder, **files):
    with zipfile.ZipFile(folder / "p.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(f"daily/{name}.csv", text)


def test_the_one_file_in_a_zip_file_is_read_and_named(tmp_path):
    pack(tmp_path, prices='sku\nA\n"B\n')
    records = list(read_feed("shop", FeedConfig(**CONFIG), tmp_path))
    assert [record.sku for record in records if hasattr(record, "sku")] == ["A"]
    assert [record.file for record in records if hasattr(record, "reason")] == ["prices.csv"]


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"a": "sku\nA\n", "b": "sku\nB\n"}, "holds 2 files; a feed is one"),
        ({}, "holds 0 files"),
        ({"bomb": "sku\n" + "A" * 1_100_000}, "unpacks to more than 1 MB; raise `max_megabytes`"),
    ],
)
def test_what_is_no_single_file_of_a_fair_size_is_refused(tmp_path, files, says):
    pack(tmp_path, **files)
    with pytest.raises(FeedError, match=says):
        list(read_feed("shop", FeedConfig(**CONFIG), tmp_path))


def test_a_zip_file_that_is_cut_off_is_told(tmp_path):
    pack(tmp_path, prices="sku\n" + "".join(f"A{n}\n" for n in range(999)))
    path = tmp_path / "p.zip"
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(FeedError, match="is no whole ZIP file"):
        list(read_feed("shop", FeedConfig(**CONFIG), tmp_path))
