"""A review at a real (pseudo-)terminal: what is shown, and what each key does."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Company

SECONDS = 30


class Terminal:
    """A process at a terminal: type a key, wait for a text."""

    def __init__(self, master: int, process: subprocess.Popen[bytes]) -> None:
        self._master, self._process = master, process
        self.raw = b""
        self._seen = 0

    def wait(self, text: str) -> str:
        """What was printed since the last wait, once ``text`` is in it."""
        deadline = time.monotonic() + SECONDS
        while text not in self._new():
            ready, _, _ = select.select([self._master], [], [], 0.2)
            try:
                self.raw += os.read(self._master, 65536) if ready else b""
            except OSError:  # the other end is closed: whatever comes has come
                assert text in self._new(), self._new()
            assert time.monotonic() < deadline, f"no {text!r} in {self._new()!r}"
        new = self._new()
        self._seen = len(self.raw)
        return new

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def ends(self) -> int:
        return self._process.wait(SECONDS)

    def _new(self) -> str:
        text = self.raw[self._seen :].decode("utf-8", "replace").replace("\r\n", "\n")
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


@contextmanager
def reviewing(company: Company, *words: str, columns: int = 120) -> Iterator[Terminal]:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    command = [sys.executable, "-m", "auditor", "-c", "config.yaml", "review", *words]
    process = subprocess.Popen(
        command,
        cwd=company.directory,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": str(columns)},
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Terminal(master, process)
    finally:
        process.kill()
        process.wait(SECONDS)
        os.close(master)


def state(company: Company, sku: str, attribute: str) -> str:
    return str(company.finding(sku, attribute)["state"])


def test_without_a_terminal_it_says_what_to_use_instead(audited: Company) -> None:
    assert "sellby findings --format json" in audited.sellby("review", code=2).stderr


def test_a_list_is_gone_through_key_by_key(audited: Company) -> None:
    with reviewing(audited, "--as", "tom@acme.example") as terminal:
        shown = terminal.wait("[q] quit")
        for part in ("1 of 2", "12.40 EUR", "13.10 EUR", "outdated", "Proof", "Part number"):
            assert part in shown
        terminal.type("r")
        assert "false_alarm" in terminal.wait("duplicate")
        terminal.type("5")
        terminal.wait("Note")
        terminal.type("known to sales\n")
        assert "2 of 2" in terminal.wait("[q] quit")
        terminal.type("c")
        terminal.wait("2 decided, 0 left")
        assert terminal.ends() == 0
    shown = audited.read("show", audited.finding("TB-100", "price")["id"])
    (decision,) = shown["decisions"]
    assert (shown["state"], decision["who"]) == ("rejected", "tom@acme.example")
    assert (decision["reason"], decision["note"]) == ("accepted", "known to sales")
    assert state(audited, "TB-200", "moq") == "claimed_fixed"


def test_the_last_key_is_taken_back_and_skipping_decides_nothing(audited: Company) -> None:
    with reviewing(audited, "--as", "tom@acme.example") as terminal:
        terminal.wait("[q] quit")
        terminal.type("a")
        assert "2 of 2" in terminal.wait("[q] quit")
        terminal.type("u")
        assert "1 of 2" in terminal.wait("[q] quit")
        terminal.type("s")
        assert "2 of 2" in terminal.wait("[q] quit")
        terminal.type("x")
        terminal.wait("One of the keys below")
        terminal.type("q")
        terminal.wait("0 decided, 1 left")
    assert [state(audited, "TB-100", "price"), state(audited, "TB-200", "moq")] == ["open", "open"]


def test_a_waiver_and_a_gift_ask_for_what_they_need(audited: Company) -> None:
    with reviewing(audited, "--source", "website", "--as", "ines") as terminal:
        terminal.wait("[q] quit")
        terminal.type("w")
        terminal.wait("Until")
        terminal.type("2020-01-01\n")
        terminal.wait("Note")
        terminal.type("\n")
        terminal.wait("a waiver ends in the future")
        terminal.type("w")
        terminal.wait("Until")
        terminal.type("14d\n")
        terminal.wait("Note")
        terminal.type("\n")
        assert "2 of 2" in terminal.wait("[q] quit")
        terminal.type("g")
        terminal.wait("To whom")
        terminal.type("rita@acme.example\n")
        terminal.wait("2 decided")
    assert state(audited, "TB-100", "price") == "waived"
    assert audited.finding("TB-200", "moq")["owner"] == "rita@acme.example"


def test_what_somebody_else_decided_meanwhile_is_refused_and_shown_anew(audited: Company) -> None:
    with reviewing(audited, "--as", "tom@acme.example") as terminal:
        terminal.wait("[q] quit")
        finding = audited.finding("TB-100", "price")["id"]
        audited.sellby("reject", finding, "--reason", "wont_fix", "--as", "ben")
        terminal.type("c")
        assert "rejected" in terminal.wait("it changed since you looked at it")
        terminal.type("q")
        terminal.wait("0 decided")
    assert state(audited, "TB-100", "price") == "rejected"


def test_keys_typed_ahead_are_not_lost(audited: Company) -> None:
    with reviewing(audited, "--as", "tom@acme.example") as terminal:
        terminal.type("aac")
        terminal.wait("2 decided, 0 left")
    assert state(audited, "TB-100", "price") == "acknowledged"


def test_hostile_text_of_a_page_cannot_act_on_the_terminal(company: Company) -> None:
    company.page("tb-100", "Terminal \u202eblock", "TB-100", "12.40 EUR \x9b2J\u202e]0;pwned", 50)
    company.sellby("-q", "run")
    with reviewing(company, "--sku", "TB-100", "--as", "ines") as terminal:
        terminal.wait("[q] quit")
        terminal.type("q")
        terminal.wait("0 decided")
        printed = terminal.raw.decode("utf-8", "replace")
    assert "\u202e" not in printed
    assert "\x9b" not in printed


def test_a_narrow_terminal_breaks_between_keys_and_between_words(audited: Company) -> None:
    with reviewing(audited, "--as", "tom@acme.example", columns=60) as terminal:
        shown = terminal.wait("[q] quit")
        terminal.type("q")
        terminal.wait("2 left")
    lines = shown.split("\n")
    assert [line for line in lines if len(line.rstrip()) > 60] == []
    keys = shown[shown.index("[c] confirm") :].strip().split("\n")
    assert len(keys) > 2
    assert all(line.startswith("[") for line in keys)
