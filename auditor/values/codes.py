"""Coded values: enums that look like numbers, with one canonical form each.

Sources: IEC 60529 (IP), NEMA 250, ISO 261 (metric coarse pitches), EN 10027-2 (material numbers),
ISO 3506 (A2, A4), ISO 228 (G), ISO 6708 (DN), EN 1333 (PN), UN Model Regulations (UN numbers).
"""

from __future__ import annotations

import re
import unicodedata

from auditor.values.fold import fold
from auditor.values.types import Code
from auditor.values.vocabulary import vocabulary

# A metric thread printed without pitch has the coarse one.
_COARSE = {
    "1": "0.25", "1.2": "0.25", "1.6": "0.35", "2": "0.4", "2.5": "0.45", "3": "0.5",
    "3.5": "0.6", "4": "0.7", "5": "0.8", "6": "1", "8": "1.25", "10": "1.5", "12": "1.75",
    "14": "2", "16": "2", "18": "2.5", "20": "2.5", "22": "2.5", "24": "3", "27": "3", "30": "3.5",
    "33": "3.5", "36": "4", "39": "4", "42": "4.5", "48": "5",
}  # fmt: skip
_FRACTION = r"(?:\d{1,2}[ -])?\d{1,2}/\d{1,2}|\d{1,2}"
# Size, pitch, tolerance class: M10x1.5-6g.
_THREAD = (
    r"MF? ?(\d{1,2}(?:[.,]\d)?) ?(?:[x×X-]|by) ?(\d(?:[.,]\d{1,2})?)"
    r"(?: ?- ?[4-8][gGhH](?:[4-8][gGhH])?)?(?![\d-]|[.,]\d| ?mm)"
)
# Size, threads an inch perhaps, kind of pipe thread: 1/2-14 NPT.
_PIPE = (
    rf"({_FRACTION}) ?(?:[\"″-]|in\.?|inch)?(?:-\d{{1,2}}(?:\.5)?)? ?"
    r"(NP[TS][FM]?|BSP[PT]?)(?!\w)"
)
_ENDS = r"(?![\w/]|[.,]\d)"
_VULGAR = re.compile("[¼-¾⅐-⅞]")
# "M 6", "A 2": letters and digits that only a blank parts.
_SPACED = re.compile(r"(?<=\b[A-Za-z])\s(?=\d)")
# Words whose digits are a code, with or without a blank: the anchor to try the patterns at.
PREFIXES = frozenset(
    {
        "ip", "ik", "nema", "type", "m", "mf", "dn", "pn", "awg", "un", "g", "r", "rp", "rc", "bsp",
        "bspp", "bspt", "pg", "ral", "aisi", "ss", "sus", "a", "v", "class", "klasse", "grade",
        "en", "din", "iso", "cat", "e", "tx", "hrc",
    }
)  # fmt: skip
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), form)
    for pattern, form in (
        (r"[Ii][Pp][ -]?([0-6X])([0-9X]) ?/ ?([0-6])([0-9])(?!\w|[.,]\d)", "IP{0}{1}/IP{2}{3}"),
        (r"[Ii][Pp][ -]?([0-6X])([0-9X])([A-DHMSWK]?K?)(?!\w|[.,]\d)", "IP{0}{1}{2}"),
        (r"IK[ -]?(\d{2})(?!\w)", "IK{0}"),
        (r"(?:NEMA|Nema)[ -]?(?:[Tt]ype |TYPE )?(\d{1,2}[A-Z]{0,2})(?!\w)", "NEMA {0}"),
        (r"[Tt]ype (\d{1,2}[XRPK]{1,2})(?!\w)", "NEMA {0}"),
        (
            _THREAD,
            "thread",
        ),
        (r"M(\d{1,2}(?:[.,]\d)?) ?[x×X] ?(\d{1,4})(?: ?mm)?(?![\d.,]*\d)", "M{0}x{1}"),
        (r"M(\d{1,2}(?:[.,]\d)?)(?![\w]|[.,]\d|/|[ ]?[x×X] ?\d)", "coarse"),
        (r"DN[ -]?(\d{1,4})(?![\w/]|[.,]\d)", "DN{0}"),
        (r"PN[ -]?(\d{1,3}(?:[.,]\d)?)(?![\w/])", "PN{0}"),
        (r"AWG[ -]?(\d{1,2}(?:/0)?)(?![\w]|[.,]\d)", "AWG {0}"),
        (r"(?:UN|UN-Nr\.?|UN No\.?)[ -]?(\d{4})(?!\w)", "UN{0}"),
        (
            rf"(G|Rp|BSP[PT]|Rc?(?= ?\d{{1,2}}[/-]))[ -]?({_FRACTION})[\"″]?(?: ?[AB])?{_ENDS}",
            "pipe",
        ),
        (r"RAL[ -]?(\d{4})(?!\w)", "RAL {0}"),
        (r"PG[ -]?(\d{1,2}(?:[.,]\d)?)(?!\w)", "PG{0}"),
        (r"(?:AISI|SUS|SS|[Tt]ype|[Gg]rade)[ -]?([2-4]\d{2}(?:L|Ti|N|LN|F)?)(?!\w)", "material"),
        (r"(A[124])(?:-(\d{2}))?(?![\w]|[.,]\d)", "grade"),
        (r"([VA][24]A)(?!\w)", "material"),
        (
            r"(?:[Cc]lass|[Kk]lasse|[Gg]rade|CLASS) ([456]\.[68]|[89]\.8|10\.9|12\.9)(?!\d|\.\d)",
            "{0}",
        ),
        (r"(?:CAT|Cat|cat)[ .]?(\d[aA]?)(?!\w)", "CAT{0}"),
        (
            r"(?:DIN EN ISO|EN ISO|DIN EN|DIN ISO|DIN|ISO|EN)[ -](\d{2,6}(?:-\d{1,3})*)(?!\w)",
            "standard",
        ),
        (r"TX[ ]?(\d{1,2})(?!\w)", "TX{0}"),
        (r"HRC[ ]?(\d{2})(?!\w)", "HRC {0}"),
        (r"E(\d{1,2})(?!\w)", "E{0}"),
    )
)
_DIGIT_FIRST: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), form)
    for pattern, form in (
        (r"1\.[0-9]\d{3}(?!\d|[.,]\d)", "material"),
        (r"(\d{1,2}(?:/0)?)[ -]?AWG(?!\w)", "AWG {0}"),
        (
            rf"({_FRACTION}|#\d{{1,2}})[\"″]? ?- ?(\d{{1,2}}) ?(UN(?:C|F|EF|RC)?)(?!\w)",
            "{0}-{1} {2}",
        ),
        (
            _PIPE,
            "{0} {1}",
        ),
        (r"(\d)[ ]?(NO|NC|CO)(?: ?[+/] ?(\d)[ ]?(NO|NC|CO))?(?!\w|\.\w)", "contacts"),
        (r"18[-/](?:8|10)(?: stainless(?: steel)?)?(?![\w/]|[.,]\d)", "material"),
        (r"(3\d{2}(?:L|Ti)?|4[13]0)(?: stainless(?: steel)?| ?SS(?!\w))", "material"),
        (r"(\d{1,3})P(\d{1,2})C(?!\w)", "{0}P{1}C"),
    )
)


