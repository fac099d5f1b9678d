"""BMEcat 1.2 and 2005: the German exchange format for B2B catalogues and price updates.

Source: BMEcat 1.2 (2001) and BMEcat 2005 specifications, https://www.bmecat.org.
"""

from __future__ import annotations

from auditor.feeds.bmecat.feed import BMEcat

__all__ = ["BMEcat"]
