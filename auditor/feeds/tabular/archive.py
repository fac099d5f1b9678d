"""Spreadsheets are ZIP archives: opened with limits, so that none fills memory or time."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from lxml import etree

from auditor.errors import FeedError

if TYPE_CHECKING:
    from pathlib import Path

MAX_UNPACKED = 4_000_000_000
"""Bytes of an unpacked workbook; a full sheet of 1,048,576 rows and 20 columns has some 2 GB."""

MAX_RATIO = 200
"""Times a part may grow when unpacked; sheets of repeated rows reach some 60, deflate 1,032."""

SMALL = 10_000_000
"""Bytes up to which the ratio of a part does not matter."""

MAX_STRINGS = 500_000_000
"""Bytes of the table of shared strings, which is kept in memory."""


@contextmanager
def open_archive(path: Path, kind: str) -> Iterator[zipfile.ZipFile]:
    """The archive, its parts checked against bombs. Raises FeedError, also for broken parts.

    A part is read up to its stated size and no further, and its checksum is compared.
    """
    with path.open("rb") as file:
        head = file.read(4).decode("latin-1")
    if head and not head.startswith("PK"):
        raise FeedError(
            f"{path.name} is no {kind} file but begins with {head!r}; if it is text under "
            "another name, set `format: csv` (or what it is)"
        )
    try:
        with zipfile.ZipFile(path) as archive:
            _check(path, archive)
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise FeedError(
            f"{path.name} is no whole {kind} file ({error}); is it still being written, or was "
            "the transfer cut off?"
        ) from error
    except RuntimeError as error:  # zipfile: encrypted parts
        raise FeedError(f"{path.name} cannot be opened: {error}") from error
    except KeyError as error:
        raise FeedError(f"{path.name} is no {kind} workbook: it has no part {error}") from error


def rows_of_part(archive: zipfile.ZipFile, part: str, tag: str) -> Iterator[Any]:
    """The elements ``tag`` of an XML part, one after the other; each is gone after its turn."""
    with archive.open(part) as file:
        events = etree.iterparse(
            file,
            events=("end",),
            tag=tag,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )
        try:
            for _event, node in events:
                yield node
                node.clear()
                while (before := node.getprevious()) is not None:
                    before.getparent().remove(before)
        except etree.XMLSyntaxError as error:
            raise zipfile.BadZipFile(f"{part}: {error.msg}") from error


def _check(path: Path, archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    total = sum(part.file_size for part in parts)
    bomb = any(
        part.file_size > SMALL and part.file_size > MAX_RATIO * part.compress_size for part in parts
    )
    strings = any(
        part.filename.endswith("sharedStrings.xml") and part.file_size > MAX_STRINGS
        for part in parts
    )
    if bomb or strings or total > MAX_UNPACKED:
        raise FeedError(
            f"{path.name} would unpack to {total:,} bytes; that is no price list but a ZIP bomb, "
            "or far too large: export it as CSV"
        )
