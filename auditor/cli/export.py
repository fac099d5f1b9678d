"""``sellby export``: what is stored, for other programs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.session import Session

if TYPE_CHECKING:
    from auditor.export.files import Write


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
    with SnapshotStore(_database(session)) as store:
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


# Not a click.Choice: its values stand beside the SQL, which `--help` must not have to load.
_tables_option = click.option(
    "--table",
    "names",
    multiple=True,
    metavar="TABLE",
    help="Only this table; more than once. docs/archives.md lists them.",
)


@command.command("parquet")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@_tables_option
@click.pass_obj
def parquet(session: Session, /, directory: Path, names: tuple[str, ...]) -> None:
    """Write findings, judgements, truths, visits … as Parquet files into DIRECTORY.

    One file a table, with typed columns; docs/archives.md says what each holds.
    """
    try:
        from auditor.export.parquet import write_parquet
    except ImportError as error:
        raise _missing("pyarrow", "parquet", "; `sellby export csv` needs nothing") from error
    _write_tables(session, directory, names, "parquet", write_parquet)


@command.command("csv")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@_tables_option
@click.pass_obj
def csv(session: Session, /, directory: Path, names: tuple[str, ...]) -> None:
    """Write the same tables as `export parquet` as CSV files into DIRECTORY."""
    from auditor.export import write_csv

    _write_tables(session, directory, names, "csv", write_csv)


def _write_tables(
    session: Session, directory: Path, names: tuple[str, ...], suffix: str, write: Write
) -> None:
    from auditor.cli.words import count
    from auditor.export import write_tables
    from auditor.store import AuditStore
    from auditor.store.extracts import EXTRACTS

    unknown = [name for name in names if name not in EXTRACTS]
    if unknown:
        raise click.BadParameter(
            f"{unknown[0]!r} is not one of {', '.join(EXTRACTS)}", param_hint="--table"
        )
    tables = [EXTRACTS[name] for name in dict.fromkeys(names)] or list(EXTRACTS.values())
    with AuditStore(_database(session)) as store:
        for written in write_tables(store, directory, tables, suffix, write):
            session.talk.good(f"{written.path}: {count(written.rows, 'row')}")


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


def _missing(package: str, extra: str, instead: str = "") -> Exception:
    from auditor.errors import AuditorError

    return AuditorError(f"this needs {package}: pip install 'sellby[{extra}]'{instead}")
