"""A copy of an export, wherever it is, as one local file."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING

from auditor.errors import FeedError
from auditor.feeds.files import exported_at, find_file
from auditor.feeds.places.where import PlaceKind, place_of

if TYPE_CHECKING:
    from datetime import datetime

    from auditor.feeds.config import FeedConfig

_GZIP = b"\x1f\x8b\x08"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # the second is an empty one's
_WORKBOOKS = frozenset({"xlsx", "ods"})
_PIECE = 1 << 20
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Exported:
    """An export that can be read now.

    ``path`` is a local file for as long as the context lasts; ``written_at`` when the export was
    written (aware UTC), None where its place does not say; ``shown`` its place for people.
    ``version`` is what a remote place says of it, the same as long as it is the same ("": nothing
    that could be told); ``is_unchanged``: it is the version that was asked about, and not here.
    """

    path: Path
    written_at: datetime | None
    shown: str
    version: str = ""
    is_unchanged: bool = False
    _still: Callable[[], None] | None = None

    def verify(self) -> None:
        """Raise FeedError where the file was written to while it was read; call at its end."""
        if self._still is not None:
            self._still()


@contextmanager
def fetched(
    name: str, feed: FeedConfig, base_dir: Path, *, version: str = ""
) -> Iterator[Exported]:
    """The export of feed ``name``; relative paths start at ``base_dir``.

    Where a remote export still has ``version`` it is not fetched: nothing can be read from it.
    Raises FeedError, with the place and what to do, where it cannot be had, is larger than
    ``max_megabytes``, or is being written.
    """
    place = place_of(feed)
    with TemporaryDirectory(prefix="sellby-feed-") as folder:
        if place.kind is PlaceKind.FILE:
            path = find_file(feed, base_dir)
            found = Exported(path, exported_at(path), str(path), _still=_unchanged(path))
        else:
            found = _remote(name, feed, base_dir, Path(folder), version)
        if found.is_unchanged:
            yield found
            return
        found = _unpacked(found, Path(folder), feed.max_megabytes * _MEGABYTE)
        yield (
            found
            if feed.format in _WORKBOOKS
            else _unzipped(found, Path(folder), feed.max_megabytes * _MEGABYTE)
        )


def _remote(name: str, feed: FeedConfig, base_dir: Path, folder: Path, version: str) -> Exported:
    place = place_of(feed)
    if place.kind is PlaceKind.SQL:
        from auditor.feeds.places.sql import run_query

        path = folder / name
        run_query(feed, base_dir, path)
        return Exported(path, None, place.shown)
    if place.kind is PlaceKind.WEB:
        from auditor.feeds.places.web import download

        copy = download(name, feed, folder, version)
    else:
        from auditor.feeds.places.storage import copied

        copy = copied(feed, base_dir, folder, version)
    is_same = bool(version) and copy.version == version
    return Exported(copy.path, copy.written_at, place.shown, copy.version, is_same)


def _unchanged(path: Path) -> Callable[[], None]:
    """What raises FeedError once the file is no longer what it is now."""
    before = path.stat()

    def still() -> None:
        try:
            now = path.stat()
        except FileNotFoundError:
            raise FeedError(
                f"{path.name} was removed while it was read; the next run reads it"
            ) from None
        if (now.st_size, now.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise FeedError(
                f"{path.name} was being written while it was read ({before.st_size:,} bytes, then "
                f"{now.st_size:,}); let the export write under another name and rename it at its "
                "end, or run later"
            )

    return still


def _unpacked(export: Exported, folder: Path, limit: int) -> Exported:
    """The export itself, or what a gzip file holds."""
    try:
        with export.path.open("rb") as file:
            if file.read(3) != _GZIP:
                return export
        target = folder / "unpacked" / export.path.name.removesuffix(".gz")
        target.parent.mkdir()
        with gzip.open(export.path) as packed, target.open("wb") as out:
            _copy(packed.read, out, export.path.name, limit)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FeedError(
            f"{export.path.name} is no whole gzip file ({error}); is it still being written?"
        ) from error
    except OSError as error:
        raise FeedError(f"{export.path.name} cannot be read: {error.strerror or error}") from error
    return replace(export, path=target)


def _unzipped(export: Exported, folder: Path, limit: int) -> Exported:
    """The export itself, or the one file that a ZIP file holds."""
    try:
        with export.path.open("rb") as file:
            if not file.read(4).startswith(_ZIP):
                return export
        with zipfile.ZipFile(export.path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            if "[Content_Types].xml" in names or "mimetype" in names:
                return export  # a workbook, which its format tells
            if len(names) != 1:
                raise FeedError(
                    f"{export.path.name} holds {len(names)} files; a feed is one: export it alone"
                )
            target = folder / "unzipped" / Path(names[0]).name
            target.parent.mkdir()
            with archive.open(names[0]) as packed, target.open("wb") as out:
                _copy(packed.read, out, export.path.name, limit)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise FeedError(
            f"{export.path.name} is no whole ZIP file ({error}); is it still being written?"
        ) from error
    except (RuntimeError, NotImplementedError) as error:  # encrypted, or packed in another way
        raise FeedError(f"{export.path.name} cannot be unpacked: {error}") from error
    except OSError as error:
        raise FeedError(f"{export.path.name} cannot be read: {error.strerror or error}") from error
    return replace(export, path=target)


def _copy(read: Callable[[int], bytes], out: IO[bytes], name: str, limit: int) -> None:
    """Unpack piece by piece. Raises FeedError beyond ``limit`` bytes: it may be a bomb."""
    size = 0
    while piece := read(_PIECE):
        size += len(piece)
        if size > limit:
            raise FeedError(
                f"{name} unpacks to more than {limit // _MEGABYTE:,} MB; raise `max_megabytes` "
                "if that is right"
            )
        out.write(piece)
