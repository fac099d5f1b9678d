"""Which file is it, and can it be read as text at all?"""

from __future__ import annotations

import glob
import hashlib
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO, cast

from auditor.errors import FeedError

if TYPE_CHECKING:
    from auditor.feeds.config import FeedConfig

_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_HTML = (b"<!doctype html", b"<html", b"<head", b"<body")
_KINDS = (
    (b"PK\x03\x04", "an XLSX, ODS or ZIP file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file (XLS)"),
    (b"\x1f\x8b", "a gzip file"),
    (b"%PDF-", "a PDF file"),
)


def find_file(feed: FeedConfig, base_dir: Path) -> Path:
    """The feed's file: of a glob the newest by modification time, ties by name.

    Raises FeedError where there is none.
    """
    pattern = str(base_dir / Path(feed.path).expanduser())
    if any(sign in feed.path for sign in "*?["):
        found = [Path(name) for name in glob.glob(pattern, recursive=True)]  # noqa: PTH207 - absolute patterns
        files = [path for path in found if path.is_file()]
        if not files:
            raise FeedError(f"{feed.path}: no file matches in {base_dir}; check `path`")
        return max(files, key=lambda path: (path.stat().st_mtime_ns, path.name))
    path = Path(pattern)
    if path.is_dir():
        raise FeedError(f"{feed.path} is a directory; give a file or a glob such as *.csv")
    if not path.exists():
        raise FeedError(f"{feed.path}: no such file in {base_dir}; check `path`{_near(path)}")
    return path


def exported_at(path: Path) -> datetime:
    """When the export was written: the file's modification time, aware UTC."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def content_digest(path: Path, *depends_on: str) -> str:
    """SHA-256 over a file and whatever else decides what is read from it."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
    except OSError as error:
        raise FeedError(f"{path.name} cannot be read: {error.strerror or error}") from error
    for text in depends_on:
        digest.update(b"\0" + text.encode())
    return digest.hexdigest()


def open_text(path: Path, encoding: str) -> TextIO:
    """Open a CSV file as text, line ends untouched, a UTF-8 byte order mark skipped.

    Raises FeedError for what is no text in ``encoding`` at all: an empty file, an HTML page, a
    spreadsheet, another Unicode encoding. A wrong byte further on raises UnicodeDecodeError while
    reading; ``wrong_bytes`` makes a FeedError of it.
    """
    refuse_other_kinds(path, encoding, "CSV")
    name = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding
    try:
        return path.open(encoding=name, newline="")
    except LookupError as error:
        raise FeedError(f"{path.name}: no encoding is called {encoding!r}; try cp1252") from error


def open_bytes(path: Path, encoding: str) -> BinaryIO:
    """Open a JSON file as UTF-8 bytes, whatever its encoding; a byte order mark is skipped.

    Raises FeedError as ``open_text`` does.
    """
    refuse_other_kinds(path, encoding, "JSON")
    if encoding.lower().replace("-", "").replace("_", "") == "utf8":
        file = path.open("rb")
        if file.read(3) != b"\xef\xbb\xbf":
            file.seek(0)
        return file
    try:
        return cast("BinaryIO", _Recoded(path.open(encoding=encoding)))
    except LookupError as error:
        raise FeedError(f"{path.name}: no encoding is called {encoding!r}; try cp1252") from error


class _Recoded:
    """A text file as UTF-8 bytes."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def __enter__(self) -> _Recoded:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size).encode("utf-8", "surrogatepass")

    def readline(self, size: int = -1) -> bytes:
        return self._file.readline(size).encode("utf-8", "surrogatepass")


def first_wrong_line(path: Path, encoding: str) -> int:
    """The first line that is no text in ``encoding``; 0 where lines cannot be told by bytes.

    Text is decoded by the kilobyte, so that the error itself does not say which line it was.
    """
    if "\n".encode(encoding) != b"\n":
        return 0
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(1 << 20), b""), 1):
            try:
                line.decode(encoding)
            except UnicodeDecodeError:
                return number
    return 0


def wrong_bytes(file: str, encoding: str, line: int) -> FeedError:
    """The error for bytes that are no text in ``encoding``, near ``line``."""
    hint = "cp1252" if encoding.lower().startswith("utf") else "utf-8"
    return FeedError(
        f"{file}: from about line {line} on it is not {encoding}; set `encoding: {hint}` "
        "or export it again as UTF-8"
    )


def refuse_other_kinds(path: Path, encoding: str, wanted: str) -> None:
    """Raise FeedError for a file that is visibly no ``wanted`` ("CSV") in ``encoding``."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise FeedError(f"{path.name} cannot be read: {error.strerror}") from error
    if not head.strip(b"\x00\xef\xbb\xbf \t\r\n"):
        raise FeedError(f"{path.name} is empty; was the export cut off?")
    for mark, name in _MARKS:
        if head.startswith(mark) and name not in encoding.lower().replace("_", "-"):
            raise FeedError(f"{path.name} is {name}, not {encoding}; set `encoding: {name}`")
    for mark, kind in _KINDS:
        if head.startswith(mark):
            raise FeedError(
                f"{path.name} is {kind}, not {wanted}; set `format`, or export it as {wanted}"
            )
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_HTML):
        raise FeedError(
            f"{path.name} is an HTML page, not a feed; was a log-in or error page saved instead?"
        )


def _near(path: Path) -> str:
    if not path.parent.is_dir():
        return f" (there is no folder {path.parent.name})"
    names = [entry.name for entry in path.parent.iterdir() if entry.is_file()]
    close = get_close_matches(path.name, names, n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""