def read_code(
    text: str, at: int, stop: int, *, digit_first: bool = False
) -> tuple[int, Code] | None:
    """The coded value that begins at ``at`` of folded text: its end and the Code, else None.

    >>> read_code("M8-1.25 bolt", 0, 12)
    (7, Code(text='M8-1.25', canonical='M8x1.25'))
    >>> read_code("20 AWG", 0, 6, digit_first=True)[1].canonical
    'AWG 20'
    >>> read_code("Model 7", 0, 7) is None
    True
    """
    for pattern, form in _DIGIT_FIRST if digit_first else _PATTERNS:
        found = pattern.match(text, at, stop)
        if found is not None:
            return found.end(), Code(found.group(), _canonical(found, form))
    return None


def canonical_code(text: str) -> str:
    """The canonical form of a coded value that fills ``text``; the text itself for any other.

    >>> canonical_code("IP 67"), canonical_code("Type 4X (NEMA 4X)"), canonical_code("m8 x 1,25")
    ('IP67', 'NEMA 4X', 'M8x1.25')
    >>> canonical_code("feuerverzinkt"), canonical_code("8.8")
    ('feuerverzinkt', '8.8')
    """
    code = whole_code(text)
    return code.canonical if code is not None else " ".join(fold(text).text.split())


def whole_code(text: str) -> Code | None:
    """The coded value that fills ``text``, blanks inside and a remark in brackets behind allowed.

    >>> whole_code("M 6"), whole_code('G ½"')
    (Code(text='M 6', canonical='M6x1'), Code(text='G ½"', canonical='G1/2'))
    >>> whole_code("zinc plated") is None
    True
    """
    folded = _VULGAR.sub(_spelled_out, " ".join(fold(text).text.split()))
    squeezed = _SPACED.sub("", folded)
    for candidate in dict.fromkeys((folded, folded.upper().replace("×", "X"), squeezed)):
        for digit_first in (False, True):
            found = read_code(candidate, 0, len(candidate), digit_first=digit_first)
            if found is None:
                continue
            rest = candidate[found[0] :].strip()
            if not rest or rest.startswith("("):
                return Code(text, found[1].canonical)
    return None


