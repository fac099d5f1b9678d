"""One message as a mail, over one connection for all of them."""

from __future__ import annotations

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING

from auditor.notify.digest import one_line
from auditor.notify.trouble import NotSent

if TYPE_CHECKING:
    from types import TracebackType

    from auditor.config.notify import SmtpConfig
    from auditor.store.notices import Notice


class Mailer:
    """Sends mails through the configured server; connects with the first one."""

    def __init__(self, config: SmtpConfig | None, contact: str = "") -> None:
        self._config, self._contact = config, contact
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Mailer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def send(self, notice: Notice) -> None:
        """Hand one mail over to the server. Raises NotSent."""
        config = self._config
        if config is None:
            raise NotSent("notify.smtp is not configured any more")
        mail = mail_of(notice, config)
        server = self.connect()
        try:
            server.send_message(mail, config.sender, [notice.recipient])
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()), (0, b""))
            raise NotSent(
                f"{config.host} does not take mail for {notice.recipient}: {code} {_said(words)}"
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            self._close()
            raise NotSent(_why(error, config)) from None

    def connect(self) -> smtplib.SMTP:
        """The server, logged in; connected with the first call. Raises NotSent."""
        config = self._config
        if config is None:
            raise NotSent("notify.smtp is not configured")
        try:
            if self._server is None:
                self._server = _connected(config)
        except (smtplib.SMTPException, OSError) as error:
            raise NotSent(_why(error, config)) from None
        return self._server

    def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


def mail_of(notice: Notice, config: SmtpConfig) -> EmailMessage:
    """The mail: plain text, marked as written by a machine, with an id that stays the same.

    Addresses go in as addresses and the subject as one line, so that no text of the web can add a
    header. Source: RFC 5322, RFC 3834 (Auto-Submitted).
    """
    mail = EmailMessage(policy=SMTP)
    domain = config.sender.rpartition("@")[2]
    mail["From"] = Address(display_name="Sellby", addr_spec=config.sender)
    mail["To"] = Address(addr_spec=notice.recipient)
    mail["Subject"] = one_line(notice.subject, 200)
    mail["Date"] = format_datetime(notice.made_at)
    mail["Message-ID"] = f"<{notice.key}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if config.reply_to:
        mail["Reply-To"] = Address(addr_spec=config.reply_to)
    mail.set_content(notice.body, charset="utf-8", cte="quoted-printable")
    return mail


def _connected(config: SmtpConfig) -> smtplib.SMTP:
    tls = ssl.create_default_context()
    if config.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            config.host, config.port, timeout=config.timeout_seconds, context=tls
        )
    else:
        server = smtplib.SMTP(config.host, config.port, timeout=config.timeout_seconds)
    try:
        if config.security == "starttls":
            server.starttls(context=tls)
        if config.user:
            server.login(config.user, config.password.get_secret_value())
    except BaseException:
        server.close()
        raise
    return server


def _why(error: Exception, config: SmtpConfig) -> str:
    """What a server said, or why there was no answer; never a password."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return (
            f"{config.host} refuses the login of {config.user} ({error.smtp_code}); check "
            "notify.smtp.user and password"
        )
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{config.host}: {error.smtp_code} {_said(error.smtp_error)}"
    reason = getattr(error, "strerror", None) or one_line(str(error)) or type(error).__name__
    return f"{config.host}:{config.port}: {reason}"


def _said(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return one_line(text, 200)
