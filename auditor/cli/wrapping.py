"""Lines for a terminal, broken where a reader would break them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_WHOLE = re.compile(r"[^\s`]*`[^`]*`\S*|\S+")


def wrapped(text: str, width: int) -> str:
    """``text`` in lines of at most ``width`` characters; no command in backticks is broken.

    >>> print(wrapped("1 finding. `sellby show ID` says why, and how to go on.", 30))
    1 finding. `sellby show ID`
    says why, and how to go on.
    >>> print(wrapped("  3 wrong; this time 2 open", 16))
      3 wrong; this
      time 2 open
    """
    return "\n".join(_line(line, width) for line in text.split("\n"))


def packed(items: Iterable[str], width: int, gap: str = " ") -> str:
    """Items one after the other, as many on a line as fit, none of them broken.

    >>> print(packed(["[s] skip", "[b] back", "[q] quit"], 20, "  "))
    [s] skip  [b] back
    [q] quit
    """
    lines: list[str] = []
    for item in items:
        if lines and len(lines[-1]) + len(gap) + len(item) <= width:
            lines[-1] += gap + item
        else:
            lines.append(item)
    return "\n".join(lines)


def _line(line: str, width: int) -> str:
    if len(line) <= width:
        return line
    indent = line[: len(line) - len(line.lstrip())]
    found = packed(_WHOLE.findall(line), max(1, width - len(indent)))
    return "\n".join(indent + part for part in found.split("\n"))
