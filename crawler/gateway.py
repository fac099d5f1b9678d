"""The only way out for pages that a browser renders: a forward proxy on loopback.

A browser follows redirects, resolves names and loads whatever a page names by itself, out of
sight of the crawler's guard. Behind this gateway each of its connections goes to an address that
the source may reach, checked and connected to in one step, or it is refused.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.guard import reach

if TYPE_CHECKING:
    from collections.abc import Collection

    from crawler.guard import Reach

_HEAD_BYTES = 64 * 1024
_CONNECT_SECONDS = 15.0
_PIECE = 64 * 1024


def _said(status: str, why: str) -> bytes:
    """An answer of the gateway itself; with a body, without which a browser shows its own."""
    body = f"{why}\r\n".encode()
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    ).encode() + body


_REFUSED = _said("403 Forbidden", "Refused: out of this source's reach.")
_UNREACHED = _said("502 Bad Gateway", "Not reached.")
_BAD = _said("400 Bad Request", "This is a proxy.")
_TUNNEL = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Gateway:
    """Listens on a loopback port of its own from the start; answers once ``serve`` runs.

    ``reaches`` is what kinds of address may be connected to; ``hosts`` (lower case) which names,
    None: any.
    """

    def __init__(self, reaches: Collection[Reach], hosts: Collection[str] | None = None) -> None:
        self.refused = 0
        self._reaches = frozenset(reaches)
        self._hosts = None if hosts is None else frozenset(hosts)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._server: asyncio.Server | None = None
        # The loop itself keeps only weak references: an answer under way could be collected.
        self._under_way: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        """Where browsers are pointed to."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    async def serve(self) -> None:
        """Begin to answer."""
        self._server = await asyncio.start_server(
            self._answer, sock=self._socket, limit=_HEAD_BYTES
        )

    def close(self) -> None:
        """Stop; connections under way are cut."""
        if self._server is not None:
            self._server.close()
        for task in self._under_way:
            task.cancel()
        self._socket.close()

    def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._answered(reader, writer))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = await reader.readuntil(b"\r\n\r\n")
            target = _target(head)
            if target is None:
                writer.write(_BAD)
            else:
                await self._forward(target, head, reader, writer)
        with suppress(OSError):
            writer.close()
            await writer.wait_closed()

    async def _forward(
        self,
        target: tuple[str, int, bool],
        head: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        host, port, is_tunnel = target
        address = await self._admitted(host, port)
        if address is None:
            self.refused += 1
            writer.write(_REFUSED)
            return
        try:
            there, out = await asyncio.wait_for(
                asyncio.open_connection(address, port), _CONNECT_SECONDS
            )
        except (OSError, TimeoutError):
            writer.write(_UNREACHED)
            return
        try:
            if is_tunnel:
                writer.write(_TUNNEL)
            else:
                out.write(_as_origin(head))
            await _both_ways((reader, out), (there, writer))
        finally:
            out.close()
            with suppress(OSError):
                await out.wait_closed()

    async def _admitted(self, host: str, port: int) -> str | None:
        """An address of ``host`` that may be connected to; None where there is none."""
        if self._hosts is not None and host not in self._hosts:
            return None
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            return None
        addresses = [str(info[4][0]) for info in found]
        far = [a for a in addresses if reach(ipaddress.ip_address(a)) not in self._reaches]
        return addresses[0] if addresses and not far else None


def _target(head: bytes) -> tuple[str, int, bool] | None:
    """Host, port and whether a tunnel is wanted; None where it is no request to a proxy."""
    words = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
    if len(words) != 3:
        return None
    is_tunnel = words[0] == "CONNECT"
    try:
        parts = urlsplit(f"//{words[1]}" if is_tunnel else words[1])
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname or (not is_tunnel and parts.scheme != "http"):
        return None
    return parts.hostname.lower(), port or (443 if is_tunnel else 80), is_tunnel


def _as_origin(head: bytes) -> bytes:
    """A proxy request as the server itself is asked; one request a connection.

    >>> _as_origin(b"GET http://a.example/x?y HTTP/1.1\\r\\nHost: a.example\\r\\n\\r\\n")
    b'GET /x?y HTTP/1.1\\r\\nHost: a.example\\r\\nConnection: close\\r\\n\\r\\n'
    """
    first, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    method, url, version = first.split(b" ")
    parts = urlsplit(url)
    path = (parts.path or b"/") + (b"?" + parts.query if parts.query else b"")
    kept = [
        line
        for line in lines
        if not line.lower().startswith((b"connection:", b"proxy-", b"keep-alive:"))
    ]
    request = b" ".join((method, path, version))
    return b"\r\n".join((request, *kept, b"Connection: close", b"", b""))


async def _both_ways(*pairs: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
    """Hand bytes on in both directions until one side has ended."""
    tasks = [asyncio.create_task(_pipe(source, sink)) for source, sink in pairs]
    _done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    if tasks[1] in pending:  # the browser is done asking; the answer may still be on its way
        await asyncio.wait([tasks[1]])
    for task in tasks:
        task.cancel()


async def _pipe(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await source.read(_PIECE):
            sink.write(piece)
            await sink.drain()
