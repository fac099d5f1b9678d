"""When Python looks for garbage while many pages are read."""

from __future__ import annotations

import gc

import pytest

from auditor.garbage import seldom_collected


def test_pythons_own_habit_is_back_after_an_error() -> None:
    before, kept = gc.get_threshold(), gc.get_freeze_count()
    with pytest.raises(ValueError, match="stopped"), seldom_collected():
        assert gc.get_threshold()[0] > before[0]
        raise ValueError("stopped")
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, kept)
