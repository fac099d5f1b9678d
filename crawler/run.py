"""Crawl: config and store in, snapshots and a summary out.

Websites are crawled in processes of their own (``crawler.child``), several at once; knowledge
bases and folders in this one. Whatever ends a crawl, what was stored stays, and the next run
goes on from there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol

from crawler import errors
from crawler.config import FolderSource, KmsSource, WebsiteSource
from crawler.errors import CrawlerError, SourceError
from crawler.store import SnapshotStore
from crawler.summary import CrawlSummary, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.config import CrawlConfig, SourceConfig

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


def crawl(
    config: CrawlConfig,
    source: SourceConfig,
    store: SnapshotStore,
    *,
    progress: Progress | None = None,
    only: Sequence[str] = (),
) -> CrawlSummary:
    """Crawl one source into the store; ``only`` fetches just these URLs, as they are now.

    What went wrong on the way is in the summary's problems. Raises SourceError where the source
    cannot be started, StoreError where nothing can be saved, Interrupted on Ctrl-C.
    """
    if isinstance(source, WebsiteSource):
        task = _website(config, source, store.path, only)
        return _run_all([task], progress)[0]
    return _in_process(config, source, store, progress, only)


def crawl_all(
    config: CrawlConfig,
    sources: Iterable[SourceConfig],
    store_path: Path | str,
    *,
    progress: Progress | None = None,
) -> list[CrawlSummary]:
    """Crawl sources, websites several at once; the summaries in the order of the sources.

    A source that cannot be started is a summary with that problem; the others go on. Raises
    StoreError where nothing can be saved, Interrupted on Ctrl-C.
    """
    sources = list(sources)
    path = Path(store_path)
    summaries: dict[int, CrawlSummary] = {}
    tasks: dict[int, _Task] = {}
    with SnapshotStore(path) as store:
        for index, source in enumerate(sources):
            started_at = datetime.now(UTC)
            try:
                if isinstance(source, WebsiteSource):
                    tasks[index] = _website(config, source, path, ())
                else:
                    summaries[index] = _in_process(config, source, store, progress, ())
            except SourceError as error:
                summaries[index] = _not_started(source.name, started_at, error)
            except KeyboardInterrupt:
                raise Interrupted(list(summaries.values())) from None
    for index, summary in zip(tasks, _run_all(list(tasks.values()), progress, kept=True)):
        summaries[index] = summary
    return [summaries[index] for index in range(len(sources))]


def probe(config: CrawlConfig, source: SourceConfig) -> str:
    """Ask a source for one page, keep nothing, and say in a sentence how it answered.

    Raises CrawlerError where it gives no content.
    """
    if isinstance(source, FolderSource):
        return f"a folder, {source.path}"
    if isinstance(source, KmsSource):
        return _probe_kms(config, source)
    started = time.monotonic()
    with TemporaryDirectory(prefix="sellby-") as folder:
        with SnapshotStore(Path(folder) / "probe.db") as store:
            summary = crawl(config, source, store, only=source.start[:1])
            visits = list(store.last_visits(source.name))
    if summary.pages:
        size = sum(visit.bytes_received for visit in visits)
        return f"{source.start[0]} answers: {size:,} bytes in {time.monotonic() - started:.1f} s"
    for problem in summary.problems:
        raise SourceError(f"{source.start[0]}: {problem.message}")
    detail = visits[-1].detail or visits[-1].outcome if visits else "it was not reached"
    raise SourceError(f"{source.start[0]}: no content ({detail})")


# In this process ---------------------------------------------------------------------------


def _in_process(
    config: CrawlConfig,
    source: KmsSource | FolderSource,
    store: SnapshotStore,
    progress: Progress | None,
    only: Sequence[str],
) -> CrawlSummary:
    def told(done: int, note: str = "") -> None:
        if progress is not None:
            progress(done, None, f"{source.name} {note}")

    if isinstance(source, KmsSource):
        from crawler.kms.runner import crawl_kms

        return crawl_kms(config, source, store, progress=told, only=only)
    from crawler.folder import crawl_folder

    return crawl_folder(config, source, store, progress=told, only=only)


def _probe_kms(config: CrawlConfig, source: KmsSource) -> str:
    from crawler.kms.interface import Known
    from crawler.kms.registry import connector_for
    from crawler.kms.runner import Sender, scope_of
    from crawler.kms.transport import Transport
    from crawler.settings import user_agent

    connector = connector_for(source)
    transport = Transport(
        source.limits, user_agent(config, scope_of(source)), verify_tls=source.verify_tls
    )
    try:
        request = next(iter(connector.start(Known())))
        response = Sender(connector, transport, source).send(request)
    finally:
        transport.close()
    if response.status != 200:
        raise SourceError(f"{source.url}: the API answered {response.status}")
    return f"{source.url} answers as {source.connector}"


# In processes of their own -----------------------------------------------------------------


@dataclass(slots=True)
class _Task:
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


def _website(config: CrawlConfig, source: WebsiteSource, path: Path, only: Sequence[str]) -> _Task:
    """The task for a website, checked as far as that needs no network. Raises SourceError."""
    from crawler.guard import Scope
    from crawler.settings import user_agent

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
    return _Task(source.name, json.dumps(job))


def _run_all(
    tasks: list[_Task], progress: Progress | None, *, kept: bool = False
) -> list[CrawlSummary]:
    """Run tasks to their end, PARALLEL at once. ``kept``: an error of one is its summary."""
    waiting = deque(tasks)
    running: list[_Task] = []
    lines: SimpleQueue[tuple[_Task, dict[str, Any] | None]] = SimpleQueue()
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
            task.summary = _not_started(task.name, task.started_at, task.error)
    return [task.summary for task in tasks if task.summary is not None]


def _start(task: _Task, lines: SimpleQueue[tuple[_Task, dict[str, Any] | None]]) -> None:
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
    try:
        process.stdin.write(task.job + "\n")
        process.stdin.flush()
    except BrokenPipeError:
        pass  # it died at once: its exit code says so below


def _take(
    lines: SimpleQueue[tuple[_Task, dict[str, Any] | None]],
    running: list[_Task],
    tasks: list[_Task],
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
        from crawler.child import summary_from_json

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


def _stop(running: list[_Task], lines: SimpleQueue[tuple[_Task, dict[str, Any] | None]]) -> None:
    """Let every process store what it has, and end it."""
    for task in running:
        _close_stdin(task)
    until = time.monotonic() + _STOP_SECONDS
    left = list(running)
    while left and time.monotonic() < until:
        _take(lines, left, left, None)


def _end(task: _Task) -> None:
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


def _close_stdin(task: _Task) -> None:
    if task.process is not None and task.process.stdin is not None:
        try:
            task.process.stdin.close()
        except BrokenPipeError:
            pass


def _not_started(name: str, at: datetime, error: Exception) -> CrawlSummary:
    return CrawlSummary(
        source=name,
        started_at=at,
        finished_at=datetime.now(UTC),
        counts={},
        complete=False,
        problems=(Problem("not_started", str(error)),),
    )
