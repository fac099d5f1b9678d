"""``sellby export``: what is stored, for other programs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from auditor.cli.session import Session


@click.group("export")
def command() -> None:
    """Write what is stored for other programs."""


@command.command("warc")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--source", "names", multiple=True, help="Only of this source; more than once.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    help="Only visits from then on, in the configuration's time zone.",
)
@click.pass_obj
def warc(session: Session, /, file: Path, names: tuple[str, ...], since: datetime | None) -> None:
    """Write stored visits into the WARC file FILE (compressed where it ends in .gz).

    A page's content is one response record; visits that found it unchanged are revisit records.
    `sellby import warc` and other tools for web archives read it.
    """
    from auditor.cli.words import count
    from crawler.store import SnapshotStore

    try:
        from crawler.warc.writing import write_warc
    except ImportError as error:
        raise _missing("warcio", "warc") from error
    with SnapshotStore(_database(session), read_only=True) as store:
        sources = _sources(names, [state.source for state in store.sources()])
        start = since.replace(tzinfo=session.zone) if since is not None else None
        with session.talk.progress("writing", "pages") as step:
            written = write_warc(
                store, file, sources, since=start, progress=lambda n, url: step(n, None, url)
            )
    records = ", ".join(
        f"{count(n, f'{kind} record')}" for kind, n in sorted(written.records.items())
    )
    session.talk.good(f"{file}: {records or 'no record'} ({written.size:,} bytes)")
    if written.left_out:
        session.talk.hint(
            f"{count(written.left_out, 'visit')} left out: time-outs, and answers whose body is "
            "not kept (log-in walls, soft 404s)."
        )


def _database(session: Session) -> Path:
    from auditor.errors import NotFound

    if not session.database.exists():
        raise NotFound(f"there is no database {session.database}; `sellby crawl` makes one")
    return session.database


def _sources(names: tuple[str, ...], known: list[str]) -> list[str]:
    from auditor.config.mistakes import suggestion
    from auditor.errors import NotFound

    for name in names:
        if name not in known:
            raise NotFound(f"nothing is stored of {name!r}{suggestion(name, known)}")
    return list(dict.fromkeys(names)) or known


def _missing(package: str, extra: str) -> Exception:
    from auditor.errors import AuditorError

    return AuditorError(f"this needs {package}: pip install 'sellby[{extra}]'")
