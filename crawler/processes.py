"""Websites, each crawled by a process of its own, several at once.

The processes say on stdout how far they are, and stop when their stdin closes: on Ctrl-C, and
by itself when this process dies.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol

from crawler import errors
from crawler.errors import CrawlerError, SourceError
from crawler.guard import Scope
from crawler.summary import CrawlSummary, Problem
from crawler.wire import summary_from_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.config import CrawlConfig, WebsiteSource

# Websites crawled at once: each is paced by its own server, so waiting is shared.
PARALLEL = 4
# How long an interrupted crawl may take to store what it has before it is killed.
_STOP_SECONDS = 20.0
_POLL_SECONDS = 0.1


class Progress(Protocol):
    """Told now and then how far a crawl is."""

    def __call__(self, done: int, total: int | None = None, note: str = "") -> None:
        """``done`` pages of ``total`` known so far (it grows); ``note`` names the source."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, after everything fetched was stored; ``summaries`` is what there is."""

    def __init__(self, summaries: Sequence[CrawlSummary]) -> None:
        super().__init__()
        self.summaries = tuple(summaries)


@dataclass(slots=True)
class Website:
    """One website, before, while and after its process runs."""

    name: str
    job: str
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    process: subprocess.Popen[str] | None = None
    threads: list[threading.Thread] = field(default_factory=list)
    noise: deque[str] = field(default_factory=lambda: deque(maxlen=5))
    done: int = 0
    queued: int = 0
    received: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    summary: CrawlSummary | None = None
    error: CrawlerError | None = None


def website(config: CrawlConfig, source: WebsiteSource, path: Path, only: Sequence[str]) -> Website:
    """The task for a website, checked as far as that needs no network. Raises SourceError."""
    from crawler.settings import user_agent  # with Scrapy's resolver behind it: only when used

    user_agent(config, Scope.of(source))
    if str(path) == ":memory:":
        raise SourceError(f"source {source.name}: a website needs a database file, not :memory:")
    given = source.model_dump(mode="json")
    given["headers"] = {name: value.get_secret_value() for name, value in source.headers.items()}
    job = {
        "config": config.model_dump(mode="json"),
        "source": given,
        "path": str(path.absolute()),
        "only": list(only),
    }
    return Website(source.name, json.dumps(job))


def run_all(
    tasks: list[Website], progress: Progress | None, *, kept: bool = False
) -> list[CrawlSummary]:
    """Run tasks to their end, PARALLEL at once. ``kept``: an error of one is its summary."""
    waiting = deque(tasks)
    running: list[Website] = []
    lines: SimpleQueue[tuple[Website, dict[str, Any] | None]] = SimpleQueue()
    try:
        while waiting or running:
            while waiting and len(running) < PARALLEL:
                task = waiting.popleft()
                running.append(task)
                _start(task, lines)
            _take(lines, running, tasks, progress)
    except KeyboardInterrupt:
        _stop(running, lines)
        raise Interrupted([t.summary for t in tasks if t.summary is not None]) from None
    finally:
        for task in running:
            _end(task)
    for task in tasks:
        if task.error is not None:
            if not kept or not isinstance(task.error, SourceError):
                raise task.error
            task.summary = not_started(task.name, task.started_at, task.error)
    return [task.summary for task in tasks if task.summary is not None]


def _start(task: Website, lines: SimpleQueue[tuple[Website, dict[str, Any] | None]]) -> None:
    root = str(Path(__file__).parent.parent)
    path = os.environ.get("PYTHONPATH")
    process = subprocess.Popen(
        [sys.executable, "-m", "crawler.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{path}" if path else root},
        # Ctrl-C goes to this process alone, which then asks the crawls to stop in order.
        start_new_session=True,
    )
    task.process = process

    def listen() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            try:
                lines.put((task, json.loads(line)))
            except ValueError:
                task.noise.append(line.strip())
        process.wait()
        lines.put((task, None))

    def note() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            if line.strip():
                task.noise.append(line.strip())

    task.threads = [threading.Thread(target=run, daemon=True) for run in (listen, note)]
    for thread in task.threads:
        thread.start()
    assert process.stdin is not None
    with suppress(BrokenPipeError):  # it died at once: its exit code will say so
        process.stdin.write(task.job + "\n")
        process.stdin.flush()


def _take(
    lines: SimpleQueue[tuple[Website, dict[str, Any] | None]],
    running: list[Website],
    tasks: list[Website],
    progress: Progress | None,
) -> None:
    """Work on one line a process said, if there is one soon."""
    try:
        task, line = lines.get(timeout=_POLL_SECONDS)
    except Empty:
        return
    if line is None:
        _end(task)
        running.remove(task)
    elif "summary" in line:
        task.summary = summary_from_json(line["summary"])
    elif "error" in line:
        kind = getattr(errors, line["error"], CrawlerError)
        task.error = kind(line["message"])
    elif "progress" in line:
        task.done, task.queued, task.received = line["progress"]
        task.counts = line["counts"]
        if progress is not None:
            note = task.name if len(running) == 1 else f"{len(running)} sites"
            progress(sum(t.done for t in tasks), sum(t.queued for t in tasks), note)


def _stop(
    running: list[Website], lines: SimpleQueue[tuple[Website, dict[str, Any] | None]]
) -> None:
    """Let every process store what it has, and end it."""
    for task in running:
        _close_stdin(task)
    until = time.monotonic() + _STOP_SECONDS
    left = list(running)
    while left and time.monotonic() < until:
        _take(lines, left, left, None)


def _end(task: Website) -> None:
    """See to it that a process is gone and that there is a summary, come what may."""
    process = task.process
    if process is None:
        return
    _close_stdin(task)
    try:
        code = process.wait(timeout=0 if task.summary is None else _STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        code = process.wait()
    for thread in task.threads:
        thread.join(timeout=5)
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
    task.process = None
    if task.summary is None and task.error is None:
        said = f": {task.noise[-1]}" if task.noise else ""
        message = f"the crawler's process ended with code {code}{said}; the next run goes on"
        task.summary = CrawlSummary(
            source=task.name,
            started_at=task.started_at,
            finished_at=datetime.now(UTC),
            counts=task.counts,
            bytes_received=task.received,
            complete=False,
            problems=(Problem("crashed", message),),
        )


def _close_stdin(task: Website) -> None:
    if task.process is not None and task.process.stdin is not None:
        with suppress(BrokenPipeError):
            task.process.stdin.close()


def not_started(name: str, at: datetime, error: Exception) -> CrawlSummary:
    """The summary of a source that could not even be started."""
    return CrawlSummary(
        source=name,
        started_at=at,
        finished_at=datetime.now(UTC),
        counts={},
        complete=False,
        problems=(Problem("not_started", str(error)),),
    )
