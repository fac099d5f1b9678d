"""Documents read in a process that can be killed: bounded in time and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.documents.kinds import kind_of
from crawler.documents.rendition import Limits, Rendition, Trouble
from crawler.documents.worker import read_frame, too_much_memory, write_frame

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from crawler.documents.kinds import Kind
    from crawler.snapshot import Snapshot

# Documents read by one process before a fresh one takes over: libraries keep what they met.
_DOCUMENTS_EACH = 200


class Converter:
    """Turns documents into HTML, one after the other; its process starts with the first.

    May be used from several threads; they wait for each other. Close it when done.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._read = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def convert(self, kind: Kind, body: bytes, limits: Limits | None = None) -> Rendition:
        """The HTML of a document, or why there is none. Never raises for what it holds."""
        with self._lock:
            return self._convert(kind, body, limits or Limits())

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end()

    def _convert(self, kind: Kind, body: bytes, limits: Limits) -> Rendition:
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(limits.seconds, stop)
        timer.daemon = True
        timer.start()
        answer = None
        try:
            with suppress(BrokenPipeError):
                job = {"kind": str(kind), "limits": asdict(limits)}
                write_frame(process.stdin, json.dumps(job).encode())
                write_frame(process.stdin, body)
            answer = read_frame(process.stdout)
        finally:
            timer.cancel()
            self._read += 1
            if answer is None or late.is_set() or self._read >= _DOCUMENTS_EACH:
                self._end()
        if answer is not None:
            return _rendition(answer)
        if late.is_set():
            detail = f"reading it takes more than {limits.seconds:.0f} s"
            return Rendition(trouble=Trouble.TOO_SLOW, detail=detail)
        # Out of memory, a native library may end the process instead of raising.
        return Rendition(
            trouble=Trouble.DAMAGED,
            detail=f"reading it ended the process that tried; perhaps {too_much_memory(limits)}",
        )

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            root = str(Path(__file__).parent.parent.parent)
            path = os.environ.get("PYTHONPATH")
            self._process = subprocess.Popen(
                [sys.executable, "-m", "crawler.documents.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{path}" if path else root},
                start_new_session=True,  # Ctrl-C is for the process that asked
            )
            self._read = 0
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()


def readable(snapshot: Snapshot, limits: Limits | None = None) -> Snapshot:
    """A snapshot that was not stored, as the store would give it back: a document as HTML."""
    kind = kind_of(snapshot.media_type, snapshot.url, snapshot.body)
    if kind is None or snapshot.body is None:
        return snapshot
    with Converter() as converter:
        return as_page(snapshot, kind, converter.convert(kind, snapshot.body, limits))


def as_page(snapshot: Snapshot, kind: Kind, rendition: Rendition) -> Snapshot:
    """The snapshot of a document with the HTML that was made of it as its body."""
    from crawler.snapshot import Document

    document = Document(str(kind), str(rendition.trouble or ""), rendition.detail, rendition.notes)
    body = rendition.html.encode("utf-8", "replace")
    return replace(snapshot, media_type="text/html", charset="utf-8", body=body, document=document)


def _rendition(answer: bytes) -> Rendition:
    said = json.loads(answer)
    trouble = Trouble(said["trouble"]) if said["trouble"] else None
    return Rendition(said["html"], trouble, said["detail"], tuple(said["notes"]))
