"""The process that reads documents; it may be killed at any moment, and nothing is lost.

What is crawled is hostile: a document may make a library loop, fill the memory or crash. So it
is read in a process of its own, with a limit on its memory and no way to the network.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any

from crawler.documents.kinds import EXTRA, Kind, package_of, reader_of
from crawler.documents.rendition import CannotRead, Limits, Rendition, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

_MODULES = {
    Kind.PDF: "crawler.documents.pdf",
    Kind.WORD: "crawler.documents.word",
    Kind.SHEETS: "crawler.documents.sheets",
    Kind.OLD_SHEETS: "crawler.documents.old_sheets",
    Kind.MARKDOWN: "crawler.documents.markdown",
}


def rendered(kind: Kind, body: bytes, limits: Limits) -> Rendition:
    """Read a document in this process. Never raises, but may not return: see ``Converter``."""
    if not reader_of(kind):
        detail = (
            f"reading {kind} needs {package_of(kind)}: pip install 'sellby[{EXTRA}]', then run it "
            "again; nothing has to be crawled anew"
        )
        return Rendition(trouble=Trouble.NO_READER, detail=detail)
    try:
        read: Callable[[bytes, Limits], Rendition] = import_module(_MODULES[kind]).read
        return read(body, limits)
    except CannotRead as error:
        return Rendition(trouble=error.trouble, detail=error.detail)
    except MemoryError:
        return Rendition(trouble=Trouble.TOO_LARGE, detail=too_much_memory(limits))
    except RecursionError:
        return Rendition(trouble=Trouble.DAMAGED, detail="its parts are nested without end")
    except Exception as error:  # noqa: BLE001  # the seam: what a library raises on a document is data
        said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return Rendition(trouble=Trouble.DAMAGED, detail=f"it cannot be read ({said})")


def too_much_memory(limits: Limits) -> str:
    """One sentence on a document that needs more memory than it may have."""
    return f"reading it takes more than {limits.memory_bytes // 1024**2:,} MB of memory"


def read_frame(stream: IO[bytes]) -> bytes | None:
    """The next message: four bytes of length, then as many bytes. None at the end."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    size = int.from_bytes(head, "big")
    data = stream.read(size)
    return data if len(data) == size else None


def write_frame(stream: IO[bytes], data: bytes) -> None:
    """Send one message."""
    stream.write(len(data).to_bytes(4, "big"))
    stream.write(data)
    stream.flush()


def main() -> None:
    """Answer requests on stdin until it is closed."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not look like an answer
    requests = sys.stdin.buffer
    while (header := read_frame(requests)) is not None:
        job: dict[str, Any] = json.loads(header)
        body = read_frame(requests)
        if body is None:
            return
        limits = Limits(**job["limits"])
        _limit_memory(limits.memory_bytes)
        rendition = rendered(Kind(job["kind"]), body, limits)
        write_frame(answers, json.dumps(asdict(rendition)).encode("utf-8", "replace"))


def _limit_memory(size: int) -> None:
    with suppress(ImportError, ValueError, OSError):  # not on Windows: there time is the limit
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, resource.getrlimit(resource.RLIMIT_AS)[1]))


if __name__ == "__main__":
    main()
