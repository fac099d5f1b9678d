"""A small company on disk: four pages in a folder, three feeds, one configuration."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from auditor.cli import sellby

PAGE = """<!doctype html><html lang="en"><head><title>{name} | Acme</title></head>
<body><main><h1>{name} {sku}</h1>
<dl><dt>Part number</dt><dd>{sku}</dd><dt>Price</dt><dd>{price}</dd>
<dt>Minimum order quantity</dt><dd>{moq} pcs</dd></dl>
<p>{text}</p></main></body></html>
"""
PRODUCTS = """sku,name,mpn,gtin,aliases,group,owner,url,status,superseded_by
TB-100,Terminal block,,,,Terminals,tom@acme.example,https://www.acme.example/tb-100.html,active,
TB-200,Terminal block wide,,,,Terminals,tom@acme.example,https://www.acme.example/tb-200.html,active,
RL-500,Relay,,,,Relays,rita@acme.example,https://www.acme.example/rl-500.html,active,
"""
TRUTHS = """sku,attribute,key,value,unit,price_per,price_unit,min_qty,tax,market,valid_from,valid_to
TB-100,price,,12.40,EUR,1,pcs,,excl,,2025-01-01,2026-10-01
TB-100,price,,13.10,EUR,1,pcs,,excl,,2026-10-01,
TB-100,moq,,50,pcs,,,,,,2025-01-01,
TB-200,price,,22.00,EUR,1,pcs,,excl,,2025-01-01,
TB-200,moq,,20,pcs,,,,,,2025-01-01,
RL-500,price,,48.50,EUR,1,pcs,,excl,,2025-01-01,
RL-500,moq,,10,pcs,,,,,,2025-01-01,
"""
POPULARITY = "sku,signal,value,window_days\nTB-100,orders,900,30\nTB-200,orders,12,30\n"
CONFIG = """company: Acme
timezone: Europe/Berlin
identity: {as: ines}
sources:
  website:
    kind: folder
    path: pages
    base_url: https://www.acme.example/
    language: en-US
    currency: EUR
    tax: excl
feeds:
  products: {format: products_csv, path: feeds/products.csv}
  truths: {format: truths_csv, path: feeds/truths.csv}
  popularity: {format: popularity_csv, path: feeds/popularity.csv}
"""


class Company:
    """The company's directory, and ``sellby`` run in it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @classmethod
    def founded(cls, directory: Path) -> Company:
        """A new company: its pages, feeds and configuration."""
        (directory / "pages").mkdir()
        (directory / "feeds").mkdir()
        (directory / "config.yaml").write_text(CONFIG)
        (directory / "feeds/products.csv").write_text(PRODUCTS)
        (directory / "feeds/truths.csv").write_text(TRUTHS)
        (directory / "feeds/popularity.csv").write_text(POPULARITY)
        company = cls(directory)
        company.page("tb-100", "Terminal block", "TB-100", "12.40 EUR", 50)
        company.page("tb-200", "Terminal block wide", "TB-200", "22.00 EUR", 25)
        company.page("rl-500", "Relay", "RL-500", "48.50 EUR", 10)
        return company

    def page(
        self, slug: str, name: str, sku: str, price: str, moq: int, text: str = "Made in Ulm."
    ) -> None:
        """Write a product page."""
        html = PAGE.format(name=name, sku=sku, price=price, moq=moq, text=text)
        (self.directory / f"pages/{slug}.html").write_text(html, encoding="utf-8")

    def sellby(self, *words: str, code: int | None = 0) -> Result:
        """Run a command; unless ``code`` is None its exit code must be that."""
        config = str(self.directory / "config.yaml")
        result = CliRunner().invoke(sellby, ["-c", config, *words], catch_exceptions=False)
        if code is not None:
            assert result.exit_code == code, result.output
        return result

    def read(self, *words: str, code: int = 0) -> Any:
        """What a command prints with --format json."""
        return json.loads(self.sellby(*words, "--format", "json", code=code).stdout)

    def finding(self, sku: str, attribute: str) -> dict[str, Any]:
        """The finding on one fact, whatever its state."""
        found = [
            each
            for each in self.read("findings", "--all")
            if (each["sku"], each["attribute"]) == (sku, attribute)
        ]
        assert len(found) == 1, found
        return found[0]


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """The company before its first night."""
    return Company.founded(tmp_path)


@pytest.fixture(scope="session")
def _first_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    company = Company.founded(tmp_path_factory.mktemp("company"))
    company.sellby("-q", "run")
    return company.directory


@pytest.fixture
def audited(_first_night: Path, tmp_path: Path) -> Company:
    """The company after its first night: TB-100's price and TB-200's MOQ are wrong."""
    shutil.copytree(_first_night, tmp_path, dirs_exist_ok=True)
    return Company(tmp_path)
