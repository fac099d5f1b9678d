"""crawler spiders."""
