"""What a crawler reads of a page in one pass: its links, its canonical URL, and its signs.

Fast, since it runs for every page: one lexbor parse, no tree walk in Python but where a page
looks as if it were no content. Claims are read elsewhere, from the stored body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import ahocorasick_rs
from selectolax.lexbor import LexborHTMLParser

from crawler.content import html_digest
from crawler.markup import is_tangled
from crawler.phrases import looks_headed

# Lower-case pieces of which every statement of crawler.phrases holds one: a page with none of
# them, no password field and more than a few words is not looked at further.
_TRIGGERS = tuple(
    """not found|n't find|not find|be found|unable to find|exist|no longer|has been removed
    been moved|been deleted|missing|no text in this page|nicht gefunden|nicht finden|nicht mehr
    nicht vorhanden|nicht verfügbar|introuvable|trouvé|no se encuentra|no se ha encontrado
    no encontr|no existe|no hemos|esiste|non trova|è disponibile|non abbiamo trovato
    niet gevonden|niet vinden|bestaat niet|404|410|403
    log in|login|sign in|signin|logged in|signed in|log on|members only|anmeld|melden sie
    einlogg|loggen sie|angemeldet|registrierte|connecter|connectez|identifi|réservé|connexion
    iniciar sesión|inicie sesión|inicia sesión|identif|accedi|accesso|login|inloggen|meld u
    ingelogd|aangemeld|rights|permission|denied|forbidden|blocked|unauthorized|verweigert
    berechtigung|gesperrt|refusé|interdit|autorisation|denegad|prohibido|permiso|negato|vietato
    permess|geweigerd|toegang|moment|captcha|robot|human|browser|security check|verification
    unusual|interruption|challenge|sicherheit|vérif|verific|beveilig|maintenance|back soon
    back shortly|be back|unavailable|offline|try again|wartung|nicht erreichbar|gleich wieder
    gleich zurück|bald wieder|bald zurück|indisponible|revenons|de retour|mantenimiento
    no disponible|volvemos|volveremos|manutenzione|non disponibile|torniamo|torneremo|onderhoud
    niet beschikbaar|niet bereikbaar|weer terug|an error|occurred|went wrong|server error
    bad gateway|gateway time|fehler|erreur|errore|fout opgetreden|500|502|503|504|automatic
    automatisch|please wait|bitte warten""".replace("\n", "|").split("|")
)
_TRIGGER = ahocorasick_rs.AhoCorasick(sorted({trigger.strip() for trigger in _TRIGGERS}))
# Shorter pages are always looked at: a real page has more to say. Longer ones only where a head
# or a password field calls for it: an apology is never that long, menu and footer included.
_SHORT_TEXT = 600
_LONG_TEXT = 8_000
# Words of running text after which it is no error page, and nothing more is read.
ENOUGH_WORDS = 720
_WORD = re.compile(r"\w+")
_SPACE = re.compile(r"[\s\u200b\u00ad\ufeff]+")
_UNSEEN = ["script", "style", "noscript", "template", "svg"]
_CHROME = [*_UNSEEN, "header", "nav", "footer", "aside",
           "dialog", "select", "iframe"]  # fmt: skip
_HIDDEN = (
    "[hidden], [role=navigation], [role=banner], [role=contentinfo], [role=dialog], "
    "[role=search], [aria-hidden=true], [aria-modal=true]"
)
_BLOCK = re.compile(
    r"<(?=/?(?:p|div|h[1-6]|li|t[dhr]|br|hr|section|article|main|[uod]l|table|dd|dt|form|button"
    r"|label|option|center|blockquote|legend|fieldset|input)\b)",
    re.IGNORECASE,
)
_LINK_START = re.compile(r"<a(?=[\s>])", re.IGNORECASE)
_LINK_TEXT = re.compile(r"\x02[^\x03]*(?:\x03|$)")
_LINK_END = re.compile(r"</a(?=[\s>])", re.IGNORECASE)
_PRODUCT = re.compile(
    r'"@type"\s{0,9}:\s{0,9}\[?\s{0,9}"(?:https?://schema\.org/)?Product|itemprop="(?:price|sku)"'
)
# Pieces that only bot checks put into a page.
_CHALLENGE = re.compile(
    r"/cdn-cgi/challenge-platform/|cf-browser-verification|cf_chl_opt|_Incapsula_Resource"
    r"|px-captcha|captcha-delivery\.com|awsWafCookieDomainList|geetest_|ddos-guard"
)
_REFRESH = re.compile(r"\s*([0-9.]+)\s*[;,]\s*(?:url\s*=\s*)?['\"]?([^'\"]+)", re.IGNORECASE)
_NOT_FOLLOWED = ("#", "javascript:", "mailto:", "tel:", "data:")


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells content from an error page that is served with status 200.

    ``blocks`` are the lines of running text outside of navigation, header and footer;
    ``words`` counts them, up to some ENOUGH_WORDS. Empty and 0 where nothing in the page called
    for a closer look.
    """

    title: str = ""
    headings: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    words: int = 0
    password: bool = False
    product: bool = False
    challenge: bool = False
    suspicious: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """A page's links as they are written (fragments and nofollow left out), and its signs.

    ``base`` is the href of ``<base>``, ``canonical`` that of ``rel=canonical``; ``refresh`` the
    target of an immediate ``<meta http-equiv=refresh>``. All may be relative, or "". ``digest``
    is the page's content digest where it was asked for.
    """

    links: tuple[str, ...] = ()
    base: str = ""
    canonical: str = ""
    refresh: str = ""
    signs: Signs = Signs()
    digest: str = ""


