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
    job = {
        "config": config.model_dump(mode="json"),
        "source": source.model_dump(mode="json", context={"reveal": True}),
        "path": str(path.absolute()),
        "only": list(only),
    }
    return Website(source.name, json.dumps(job))


# What a process said, or that it ended.
_Line = tuple[Website, dict[str, Any] | None]


class WebsiteCrawls:
    """Crawls of websites, PARALLEL at once; leaving the context ends what still runs."""

    def __init__(self, tasks: Sequence[Website], progress: Progress | None = None) -> None:
        self._tasks = list(tasks)
        self._progress = progress
        self._waiting = deque(tasks)
        self._running: list[Website] = []
        self._lines: SimpleQueue[_Line] = SimpleQueue()

    def __enter__(self) -> WebsiteCrawls:
        self._start_more()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            self._stop()
        for task in self._running:
            _end(task)

    def step(self, seconds: float) -> None:
        """Hear what the processes say, for so long at most; start the next where one ended."""
        try:
            task, line = self._lines.get(timeout=seconds)
        except Empty:
            return
        self._hear(task, line)
        self._start_more()

    def finish(self) -> None:
        """Wait until every website is crawled."""
        while self._waiting or self._running:
            self.step(_POLL_SECONDS)

    def summaries(self) -> list[CrawlSummary]:
        """The summaries there are so far."""
        return [task.summary for task in self._tasks if task.summary is not None]

    def _start_more(self) -> None:
        while self._waiting and len(self._running) < PARALLEL:
            task = self._waiting.popleft()
            self._running.append(task)
            _start(task, self._lines)

    def _hear(self, task: Website, line: dict[str, Any] | None) -> None:
        if line is None:
            _end(task)
            self._running.remove(task)
        elif "summary" in line:
            task.summary = summary_from_json(line["summary"])
        elif "error" in line:
            kind = getattr(errors, line["error"], CrawlerError)
            task.error = kind(line["message"])
        elif "progress" in line:
            task.done, task.queued, task.received = line["progress"]
            task.counts = line["counts"]
            if self._progress is not None:
                note = task.name if len(self._running) == 1 else f"{len(self._running)} sites"
                done = sum(each.done for each in self._tasks)
                self._progress(done, sum(each.queued for each in self._tasks), note)

    def _stop(self) -> None:
        """Let every process store what it has, and end it."""
        for task in self._running:
            _close_stdin(task)
        self._waiting.clear()
        self._progress = None
        until = time.monotonic() + _STOP_SECONDS
        while self._running and time.monotonic() < until:
            self.step(_POLL_SECONDS)


def _start(task: Website, lines: SimpleQueue[_Line]) -> None:
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
