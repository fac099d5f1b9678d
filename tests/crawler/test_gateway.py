"""The gateway of rendered pages: what it lets through and what it refuses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from crawler.gateway import Gateway
from crawler.guard import Reach

HERE = frozenset({Reach.LOOPBACK})
PUBLIC = frozenset({Reach.PUBLIC})


def through(gateway: Gateway, request: str) -> bytes:
    """What a client of the gateway gets back for its first bytes."""

    async def ask() -> bytes:
        await gateway.serve()
        port = int(gateway.address.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request.encode())
        writer.write_eof()
        answer = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        gateway.close()
        return answer

    return asyncio.run(ask())


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/latest/", "http://10.0.0.1/", "http://localhost:1/", "http://[::1]/"],
)
def test_an_address_out_of_reach_is_refused(target: str) -> None:
    gateway = Gateway(PUBLIC)
    assert through(gateway, f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 403")
    assert gateway.refused == 1


def test_a_tunnel_to_loopback_is_refused_for_a_public_source() -> None:
    answer = through(Gateway(PUBLIC), "CONNECT 127.0.0.1:443 HTTP/1.1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 403")


def test_a_host_that_is_not_listed_is_refused() -> None:
    gateway = Gateway(HERE, {"shop.example"})
    answer = through(gateway, "GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize("request_", ["GET / HTTP/1.1\r\n\r\n", "nonsense\r\n\r\n",
                                      "GET http://a:99999/ HTTP/1.1\r\n\r\n"])  # fmt: skip
def test_what_is_no_request_to_a_proxy_is_a_bad_request(request_: str) -> None:
    assert through(Gateway(HERE), request_).startswith(b"HTTP/1.1 400")


def test_a_server_that_does_not_answer_is_a_bad_gateway() -> None:
    answer = through(Gateway(HERE), "GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 502")


def test_what_may_be_reached_is_handed_through(site: object, crawling: object) -> None:
    add: Callable[..., None] = site.add  # type: ignore[attr-defined]
    add("/x?y=1", "hello")
    url = site.url  # type: ignore[attr-defined]
    answer = through(
        Gateway(HERE),
        f"GET {url}/x?y=1 HTTP/1.1\r\nHost: a\r\nProxy-Connection: keep-alive\r\n\r\n",
    )
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"hello")
    (asked,) = site.asked  # type: ignore[attr-defined]
    assert asked.headers["connection"] == "close"
    assert "proxy-connection" not in asked.headers
