"""Units as business messages code them, in the symbols that values use.

Source: UN/ECE Recommendation 20 (units of measure) and 21 (packages); SAP's and EDIFACT's words.
"""

from __future__ import annotations

import re

from auditor.values.units import canonical_unit

_CODES = {
    # counted
    "C62": "pcs", "H87": "pcs", "PCE": "pcs", "EA": "pcs", "ST": "pcs", "STK": "pcs", "PC": "pcs",
    "NMB": "pcs", "PK": "pack", "PA": "pack", "PAK": "pack", "XPK": "pack", "BX": "box",
    "BOX": "box", "XBX": "box", "CT": "carton", "KAR": "carton", "CS": "case", "BG": "bag",
    "RO": "roll", "ROL": "roll", "RL": "reel", "SO": "spool", "CL": "coil", "PR": "pair",
    "SET": "set", "KT": "kit", "DZN": "dozen", "BO": "bottle", "CA": "can", "TU": "tube",
    "DR": "drum", "PF": "pallet", "PX": "pallet", "BE": "bundle", "CQ": "cartridge", "TY": "tray",
    # lengths, areas, volumes, masses
    "MMT": "mm", "CMT": "cm", "MTR": "m", "KMT": "km", "INH": "in", "FOT": "ft",
    "MTK": "m²", "CMK": "cm²", "MMK": "mm²", "MTQ": "m³", "LTR": "l", "MLT": "ml", "CLT": "cl",
    "MGM": "mg", "GRM": "g", "KGM": "kg", "TNE": "t",
    # physics
    "VLT": "V", "KVT": "kV", "MV": "mV", "AMP": "A", "4K": "mA", "WTT": "W", "KWT": "kW",
    "HTZ": "Hz", "KHZ": "kHz", "MHZ": "MHz", "CEL": "°C", "KEL": "K", "BAR": "bar", "PAL": "Pa",
    "KPA": "kPa", "MPA": "MPa", "OHM": "Ω", "KOH": "kΩ", "NEW": "N", "NU": "Nm", "P1": "%",
    "DD": "°", "LUM": "lm", "LUX": "lx", "SEC": "s", "AMH": "Ah",
    "WHR": "Wh", "KWH": "kWh", "JOU": "J", "MTS": "m/s", "RPM": "rpm", "2N": "dB",
}  # fmt: skip


def unit_of(text: str) -> str:
    """The unit a code or symbol stands for; the text itself where it is neither.

    >>> unit_of("C62"), unit_of("MTR"), unit_of("mm"), unit_of("Einheit 7"), unit_of("")
    ('pcs', 'm', 'mm', 'Einheit 7', '')
    """
    code = text.strip()
    return _CODES.get(code) or _CODES.get(code.upper()) or canonical_unit(code) or code


_MEASURE = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*([^\d\s.,][^\s]{0,5})")


def measured(text: str) -> tuple[str, str]:
    """A specification's value and unit where the text is a number with a known unit.

    A comma may be decimal or not, so such a text stays what it is.

    >>> measured("24 V"), measured("1.5mm"), measured("IP67"), measured("1,5 mm")
    (('24', 'V'), ('1.5', 'mm'), ('IP67', ''), ('1,5 mm', ''))
    """
    found = _MEASURE.fullmatch(text.strip())
    unit = canonical_unit(found[2]) if found else None
    return (found[1], unit) if found and unit else (text, "")
