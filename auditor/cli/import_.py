"""``sellby import``: take what another crawler has fetched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.exit_codes import ExitCode
from auditor.cli.session import Session
from auditor.errors import NotFound

if TYPE_CHECKING:
    from crawler.config import SourceConfig, WarcSource


@click.group("import")
def command() -> None:
    """Take what another crawler, or another Sellby, has fetched."""


@command.command("warc")
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--source", "name", required=True, help="The source that the pages belong to.")
@click.pass_context
def warc(ctx: click.Context, files: tuple[Path, ...], name: str) -> None:
    """Read WARC files into the snapshots of a source.

    Each recorded answer becomes a visit with its own date, judged as in a crawl (log-in walls, soft
    404s, block pages). What is not later than what is stored of its page is left out, so a file may
    be read twice. A source of kind `warc` in config.yaml reads its files in every `sellby crawl`.
    """
    from auditor.cli.crawl import chosen, note_incidents, say
    from crawler.store import SnapshotStore
    from crawler.warc.source import crawl_warc

    session: Session = ctx.obj
    (known,) = chosen(session, [name])
    source = archive_of(session.config.sources[known])
    with (
        session.writing("sellby import"),
        SnapshotStore(session.database) as store,
        session.talk.progress("reading", "visits") as step,
    ):
        summary = crawl_warc(
            source, store, files=files, progress=lambda done, url: step(done, None, url)
        )
    say(session, summary)
    note_incidents(session, [summary])
    ctx.exit(ExitCode.PARTIAL if summary.problems else ExitCode.DONE)


def archive_of(source: SourceConfig) -> WarcSource:
    """What of an archive belongs to a source. Raises NotFound for a knowledge base."""
    from crawler.config import WarcSource
    from crawler.guard import Scope

    if isinstance(source, WarcSource):
        return source
    if source.kind == "kms":
        raise NotFound(
            f"{source.name} is a knowledge base, which is read through its API; add a source of "
            "kind warc for what its web pages show"
        )
    given: dict[str, object] = {"scope": (source.base_url or "",)}
    if source.kind == "website":
        scope = Scope.of(source).prefixes
        given = {"scope": scope, "allow": source.allow, "deny": source.deny}
    return WarcSource(
        name=source.name,
        path=Path(),
        documents=source.documents,
        limits=source.limits,
        **given,
    )
