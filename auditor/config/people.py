"""What config.yaml says of people: who they are, what they are asked, and by when they answer."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator

from auditor.model import Attribute, PersonRole
from auditor.working_time import public_holidays


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _listed(value: object) -> object:
    """A single value where a list may stand."""
    return value if isinstance(value, list | tuple) else [value]


class Person(_Strict):
    """Somebody who decides; named by the key, as under `owners` (a mail address is best)."""

    role: PersonRole = Field(
        PersonRole.OWNER,
        description="On the server: `reader` reads and flags, `owner` also decides on what is "
        "theirs, `lead` on everything.",
    )
    deputy: str = Field("", description="Who gets their findings while they are away or late.")
    token: SecretStr | None = Field(
        None, description="Their token for the server, from the environment: ${ANNA_TOKEN}."
    )
    token_sha256: str = Field(
        "",
        pattern="^([0-9a-f]{64})?$",
        description="Or only its SHA-256, as `sellby token` prints it: a secret no more.",
    )


_SPAN = re.compile(r"(\d{1,4})\s*([hd])")


def _span(value: object) -> object:
    if value is None or isinstance(value, tuple):
        return value
    found = _SPAN.fullmatch(str(value).strip().lower())
    if found is None:
        raise ValueError(f"{value!r} is no business time like 8h or 2d")
    return int(found[1]), found[2]


Span = Annotated[tuple[int, Literal["h", "d"]], BeforeValidator(_span)]
"""Business time: so many working hours or working days."""


class ServiceLevel(_Strict):
    """By when findings that fit are acknowledged and fixed; an empty condition always fits."""

    class_: Annotated[tuple[Literal["A", "B", "C"], ...], BeforeValidator(_listed)] = Field(
        (), alias="class", description="Popularity classes of the product: A, B, C."
    )
    attribute: Annotated[tuple[Attribute, ...], BeforeValidator(_listed)] = Field(
        (), description="Kinds of facts: price, moq, spec …"
    )
    acknowledge: Span | None = Field(
        None, description="Working time until somebody decides anything, e.g. 8h or 1d."
    )
    fix: Span | None = Field(
        None, description="Working time until a snapshot shows it fixed, e.g. 3d."
    )


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*-\s*([01]\d|2[0-3]|24):([0-5]\d)")


class Calendar(_Strict):
    """When people work: clocks of service levels stand still outside, in `timezone`'s time."""

    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = Field(
        ("mon", "tue", "wed", "thu", "fri"), min_length=1, description="Working days."
    )
    hours: Annotated[tuple[int, int], BeforeValidator(lambda value: Calendar.minutes(value))] = (
        Field((540, 1020), description="Working hours of a day, like 09:00-17:00.")
    )
    holidays: tuple[date, ...] = Field((), description="Days off, like 2026-12-25.")
    country: str = Field(
        "",
        pattern="^([A-Z]{2}(-[A-Z0-9]{1,3})?)?$",
        description="Country, or country and region, whose public holidays are days off, too: DE "
        "or DE-BY; needs sellby[holidays].",
    )

    @field_validator("country")
    @classmethod
    def _known(cls, country: str) -> str:
        if country:
            public_holidays(country)
        return country

    @staticmethod
    def minutes(value: object) -> object:
        """ "09:00-17:00" as minutes of the day. Raises ValueError."""
        if isinstance(value, tuple):
            return value
        found = _HOURS.fullmatch(str(value).strip())
        if found is None:
            raise ValueError(f"{value!r} is no span of a day like 09:00-17:00")
        start, end = (int(found[n]) * 60 + int(found[n + 1]) for n in (1, 3))
        if not start < end <= 1440:
            raise ValueError(f"{value!r} ends before it starts")
        return start, end

    @property
    def weekdays(self) -> frozenset[int]:
        """Working days as numbers, Monday 0."""
        return frozenset(_DAYS.index(day) for day in self.days)


class ServiceConfig(_Strict):
    """Service levels and the working time they are counted in."""

    levels: tuple[ServiceLevel, ...] = Field((), description="The first level that fits decides.")
    calendar: Calendar = Field(default_factory=Calendar, description="When people work.")


class AskingConfig(_Strict):
    """How much people are asked at once, and when a rule has cried wolf too often."""

    per_night: int = Field(
        20, ge=1, description="Tasks on a person's list that wait for a first answer, at most."
    )
    first_nights: tuple[int, ...] = Field(
        (5, 10, 15), description="The same for the first nights that somebody is asked anything."
    )
    precision_floor: float = Field(
        0.8,
        ge=0,
        le=1,
        description="Share of decided findings that were no false alarm, below which a rule is "
        "called out.",
    )
    fewest_decided: int = Field(
        8, ge=1, description="Decisions on a rule's findings before it is called out."
    )


class ServerConfig(_Strict):
    """Where decisions are made instead of in a database here."""

    url: str = Field("", description="Address of `sellby serve`, like https://sellby.example.com.")
    token: SecretStr | None = Field(None, description="Your token: ${SELLBY_TOKEN}.")


class ServeConfig(_Strict):
    """How `sellby serve` answers; TLS is the reverse proxy's."""

    host: str = Field("127.0.0.1", description="Address to listen on; the proxy stands before it.")
    port: int = Field(8765, ge=1, le=65535, description="Port to listen on.")
    session_hours: float = Field(12, gt=0, le=744, description="Hours until one signs in anew.")
    requests_per_second: float = Field(
        20, gt=0, description="Requests a second that one person may make, in the long run."
    )
    burst: int = Field(200, ge=1, description="Requests at once, before that counts.")
    trusted_proxies: tuple[str, ...] = Field(
        ("127.0.0.1",), description="Addresses whose X-Forwarded-For and -Proto are believed."
    )
