"""Single keys and short answers from a terminal, nothing typed ahead lost."""

from __future__ import annotations

import codecs
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

ESCAPE, END = "\x1b", "\x04"
_ENTER, _BACKSPACE = ("\n", "\r"), ("\x7f", "\x08")


class Keys:
    """Reads from a terminal that gives every key at once and echoes none.

    The mode is set once for a whole review: setting it for each key, as ``click.getchar`` does,
    throws away what was typed while the screen was drawn.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def key(self) -> str:
        """The next key; ``END`` where the terminal is gone. An arrow or function key is ESCAPE."""
        while True:
            byte = os.read(self._descriptor, 1)
            if not byte:
                return END
            if text := self._decoder.decode(byte):
                return text

    def line(self, question: str) -> str | None:
        """An answer of one line, edited with backspace; None where ESCAPE was pressed."""
        click.echo(f"{question}: ", nl=False)
        answer = ""
        while (key := self.key()) not in (*_ENTER, END):
            if key == ESCAPE:
                click.echo()
                return None
            if key in _BACKSPACE:
                click.echo("\b \b" * bool(answer), nl=False)
                answer = answer[:-1]
            elif key.isprintable():
                click.echo(key, nl=False)
                answer += key
        click.echo()
        return answer.strip()


@contextmanager
def keys() -> Iterator[Keys]:
    """The keys of standard input, which must be a terminal; its mode is put back at the end."""
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor, termios.TCSADRAIN)
        yield Keys(descriptor)
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
