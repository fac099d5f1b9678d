"""Knowledge bases: one connector per system, all driven through ``interface.Connector``."""

from crawler.kms.registry import connector_for
from crawler.kms.runner import crawl_kms

__all__ = ["connector_for", "crawl_kms"]
