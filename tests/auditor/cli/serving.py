"""The company on a real server on loopback, and what asks it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import uvicorn

from auditor.config import load
from auditor.serve import create_app

if TYPE_CHECKING:
    from .conftest import Company

PEOPLE = """
people:
  tom@acme.example: {token: token-of-tom}
  rita@acme.example: {role: reader, token: token-of-rita}
  ruth@acme.example: {role: lead, token: token-of-ruth}
serve: {requests_per_second: 1000, burst: 1000}
"""


@dataclass
class Served:
    """The company, and where it is served."""

    company: Company
    url: str
    open: ExitStack

    def signed_in(self, token: str = "token-of-tom") -> httpx.Client:
        """A browser of somebody who has signed in."""
        client = self.open.enter_context(
            httpx.Client(base_url=self.url, follow_redirects=True, timeout=60)
        )
        client.post("/signin", data={"token": token, "next": "/mine.html"})
        return client

    def api(self, token: str = "token-of-tom") -> httpx.Client:
        """A program with a token."""
        return self.open.enter_context(
            httpx.Client(
                base_url=self.url, headers={"Authorization": f"Bearer {token}"}, timeout=60
            )
        )

    def finding(self, sku: str = "TB-100") -> dict[str, str]:
        (found,) = self.api().get("/api/findings", params={"sku": sku, "every_state": "1"}).json()
        return found


@contextmanager
def serving(audited: Company, people: str = PEOPLE) -> Iterator[Served]:
    """The company on a real server, in a thread of this process."""
    path = audited.directory / "config.yaml"
    path.write_text(path.read_text() + people)
    app = create_app(load(path), audited.directory / "sellby.db")
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 60
        while not server.started:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        with ExitStack() as clients:
            yield Served(audited, f"http://127.0.0.1:{port}", clients)
    finally:
        server.should_exit = True
        thread.join(60)


def laptop_of(served: Served, token: str) -> Company:
    """Somebody's own directory: nothing but where the server is, the time zone, and a token."""
    home = served.company.directory / token
    home.mkdir(exist_ok=True)
    (home / "config.yaml").write_text(
        f"timezone: Europe/Berlin\nserver: {{url: {served.url}, token: {token}}}\n"
    )
    return type(served.company)(home)
