"""When does Python look for garbage? Seldom, while many pages are read one after the other.

What a page leaves behind is freed as it goes, but for the few megabytes of its tree, whose parts
hold each other. Looking for those after every 700 new objects, Python's habit, takes a tenth of
the time of an audit, and each time the whole catalogue is looked at as well.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NEW_OBJECTS = 50_000
"""New objects between two looks: those of three large pages or twenty small ones, about 10 MB."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Leave what is there now out of every look until the end, and look seldom."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