_NAMED = ("material", "colour")


def _spelled_out(fraction: re.Match[str]) -> str:
    """ "½" as "1/2", "1½" as "1 1/2"."""
    written = unicodedata.normalize("NFKC", fraction[0]).replace("\u2044", "/")
    is_mixed = fraction.string[fraction.start() - 1 : fraction.start()].isdigit()
    return f" {written}" if is_mixed else written


def identity(text: str) -> str:
    """What two codes or materials that mean the same have in common, whatever the name.

    >>> identity("A2") == identity("AISI 304") == identity("1.4301"), identity("ip 65")
    (True, 'ip65')
    """
    words = vocabulary()
    named = words.canonical("material", text) or words.canonical("colour", text)
    return named if named is not None else canonical_code(text).lower()


def codes_in(text: str) -> frozenset[str]:
    """Identities of every coded value and material named in ``text``.

    Used to see whether a free text says a coded truth; not for running prose.

    >>> sorted(codes_in("Acier inoxydable A2 (1.4301)"))
    ['1.4301', 'stainless steel']
    """
    folded = fold(text).text
    words = vocabulary()
    found = {hit.canonical for kind in _NAMED for hit in words.find(kind, folded)}
    position = 0
    for start in re.finditer(r"(?<![A-Za-z0-9])[A-Za-z0-9#]", folded[:2000]):
        at = start.start()
        if at < position:
            continue
        is_digit = folded[at].isdigit() or folded[at] == "#"
        read = read_code(folded, at, len(folded), digit_first=is_digit)
        if read is not None:
            position = read[0]
            found.add(identity(read[1].canonical))
    return frozenset(found)


def _canonical(found: re.Match[str], form: str) -> str:
    groups = [(group or "").strip() for group in found.groups()]
    match form:
        case "thread":
            pitch = (
                groups[1].replace(",", ".").rstrip("0").rstrip(".")
                if "." in groups[1].replace(",", ".")
                else groups[1]
            )
            size = groups[0].replace(",", ".")
            return f"M{size}x{pitch}"
        case "coarse":
            size = groups[0].replace(",", ".")
            return f"M{size}x{_COARSE[size]}" if size in _COARSE else f"M{size}"
        case "pipe":
            kind = (
                "G" if groups[0] in {"BSPP", "BSP"} else "R" if groups[0] == "BSPT" else groups[0]
            )
            return f"{kind}{groups[1].replace(' ', '-')}"
        case "grade" | "material":
            return groups[0] if groups and groups[0] else found.group()
        case "contacts":
            parts = [f"{groups[0]} {groups[1]}"]
            if groups[2]:
                parts.append(f"{groups[2]} {groups[3]}")
            return " + ".join(parts)
        case "standard":
            return (
                found.group().replace("-", " ", 1) if found.group()[3:4] == "-" else found.group()
            )
        case _:
            return form.format(*(group.replace(",", ".") for group in groups))


# Codes that name their own system, so that no label is needed to know what they say.
_SYSTEMS = re.compile(r"(IP|IK|NEMA|AWG|DN|PN|UN|RAL|PG)(?=[ \dX])")


def code_system(value: object) -> str:
    """The system that a code belongs to by its own letters, "" where it does not say.

    >>> code_system(Code("IP 54", "IP54")), code_system(Code("1.4301", "1.4301"))
    ('IP', '')
    """
    found = _SYSTEMS.match(value.canonical) if isinstance(value, Code) else None
    return found[1] if found else ""
