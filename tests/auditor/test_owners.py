"""Who owns a finding, and never a group alone."""

from __future__ import annotations

from datetime import date

import pytest

from auditor.config import Away, Config
from auditor.owners import groups_alone, is_group, present

TODAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    "name",
    ["service-desk@acme.example", "info@acme.example", "Web Team", "vertrieb@acme.example", "IT"],
)
def test_a_mailing_list_is_a_group(name: str) -> None:
    assert is_group(name)


@pytest.mark.parametrize("name", ["tom.adeyemi@acme.example", "rita@acme.example", "Ida Webber"])
def test_a_person_is_no_group(name: str) -> None:
    assert not is_group(name)


def test_a_group_without_its_person_is_named_with_its_place() -> None:
    config = Config.model_validate(
        {
            "owners": [{"owner": "info@acme.example"}, {"owner": "web-team@acme.example"}],
            "teams": {"web-team@acme.example": "ines@acme.example"},
        }
    )
    assert groups_alone(config) == [("owners[0]", "info@acme.example")]


def test_a_deputy_who_is_away_hands_on_to_their_own_deputy() -> None:
    away = (Away(who="anna", until=TODAY), Away(who="ben", until=TODAY))
    assert present("anna", "ben", away, TODAY, {"ben": "carl"}) == "carl"


def test_where_everybody_is_away_the_owner_keeps_it() -> None:
    away = (Away(who="anna", until=TODAY), Away(who="ben", until=TODAY))
    assert present("anna", "ben", away, TODAY, {"ben": "anna"}) == "anna"


def test_who_is_back_owns_it_again() -> None:
    assert present("anna", "ben", (Away(who="anna", until=date(2026, 11, 30)),), TODAY) == "anna"
