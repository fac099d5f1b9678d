"""When Python looks for garbage while many pages are read."""

from __future__ import annotations

import gc

import pytest

from auditor.garbage import seldom_collected


def test_garbage_is_looked_for_seldom_and_after_an_error_as_before() -> None:
    before, kept = gc.get_threshold(), gc.get_freeze_count()
    with pytest.raises(ValueError, match="stopped"), seldom_collected():
        _stop_where_looks_are_seldom(before[0])
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, kept)


def _stop_where_looks_are_seldom(usual: int) -> None:
    assert gc.get_threshold()[0] > usual
    raise ValueError("stopped")
