"""Opening the SQLite file: settings, migrations, and SQLite's errors in our own words."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlite_utils import Database

from crawler.errors import DiskFull, NewerDatabase, StoreError
from crawler.store.schema import migrations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlite_utils import Migrations

# How long another writer (a person's `confirm` during the nightly run) is waited for.
BUSY_SECONDS = 30.0
# The first SQLite with strict tables.
STRICT_SINCE = (3, 37)


def open_database(path: Path, *, read_only: bool = False) -> Database:
    """The database at ``path``, its crawler tables up to date; created where missing.

    WAL and synchronous NORMAL: what was committed survives a killed process. Raises
    NewerDatabase, DiskFull or StoreError; a file that is not ours is never changed.
    """
    if sqlite3.sqlite_version_info < STRICT_SINCE:
        raise StoreError(
            f"this Python has SQLite {sqlite3.sqlite_version}; Sellby needs "
            f"{'.'.join(map(str, STRICT_SINCE))} or later (a newer Python brings it)"
        )
    with readable_errors(path):
        if read_only and not path.is_file():
            raise StoreError(f"{path}: there is no database yet; run `sellby crawl` first")
        database = _connect(path, read_only=read_only)
        try:
            refuse_newer(database, migrations, path)
            if not read_only:
                database.execute("pragma journal_mode = wal")
                migrations.apply(database)
            elif migrations.pending(database):
                raise StoreError(
                    f"{path}: written by an older Sellby or not a Sellby database; "
                    "run `sellby crawl` to bring it up to date"
                )
        except BaseException:
            database.close()
            raise
    return database


def refuse_newer(database: Database, known: Migrations, path: Path) -> None:
    """Raise NewerDatabase where migrations were applied that this version does not know."""
    applied = {migration.name for migration in known.applied(database)}
    ours = {migration.name for migration in known.pending(Database(memory=True))}
    if unknown := sorted(applied - ours):
        raise NewerDatabase(
            f"{path}: written by a newer Sellby (it knows {unknown[-1]}, this one does not); "
            "upgrade Sellby to open it. Nothing was changed."
        )


@contextmanager
def transaction(database: Database) -> Iterator[None]:
    """One write transaction that takes the write lock at its start, so it cannot fail half-way.

    A deferred BEGIN that reads first fails with SQLITE_BUSY when another process wrote meanwhile.
    """
    database.conn.execute("begin immediate")
    try:
        yield
        database.conn.execute("commit")
    except BaseException:
        if database.conn.in_transaction:
            database.conn.execute("rollback")
        raise


@contextmanager
def readable_errors(path: Path) -> Iterator[None]:
    """Turn sqlite3's errors into StoreError or DiskFull that say what to do next."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise _operational(path, error) from error
    except (sqlite3.ProgrammingError, sqlite3.IntegrityError):
        raise  # a mistake of ours, not the file's
    except sqlite3.DatabaseError as error:
        raise StoreError(
            f"{path}: the database is damaged or not a database ({error}); "
            "nothing was changed. Restore a copy, or move the file away to start anew."
        ) from error
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror or error}") from error


def _connect(path: Path, *, read_only: bool) -> Database:
    if read_only:
        connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro",
            uri=True,
            timeout=BUSY_SECONDS,
            check_same_thread=False,
        )
    else:
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
    connection.isolation_level = None
    try:
        connection.execute("pragma foreign_keys = on")
        connection.execute("pragma synchronous = normal")
        connection.execute("pragma temp_store = memory")
        connection.execute("select count(*) from sqlite_master").fetchone()
        return Database(connection, execute_plugins=False)
    except BaseException:
        connection.close()
        raise


def _operational(path: Path, error: sqlite3.OperationalError) -> StoreError:
    code = getattr(error, "sqlite_errorcode", None)
    text = str(error)
    if code == sqlite3.SQLITE_FULL or "disk is full" in text:
        return DiskFull(
            f"{path}: no room left on the disk; everything saved before stays. "
            "Make room and run again: the crawl goes on where it stopped."
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreError(
            f"{path}: another process has been writing for {BUSY_SECONDS:.0f} s; try again later"
        )
    if code == sqlite3.SQLITE_CANTOPEN:
        return StoreError(
            f"{path}: cannot be opened; does its folder exist and may you write there?"
        )
    if code == sqlite3.SQLITE_READONLY:
        return StoreError(f"{path}: is read-only")
    return StoreError(f"{path}: {text}")


def first_damage(path: Path) -> str:
    """What SQLite's quick check finds first in the file at ``path``, "" where it is sound.

    Reads the whole file. Raises StoreError where it cannot be opened at all.
    """
    with readable_errors(path):
        database = _connect(path, read_only=True)
        try:
            found: str = database.execute("pragma quick_check(1)").fetchone()[0]
        finally:
            database.close()
    return "" if found == "ok" else " ".join(found.split())
