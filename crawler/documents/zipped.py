"""DOCX and XLSX are ZIP archives: opened with limits, so that none fills memory or time."""

from __future__ import annotations

import io
import zipfile

from crawler.documents.rendition import CannotRead, Limits, Trouble

# Times a part may grow when unpacked: sheets of repeated rows reach some 60, deflate 1,032.
MAX_RATIO = 200
# Bytes up to which the ratio of a part does not matter, and parts in one document.
SMALL = 10_000_000
MAX_PARTS = 20_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def opened(body: bytes, limits: Limits, what: str) -> zipfile.ZipFile:
    """The archive that a document is, its parts checked. Raises CannotRead.

    Office keeps an encrypted document, and the formats before 2007, in an OLE file.
    """
    if body.startswith(_OLE):
        raise CannotRead(
            Trouble.ENCRYPTED,
            f"it needs a password, or is no {what} but a file of Office 97; save it as {what} "
            "without a password",
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(body))
    except (zipfile.BadZipFile, ValueError) as error:
        raise CannotRead(Trouble.DAMAGED, f"it is no whole {what} file ({error})") from error
    parts = archive.infolist()
    total = sum(part.file_size for part in parts)
    bomb = any(p.file_size > SMALL and p.file_size > MAX_RATIO * p.compress_size for p in parts)
    if bomb or total > limits.unpacked_bytes or len(parts) > MAX_PARTS:
        raise CannotRead(
            Trouble.TOO_LARGE, f"it would unpack to {total:,} bytes, as only a ZIP bomb does"
        )
    return archive
