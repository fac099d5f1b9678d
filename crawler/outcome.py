"""What kind of answer was that?

A status code is what the server says; login walls, soft 404s, bot checks and maintenance pages
come with 200, too. They are told by two signs that agree (title or heading, and a sentence that
says it of this page), never by a word that merely occurs: a product page with a log-in link, a
help article about error 404 or a maintenance kit stay content.

Both the crawler and whoever reads stored pages use ``classify``; it is pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.content import decode
from crawler.outline import Outline, Signs, read_outline
from crawler.phrases import (
    BOT_CHECK,
    DENIED,
    EDGES,
    LOGIN,
    MAINTENANCE,
    MISSING,
    Phrases,
    title_segments,
)
from crawler.snapshot import Outcome

# Words of running text up to which a page counts as thin. Error pages have an apology and a
# footer; the shortest real product pages seen have about twice as many.
THIN_WORDS = 150
VERY_THIN_WORDS = 70
# How far into the running text a statement with no heading to agree with is believed.
_LEAD_WORDS = 120

_TEXT_TYPES = ("text/", "application/xhtml", "application/xml")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_LOGIN_PATH = re.compile(
    r"/(?:[\w-]+[._-])?(?:log-?in|sign-?in|log_?on|signon|wp-login|require_login|login_form"
    r"|anmelden|anmeldung|connexion|se-connecter|iniciar-sesion|accedi|inloggen|sso|saml2?"
    r"|oauth2?|authorize|authenticate|cas)(?=[/._]|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome, and one sentence on why it is no content ("" where it is)."""

    outcome: Outcome
    detail: str = ""


_CONTENT = Verdict(Outcome.OK)


def classify(
    body: bytes | str,
    *,
    status: int = 200,
    media_type: str | None = "text/html",
    charset: str | None = None,
) -> Verdict:
    """What kind of answer a page is, from its decompressed body; never raises.

    ``media_type`` is the Content-Type without parameters, ``charset`` what the server declared.

    >>> classify("<title>404 – Acme</title><h1>Page not found</h1><p>Sorry.").outcome
    <Outcome.SOFT_404: 'soft_404'>
    >>> classify("<title>Valve 404-B</title><h1>Valve 404-B</h1><p>9.99 EUR <a>Log in</a>").outcome
    <Outcome.OK: 'ok'>
    >>> classify("<h1>Gone</h1>", status=410).outcome, classify(b"").outcome
    (<Outcome.GONE: 'gone'>, <Outcome.UNREADABLE: 'unreadable'>)
    """
    if (kind := not_text(body, media_type)) is not None:
        return by_status(status) if status >= 300 else Verdict(Outcome.UNREADABLE, kind)
    if media_type and "html" not in media_type and media_type != "text/plain":
        return by_status(status)
    text = body if isinstance(body, str) else decode(body, charset, media_type)
    return judge(read_outline(text), status)


def judge(outline: Outline, status: int = 200) -> Verdict:
    """What kind of answer a page is, from its outline."""
    if status >= 300:
        return _error_page(outline.signs, status)
    signs = outline.signs
    if not signs.suspicious:
        return _CONTENT
    for outcome, phrases, decide in _KINDS:
        found = _Signs.of(signs, phrases)
        if decide(signs, found):
            return Verdict(outcome, found.why(signs, outcome))
    if outline.refresh and signs.words < VERY_THIN_WORDS and not signs.product:
        return Verdict(Outcome.REDIRECTED, "the page sends its reader on by a meta refresh")
    return _CONTENT


def by_status(status: int) -> Verdict:
    """What a status code says by itself.

    >>> by_status(404).outcome, by_status(401).outcome, by_status(429).outcome
    (<Outcome.GONE: 'gone'>, <Outcome.LOGIN_WALL: 'login_wall'>, <Outcome.BLOCKED: 'blocked'>)
    """
    if 200 <= status < 300:
        return _CONTENT
    if status == 304:
        return Verdict(Outcome.UNCHANGED)
    detail = f"the server answered {status}"
    if 300 <= status < 400:
        return Verdict(Outcome.REDIRECTED, detail)
    if status in (404, 410):
        return Verdict(Outcome.GONE, detail)
    if status in (401, 407):
        return Verdict(Outcome.LOGIN_WALL, detail)
    if status in (408, 504):
        return Verdict(Outcome.TIMEOUT, detail)
    if status >= 500:
        return Verdict(Outcome.SERVER_ERROR, detail)
    return Verdict(Outcome.BLOCKED, detail)


def not_text(body: bytes | str, media_type: str | None) -> str | None:
    """Why an answer holds nothing to read, or None where it is text.

    >>> not_text(b"%PDF-1.7", "application/pdf"), not_text(b"<p>x", None)
    ('application/pdf is not a page', None)
    """
    if media_type and not media_type.startswith(_TEXT_TYPES):
        return f"{media_type} is not a page"
    if not body or not body.strip():
        return "the body is empty"
    if isinstance(body, bytes) and b"\x00" in body[:4096]:
        wide = body[:2] in (b"\xff\xfe", b"\xfe\xff")
        if not wide and body[:4096].count(b"\x00") > 8:
            return "the body is not text"
    return None


