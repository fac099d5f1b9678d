"""Judging many pages: in this process, or in several at once. The results are the same.

Each process has a catalogue and a connection of its own and writes nothing; what comes back is
taken in the order of the pages, so that findings do not depend on who was quicker.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.errors import AuditorError
from auditor.garbage import seldom_collected
from auditor.judging import Judge, Judged
from auditor.store import AuditStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from auditor.config import Config
    from auditor.looks import Look
    from crawler.store import SnapshotStore

WORTHWHILE = 500
"""Pages below which starting processes costs more than it saves (about a second each)."""

AHEAD = 2
"""Batches that wait for each process, so that none is idle while results are written."""


@dataclass(frozen=True, slots=True)
class Crew:
    """What the processes are made from: ``size`` of them (≥ 2), each opening ``database``."""

    config: Config
    database: Path
    as_of: datetime
    size: int


def crew_for(
    config: Config, snapshots: SnapshotStore, store: AuditStore, as_of: datetime
) -> Crew | None:
    """As many processes as the configuration or the machine says; None: this one is enough."""
    size = config.judgement.processes
    if size is None:
        pages = sum(state.pages for state in snapshots.sources())
        size = len(os.sched_getaffinity(0)) if _can_count() and pages > WORTHWHILE else 1
    return Crew(config, store.path, as_of, size) if size > 1 and store.path.is_file() else None


def judged_batches(
    judge: Judge, batches: Iterable[list[Look]], as_of: datetime, crew: Crew | None
) -> Iterator[tuple[list[Look], list[Judged]]]:
    """Every batch with what its pages came to, in order.

    Raises AuditorError where a process was killed; what was taken before stays.
    """
    if crew is None:
        with seldom_collected():
            for batch in batches:
                yield batch, [judge.judge(look, as_of) for look in batch]
        return
    # Not forked: this process has threads (progress, database) that a fork would not survive.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(crew.size, context, initializer=_join, initargs=(crew,))
    try:
        waiting: deque[tuple[list[Look], Future[list[Judged]]]] = deque()
        for batch in batches:
            waiting.append((batch, pool.submit(_judge, batch)))
            if len(waiting) > AHEAD * crew.size:
                first, result = waiting.popleft()
                yield first, result.result()
        for first, result in waiting:
            yield first, result.result()
    except BrokenProcessPool as error:
        raise AuditorError(
            "a process that judged pages was ended from outside, perhaps for want of memory; what "
            "was judged before is kept. Set `judgement.processes: 1` and run it again."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _can_count() -> bool:
    return hasattr(os, "sched_getaffinity")


# --- inside a process of the crew --------------------------------------------------------------

_WORK: list[tuple[Judge, datetime]] = []
_UNTIL_THE_END = ExitStack()


def _join(crew: Crew) -> None:
    """Open what judging needs; a Ctrl-C is the first process's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    store = AuditStore(crew.database, read_only=True)
    _WORK[:] = [(Judge(crew.config, store.catalogue, store.profiles.dead()), crew.as_of)]
    _UNTIL_THE_END.enter_context(seldom_collected())


def _judge(batch: list[Look]) -> list[Judged]:
    judge, as_of = _WORK[0]
    return [judge.judge(look, as_of) for look in batch]
