"""One writing run at a time: an advisory lock beside the database that says who holds it."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.errors import Locked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def hold_lock(database: Path, *, command: str, now: datetime) -> Iterator[None]:
    """Hold the lock of ``database`` (the file ``<database>.lock``) while the block runs.

    The kernel lets go of it when the process ends, however it ends: a left-over file blocks
    nobody. Raises Locked, naming process, host, command and since when.
    """
    path = database.with_name(database.name + ".lock")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Locked(_held(database, os.pread(descriptor, 4096, 0))) from None
        holder = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": now.isoformat(timespec="seconds"),
            "command": command,
        }
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(holder).encode(), 0)
        try:
            yield
        finally:
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _held(database: Path, written: bytes) -> str:
    try:
        holder = json.loads(written)
        since = datetime.fromisoformat(holder["since"])
        who = (
            f"`{holder['command']}`, process {int(holder['pid'])} on {holder['host']}, "
            f"since {since:%Y-%m-%d %H:%M:%S} UTC"
        )
    except (ValueError, KeyError, TypeError):
        who = "a process that did not say its name"
    return f"another run is at work on {database}: {who}. Run this again when it has finished."
