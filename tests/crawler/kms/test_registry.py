"""Connectors by name: ours, and those another distribution brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.config import KmsSource
from crawler.errors import SourceError
from crawler.kms import connector_for

if TYPE_CHECKING:
    from pathlib import Path

PLUGIN = """
from crawler.kms.interface import Capabilities, Deletes, Incremental
from crawler.kms.throttle import PLAIN

class Guide:
    name = "guide"
    capabilities = Capabilities(Incremental.FILTER, Deletes.LISTING)
    throttle = PLAIN
    start = parse = authorise = None

    def __init__(self, access):
        self.access = access

class Half:
    name = "half"

    def __init__(self, access):
        pass
"""


def source(connector: str) -> KmsSource:
    return KmsSource(
        name="kb", connector=connector, url="https://kb.example/api", options={"space": "DOCS"}
    )


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution with a connector, as pip would have installed it."""
    (tmp_path / "guide_connector.py").write_text(PLUGIN)
    about = tmp_path / "guide_connector-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: guide-connector\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[sellby.connectors]\nguide = guide_connector:Guide\nhalf = guide_connector:Half\n"
        "broken = no_such_module:Gone\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.usefixtures("plugin")
def test_a_plug_in_that_cannot_be_loaded_is_the_sources_problem() -> None:
    with pytest.raises(SourceError, match=r"'broken' cannot be loaded: .*no_such_module"):
        connector_for(source("broken"))


@pytest.mark.usefixtures("plugin")
def test_an_unknown_name_is_refused_with_the_plug_ins_named_too() -> None:
    with pytest.raises(SourceError, match=r"known: .*broken, .*guide, .*half, .*mediawiki"):
        connector_for(source("giude"))


@pytest.mark.usefixtures("plugin")
def test_a_plug_in_that_lacks_a_part_says_which() -> None:
    with pytest.raises(SourceError, match="'half' has no capabilities, throttle, start, parse"):
        connector_for(source("half"))


@pytest.mark.usefixtures("plugin")
def test_a_plug_in_is_made_from_what_config_yaml_says() -> None:
    connector = connector_for(source("guide"))
    assert connector.name == "guide"
    assert connector.access.options == {"space": "DOCS"}  # type: ignore[attr-defined]
