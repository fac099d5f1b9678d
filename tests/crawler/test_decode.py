"""A body is whole, or it is refused with a reason."""

from __future__ import annotations

import gzip
import zlib

import pytest
import zstandard

from crawler.decode import ACCEPT_ENCODING, TooLarge, Truncated, decoded, gunzipped

brotli = pytest.importorskip("brotli")
PAGE = b"<html><p>Price: 9.99 EUR</p>" * 400
PACKED = {
    "gzip": gzip.compress(PAGE),
    "x-gzip": gzip.compress(PAGE),
    "deflate": zlib.compress(PAGE),
    "br": brotli.compress(PAGE),
    "zstd": zstandard.compress(PAGE),
}


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("cut", [1, 4, 9, 40])
def test_a_body_that_ends_early_is_refused(name, cut):
    with pytest.raises(Truncated):
        decoded(PACKED[name][:-cut], [name], 10**6)


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("body", [b"plain text", b"\x1f\x8b\x08", b"\x00" * 50])
def test_a_body_that_is_not_what_it_says_is_refused(name, body):
    with pytest.raises(Truncated):
        decoded(body, [name], 10**6)


@pytest.mark.parametrize("name", PACKED)
def test_a_damaged_body_never_passes(name):
    for at in range(0, len(PACKED[name]) - 1, 7):
        broken = bytearray(PACKED[name])
        broken[at] ^= 0xFF
        try:
            body = decoded(bytes(broken), [name], 10**6)
        except (Truncated, TooLarge):
            continue
        # Bits that mean nothing (a gzip header's time stamp), or an encoding without a checksum.
        assert body == PAGE or name in ("br", "zstd")


@pytest.mark.parametrize("name", PACKED)
def test_a_bomb_is_not_unpacked(name):
    zeros = bytes(50_000_000)
    bombs = {
        "gzip": lambda: gzip.compress(zeros, 9),
        "x-gzip": lambda: gzip.compress(zeros, 1),
        "deflate": lambda: zlib.compress(zeros, 1),
        "br": lambda: brotli.compress(zeros, quality=5),
        "zstd": lambda: zstandard.compress(zeros),
    }
    with pytest.raises(TooLarge):
        decoded(bombs[name](), [name], 100_000)


def test_more_layers_than_real_servers_send_are_refused():
    body = PAGE
    for _ in range(3):
        body = gzip.compress(body)
    with pytest.raises(Truncated, match="on top of each other"):
        decoded(body, ["gzip, gzip", "gzip"], 10**6)


def test_an_encoding_nobody_asked_for_is_refused():
    with pytest.raises(Truncated, match="compress"):
        decoded(PAGE, ["compress"], 10**6)


@pytest.mark.parametrize("name", PACKED)
def test_whole_bodies_are_unpacked(name):
    assert decoded(PACKED[name], [name], len(PAGE)) == PAGE
    assert decoded(PACKED[name], [f"identity, {name.upper()}"], len(PAGE)) == PAGE


def test_members_and_layers_are_unpacked():
    assert decoded(gzip.compress(b"a") + gzip.compress(b"b"), ["gzip"], 10) == b"ab"
    assert decoded(gzip.compress(b"a") + b"\0" * 8, ["gzip"], 10) == b"a", "padding is let pass"
    assert decoded(gzip.compress(zlib.compress(PAGE)), ["deflate, gzip"], 10**6) == PAGE
    bare = zlib.compressobj(wbits=-15)
    assert decoded(bare.compress(PAGE) + bare.flush(), ["deflate"], 10**6) == PAGE


def test_only_what_can_be_read_is_asked_for():
    for name in ACCEPT_ENCODING.split(", "):
        assert decoded(PACKED[name], [name], 10**6) == PAGE


def test_a_gz_file_is_unpacked_in_pieces_and_bounded():
    assert b"".join(gunzipped(PACKED["gzip"] * 2, 10**6)) == PAGE * 2
    with pytest.raises(TooLarge):
        list(gunzipped(gzip.compress(bytes(10**6)), 1000))
    with pytest.raises(Truncated):
        list(gunzipped(PACKED["gzip"][:-5], 10**6))