def read_outline(html: str, *, digest: bool = False) -> Outline:
    """The outline of a page; any text is read, however broken, in one parse.

    A page built to exhaust a parser (``crawler.markup``) has an empty outline.

    >>> outline = read_outline('<base href="/b/"><!-- <a href=no> --><a href="x?a=1&amp;b=2">x</a>')
    >>> outline.base, outline.links
    ('/b/', ('x?a=1&b=2',))
    """
    if is_tangled(html):
        return Outline(digest=html_digest(html, None) if digest else "")
    tree = LexborHTMLParser(html)
    links = []
    for node in tree.css("a[href], area[href]"):
        attributes = node.attributes
        href = attributes.get("href") or attributes.get("xlink:href")  # as in an SVG
        if href and not href.startswith(_NOT_FOLLOWED):
            rel = attributes.get("rel")
            if not rel or "nofollow" not in rel.lower():
                links.append(href)
    base = canonical = refresh = ""
    for node in tree.css("base[href], link[rel][href], meta[http-equiv]"):
        attributes = node.attributes
        tag = node.tag
        if tag == "base":
            base = base or (attributes.get("href") or "").strip()
        elif tag == "meta":
            refresh = refresh or _refresh(attributes)
        else:
            rels = (attributes.get("rel") or "").lower().split()
            if "canonical" in rels:
                canonical = canonical or (attributes.get("href") or "").strip()
            elif "next" in rels or "prev" in rels:
                links.append(attributes.get("href") or "")
    signs, hexdigest = _signs(tree, html, digest=digest)
    return Outline(tuple(links), base, canonical, refresh, signs, hexdigest)


def _refresh(attributes: dict[str, str | None]) -> str:
    if (attributes.get("http-equiv") or "").lower() != "refresh":
        return ""
    found = _REFRESH.match(attributes.get("content") or "")
    if found is None or len(found.group(1)) > 4 or found.group(1).count(".") > 1:
        return ""
    return found.group(2).strip() if float(f"0{found.group(1)}") <= 10 else ""


def _signs(tree: LexborHTMLParser, html: str, *, digest: bool) -> tuple[Signs, str]:
    """The signs and, where wanted, the digest; the tree is left without what no reader sees."""
    title_node = tree.css_first("title")
    title = _clean(title_node.text()) if title_node is not None else ""
    headings = [_clean(node.text()) for node in tree.css("h1")[:4]]
    if not any(headings):
        headings = [_clean(node.text()) for node in tree.css("h2, h3")[:1]]
    headings = [heading for heading in headings if heading]
    password = tree.css_first("input[type=password i]") is not None
    hexdigest = html_digest(html, tree) if digest else ""
    if not password and not looks_headed(title, tuple(headings)) and not _calls(tree):
        return Signs(title, tuple(headings)), hexdigest
    blocks, words = _running_text(html)
    signs = Signs(
        title,
        tuple(headings),
        blocks,
        words,
        password=password,
        product=_PRODUCT.search(html) is not None,
        challenge=_CHALLENGE.search(html) is not None,
        suspicious=True,
    )
    return signs, hexdigest


def _calls(tree: LexborHTMLParser) -> bool:
    """Whether the text is so short, or has such words, that it calls for a closer look."""
    tree.strip_tags(_UNSEEN)
    text = tree.body.text() if tree.body is not None else ""
    if len(text) > _LONG_TEXT:
        return False
    return len(text) < _SHORT_TEXT or bool(_TRIGGER.find_matches_as_indexes(text.lower()))


def _running_text(html: str) -> tuple[tuple[str, ...], int]:
    """The lines outside of navigation, and how many words of them are no link."""
    marked = _LINK_END.sub("\x03</a", _LINK_START.sub("\x02<a", _BLOCK.sub("\x1e<", html)))
    tree = LexborHTMLParser(marked)
    tree.strip_tags(_CHROME)
    for node in tree.css(_HIDDEN):
        node.decompose()
    text = tree.body.text() if tree.body is not None else ""
    blocks = []
    words = 0
    for line in text.split("\x1e"):
        count = len(_WORD.findall(_LINK_TEXT.sub(" ", line) if "\x02" in line else line))
        if count:
            blocks.append(_clean(line.replace("\x02", "").replace("\x03", "")))
            words += count
        if words > ENOUGH_WORDS:
            break
    return tuple(blocks), words


def _clean(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
