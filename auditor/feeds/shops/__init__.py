"""Product exports of shop systems, as their own import reads them."""

from __future__ import annotations

from auditor.feeds.shops.shopify import Shopify
from auditor.feeds.shops.woocommerce import WooCommerce

__all__ = ["Shopify", "WooCommerce"]
