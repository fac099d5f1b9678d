"""Talk on stderr: what is going on, for people. Never data, never raw text of the web."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from auditor.cli.wrapping import wrapped
from auditor.plain import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

# Between two progress lines where stderr is no terminal (a log file, cron's mail).
SECONDS_BETWEEN_LINES = 10.0


class Step(Protocol):
    """Tells how far a piece of work is."""

    def __call__(self, done: int, total: int | None = None, note: str = "") -> None:
        """``done`` of ``total`` (None: unknown); ``note`` is what is being worked on."""
        ...


@dataclass
class Talk:
    """Prints to stderr; everything that came from outside is made printable first."""

    quiet: bool = False
    color: bool = True
    verbose: bool = False

    @property
    def console(self) -> Console:
        """A rich console on the stderr of this moment."""
        from rich.console import Console

        return Console(stderr=True, no_color=not self.color, highlight=False, markup=False)

    def title(self, text: str) -> None:
        """The head of a step."""
        self._say(text, style="bold")

    def line(self, text: str = "", style: str = "") -> None:
        """An ordinary line."""
        self._say(text, style=style)

    def good(self, text: str) -> None:
        """Something that went well."""
        self._marked("✓", "green", text)

    def warn(self, text: str) -> None:
        """Something to look at; the work goes on."""
        self._marked("!", "yellow", text)

    def alarm(self, text: str) -> None:
        """Why the exit code will not be 0; said even when quiet, or a mail from cron is empty."""
        self._mark("!", "yellow", text)

    def bad(self, text: str) -> None:
        """Something that did not work; the work goes on."""
        self._marked("✗", "red", text)

    def hint(self, text: str) -> None:
        """What to do next."""
        self._say(text, style="dim")

    def detail(self, text: str) -> None:
        """Only with --verbose."""
        if self.verbose:
            self._say(text, style="dim")

    def error(self, title: str, text: str) -> None:
        """What went wrong; printed even when quiet."""
        from rich.text import Text

        gap = "\n" if "\n" in text else " "
        whole = self._fitted(f"{title}:{gap}{printable(text)}")
        self.console.print(
            Text.assemble((whole[: len(title) + 1], "bold red"), whole[len(title) + 1 :]),
            soft_wrap=True,
        )

    def raw(self, text: str) -> None:
        """A traceback."""
        self.console.print(printable(text), soft_wrap=True)

    @contextmanager
    def progress(self, label: str, unit: str) -> Iterator[Step]:
        """A moving bar on a terminal, a line now and then in a log, nothing when quiet."""
        if self.quiet:
            yield _silent
        elif self.console.is_terminal:
            with self._bar(label, unit) as step:
                yield step
        else:
            yield _Lines(self, label, unit)

    @contextmanager
    def _bar(self, label: str, unit: str) -> Iterator[Step]:
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[counted]}", markup=False),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}", style="dim", markup=False),
        )
        with Progress(*columns, console=self.console, transient=True) as bar:
            task = bar.add_task(label, total=None, counted="", note="")

            def step(done: int, total: int | None = None, note: str = "") -> None:
                counted = f"{done:,} of {total:,} {unit}" if total else f"{done:,} {unit}"
                shown = printable(note)
                bar.update(task, completed=done, total=total, counted=counted, note=shown[-50:])

            yield step

    def _marked(self, mark: str, style: str, text: str) -> None:
        if not self.quiet:
            self._mark(mark, style, text)

    def _mark(self, mark: str, style: str, text: str) -> None:
        from rich.text import Text

        whole = self._fitted(f"{mark} {printable(text)}")
        self.console.print(
            Text.assemble((whole[: len(mark)], f"bold {style}"), whole[len(mark) :]), soft_wrap=True
        )

    def _say(self, text: str, style: str) -> None:
        if not self.quiet:
            self.console.print(self._fitted(printable(text)), style=style, soft_wrap=True)

    def _fitted(self, text: str) -> str:
        """In lines that fit the terminal; a log keeps a sentence on one line."""
        console = self.console
        return wrapped(text, console.width) if console.is_terminal else text


def _silent(done: int, total: int | None = None, note: str = "") -> None:
    """No progress at all."""


class _Lines:
    """Progress for a log: a line every few seconds."""

    def __init__(self, talk: Talk, label: str, unit: str) -> None:
        self._talk, self._label, self._unit = talk, label, unit
        self._next = time.monotonic() + SECONDS_BETWEEN_LINES

    def __call__(self, done: int, total: int | None = None, note: str = "") -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + SECONDS_BETWEEN_LINES
            counted = f"{done:,} of {total:,}" if total else f"{done:,}"
            self._talk.line(f"{self._label}: {counted} {self._unit}")
