"""The body a server meant: decompressed whole, within the size limit, or refused with a reason.

Scrapy's own decompression returns what it got so far from a cut gzip stream, with no flag.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import zstandard

from crawler.errors import CrawlerError

try:
    import brotli  # type: ignore[import-untyped]  # it has no stubs
except ImportError:  # an optional part of some Scrapy builds
    brotli = None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# What is asked for: only what can be read.
ACCEPT_ENCODING = "gzip, deflate, br, zstd" if brotli else "gzip, deflate, zstd"
# Encodings on top of each other that a real server sends; more is an attack.
_MAX_LAYERS = 2
_CHUNK = 64 * 1024


class TooLarge(CrawlerError):
    """The decompressed body is larger than the limit."""


class Truncated(CrawlerError):
    """The body ends early or is not in the encoding it says."""


def decoded(body: bytes, encodings: Sequence[str], limit: int) -> bytes:
    """The body without its content encodings, ``limit`` bytes at most.

    ``encodings`` are the values of Content-Encoding in the order they were applied. Raises
    TooLarge as soon as the limit is passed (a bomb is never unpacked whole) and Truncated where
    the stream ends early, is damaged, or is in an encoding that was not asked for.

    >>> import gzip
    >>> decoded(gzip.compress(b"hello"), ["gzip"], 100)
    b'hello'
    >>> decoded(gzip.compress(b"hello")[:-9], ["gzip"], 100)
    Traceback (most recent call last):
    crawler.decode.Truncated: the gzip body ends early
    >>> decoded(gzip.compress(bytes(1000)), ["gzip"], 100)
    Traceback (most recent call last):
    crawler.decode.TooLarge: more than 100 bytes when decompressed
    """
    layers = [name.strip().lower() for value in encodings for name in value.split(",")]
    layers = [name for name in layers if name and name != "identity"]
    if len(layers) > _MAX_LAYERS:
        raise Truncated(f"{len(layers)} content encodings on top of each other")
    for name in reversed(layers):
        decoder = _DECODERS.get(name)
        if decoder is None:
            raise Truncated(f"content encoding {name!r} was not asked for")
        if body:
            body = decoder(body, limit)
    if len(body) > limit:
        raise TooLarge(f"more than {limit} bytes")
    return body


def gunzipped(body: bytes, limit: int) -> Iterator[bytes]:
    """The pieces of a gzip file (a ``.gz`` sitemap), as they are unpacked.

    Raises TooLarge and Truncated, after the pieces that could be read.
    """
    total = 0
    stream = zlib.decompressobj(wbits=31)
    data = body
    while data:
        try:
            piece = stream.decompress(data, _CHUNK)
        except zlib.error as error:
            raise Truncated(f"the gzip body is damaged: {error}") from error
        total += len(piece)
        if total > limit:
            raise TooLarge(f"more than {limit} bytes when decompressed")
        if piece:
            yield piece
        data = stream.unconsumed_tail
        if stream.eof and stream.unused_data[:2] == b"\x1f\x8b":
            data, stream = stream.unused_data, zlib.decompressobj(wbits=31)
    if not stream.eof:
        raise Truncated("the gzip body ends early")


def _gzip(body: bytes, limit: int) -> bytes:
    return _inflated(body, limit, "gzip", wbits=31)


def _deflate(body: bytes, limit: int) -> bytes:
    # RFC 9110 says zlib; some servers send the bare stream.
    zlib_header = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
    return _inflated(body, limit, "deflate", wbits=15 if zlib_header else -15)


def _inflated(body: bytes, limit: int, name: str, wbits: int) -> bytes:
    pieces: list[bytes] = []
    room = limit
    while True:
        stream = zlib.decompressobj(wbits=wbits)
        try:
            piece = stream.decompress(body, room + 1)
        except zlib.error as error:
            raise Truncated(f"the {name} body is damaged: {error}") from error
        pieces.append(piece)
        room -= len(piece)
        if room < 0:
            raise TooLarge(f"more than {limit} bytes when decompressed")
        if not stream.eof:
            raise Truncated(f"the {name} body ends early")
        body = stream.unused_data
        if wbits != 31 or body[:2] != b"\x1f\x8b":
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _brotli(body: bytes, limit: int) -> bytes:
    stream = brotli.Decompressor()
    pieces: list[bytes] = []
    room = limit
    try:
        piece = stream.process(body, output_buffer_limit=_CHUNK)
        while piece or not stream.can_accept_more_data():
            pieces.append(piece)
            room -= len(piece)
            if room < 0:
                raise TooLarge(f"more than {limit} bytes when decompressed")
            piece = stream.process(b"", output_buffer_limit=_CHUNK)
    except brotli.error as error:
        raise Truncated(f"the br body is damaged: {error}") from error
    if not stream.is_finished():
        raise Truncated("the br body ends early")
    return b"".join(pieces)


def _zstd(body: bytes, limit: int) -> bytes:
    pieces: list[bytes] = []
    room = limit
    stream = zstandard.ZstdDecompressor(max_window_size=1 << 23).decompressobj()
    try:
        # Piece by piece: the library has no limit on what one call may give.
        for at in range(0, len(body), 256):
            piece = stream.decompress(body[at : at + 256])
            pieces.append(piece)
            room -= len(piece)
            if room < 0:
                raise TooLarge(f"more than {limit} bytes when decompressed")
            if stream.eof:
                break
    except zstandard.ZstdError as error:
        raise Truncated(f"the zstd body is damaged: {error}") from error
    if not stream.eof:
        raise Truncated("the zstd body ends early")
    return b"".join(pieces)


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "zstd": _zstd,
}
if brotli:
    _DECODERS["br"] = _brotli
