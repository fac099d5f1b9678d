"""Bodies: each stored once by SHA-256, as a zstd keyframe or as a patch against another body.

A page's next body is mostly its last one with a number changed, so it is stored as a zstd
patch ("patch-from": the earlier body is the dictionary). Pages of one template are patches
against the first page of that template, too. The chain is short so that a random read stays
fast: keyframe ← a page's own frame ← its later bodies, never longer than ``MAX_DEPTH`` patches.
Every frame carries zstd's checksum over the body it gives, checked on every read: a damaged frame,
or a patch against the wrong base, never passes for a page.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import zstandard

from crawler.errors import StoreError

if TYPE_CHECKING:
    import sqlite3

# Patches applied to read one body: 2 = template keyframe, page's frame, revision.
MAX_DEPTH = 2
# A patch is kept where it is at most this share of what a keyframe would take.
WORTH_SHARE = 0.7
# A patch up to this share of the body is taken without comparing: few pages compress so well.
PLAINLY_WORTH_SHARE = 0.08
# Bodies outside of this are keyframes: too short to gain, or so long that a dictionary of that
# size costs more memory than it saves.
PATCHED_BYTES = range(256, 4 * 1024 * 1024)
LEVEL = 3
# A first body is patched from the keyframe it shares most tags with, among so many of its source;
# below that share of common tags it is not tried. Tags are taken from the head of the body.
KEYFRAMES_KEPT = 12
ALIKE_SHARE = 0.4
SKETCH_BYTES = 16 * 1024
# Bytes of decompressed bases kept for reading, and prepared bases kept for writing (each takes
# about 1 MB of tables beside its bytes).
READ_CACHE_BYTES = 24 * 1024 * 1024
WRITE_CACHE = 12


class Bodies:
    """Reads and writes the ``body`` table on a connection somebody else owns and locks."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
        self._keyframes: dict[str, list[tuple[int, frozenset[bytes]]]] = {}
        self._decompressor = zstandard.ZstdDecompressor()
        self._patchers: OrderedDict[int, zstandard.ZstdCompressor] = OrderedDict()
        self._readers: OrderedDict[int, tuple[zstandard.ZstdDecompressor, int]] = OrderedDict()
        self._read_bytes = 0

    def put(self, body: bytes, *, sha256: str, previous: int | None, source: str) -> int:
        """Store a body and return its row id; a body already there is not stored again.

        ``previous`` is the row of the page's last body; a page's first body is patched from
        another page's of the same ``source`` where they are alike.
        """
        found = self._connection.execute(
            "select id from body where sha256 = ?", (sha256,)
        ).fetchone()
        if found is not None:
            return int(found[0])
        base, data = self._encode(body, previous, source)
        cursor = self._connection.execute(
            "insert into body (sha256, size, base, data) values (?, ?, ?, ?)",
            (sha256, len(body), base, data),
        )
        row = cursor.lastrowid
        assert row is not None  # an insert without "or ignore" always has one
        if base is None and len(body) in PATCHED_BYTES:
            known = self._keyframes.setdefault(source, [])
            known.insert(0, (row, _sketch(body)))
            del known[KEYFRAMES_KEPT:]
        return row

    def get(self, row: int) -> bytes:
        """The body of a row, whole and undamaged. Raises StoreError where it is not."""
        return self._read(row, depth=0)

    def unpack(self, columns: tuple[str, int, int | None, bytes]) -> bytes:
        """The body of a row whose columns (sha256, size, base, data) were read already."""
        return self._unpacked(columns, depth=0)

    def forget(self) -> None:
        """Drop what is remembered of rows that may have been rolled back."""
        self._keyframes.clear()
        self._patchers.clear()
        self._readers.clear()
        self._read_bytes = 0

    def _encode(self, body: bytes, previous: int | None, source: str) -> tuple[int | None, bytes]:
        """(base, data): a patch where it is worth it, or a keyframe."""
        base = None
        if len(body) in PATCHED_BYTES:
            base = self._alike(body, source) if previous is None else self._earlier(previous)
        if base is None:
            return None, self._compressor.compress(body)
        patch = self._patcher(base).compress(body)
        if len(patch) <= len(body) * PLAINLY_WORTH_SHARE:
            return base, patch
        alone = self._compressor.compress(body)
        return (base, patch) if len(patch) <= len(alone) * WORTH_SHARE else (None, alone)

    def _earlier(self, previous: int) -> int | None:
        """The page's last body, or that one's base if it is deep already."""
        chain = self._chain(previous)
        row, size = chain[0] if len(chain) <= MAX_DEPTH else chain[1]
        return row if size in PATCHED_BYTES else None

    def _alike(self, body: bytes, source: str) -> int | None:
        """The keyframe that shares most tags with a body; None where none shares enough."""
        sketch = _sketch(body)
        alike = [(len(sketch & other), row) for row, other in self._keyframes.get(source, ())]
        if not alike:
            return None
        shared, row = max(alike)
        return row if shared >= ALIKE_SHARE * len(sketch) else None

    def _chain(self, row: int) -> list[tuple[int, int]]:
        """(row, size) from a body up to its keyframe."""
        chain: list[tuple[int, int]] = []
        at: int | None = row
        while at is not None and len(chain) <= MAX_DEPTH + 1:
            found = self._connection.execute(
                "select size, base from body where id = ?", (at,)
            ).fetchone()
            if found is None:
                raise StoreError(f"the database is damaged: body {at} is missing")
            chain.append((at, found[0]))
            at = found[1]
        return chain

    def _patcher(self, base: int) -> zstandard.ZstdCompressor:
        patcher = self._patchers.get(base)
        if patcher is not None:
            self._patchers.move_to_end(base)
            return patcher
        content = self._read(base, depth=0)
        patcher = zstandard.ZstdCompressor(
            dict_data=_raw_dictionary(content),
            compression_params=zstandard.ZstdCompressionParameters.from_level(
                LEVEL,
                # The window has to reach back over the whole base.
                window_log=max(19, (2 * len(content) + (1 << 18)).bit_length()),
                write_content_size=True,
                write_checksum=True,
                write_dict_id=False,
            ),
        )
        self._patchers[base] = patcher
        if len(self._patchers) > WRITE_CACHE:
            self._patchers.popitem(last=False)
        return patcher

    def _read(self, row: int, depth: int) -> bytes:
        found = self._connection.execute(
            "select sha256, size, base, data from body where id = ?", (row,)
        ).fetchone()
        if found is None or depth > MAX_DEPTH:
            raise StoreError(f"the database is damaged: body {row} is missing or has no keyframe")
        return self._unpacked(found, depth)

    def _unpacked(self, columns: tuple[str, int, int | None, bytes], depth: int) -> bytes:
        sha256, size, base, data = columns
        try:
            if base is None:
                body = self._decompressor.decompress(data, max_output_size=size)
            else:
                body = self._reader(base, depth).decompress(data, max_output_size=size)
        except zstandard.ZstdError as error:
            raise StoreError(f"the database is damaged: body {sha256}: {error}") from error
        return body

    def _reader(self, base: int, depth: int) -> zstandard.ZstdDecompressor:
        found = self._readers.get(base)
        if found is not None:
            self._readers.move_to_end(base)
            return found[0]
        content = self._read(base, depth + 1)
        reader = zstandard.ZstdDecompressor(
            dict_data=_raw_dictionary(content), max_window_size=1 << 27
        )
        self._readers[base] = (reader, len(content))
        self._read_bytes += len(content)
        while self._read_bytes > READ_CACHE_BYTES and len(self._readers) > 1:
            self._read_bytes -= self._readers.popitem(last=False)[1][1]
        return reader


def _sketch(body: bytes) -> frozenset[bytes]:
    """The different tags at a body's head, with what follows each: its template's, mostly."""
    return frozenset(body[:SKETCH_BYTES].split(b"<"))


def _raw_dictionary(content: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(content, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
