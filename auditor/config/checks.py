"""Mistakes that types do not see: regular expressions, zones, currencies, languages, references.

These look at the file's own data, so they are found together with the others.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.numbers import list_currencies

from auditor.config.document import Document, Mistake
from auditor.config.mistakes import suggestion
from auditor.feeds import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from auditor.config.document import Data, Path

# Built-in connectors that are taken as they are: importing them all costs half of a command's time.
_USUAL = ("mediawiki",)
_SECRET = re.compile(r"authori[sz]ation|cookie|token|secret|key|password", re.IGNORECASE)
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def check(document: Document) -> Iterator[Mistake]:
    """Every such mistake."""
    root = document.data
    yield from _walk(root, (), document)
    sources, feeds = _mapping(root.get("sources")), _mapping(root.get("feeds"))
    plugins = _mapping(root.get("plugins"))
    for part, entries in (("sources", sources), ("feeds", feeds)):
        for name in entries:
            if not _NAME.fullmatch(name):
                yield _at(document, (part, name), "a name is small letters, digits, - and _")
    for name, source in sources.items():
        yield from _source(document, ("sources", name), _mapping(source), plugins)
    for name, feed in feeds.items():
        known = [*sorted(FORMATS), *_texts(plugins.get("feeds"))]
        yield from _one_of(document, ("feeds", name, "format"), _mapping(feed), known)
        yield from _written_secrets(document, ("feeds", name), _mapping(feed))
        yield from _sources(document, ("feeds", name, "source"), _mapping(feed), sources)
    yield from _vocabulary(document, root.get("vocabulary"))
    yield from _notify(document, _mapping(root.get("notify")))
    server = _mapping(root.get("server"))
    for url in _texts(server.get("url")):
        if problem := _server_problem(url):
            yield _at(document, ("server", "url"), problem)
    rules = root.get("owners")
    for index, rule in enumerate(rules if isinstance(rules, list) else []):
        for pattern in _texts(_mapping(rule).get("path")):
            if problem := _regex(pattern):
                yield _at(document, ("owners", index, "path"), problem)
        yield from _sources(document, ("owners", index, "source"), _mapping(rule), sources)


def _sources(
    document: Document, path: Path, entry: dict[str, Data], sources: dict[str, Data]
) -> Iterator[Mistake]:
    """The names under ``source`` that no source has."""
    for wanted in _texts(entry.get("source")):
        if wanted and wanted not in sources:
            hint = suggestion(wanted, list(sources))
            yield _at(document, path, f"no such source: {wanted!r}{hint}")


def _notify(document: Document, notify: dict[str, Data]) -> Iterator[Mistake]:
    """Passwords and the addresses of chats that stand in the file: whoever has them can post."""
    secret: list[tuple[Path, Data]] = [
        (("notify", "smtp", "password"), _mapping(notify.get("smtp")).get("password"))
    ]
    for name, entry in _mapping(notify.get("webhooks")).items():
        hook = _mapping(entry)
        keys = ("secret",) if hook.get("kind") == "generic" else ("url", "secret")
        secret += [(("notify", "webhooks", name, key), hook.get(key)) for key in keys]
    yield from _in_the_open(document, secret)


def _in_the_open(document: Document, secret: Iterable[tuple[Path, Data]]) -> Iterator[Mistake]:
    """Those of the values that do not come from the environment."""
    for place, value in secret:
        for text in _texts(value):
            if text and not any(taken and taken in text for taken in document.taken):
                yield _at(
                    document,
                    place,
                    "a secret stands in this file; put it into the environment and write ${NAME}",
                )


def _written_secrets(document: Document, path: Path, feed: dict[str, Data]) -> Iterator[Mistake]:
    """Passwords that stand in the file instead of coming from the environment."""
    access, headers = _mapping(feed.get("access")), _mapping(feed.get("headers"))
    address = "".join(_texts(feed.get("path")))
    secret = [((*path, "access", key), access.get(key)) for key in ("password", "key", "secret")]
    secret += [
        ((*path, "headers", key), value) for key, value in headers.items() if _SECRET.search(key)
    ]
    if "://" in address:
        try:
            secret.append(((*path, "path"), urlsplit(address).password))
        except ValueError:
            yield _at(document, (*path, "path"), "is no address")
    yield from _in_the_open(document, secret)


def _source(
    document: Document, path: Path, source: dict[str, Data], plugins: dict[str, Data]
) -> Iterator[Mistake]:
    if source.get("connector") not in (None, *_USUAL):
        from crawler.kms.registry import BUILT_IN, presets

        known = [*BUILT_IN, *presets(), *_texts(plugins.get("connectors"))]
        yield from _one_of(document, (*path, "connector"), source, known)
    for key in ("start", "scope", "base_url", "url", "sitemaps"):
        for value in _texts(source.get(key)):
            if (key, value) != ("sitemaps", "auto") and (problem := _url_problem(value)):
                yield _at(document, (*path, key), problem)
    yield from _profile(document, (*path, "profile"), _mapping(source.get("profile")))
    name = source.get("name")
    if name not in (None, path[-1]):
        yield _at(document, (*path, "name"), "comes from the key under `sources`; leave it out")


def _profile(document: Document, path: Path, profile: dict[str, Data]) -> Iterator[Mistake]:
    """Selectors that are none."""
    specs = _mapping(profile.get("spec"))
    places = [(key,) for key in profile if key != "spec"] + [("spec", name) for name in specs]
    for place in places:
        selector = _mapping(specs[place[1]] if len(place) > 1 else profile[place[0]])
        if len(selector) != 1:
            yield _at(document, (*path, *place), "needs either `css` or `xpath`")
        for kind, text in selector.items():
            if isinstance(text, str) and (problem := selector_problem(kind, text)):
                yield _at(document, (*path, *place, kind), problem)


def selector_problem(kind: str, text: str) -> str:
    """Why ``text`` is no selector of ``kind`` (css or xpath); "" where it is one."""
    from cssselect import SelectorError
    from lxml import etree
    from lxml.cssselect import CSSSelector

    try:
        if kind == "css":
            CSSSelector(text, translator="html")
        elif kind == "xpath":
            etree.XPath(text)
    except (SelectorError, etree.XPathError) as error:
        return f"{text!r} is no {'CSS selector' if kind == 'css' else 'XPath'}: {error}"
    return ""


def _vocabulary(document: Document, given: Data) -> Iterator[Mistake]:
    """Languages and kinds that do not exist, phrases that cannot be looked for."""
    if not isinstance(given, dict) or not given:
        return
    from auditor.extract.cues import LANGUAGES  # the readers: not needed else
    from auditor.extract.kinds import full_name, problem_of

    for language, kinds in given.items():
        path: Path = ("vocabulary", language)
        if language not in LANGUAGES:
            hint = suggestion(language, list(LANGUAGES)) or f"; known are {', '.join(LANGUAGES)}"
            yield _at(document, path, f"no such language: {language!r}{hint}")
        for kind, phrases in _mapping(kinds).items():
            try:
                full_name(kind)
            except ValueError as error:
                yield _at(document, (*path, kind), str(error))
            for phrase in _texts(phrases):
                if problem := problem_of(phrase):
                    yield _at(document, (*path, kind), problem)


def _walk(data: Data, path: Path, document: Document) -> Iterator[Mistake]:
    """Values whose key says what they must be, wherever they stand."""
    if isinstance(data, list):
        for index, item in enumerate(data):
            yield from _walk(item, (*path, index), document)
    if not isinstance(data, dict):
        return
    for key, value in data.items():
        here = (*path, key)
        if test := _BY_KEY.get(key):
            for text in _texts(value):
                if problem := test(text):
                    yield _at(document, here, problem)
        if path[:1] not in (("plugins",), ("vocabulary",)):
            yield from _walk(value, here, document)


def _zone(text: str) -> str:
    zones = available_timezones()
    if text in zones:
        return ""
    by_lower = {zone.lower(): zone for zone in zones}
    hint = suggestion(text, list(by_lower))
    for lower, zone in by_lower.items():
        hint = hint.replace(f"'{lower}'", f"'{zone}'")
    return f"{text!r} is no IANA time zone, like Europe/Berlin{hint}"


def _currency(text: str) -> str:
    if text in list_currencies():
        return ""
    return f"{text!r} is no ISO 4217 currency code, like EUR"


def _language(text: str) -> str:
    try:
        Locale.parse(text, sep="-")
    except (UnknownLocaleError, ValueError):
        return f"{text!r} is no language tag, like de-DE" if text else ""
    return ""


def _regex(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        return f"{text!r} is no regular expression: {error}"
    return ""


_BARE_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}(/\S*)?", re.IGNORECASE)


def _url_problem(text: str) -> str:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return f"{text!r} is no URL"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        hint = f"; did you mean 'https://{text}'?" if _BARE_HOST.fullmatch(text) else ""
        return f"{text!r} is no http or https URL{hint}"
    if parts.password is not None:
        return "a password in a URL ends up in logs; use `headers` or `token` with ${NAME}"
    return ""


def _server_problem(text: str) -> str:
    if not text:
        return ""
    if problem := _url_problem(text):
        return problem
    parts = urlsplit(text)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        return "needs https: your token would travel in the open"
    return ""


_BY_KEY: dict[str, Callable[[str], str]] = {
    "timezone": _zone,
    "currency": _currency,
    "language": _language,
    "allow": _regex,
    "deny": _regex,
}


def _one_of(
    document: Document, path: Path, entry: dict[str, Data], known: Iterable[str]
) -> Iterator[Mistake]:
    value = entry.get(str(path[-1]))
    names = list(known)
    if isinstance(value, str) and value not in names:
        hint = suggestion(value, names) or f"; known are {', '.join(names)}"
        yield _at(document, path, f"no such {path[-1]}: {value!r}{hint}")


def _at(document: Document, path: Path, message: str) -> Mistake:
    return Mistake(document.line(path), path, message)


def _mapping(data: Data) -> dict[str, Data]:
    return data if isinstance(data, dict) else {}


def _texts(data: Data) -> list[str]:
    items = data if isinstance(data, list) else [data]
    return [item for item in items if isinstance(item, str)]
