"""Places: where a feed's export is, and how a copy of it gets here.

Whatever the place, the formats read one local file: a remote one is copied once to a temporary
file, within a size limit, and is gone afterwards.
"""

from __future__ import annotations

from auditor.feeds.places.fetch import Exported, fetched
from auditor.feeds.places.where import Place, place_of

__all__ = ["Exported", "Place", "fetched", "place_of"]
