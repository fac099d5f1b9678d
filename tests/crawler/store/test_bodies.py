"""Bodies: small where they repeat, exact when read, refused when damaged."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.errors import StoreError
from crawler.store.bodies import MAX_DEPTH, PATCHED_BYTES, Bodies
from crawler.store.connection import open_database

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    database = open_database(tmp_path / "bodies.db")
    yield database.conn
    database.close()


def put(bodies: Bodies, body: bytes, previous: int | None = None, source: str = "shop") -> int:
    sha256 = hashlib.sha256(body).hexdigest()
    return bodies.put(body, sha256=sha256, previous=previous, source=source)


def page(seed: int, size: int = 20_000) -> bytes:
    """A page of one template: mostly its own words, some of the template's."""
    own = random.Random(seed)
    words = [f"word{own.randrange(5000)}" for _ in range(size // 20)]
    return (TEMPLATE + "<p>" + " ".join(words)).encode()


TEMPLATE = "".join(f"<li><a href='/c/{n * 7919 % 4999}'>Category {n}</a>" for n in range(400))


def depth(connection: sqlite3.Connection, row: int) -> int:
    base = connection.execute("select base from body where id = ?", (row,)).fetchone()[0]
    return 0 if base is None else 1 + depth(connection, base)


def stored(connection: sqlite3.Connection, row: int) -> int:
    size: int = connection.execute("select length(data) from body where id = ?", (row,)).fetchone()[
        0
    ]
    return size


@pytest.mark.parametrize("offset", [6, 40, 500, -3])
def test_a_changed_byte_in_the_file_is_noticed(connection: sqlite3.Connection, offset: int) -> None:
    bodies = Bodies(connection)
    first = put(bodies, page(1))
    second = put(bodies, page(1).replace(b"word1", b"w0rd1", 3), first)
    data = bytearray(
        connection.execute("select data from body where id = ?", (first,)).fetchone()[0]
    )
    data[offset] ^= 0x10
    connection.execute("update body set data = ? where id = ?", (bytes(data), first))
    for row in (first, second):
        with pytest.raises(StoreError, match="damaged"):
            Bodies(connection).get(row)


def test_a_patch_against_another_body_is_noticed(connection: sqlite3.Connection) -> None:
    bodies = Bodies(connection)
    rows = [put(bodies, page(n), source=f"shop {n}") for n in (1, 2)]
    patch = put(bodies, page(1).replace(b"word1", b"w0rd1", 3), rows[0])
    connection.execute("update body set base = ? where id = ?", (rows[1], patch))
    with pytest.raises(StoreError, match="damaged"):
        Bodies(connection).get(patch)


def test_a_cut_blob_is_noticed(connection: sqlite3.Connection) -> None:
    row = put(Bodies(connection), page(1))
    connection.execute("update body set data = substr(data, 1, 100) where id = ?", (row,))
    with pytest.raises(StoreError, match="damaged"):
        Bodies(connection).get(row)


def test_a_missing_row_is_noticed(connection: sqlite3.Connection) -> None:
    with pytest.raises(StoreError, match="missing"):
        Bodies(connection).get(4711)


def test_a_circle_of_bases_is_noticed(connection: sqlite3.Connection) -> None:
    bodies = Bodies(connection)
    first = put(bodies, page(1))
    second = put(bodies, page(1) + b"!", first)
    connection.execute("update body set base = ? where id = ?", (second, first))
    with pytest.raises(StoreError, match="damaged"):
        Bodies(connection).get(second)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(st.binary(max_size=600), st.integers(0, 5).map(lambda seed: page(seed, 2000))),
        min_size=1,
        max_size=8,
    )
)
def test_every_body_is_read_back_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory, versions: list[bytes]
) -> None:
    database = open_database(tmp_path_factory.mktemp("bodies") / "bodies.db")
    try:
        bodies = Bodies(database.conn)
        previous = None
        rows = []
        for body in versions:
            previous = put(bodies, body, previous)
            rows.append(previous)
        fresh = Bodies(database.conn)
        assert [fresh.get(row) for row in rows] == versions
        assert all(depth(database.conn, row) <= MAX_DEPTH for row in rows)
    finally:
        database.close()


def test_a_pages_next_body_is_a_small_patch(connection: sqlite3.Connection) -> None:
    bodies = Bodies(connection)
    first = put(bodies, page(1))
    second = put(bodies, page(1).replace(b"word1", b"w0rd1", 1), first)
    assert stored(connection, second) < stored(connection, first) / 20


def test_chains_stay_short_over_a_year_of_changes(connection: sqlite3.Connection) -> None:
    bodies = Bodies(connection)
    body, row = page(2), put(bodies, page(1))
    for night in range(365):
        body = body + f"<p>{night}".encode()
        row = put(bodies, body, row if night else None)
        assert depth(connection, row) <= MAX_DEPTH
    assert Bodies(connection).get(row) == body


def test_a_page_of_the_same_template_is_a_patch_of_the_first(
    connection: sqlite3.Connection,
) -> None:
    bodies = Bodies(connection)
    first = put(bodies, page(1, 2000))
    second = put(bodies, page(2, 2000))
    assert (depth(connection, first), depth(connection, second)) == (0, 1)
    assert stored(connection, second) < stored(connection, first) * 0.6


def test_what_has_nothing_in_common_becomes_a_keyframe(connection: sqlite3.Connection) -> None:
    bodies = Bodies(connection)
    first = put(bodies, random.Random(1).randbytes(5000))
    second = put(bodies, random.Random(2).randbytes(5000), first)
    assert depth(connection, second) == 0


def test_the_empty_body_and_the_huge_one_are_stored(connection: sqlite3.Connection) -> None:
    bodies = Bodies(connection)
    huge = page(1, PATCHED_BYTES.stop * 2)
    rows = [put(bodies, body) for body in (b"", huge, huge + b"!")]
    rows.append(put(bodies, huge + b"?", rows[1]))
    assert [depth(connection, row) for row in rows] == [0, 0, 0, 0]
    assert Bodies(connection).get(rows[0]) == b""
    assert Bodies(connection).get(rows[2]) == huge + b"!"
