"""Sentences and clauses of a block: within what words belong to a number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from auditor.values.tokens import Token

Span = tuple[int, int]

_STOP = re.compile(r"[.!?…][\"'’”“»)\]]{0,2}\s(?=[\"'“„«(\[¿¡]?(?:[$€£₹¥]|[^\W_a-zß-öø-ÿ]))")
_CUT = re.compile(r"\s[·•|–—/]\s|;\s|\s-\s")
_LAST_WORD = re.compile(r"[\w-]{1,12}$")
# Longer than any real sentence; what has no full stops (tables as text, lists) is cut there.
LONGEST = 500
# Words that end with a full stop without ending a sentence.
_SHORT_WORDS = (
    "nr no art min max approx ca ab abb inkl incl exkl excl exc inc zzgl stk st mfr ref "
    "réf qty vs rs fr chf in ft ea pcs pc mwst ust std bzw evtl ggf zb usw etc pos best "
    "bestell tel fig dia mind gesetzl p pp u z a b c d e i g m s t v w x dr mr mrs st jan "
    "feb mar apr jun jul aug sep sept oct nov dec okt dez cat catalog item part cad usd "
    "gbp eur cf env num n° núm uds ud pz conf art-nr artikel-nr best-nr bestell-nr "
    "hersteller-nr vol wt sq cu lin co corp ltd pk pkg pkt ctn bx paq cja cond cdt condt emb verp "
    "ktn pck pckg pqt bte imb cf"
)
# Words that open sentences: "… at 5 m. It costs" is two of them whatever "m." may be.
_OPENER = re.compile(
    r"(?:It|Its|The|This|That|These|They|We|You|Our|Your|If|Er|Sie|Es|Der|Die|Das|Dieser?|Dieses|Wir|"
    r"Eine?|Bei|Le|Les|La|Il|Elle|Nous|Cette|El|Los|Las|Este|Esta|Questo|Questa|Het|De|Een|Wij|"
    r"Deze|Dit)\s"
)
_ABBREVIATIONS = frozenset(_SHORT_WORDS.split())


def sentences(text: str, span: Span, tokens: Sequence[Token]) -> tuple[Span, ...]:
    """The sentences of ``text[span]``; a full stop inside a value or an abbreviation ends none.

    >>> text = "Art.-Nr. BH-1 kostet 5 €. Lieferzeit 3 Tage."
    >>> [text[s:e] for s, e in sentences(text, (0, len(text)), ())]
    ['Art.-Nr. BH-1 kostet 5 €.', 'Lieferzeit 3 Tage.']
    >>> text = "Up to 45 °C. It is 2 in. long."
    >>> [text[s:e] for s, e in sentences(text, (0, len(text)), ())]
    ['Up to 45 °C.', 'It is 2 in. long.']
    """
    inside: _Inside | None = None
    cuts: list[int] = []
    for stop in _STOP.finditer(text, span[0], span[1]):
        inside = inside or _Inside(tokens)
        at = stop.end()
        if inside.splits(stop.start() + 1) or inside.splits(at):
            continue
        is_short = text[stop.start()] == "." and _is_abbreviation(text, span[0], stop.start())
        if is_short and _OPENER.match(text, at) is None:
            continue
        cuts.append(at)
    return _cut(span, cuts, text)


def clauses(text: str, of: Iterable[Span], tokens: Sequence[Token]) -> tuple[Span, ...]:
    """Sentences cut further at semicolons, middle dots, bars and spaced dashes.

    >>> text = "MOQ 50 · $2.10"
    >>> [text[s:e] for s, e in clauses(text, [(0, len(text))], ())]
    ['MOQ 50', '$2.10']
    """
    inside: _Inside | None = None
    made: list[Span] = []
    for span in of:
        cuts = list(_CUT.finditer(text, *span))
        if cuts:
            inside = inside or _Inside(tokens)
            cuts = [cut for cut in cuts if not inside.splits(cut.start() + 1)]
        edges = [span[0], *(edge for cut in cuts for edge in cut.span()), span[1]]
        made.extend(
            (start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end
        )
    return tuple(made)


class _Inside:
    """Whether a position cuts a token in two; asked in rising order."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = sorted((token.start, token.end) for token in tokens)
        self._at = 0

    def splits(self, position: int) -> bool:
        while self._at < len(self._tokens) and self._tokens[self._at][1] <= position:
            self._at += 1
        return self._at < len(self._tokens) and self._tokens[self._at][0] < position


def _is_abbreviation(text: str, start: int, stop: int) -> bool:
    word = _LAST_WORD.search(text, max(start, stop - 12), stop)
    if word is None:
        return False
    last = word[0].lower()
    return last in _ABBREVIATIONS or last.rpartition("-")[2] in _ABBREVIATIONS


def _cut(span: Span, cuts: list[int], text: str) -> tuple[Span, ...]:
    edges = [span[0], *cuts, span[1]]
    made: list[Span] = []
    for start, stop in pairwise(edges):
        end = stop
        while end - start > LONGEST:
            cut = text.rfind(" ", start + LONGEST // 2, start + LONGEST) + 1 or start + LONGEST
            made.append((start, cut))
            start = cut
        while end > start and text[end - 1].isspace():
            end -= 1
        if start < end:
            made.append((start, end))
    return tuple(made) or (span,)
