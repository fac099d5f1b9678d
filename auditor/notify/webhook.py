"""One message to a chat's or anybody's webhook. Its address is a secret and is never shown."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from auditor import __version__
from auditor.notify.trouble import NotSent
from crawler.config import Limits
from crawler.kms.interface import Request
from crawler.kms.transport import Transport, TransportError

if TYPE_CHECKING:
    from auditor.config import Config
    from auditor.store.notices import Notice

_TAKEN = range(200, 300)


def post(notice: Notice, config: Config) -> None:
    """Post one message. Raises NotSent with the host's name, never the address.

    ``X-Sellby-Key`` is the same whenever this very message is sent, so that a receiver can drop a
    second one.
    """
    hook = config.notify.webhooks.get(notice.recipient)
    if hook is None or not hook.is_on:
        raise NotSent(f"notify.webhooks.{notice.recipient} is not configured any more")
    url, secret = hook.url.get_secret_value(), hook.secret.get_secret_value()
    host = urlsplit(url).hostname or "its host"
    body = notice.body.encode()
    headers = {"Content-Type": "application/json", "X-Sellby-Key": notice.key}
    if secret:
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers["X-Sellby-Signature"] = f"sha256={digest}"
    limits = Limits(timeout_seconds=hook.timeout_seconds)
    transport = Transport(limits, f"Sellby/{__version__}")
    try:
        answer = transport.send(Request(url, "notice", "POST", headers, body))
    except TransportError as error:
        raise NotSent(f"{host} could not be reached ({error.outcome})") from None
    finally:
        transport.close()
    if answer.status not in _TAKEN:
        raise NotSent(f"{host} answers {answer.status}{_hint(answer.status)}")


def _hint(status: int) -> str:
    if status in (401, 403, 404, 410):
        return ": the webhook was withdrawn or its address is wrong"
    if status == 429:
        return ": too many messages; it is tried again by the next run"
    return ""
