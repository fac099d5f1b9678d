"""What kinds of values are called in the generated pages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from pydantic import SecretStr

PLAIN = {
    str: "text", int: "whole number", float: "number", Decimal: "number", bool: "true or false",
    Path: "path", SecretStr: "secret text", date: "date",
}  # fmt: skip
