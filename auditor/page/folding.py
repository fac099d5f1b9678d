"""Folding white space while keeping track of where inline elements begin and end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.page.frames import Mark


def fold_marked(chunks: list[str], marks: list[tuple[int, Mark, bool]], base: int) -> str:
    """The chunks as one folded text; gives every mark its offset, ``base`` being the text's own.

    A mark is (number of chunks before it, element, whether it is the element's end). One pass.
    """
    out: list[str] = []
    length = done = 0
    blank = False
    for at, mark, is_end in marks:
        while done < at:
            chunk = chunks[done]
            done += 1
            folded = " ".join(chunk.split())
            if not folded:
                blank = True
                continue
            if length and (blank or chunk[0].isspace()):
                out.append(" ")
                length += 1
            out.append(folded)
            length += len(folded)
            blank = chunk[-1].isspace()
        if is_end:
            mark.end = base + length
        else:
            mark.start = base + length
    rest = "".join(chunks[done:])
    folded = " ".join(rest.split())
    if folded:
        if length and (blank or rest[0].isspace()):
            out.append(" ")
        out.append(folded)
    return "".join(out)
