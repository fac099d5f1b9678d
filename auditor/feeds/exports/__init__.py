"""What other tools export as it stands: analytics, order lines, help desks, survey answers."""

from auditor.feeds.exports.contacts import DESKS, ContactExport
from auditor.feeds.exports.counts import CountExport
from auditor.feeds.exports.presets import PRESETS, Preset, Reading

__all__ = ["DESKS", "PRESETS", "ContactExport", "CountExport", "Preset", "Reading"]
