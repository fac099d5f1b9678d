"""What a JSON API of articles looks like: `api` in config.yaml, and the shipped presets.

Texts may hold ``{names}``: ``{base}`` (the source's url), ``{options.x}``, ``{parent.x}`` (of a
list over which another is walked), ``{id}`` and ``{id.0}`` (its parts), and in fields any path of
an item; ``{id:int}`` is a number. Paths join keys and positions with dots, ``*`` is the first of
all, ``|`` tries one after the other. There are no expressions.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Call(_Strict):
    """One request."""

    url: str = Field(description="From the source's url on, e.g. /articles/{id}.")
    method: Literal["GET", "POST"] = Field("GET", description="GET, or POST with a JSON body.")
    query: dict[str, str | int | bool | tuple[str, ...]] = Field(
        default_factory=dict, description="Query parameters; lists are repeated."
    )
    body: dict[str, JsonValue] = Field(default_factory=dict, description="JSON body of a POST.")


class Paging(_Strict):
    """How a list goes on."""

    style: Literal["none", "page", "offset", "cursor", "next_url", "link"] = Field(
        description="page and offset count; cursor sends what the last answer gave; next_url "
        "follows a URL in the answer, link one in the Link header."
    )
    parameter: str = Field("", description="Name of the page, offset or cursor that is sent.")
    into: Literal["query", "body"] = Field("query", description="Where it is sent.")
    size: int = Field(100, ge=1, description="Items a page; fewer mean the end.")
    size_parameter: str = Field("", description="Name the size is sent as.")
    first: int = Field(1, ge=0, description="Number of the first page.")
    next: str = Field("", description="Path of the next cursor or URL in the answer.")
    total: str = Field("", description="Path of the number of pages (page) or items (offset).")
    relation: str = Field("next", description="Relation in the Link header.")

    @model_validator(mode="after")
    def _complete(self) -> Paging:
        needed = {
            "page": ("parameter",),
            "offset": ("parameter",),
            "cursor": ("parameter", "next"),
            "next_url": ("next",),
        }.get(self.style, ())
        if missing := [name for name in needed if not getattr(self, name)]:
            raise ValueError(f"paging of style {self.style} needs {' and '.join(missing)}")
        return self


class Listing(Call):
    """A list of items, perhaps walked once for each item of another list."""

    items: str = Field("", description="Path of the items; empty: the answer is the list.")
    children: str = Field("", description="Path in an item of further items like it.")
    paging: Paging = Paging(style="none")
    over: Listing | None = Field(
        None, description="List whose items are each `{parent}` of this one."
    )
    since: Since | None = Field(None, description="How to ask for what changed only.")
    newest_first: bool = Field(False, description="Sorted by `updated`, newest first.")


class Since(_Strict):
    """A filter by the time of the last change."""

    parameter: str = Field(description="Name it is sent as.")
    into: Literal["query", "body"] = Field("query", description="Where it is sent.")
    format: Literal["iso", "epoch", "milliseconds", "local"] = Field(
        "iso", description="local: 2026-11-22T07:36:29 in `zone`."
    )
    overlap_minutes: int = Field(
        10, ge=0, description="So much before the last run is asked for again."
    )


class Fields(_Strict):
    """Where an article's facts are: paths of an item, or texts with {paths}."""

    id: str | tuple[str, ...] = Field(description="What identifies it; several are joined.")
    url: str = Field(description="Where a reader opens it.")
    title: str = Field(description="Its title.")
    title_is_html: bool = Field(False, description="The title holds HTML, such as &amp;.")
    body: str = Field(description="Its text.")
    version: str = Field("", description="What changes with it; empty: `updated`.")
    updated: str = Field("", description="When it was changed.")
    author: str = Field("", description="Who changed it last.")
    owner: str = Field("", description="Who answers for it.")
    reviewed: str = Field("", description="When it was reviewed.")
    valid_to: str = Field("", description="Until when it holds.")
    verification: str = Field("", description="Path of its review state.")
    verified: tuple[str, ...] = Field((), description="States that mean verified.")
    expired: tuple[str, ...] = Field((), description="States that mean verified no longer.")
    edit_url: str = Field("", description="Where it is edited.")
    language: str = Field("", description="Its language, BCP 47.")
    views: str = Field("", description="How often it was viewed in all.")


class Declaration(_Strict):
    """A JSON API of articles."""

    about: str = Field("", description="One sentence on the product and the version meant.")
    sign_in: Literal["none", "bearer", "basic", "key_as_user", "header"] = Field(
        "bearer",
        description="How `token` is sent: as bearer token, with `user` as HTTP basic, as HTTP "
        "basic user with the password X, or in `header`.",
    )
    header: str = Field("Authorization", description="Header of the token (sign_in: header).")
    prefix: str = Field("", description="Text before the token there, e.g. `Token token=`.")
    headers: dict[str, str] = Field(default_factory=dict, description="Sent with every request.")
    throttle: str = Field("retry_after", description="Dialect; see docs/connectors.md.")
    options: dict[str, str] = Field(
        default_factory=dict, description="Options a source must set, each with a sentence."
    )
    defaults: dict[str, str] = Field(
        default_factory=dict, description="Options that may be left out, with their value."
    )
    list: Listing
    document: Call | None = Field(
        None, description="Brings one article by {id}; without it the list holds the texts."
    )
    item: str = Field("", description="Path of the article in the answer of `document`.")
    raw: bool = Field(
        False, description="`document` answers with the text itself, no JSON: field `raw`."
    )
    body_in_list: bool = Field(False, description="The list holds the texts too.")
    format: Literal["html", "markdown", "text"] = Field("html", description="What `body` is.")
    zone: str = Field("UTC", description="IANA zone of dates without one.")
    fields: Fields
    only: dict[str, tuple[JsonValue, ...]] = Field(
        default_factory=dict, description="Path → values an article must have to be read."
    )
    needs: tuple[str, ...] = Field((), description="Paths that must hold something.")
    error: str = Field("", description="Path of the message of an error sent with status 200.")


Listing.model_rebuild()
