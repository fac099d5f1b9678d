"""The mapping of a feed's columns to Sellby's fields: a closed set of steps, no code.

What the steps do stands in ``auditor.feeds.mapping``; docs/configuration.md is generated from
these models.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from babel import Locale, UnknownLocaleError
from dateutil import tz
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

SLOT = "{}"
"""What stands for the group of ``unpivot`` in a ``column`` or ``constant``."""


def _zone(name: str) -> str:
    if not name or tz.gettz(name) is None:
        raise ValueError(f"{name!r} is no IANA time zone (Europe/Berlin, America/New_York, UTC …)")
    return name


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from None
    return text


def _one_group(text: str) -> str:
    groups = re.compile(_pattern(text)).groups
    if groups != 1:
        raise ValueError(
            f"{text!r} has {groups or 'no'} groups and needs exactly one: (…) around what is "
            "wanted, (?:…) around the rest"
        )
    return text


def _locale(text: str) -> str:
    try:
        Locale.parse(text, sep="-")
    except (UnknownLocaleError, ValueError):
        raise ValueError(f"{text!r} is no language tag, like de-DE") from None
    return text


def listed(value: object) -> object:
    """A single text where a list of texts may stand."""
    return [value] if isinstance(value, str) else value


TimeZone = Annotated[str, AfterValidator(_zone)]
Pattern = Annotated[str, AfterValidator(_pattern)]
OneGroup = Annotated[str, AfterValidator(_one_group)]
NumberLocale = Annotated[str, AfterValidator(_locale)]
Texts = Annotated[tuple[str, ...], BeforeValidator(listed)]


class Strict(BaseModel):
    """A model that knows its keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(Strict):
    """When a row, or one of its columns, counts: all that is given must hold."""

    column: str = Field(min_length=1, description="Column that is looked at.")
    is_: Texts = Field((), alias="is", description="Its text is one of these.")
    not_: Texts = Field((), alias="not", description="Its text is none of these.")
    empty: bool | None = Field(None, description="true: it is empty; false: it is not.")
    matches: Pattern | None = Field(
        None, description="Regular expression that its whole text fits."
    )

    @model_validator(mode="after")
    def _asks_something(self) -> Condition:
        if not self.is_ and not self.not_ and self.empty is None and self.matches is None:
            raise ValueError("say what must hold: is, not, empty or matches")
        return self


def _several(value: object) -> object:
    return [value] if isinstance(value, dict) else value


Conditions = Annotated[tuple[Condition, ...], BeforeValidator(_several)]


class Column(Strict):
    """Where one field comes from: a closed set of steps, no code.

    Order: ``column`` or ``constant`` (only where ``when`` holds), then ``open``, ``regex``,
    ``default``, ``strip_leading``, ``lookup``, then the number (``locale``, or ``decimal`` and
    ``thousands``) or the date (``date``, ``timezone``, ``inclusive``).
    """

    column: str | None = Field(
        None,
        description="Header of the column that is read; in JSON and XML the path to it. `{}` "
        "stands for the group of `unpivot`.",
    )
    constant: str | None = Field(None, description="The same text for every row; `{}` as above.")
    when: Conditions = Field((), description="Else the column counts as empty.")
    open: tuple[str, ...] = Field(
        (), description="Texts that mean empty, such as 99991231 for an open end."
    )
    regex: OneGroup | None = Field(
        None,
        description="Regular expression that the whole text fits; its one group is kept. A text "
        "that does not fit rejects the row.",
    )
    default: str | None = Field(None, description="Used where the column is empty.")
    strip_leading: str | None = Field(
        None, min_length=1, max_length=1, description="Leading fill character that is cut off."
    )
    lookup: dict[str, str] | None = Field(
        None,
        description="Table from the feed's text to Sellby's; a text not in it rejects the row.",
    )
    locale: NumberLocale | None = Field(
        None,
        description="Language tag such as de-DE: makes the column a number with that country's "
        "signs.",
    )
    decimal: Literal[".", ","] | None = Field(
        None, description="Decimal sign; makes the column a number."
    )
    thousands: Literal[".", ",", " ", "'"] | None = Field(
        None, description="Thousands separator; only checked groups of three are accepted."
    )
    date: str | None = Field(
        None, description="strptime form such as %d.%m.%Y, or iso; makes the column a date."
    )
    timezone: TimeZone | None = Field(
        None, description="IANA zone of these dates; else the feed's."
    )
    inclusive: bool = Field(
        False, description="An end date that is itself still valid; one day is added."
    )

    @model_validator(mode="after")
    def _one_origin(self) -> Column:
        if (self.column is None) == (self.constant is None):
            raise ValueError("give exactly one of column and constant")
        if self.locale is not None and (self.decimal is not None or self.thousands is not None):
            raise ValueError("give either locale or the signs (decimal, thousands), not both")
        if self.thousands is not None and self.decimal is None:
            raise ValueError("thousands needs decimal beside it")
        if self.thousands is not None and self.thousands == self.decimal:
            raise ValueError("thousands and decimal must differ")
        if self.date is not None and (self.decimal is not None or self.locale is not None):
            raise ValueError("a column is a number or a date, not both")
        if self.inclusive and self.date is None:
            raise ValueError("inclusive needs date beside it")
        if self.timezone is not None and self.date is None:
            raise ValueError("timezone needs date beside it")
        return self

    @property
    def takes_slot(self) -> bool:
        """Whether it stands for one column (or constant) per column that ``unpivot`` finds."""
        return SLOT in (self.column or self.constant or "")


def _column(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


ColumnRule = Annotated[Column, BeforeValidator(_column)]
Rules = dict[str, ColumnRule]
