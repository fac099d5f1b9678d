"""Who is told what by mail and chat: the ``notify`` part of config.yaml."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class SmtpConfig(_Strict):
    """The server that mails go out through."""

    host: str = Field(min_length=1, description="Name of the mail server.")
    port: int = Field(587, ge=1, le=65535, description="Its port: 587, 465 with tls, 25 with none.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection is secured."
    )
    user: str = Field("", description="Login, where the server wants one.")
    password: SecretStr = Field(SecretStr(""), description="Its password, as ${NAME}.")
    sender: str = Field(min_length=3, description="Address the mails come from.")
    reply_to: str = Field("", description="Where answers go; else to the sender.")
    timeout_seconds: float = Field(30, gt=0, description="Seconds to wait for the server.")

    @model_validator(mode="after")
    def _no_password_in_clear(self) -> SmtpConfig:
        if (
            self.password.get_secret_value()
            and self.security == "none"
            and self.host not in _LOOPBACK
        ):
            raise ValueError("a password needs security: starttls or tls")
        return self


class WebhookConfig(_Strict):
    """A channel of a chat, or any address that takes JSON."""

    kind: Literal["slack", "teams", "generic"] = Field(description="What it understands.")
    url: SecretStr = Field(description="Its address, as ${NAME}: whoever has it can post.")
    owner: str = Field("", description="Whose digest it gets; else the lead's, and incidents.")
    secret: SecretStr = Field(
        SecretStr(""),
        description="generic: signs the body, HMAC-SHA256 in X-Sellby-Signature; as ${NAME}.",
    )
    timeout_seconds: float = Field(20, gt=0, description="Seconds to wait for an answer.")

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: SecretStr) -> SecretStr:
        if url.get_secret_value() and not url.get_secret_value().startswith(
            ("https://", "http://")
        ):
            raise ValueError("is no address that begins with https://")
        return url

    @property
    def is_on(self) -> bool:
        """Whether there is an address to post to; it may be missing where nothing is sent."""
        return bool(self.url.get_secret_value())


class NotifyConfig(_Strict):
    """Digests, advance notices and incidents, by mail and chat; nothing is sent without it."""

    smtp: SmtpConfig | None = Field(None, description="Mails are sent where it is given.")
    webhooks: dict[str, WebhookConfig] = Field(
        default_factory=dict, description="Channels of chats and other addresses, by name."
    )
    addresses: dict[str, str] = Field(
        default_factory=dict, description="Owner → mail address, where the name is none itself."
    )
    lead: Annotated[tuple[str, ...], BeforeValidator(_listed)] = Field(
        (), description="Who gets the lead's digest and incidents; else `lead`."
    )
    report_url: str = Field("", description="Where the report can be read: the link to the rest.")
    lines: int = Field(10, ge=1, le=10, description="Most findings named in one message.")
    advance_days: int = Field(
        14, ge=0, description="Days before a scheduled change that its owners are told; 0: not."
    )

    @property
    def is_on(self) -> bool:
        """Whether there is any channel to tell somebody by."""
        return self.smtp is not None or any(hook.is_on for hook in self.webhooks.values())
