"""The loop of a review: show a finding, take a key, decide, go on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from auditor.cli.keys import END
from auditor.cli.one_finding import head_part, proof_part, sides_part
from auditor.cli.output import console, one_line
from auditor.cli.wrapping import packed
from auditor.decide import REASONS, RejectReason, Wish, revision
from auditor.desk import Order
from auditor.errors import AuditorError
from auditor.model import DecisionKind
from auditor.plain import web_link
from auditor.tasks import Task
from auditor.until import end_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from auditor.cli.keys import Keys
    from auditor.cli.session import Session
    from auditor.desk import Desk
    from auditor.model import Finding

KEYS = (
    ("c", "confirm: it is fixed"),
    ("a", "acknowledge: I am on it"),
    ("r", "reject, with a reason"),
    ("w", "waive until a day"),
    ("g", "give to somebody"),
    ("s", "skip"),
    ("b", "back"),
    ("t", "whole task / one finding"),
    ("o", "open the page"),
    ("u", "undo"),
    ("q", "quit"),
)


class _Cancelled(Exception):
    """Somebody thought better of a key."""


@dataclass
class Review:
    """One person going through ``findings``; ``desk`` is where it is decided."""

    session: Session
    desk: Desk
    who: str
    findings: list[Finding]
    keys: Keys
    open_page: Callable[[str], object] = click.launch
    _place: int = 0
    _whole_task: bool = False
    _said: str = ""
    _past: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)

    def run(self) -> None:
        """Until the list is done or somebody quits."""
        while self._place < len(self.findings):
            self._show()
            key = self.keys.key().lower()
            if key in ("q", END):
                break
            try:
                self._act(key)
            except _Cancelled:
                self._said = "Nothing was decided."
            except AuditorError as error:
                self._said = one_line(str(error))
                self._look_again()
        self._close()

    # What is seen --------------------------------------------------------------------------------

    def _show(self) -> None:
        out = console(color=self.session.color)
        now = self.session.now().astimezone(self.session.zone)
        finding = self.findings[self._place]
        out.clear()
        if self._said:
            out.print(self._said, style="bold")
        self._said = ""
        out.rule(f"{self._place + 1} of {len(self.findings)}", style="dim")
        out.print(head_part(finding, now))
        out.print(sides_part(finding, now.tzinfo or self.session.zone))
        out.print(proof_part(finding, self.desk.around(finding), now.tzinfo or self.session.zone))
        task = self._task(finding)
        if len(task.findings) > 1:
            scope = "all of it" if self._whole_task else "this finding alone"
            out.print(f"{one_line(task.fix)}. Keys decide on {scope}.", style="yellow")
        keys = (f"[{key}] {what}" for key, what in KEYS)
        out.print(packed(keys, out.width, "  "), style="dim")

    def _task(self, finding: Finding) -> Task:
        same = [f for f in self.findings if f.task == finding.task]
        return Task(finding.task, tuple(same))

    def _close(self) -> None:
        decided = sum(len(ids) for _, ids in self._past)
        out = console(color=self.session.color)
        if self._said:
            out.print(self._said, style="bold")
        left = len(self.findings) - self._place
        out.print(f"{decided} decided, {max(0, left)} left.")

    # What is done --------------------------------------------------------------------------------

    def _act(self, key: str) -> None:
        match key:
            case "c":
                self._decide(Wish(DecisionKind.CONFIRM, self.who))
            case "a":
                self._decide(Wish(DecisionKind.ACK, self.who))
            case "r":
                self._decide(
                    Wish(
                        DecisionKind.REJECT,
                        self.who,
                        reason=self._reason(),
                        note=self._line("Note"),
                    )
                )
            case "w":
                self._decide(self._waiver())
            case "g":
                self._decide(Wish(DecisionKind.ASSIGN, self.who, assignee=self._needed("To whom")))
            case "s" | " " | "n":
                self._place += 1
            case "b":
                self._place = max(0, self._place - 1)
            case "t":
                self._whole_task = not self._whole_task
            case "o":
                self._open()
            case "u":
                self._undo()
            case _:
                self._said = "One of the keys below, please."

    def _decide(self, wish: Wish) -> None:
        chosen = self._chosen()
        order = Order(wish, tuple(f"{f.id}@{revision(f)}" for f in chosen))
        done = self.desk.carry_out(order)
        self._past.append((self._place, tuple(f.id for f, _ in done.decided)))
        self._take_in([finding for finding, _ in done.decided])
        first, said = done.decided[0]
        more = f", and {len(done.decided) - 1} more" if len(done.decided) > 1 else ""
        self._said = one_line(f"{first.id}{more}: {said}")
        decided = {finding.id for finding, _ in done.decided}
        while self._place < len(self.findings) and self.findings[self._place].id in decided:
            self._place += 1

    def _chosen(self) -> Sequence[Finding]:
        finding = self.findings[self._place]
        return self._task(finding).findings if self._whole_task else [finding]

    def _undo(self) -> None:
        if not self._past:
            self._said = "Nothing was decided here that could be taken back."
            return
        place, ids = self._past[-1]
        done = self.desk.carry_out(Order(Wish(DecisionKind.UNDO, self.who), ids))
        self._past.pop()
        self._take_in([finding for finding, _ in done.decided])
        self._place = place
        self._said = f"Taken back: {', '.join(ids)}"

    def _open(self) -> None:
        url = web_link(self.findings[self._place].judgement.url)
        if url is None:
            self._said = "Its address is no web page."
        else:
            self.open_page(url)
            self._said = f"Opened {one_line(url)}"

    def _waiver(self) -> Wish:
        until = self._line("Until (2026-12-24, 14d; empty: until a value changes)")
        try:
            end = end_of(until or None, self.session.now(), self.session.zone)
        except ValueError as error:
            raise AuditorError(str(error)) from error
        return Wish(DecisionKind.WAIVE, self.who, note=self._line("Note"), until=end)

    def _look_again(self) -> None:
        """Bring what is shown up to date after a refusal."""
        try:
            self._take_in(self.desk.named(self.findings[self._place].id))
        except AuditorError:
            self._place += 1

    def _take_in(self, changed: Sequence[Finding]) -> None:
        new = {finding.id: finding for finding in changed}
        self.findings = [new.get(finding.id, finding) for finding in self.findings]

    # What is asked -------------------------------------------------------------------------------

    def _reason(self) -> str:
        reasons = list(RejectReason)
        for number, reason in enumerate(reasons, 1):
            click.echo(f"  {number} {reason}: {REASONS[reason]}")
        key = self.keys.key()
        if not key.isdecimal() or not 1 <= int(key) <= len(reasons):
            raise _Cancelled
        return reasons[int(key) - 1]

    def _line(self, question: str) -> str:
        answer = self.keys.line(question)
        if answer is None:
            raise _Cancelled
        return answer

    def _needed(self, question: str) -> str:
        if not (answer := self._line(question)):
            raise _Cancelled
        return answer
