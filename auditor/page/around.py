"""The words around a quote, cut at words."""

from __future__ import annotations

CONTEXT_CHARACTERS = 160


def around(text: str, quote: str, start: int) -> tuple[str, str] | None:
    """Text before and after ``quote``, which stands at ``start`` or is looked for.

    None where it is not in ``text`` at all.

    >>> around("Cable tie 200 mm 12,40 € / 100 Stk. zzgl. MwSt.", "12,40 €", -1)
    ('Cable tie 200 mm ', ' / 100 Stk. zzgl. MwSt.')
    >>> around("Cable tie", "12,40 €", 0) is None
    True
    """
    if not quote:
        return None
    if start < 0 or text[start : start + len(quote)] != quote:
        start = text.find(quote)
    if start < 0:
        return None
    end = start + len(quote)
    before = text[max(0, start - CONTEXT_CHARACTERS) : start]
    after = text[end : end + CONTEXT_CHARACTERS]
    if start > CONTEXT_CHARACTERS:
        before = "… " + before.split(" ", 1)[-1]
    if end + CONTEXT_CHARACTERS < len(text):
        after = after.rsplit(" ", 1)[0] + " …"
    return before, after
