"""An end for a whole answer: a socket's own timeout starts anew with every byte."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def ended_within(
    connected: socket.socket, seconds: float, late: Exception, *failures: type[Exception]
) -> Iterator[None]:
    """Cut the connection off after so many seconds, and raise ``late`` then.

    ``failures`` are what the body raises where the connection breaks, beside the errors of sockets
    and of http.client. ``late`` is raised also where nothing was: a body that ends with its
    connection looks whole.
    """
    passed = threading.Event()

    def cut() -> None:
        passed.set()
        with suppress(OSError):
            connected.shutdown(socket.SHUT_RDWR)

    broken: tuple[type[Exception], ...] = (OSError, http.client.HTTPException, *failures)
    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except broken as error:
        if passed.is_set():
            raise late from error
        raise
    finally:
        timer.cancel()
    if passed.is_set():
        raise late
