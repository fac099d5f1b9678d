"""How a feed is reached that is no local file: credentials, paging, limits."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr, model_validator

from auditor.feeds.rules import Strict


class Access(Strict):
    """What a server asks for before it gives a feed away; secrets only from ${ENV}."""

    user: str | None = Field(None, description="User name at an SFTP server or a database.")
    password: SecretStr | None = Field(None, description="Its password; from ${ENV}.")
    key_file: str | None = Field(
        None, description="SFTP: private key file, relative to config.yaml; else `password`."
    )
    host_key: str | None = Field(
        None,
        description="SFTP: the server's own key as in known_hosts, `ssh-ed25519 AAAA…`; else it "
        "must be in ~/.ssh/known_hosts. An unknown server is refused.",
    )
    key: SecretStr | None = Field(None, description="S3: access key; from ${ENV}.")
    secret: SecretStr | None = Field(None, description="S3: secret key; from ${ENV}.")
    endpoint: str | None = Field(
        None, description="S3: address of a server that is not Amazon's, https://…"
    )
    region: str | None = Field(None, description="S3: region, where the server asks for one.")
    anonymous: bool = Field(False, description="S3: ask without credentials (public buckets).")


class Paging(Strict):
    """How an HTTP API hands out its rows page by page."""

    by: Literal["next", "page", "offset", "cursor"] = Field(
        description="next: each answer has the next one's address; page, offset: a number is "
        "counted up until a page has no rows; cursor: each answer has a text for the next one."
    )
    path: str = Field(
        "",
        description="next, cursor: dotted path in the answer (`links.next`); next without it: the "
        "Link header.",
    )
    parameter: str = Field("", description="page, offset, cursor: the parameter in the address.")
    first: int | None = Field(None, ge=0, description="First number; else page 1, offset 0.")
    size: int | None = Field(None, ge=1, description="Rows asked for per page.")
    size_parameter: str = Field("limit", description="The parameter for `size`.")
    max_pages: int = Field(10_000, ge=1, description="More pages than these are an error.")

    @model_validator(mode="after")
    def _names_what_it_counts(self) -> Paging:
        if self.by == "next" and self.parameter:
            raise ValueError("by: next takes no parameter; the answer has the whole address")
        if self.by != "next" and not self.parameter:
            raise ValueError(f"by: {self.by} needs `parameter`, its name in the address")
        if self.by == "cursor" and not self.path:
            raise ValueError("by: cursor needs `path`, where the answer has it")
        return self
