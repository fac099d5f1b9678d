"""load(path) → Config, or every mistake at once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from auditor.config.checks import check
from auditor.config.document import MAX_BYTES, Document, Mistake, read_document
from auditor.config.mistakes import dotted, translate
from auditor.config.model import Config
from auditor.errors import ConfigError
from crawler.config import FolderSource, WarcSource

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def load(
    path: Path | str,
    *,
    environ: Mapping[str, str] | None = None,
    secrets: bool | Collection[str] = True,
) -> Config:
    """The configuration in the file ``path``; relative paths in it are made absolute.

    Raises ConfigError with all mistakes, each "config.yaml:12: feeds.erp.pth: unknown key, did
    you mean 'path'?". Without ``secrets``, variables that are not set are no mistake: reading
    and deciding must not need the crawler's passwords. With the names of some parts ("feeds") they
    are a mistake in these alone.
    """
    file = Path(path)
    document = read_document(
        _read(file), os.environ if environ is None else environ, secrets=secrets
    )
    _name_entries(document)
    found = list(document.mistakes)
    config: Config | None = None
    if not found or document.data:
        try:
            config = Config.model_validate(document.data)
        except ValidationError as error:
            found += translate(error, document, Config)
        found += check(document)
    if found:
        raise ConfigError(_sentences(file, found, document.taken))
    if config is None:
        raise ConfigError([f"{file}:1: cannot be read"])
    return _absolute(config, file.resolve().parent)


def _read(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError([f"{file}: must be UTF-8 text ({error.reason})"]) from error
    except FileNotFoundError as error:
        raise ConfigError(
            [f"{file}: there is no such file; `sellby init` writes one to start from"]
        ) from error
    except OSError as error:
        raise ConfigError([f"{file}: cannot be read: {error.strerror}"]) from error


def _name_entries(document: Document) -> None:
    """A source is named by its key."""
    sources = document.data.get("sources")
    if isinstance(sources, dict):
        for name, source in sources.items():
            if isinstance(source, dict):
                source.setdefault("name", name)


def _sentences(file: Path, mistakes: list[Mistake], taken: Mapping[str, str]) -> list[str]:
    first: dict[tuple[int, str], Mistake] = {}
    for mistake in mistakes:
        first.setdefault((mistake.line, dotted(mistake.path)), mistake)
    ordered = sorted(first.values(), key=lambda mistake: mistake.line)
    return [
        f"{file}:{m.line}: {dotted(m.path)}: {_without(taken, m.message)}"
        if m.path
        else f"{file}:{m.line}: {m.message}"
        for m in ordered
    ]


def _without(taken: Mapping[str, str], message: str) -> str:
    """``message`` with values from the environment written as their names."""
    for value in sorted(filter(None, taken), key=len, reverse=True):
        message = message.replace(repr(value), f"${{{taken[value]}}}")
        if len(value) > 3:
            message = message.replace(value, f"${{{taken[value]}}}")
    return message


def _absolute(config: Config, base: Path) -> Config:
    sources = {
        name: source.model_copy(update={"path": base / source.path})
        if isinstance(source, FolderSource | WarcSource)
        else source
        for name, source in config.sources.items()
    }
    crawl = config.crawl
    if config.contact and not crawl.contact:
        crawl = crawl.model_copy(update={"contact": config.contact})
    templates = config.report.templates
    return config.model_copy(
        update={
            "base_dir": base,
            "database": base / config.database,
            "report": config.report.model_copy(
                update={
                    "dir": base / config.report.dir,
                    "templates": templates if templates is None else base / templates,
                }
            ),
            "sources": sources,
            "crawl": crawl,
        }
    )