def is_login_redirect(url: str, target: str) -> bool:
    """Whether a redirect leads from a page to a log-in form.

    >>> is_login_redirect("https://a.example/pump", "https://a.example/login?next=%2Fpump")
    True
    >>> is_login_redirect("https://a.example/blog", "https://a.example/blogging-in")
    False
    """
    path = urlsplit(target).path
    return bool(_LOGIN_PATH.search(path)) and not _LOGIN_PATH.search(urlsplit(url).path)


@dataclass(frozen=True, slots=True)
class _Signs:
    """Which signs of one kind a page shows; each is the text that shows it, or "".

    ``opened`` is a title segment that only begins with a head: "Page not found buy online".
    """

    title: str
    opened: str
    heading: str
    statement: str
    early: bool

    @classmethod
    def of(cls, signs: Signs, phrases: Phrases) -> _Signs:
        statement, early = _statement(signs.blocks, phrases)
        title = next((s for s in title_segments(signs.title) if _is_head(s, phrases)), "")
        heading = next((h for h in signs.headings if _is_head(h, phrases)), "")
        if not heading:
            heading = next((h for h in signs.headings if _states(h, phrases)), "")
        opened = ""
        if statement and not title:
            opened = next((s for s in title_segments(signs.title) if _opens(s, phrases)), "")
        return cls(title, opened, heading, statement, early)

    @property
    def head(self) -> str:
        return self.heading or self.title or self.opened

    def why(self, signs: Signs, outcome: Outcome) -> str:
        quote = self.statement or self.head or signs.title or "a bot check"
        return f"status 200, but the page says {quote[:160]!r}"


def _error_page(signs: Signs, status: int) -> Verdict:
    """An answer with an error status, where the page may say it better than the status."""
    verdict = by_status(status)
    if status in (403, 429, 503) and signs.suspicious:
        if signs.challenge or _bot_check(signs, _Signs.of(signs, BOT_CHECK)):
            return Verdict(Outcome.BLOCKED, f"{verdict.detail} with a bot check")
        if status == 403 and signs.password:
            return Verdict(Outcome.LOGIN_WALL, f"{verdict.detail} with a log-in form")
    return verdict


def _bot_check(signs: Signs, found: _Signs) -> bool:
    if signs.product or signs.words > THIN_WORDS:
        return False
    if signs.challenge and (found.head or found.statement or signs.words < VERY_THIN_WORDS // 2):
        return True
    return bool(found.head and found.statement) or bool(
        found.title and found.heading and signs.words < VERY_THIN_WORDS
    )


def _login_wall(signs: Signs, found: _Signs) -> bool:
    headed = bool(found.title) or (bool(found.heading) and not signs.product)
    if headed and (found.statement or signs.password):
        return True
    thin = signs.words < THIN_WORDS and not signs.product
    return thin and bool(found.statement) and found.early and signs.password


def _denied(signs: Signs, found: _Signs) -> bool:
    if signs.product or signs.words > THIN_WORDS:
        return False
    return bool(found.head) and (bool(found.statement) or signs.words < VERY_THIN_WORDS)


def _denied_with_form(signs: Signs, found: _Signs) -> bool:
    return signs.password and _denied(signs, found)


def _maintenance(signs: Signs, found: _Signs) -> bool:
    if signs.product or signs.words > THIN_WORDS:
        return False
    if found.statement:
        return bool(found.head) or (found.early and signs.words < VERY_THIN_WORDS)
    return bool(found.title and found.heading) and signs.words < VERY_THIN_WORDS // 2


def _missing(signs: Signs, found: _Signs) -> bool:
    if (found.heading or found.title) and found.statement:
        return True
    if signs.product or signs.words > THIN_WORDS:
        return False
    return bool(found.heading or (found.title and not signs.headings)) or (
        bool(found.statement) and found.early
    )


_KINDS = (
    (Outcome.BLOCKED, BOT_CHECK, _bot_check),
    (Outcome.LOGIN_WALL, LOGIN, _login_wall),
    (Outcome.LOGIN_WALL, DENIED, _denied_with_form),
    (Outcome.BLOCKED, DENIED, _denied),
    (Outcome.SOFT_404, MISSING, _missing),
    (Outcome.SERVER_ERROR, MAINTENANCE, _maintenance),
)


def _is_head(text: str, phrases: Phrases) -> bool:
    return phrases.head.fullmatch(text.strip(EDGES)) is not None


def _opens(text: str, phrases: Phrases) -> bool:
    """Whether a head opens a title segment and little follows."""
    found = phrases.head.match(text.strip(EDGES))
    if found is None or not found.group():
        return False
    rest = text.strip(EDGES)[found.end() :]
    return not rest[:1].isalnum() and len(rest.split()) <= 3


def _states(text: str, phrases: Phrases) -> bool:
    return phrases.statement.match(text.strip(EDGES)) is not None


def _statement(blocks: tuple[str, ...], phrases: Phrases) -> tuple[str, bool]:
    """The first sentence that says it of this page, and whether it stands in the lead."""
    words = 0
    for block in blocks:
        for sentence in _SENTENCE.split(block):
            if phrases.statement.match(sentence.lstrip(EDGES)):
                return sentence, words <= _LEAD_WORDS
            words += sentence.count(" ") + 1
        if words > 6 * _LEAD_WORDS:
            break
    return "", False
