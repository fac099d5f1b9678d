"""A query against a database, read-only, its rows streamed to a file.

The rows are put aside first and mapped afterwards: the database is asked once, is left alone as
soon as its last row is there, and the export can be compared with the one before like any file.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from time import monotonic
from typing import TYPE_CHECKING, Any

from auditor.errors import FeedError
from auditor.feeds import cells
from auditor.feeds.places.where import shown

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL, Connection, Engine

    from auditor.feeds.config import FeedConfig

BATCH = 2000
"""Rows fetched at once."""

_CONNECT_SECONDS = 15
_NEEDED = "a database feed needs SQLAlchemy: pip install 'sellby[sql]'"


def run_query(feed: FeedConfig, base_dir: Path, target: Path) -> None:
    """Write the rows of the feed's ``query``: one JSON list a line, the columns' names first.

    Numbers and instants stand in a list of their own (``["12.40"]``), so that they stay exact.
    Raises FeedError where the database cannot be reached, refuses or is too slow.
    """
    url = _url(feed, base_dir)
    where = shown(feed.path)
    with _told(feed, url, where), _engine(url, feed) as engine, engine.connect() as connection:
        try:
            with _limited(connection, feed.timeout_seconds):
                _write(connection, feed, target, where)
        finally:
            connection.rollback()


def _write(connection: Connection, feed: FeedConfig, target: Path, where: str) -> None:
    limit = feed.max_megabytes * 1_000_000
    deadline = monotonic() + feed.timeout_seconds
    options = {"stream_results": True, "yield_per": BATCH, "no_parameters": True}
    result = connection.exec_driver_sql(feed.query, execution_options=options)
    if not result.returns_rows:
        raise FeedError(f"{where}: `query` returns no rows; it must be a select")
    with target.open("w", encoding="utf-8", newline="\n") as out:
        names = list(result.keys())
        size = out.write(json.dumps(names, ensure_ascii=False) + "\n")
        for batch in result.partitions():
            for row in batch:
                size += out.write(json.dumps([_cell(cell) for cell in row], ensure_ascii=False))
                size += out.write("\n")
            if size > limit:
                raise FeedError(
                    f"{where}: `query` returns more than {feed.max_megabytes:,} MB; raise "
                    "`max_megabytes` if that is right"
                )
            if monotonic() > deadline:
                raise _TooSlow


class _TooSlow(Exception):
    """The query took longer than it may."""


def _cell(value: object) -> str | list[str]:
    """A value as text; in a list where it is exact.

    >>> _cell(Decimal("12.40")), _cell(0.1), _cell(None), _cell("007"), _cell(date(2026, 1, 2))
    (['12.40'], ['0.1'], '', '007', ['2026-01-02'])
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | Decimal() | float():
            exact = Decimal(repr(value)) if isinstance(value, float) else value
            try:
                return [cells.number(exact)]
            except ValueError:  # NaN, infinity: told by the row that holds it
                return str(value)
        case datetime() | date():
            return [cells.instant(value)]
        case time():
            return value.isoformat()
        case bytes() | memoryview():
            return bytes(value).hex()
        case list() | dict():
            return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _url(feed: FeedConfig, base_dir: Path) -> URL:
    try:
        from sqlalchemy import make_url
        from sqlalchemy.exc import ArgumentError
    except ImportError as error:
        raise FeedError(_NEEDED) from error
    try:
        url = make_url(feed.path)
    except ArgumentError:
        raise FeedError(
            "`path` of a sql feed is a database's address: postgresql://user@host/database or "
            "sqlite:///file.db"
        ) from None
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    access = feed.access
    if access.user is not None:
        url = url.set(username=access.user)
    if access.password is not None:
        url = url.set(password=access.password.get_secret_value())
    if url.get_backend_name() == "sqlite":
        file = base_dir / (url.database or "")
        if not file.is_file():
            raise FeedError(f"{url.database}: no such file in {base_dir}; check `path`")
        url = url.set(database=f"file:{file}", query={"mode": "ro", "uri": "true"})
    return url


@contextmanager
def _engine(url: URL, feed: FeedConfig) -> Iterator[Engine]:
    from sqlalchemy import create_engine, pool
    from sqlalchemy.exc import NoSuchModuleError

    options: dict[str, Any] = {}
    backend = url.get_backend_name()
    if backend == "postgresql":
        milliseconds = int(feed.timeout_seconds * 1000)
        options = {
            "connect_timeout": _CONNECT_SECONDS,
            "options": f"-c default_transaction_read_only=on -c statement_timeout={milliseconds}",
        }
    elif backend in ("mysql", "mariadb"):
        options = {"connect_timeout": _CONNECT_SECONDS}
    try:
        engine = create_engine(url, poolclass=pool.NullPool, connect_args=options)
    except (NoSuchModuleError, ImportError) as error:
        raise FeedError(
            f"{url.drivername} needs a driver that is not installed ({error}); for PostgreSQL: "
            "pip install 'sellby[sql]'"
        ) from error
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _limited(connection: Connection, seconds: float) -> Iterator[None]:
    """Read-only, as far as the database has a word for it, and stopped after ``seconds``."""
    backend = connection.engine.url.get_backend_name()
    if backend in ("mysql", "mariadb"):
        connection.exec_driver_sql("set session transaction read only")
    elif backend == "sqlite":
        connection.exec_driver_sql("pragma query_only = on")
    raw = connection.connection.driver_connection
    stop = getattr(raw, "interrupt", None)  # sqlite3; the others have limits of their own
    if stop is None:
        yield
        return
    passed = threading.Event()

    def late() -> None:
        passed.set()
        stop()

    timer = threading.Timer(seconds, late)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception:
        if passed.is_set():
            raise _TooSlow from None
        raise
    finally:
        timer.cancel()


@contextmanager
def _told(feed: FeedConfig, url: URL, where: str) -> Iterator[None]:
    """What went wrong as a FeedError, without the password."""
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    try:
        yield
    except _TooSlow:
        raise FeedError(_slow(where, feed)) from None
    except DBAPIError as error:
        raise FeedError(_reason(error, feed, url, where)) from None
    except SQLAlchemyError as error:
        raise FeedError(f"{where}: {_clean(str(error), url)}; check `query`") from None


def _reason(error: Any, feed: FeedConfig, url: URL, where: str) -> str:
    kind = type(error.orig).__name__
    text = _clean(str(error.orig), url)
    if kind == "QueryCanceled":
        return _slow(where, feed)
    if kind == "ReadOnlySqlTransaction" or "readonly database" in text:
        return f"{where}: `query` writes, and a feed only reads: {text}"
    if error.statement is None:  # not even connected
        return (
            f"{where}: {text}; is the server running, and are host, `access.user` and "
            "`access.password` right?"
        )
    return f"{where}: the database refuses `query`: {text}"


def _slow(where: str, feed: FeedConfig) -> str:
    return (
        f"{where}: `query` took longer than {feed.timeout_seconds:g} s; make it faster (an index, "
        "fewer rows) or raise `timeout_seconds`"
    )


def _clean(text: str, url: URL) -> str:
    """One line without the password."""
    line = " ".join(text.split())[:300]
    return line.replace(str(url.password), "***") if url.password else line
