"""Units: which words mean which unit, and what converts into what. Nothing else knows units.

Canonical symbols are "pcs", "pack", "m", "kg", "°C", "V" …; pint computes on those alone and
never sees page text ("1½ in" and "2,5 m" are numbers for :mod:`auditor.values.numbers`).
"""

from __future__ import annotations

from decimal import Context, Decimal
from functools import cache, lru_cache
from typing import Any

from auditor.values.own_words import NO_WORDS, OwnWords
from auditor.values.vocabulary import vocabulary

# What one counted unit holds in pieces; every other pack needs its pack size.
# pint's inch is exact, its offsets are not quite: 14 digits are more than any print has.
_ROUNDING = Context(prec=14)
_PIECES = {"pcs": Decimal(1), "dozen": Decimal(12), "gross": Decimal(144)}
COUNTED = frozenset(
    {
        "pcs", "pack", "box", "case", "carton", "bag", "pouch", "reel", "roll", "spool", "coil",
        "pair", "set", "kit", "dozen", "gross", "sheet", "length", "drum", "canister", "can",
        "bottle", "tube", "tray", "cartridge", "pallet", "bundle", "jar", "pail", "strip", "pad",
        "lot",
    }
)  # fmt: skip

CONTAINERS = COUNTED - {
    "pcs", "pair", "dozen", "gross", "sheet", "length", "coil", "lot", "pallet",
}  # fmt: skip
"""Counted units that hold a number of pieces: "bag of 25"."""

# canonical symbol → (pint's name, other symbols). Symbols are matched as printed, case included.
_PHYSICAL: dict[str, tuple[str, str]] = {
    "mm": ("millimeter", "MM ㎜"),
    "cm": ("centimeter", "CM ㎝"),
    "m": ("meter", "mtr mtr. Mtr"),
    "km": ("kilometer", "㎞"),
    "µm": ("micrometer", "um"),
    "nm": ("nanometer", ""),
    "in": ("inch", "\" ″ '' ′′ in. IN inch Inch INCH"),
    "ft": ("foot", "' ′ ft. FT"),
    "yd": ("yard", ""),
    "mil": ("thou", "mils"),
    "mi": ("mile", ""),
    "mm²": ("millimeter ** 2", "mm2 qmm"),
    "cm²": ("centimeter ** 2", "cm2"),
    "m²": ("meter ** 2", "m2 ㎡"),
    "ft²": ("foot ** 2", "ft2 sqft"),
    "in²": ("inch ** 2", "in2"),
    "mm³": ("millimeter ** 3", "mm3"),
    "cm³": ("centimeter ** 3", "cm3 ccm cc ㏄ ㎤"),
    "m³": ("meter ** 3", "m3 ㎥"),
    "kg": ("kilogram", "KG Kg kgs ㎏"),
    "g": ("gram", "gr gr."),
    "mg": ("milligram", "㎎"),
    "µg": ("microgram", "ug"),
    "t": ("metric_ton", ""),
    "lb": ("pound", "lb. lbs lbs. LB LBS lbm"),
    "oz": ("ounce", "oz. OZ"),
    "l": ("liter", "L ltr Ltr Ltr."),
    "ml": ("milliliter", "mL ㎖"),
    "cl": ("centiliter", "cL"),
    "dl": ("deciliter", "dL"),
    "hl": ("hectoliter", "hL"),
    "µl": ("microliter", "µL uL"),
    "gal": ("gallon", "gal. GAL"),
    "qt": ("quart", ""),
    "pt": ("pint", ""),
    "fl oz": ("fluid_ounce", "fl.oz. fl. oz"),
    "V": ("volt", "VDC VAC Vdc Vac VAC/DC VDC/AC Vrms Volt"),
    "kV": ("kilovolt", ""),
    "mV": ("millivolt", "mVDC"),
    "µV": ("microvolt", "uV"),
    "A": ("ampere", "Amp Amps ADC AAC"),
    "mA": ("milliampere", "mADC"),
    "µA": ("microampere", "uA"),
    "kA": ("kiloampere", ""),
    "W": ("watt", "Watt"),
    "kW": ("kilowatt", "KW"),
    "MW": ("megawatt", ""),
    "mW": ("milliwatt", ""),
    "hp": ("horsepower", "HP bhp"),
    "PS": ("metric_horsepower", ""),
    "VA": ("volt * ampere", ""),
    "kVA": ("kilovolt * ampere", "KVA"),
    "Ω": ("ohm", "Ohm ohm ohms Ohms"),
    "kΩ": ("kiloohm", "kOhm kohm"),
    "MΩ": ("megaohm", "MOhm Mohm"),
    "mΩ": ("milliohm", "mOhm"),
    "F": ("farad", ""),
    "µF": ("microfarad", "uF"),
    "nF": ("nanofarad", ""),
    "pF": ("picofarad", ""),
    "mH": ("millihenry", ""),
    "µH": ("microhenry", "uH"),
    "nH": ("nanohenry", ""),
    "Hz": ("hertz", "hz"),
    "kHz": ("kilohertz", "KHz"),
    "MHz": ("megahertz", "Mhz"),
    "GHz": ("gigahertz", "Ghz"),
    "bar": ("bar", "Bar BAR bara barg"),
    "mbar": ("millibar", ""),
    "Pa": ("pascal", ""),
    "hPa": ("hectopascal", ""),
    "kPa": ("kilopascal", "KPa kpa"),
    "MPa": ("megapascal", "Mpa"),
    "GPa": ("gigapascal", ""),
    "psi": ("psi", "PSI Psi psig PSIG psia lbf/in²"),
    "atm": ("atmosphere", ""),
    "N/mm²": ("newton / millimeter ** 2", "N/mm2"),
    "°C": ("degC", "℃ °c degC ºC ° C º C C°"),
    "°F": ("degF", "℉ °f degF ºF ° F º F F°"),
    "K": ("kelvin", ""),
    "N": ("newton", ""),
    "kN": ("kilonewton", "KN"),
    "mN": ("millinewton", ""),
    "lbf": ("force_pound", ""),
    "Nm": ("newton * meter", "N·m N*m N-m N.m N m"),
    "Ncm": ("newton * centimeter", "N·cm"),
    "mNm": ("millinewton * meter", ""),
    "ft-lb": ("foot * force_pound", "ft·lb ft-lbs ft.lb ft-lbf lb-ft ft·lbf"),
    "in-lb": ("inch * force_pound", "in·lb in-lbs lb-in in-lbf"),
    "l/min": ("liter / minute", "L/min lpm LPM l/m"),
    "l/h": ("liter / hour", "L/h l/hr"),
    "l/s": ("liter / second", "L/s"),
    "m³/h": ("meter ** 3 / hour", "m3/h cbm/h m³/hr"),
    "gpm": ("gallon / minute", "GPM"),
    "cfm": ("foot ** 3 / minute", "CFM"),
    "m/s": ("meter / second", ""),
    "m/min": ("meter / minute", ""),
    "km/h": ("kilometer / hour", "kmh kph"),
    "mph": ("mile / hour", ""),
    "m/s²": ("meter / second ** 2", "m/s2"),
    "rpm": ("revolution / minute", "RPM U/min min⁻¹ min-1 1/min r/min tr/min omw/min /min"),
    "s": ("second", "sec sec. secs"),
    "ms": ("millisecond", "msec"),
    "µs": ("microsecond", "us"),
    "ns": ("nanosecond", ""),
    "minutes": ("minute", "mins minute minutes Minuten min"),
    "dB": ("", "dB(A) dBA"),
    "dBm": ("", "dBi"),
    "lm": ("lumen", ""),
    "lx": ("lux", "Lux"),
    "cd": ("candela", ""),
    "%": ("percent", "％"),
    "‰": ("permille", ""),
    "ppm": ("ppm", "PPM"),
    "ppb": ("", ""),
    "J": ("joule", ""),
    "kJ": ("kilojoule", ""),
    "kcal": ("kilocalorie", ""),
    "Wh": ("watt_hour", ""),
    "kWh": ("kilowatt_hour", "KWh kwh"),
    "MWh": ("megawatt_hour", ""),
    "Ah": ("ampere_hour", ""),
    "mAh": ("milliampere_hour", ""),
    "BTU": ("Btu", "btu"),
    "g/cm³": ("gram / centimeter ** 3", "g/cm3 g/ccm g/cc g/ml"),
    "kg/m³": ("kilogram / meter ** 3", "kg/m3"),
    "kg/l": ("kilogram / liter", "kg/L"),
    "g/l": ("gram / liter", "g/L"),
    "mg/l": ("milligram / liter", "mg/L"),
    "mg/kg": ("milligram / kilogram", ""),
    "g/kg": ("gram / kilogram", ""),
    "kg/m": ("kilogram / meter", ""),
    "g/m": ("gram / meter", ""),
    "g/m²": ("gram / meter ** 2", "g/m2 gsm GSM"),
    "W/(m·K)": ("watt / meter / kelvin", "W/mK W/m·K W/m*K W/(mK) W/(m*K)"),
    "W/m²": ("watt / meter ** 2", "W/m2"),
    "µV/(W/m²)": ("microvolt / (watt / meter ** 2)", "µV/(W/m2) uV/(W/m2) µV/W/m²"),
    "mV/V": ("", ""),
    "V/m": ("volt / meter", ""),
    "Ω/m": ("ohm / meter", ""),
    "Ω/km": ("ohm / kilometer", ""),
    "µS/cm": ("microsiemens / centimeter", "uS/cm"),
    "mPa·s": ("millipascal * second", "mPas mPa*s mPa s"),
    "cP": ("centipoise", "cps cPs"),
    "cSt": ("centistokes", ""),
    "mm²/s": ("millimeter ** 2 / second", "mm2/s"),
    "°": ("degree", ""),
    "px": ("", ""),
    "dpi": ("", "DPI"),
    "KB": ("", "kB KiB Ko ko"),
    "MB": ("", "MiB Mo"),
    "GB": ("", "GiB Go"),
    "TB": ("", "TiB"),
    "bit": ("", "bits Bit"),
    "Mbit/s": ("", "Mbps MBit/s"),
    "Gbit/s": ("", "Gbps GBit/s"),
    "kbit/s": ("", "kbps"),
    "cpr": ("", "ppr PPR CPR"),
    "HRC": ("", ""),
    "HV": ("", ""),
    "Shore A": ("", "ShA Sh A °ShA"),
    "NTU": ("", ""),
    "mol/l": ("mole / liter", "mol/L M/l"),
    "tex": ("", ""),
    "den": ("", ""),
    "gauge": ("", "ga ga."),
}


@cache
def symbols() -> dict[str, str]:
    """Printed physical symbol → canonical symbol, case as printed."""
    table: dict[str, str] = {}
    for canonical, (_, others) in _PHYSICAL.items():
        table[canonical] = canonical
        for other in _split(others):
            table.setdefault(other, canonical)
    return table


@lru_cache(maxsize=4096)
def canonical_unit(text: str, language: str = "", own: OwnWords = NO_WORDS) -> str | None:
    """The canonical symbol of a printed unit, symbol or word; None for anything else.

    >>> canonical_unit("Stk.", "de"), canonical_unit("VDC"), canonical_unit("litres", "fr")
    ('pcs', 'V', 'l')
    >>> canonical_unit("banana") is None
    True
    """
    text = text.strip()
    found = symbols().get(text)
    if found is not None:
        return found
    words = vocabulary(language, own).words("unit")
    lowered = " ".join(text.lower().split())
    return words.get(lowered) or words.get(lowered.rstrip("."))


@lru_cache(maxsize=4096)
def convertible(a: str, b: str) -> bool:
    """Whether an amount in ``a`` says the same kind of thing as one in ``b``.

    Pieces and packs never convert into each other without a pack size.

    >>> convertible("in", "mm"), convertible("pack", "pcs"), convertible("dozen", "pcs")
    (True, False, True)
    """
    if a == b:
        return True
    if a in _PIECES and b in _PIECES:
        return True
    names = _name(a), _name(b)
    if not all(names):
        return False
    return bool(
        _registry().get_dimensionality(names[0]) == _registry().get_dimensionality(names[1])
    )


def convert(amount: Decimal, source: str, target: str) -> Decimal:
    """``amount`` of ``source`` in ``target``, in Decimal arithmetic.

    Raises ValueError where the two do not convert.

    >>> convert(Decimal("1.5"), "in", "mm"), convert(Decimal(185), "°F", "°C")
    (Decimal('38.1'), Decimal('85'))
    >>> convert(Decimal(1), "pack", "pcs")
    Traceback (most recent call last):
    ...
    ValueError: pack does not convert into pcs
    """
    if source == target:
        return amount
    if not convertible(source, target):
        raise ValueError(f"{source} does not convert into {target}")
    if source in _PIECES and target in _PIECES:
        return amount * _PIECES[source] / _PIECES[target]
    offset, factor = _line(source, target)
    return _ROUNDING.plus(amount * factor + offset).normalize() + 0


def ratio(source: str, target: str) -> Decimal:
    """How much one step of ``source`` is in ``target``: the factor without any zero offset."""
    if source == target:
        return Decimal(1)
    if source in _PIECES and target in _PIECES:
        return _PIECES[source] / _PIECES[target]
    return _line(source, target)[1]


@lru_cache(maxsize=4096)
def _line(source: str, target: str) -> tuple[Decimal, Decimal]:
    """Offset and factor of the (always linear) conversion."""
    registry = _registry()
    names = _name(source), _name(target)
    zero, step = (
        Decimal(registry.Quantity(Decimal(at), names[0]).to(names[1]).magnitude) for at in (0, 100)
    )
    return zero, (step - zero) / 100


def _name(symbol: str) -> str:
    return _PHYSICAL.get(symbol, ("", ""))[0]


@cache
def _registry() -> Any:
    """One registry computing in Decimal; built on first use because it takes half a second."""
    import pint  # a tenth of a second, and most commands never convert

    return pint.UnitRegistry(non_int_type=Decimal, cache_folder=None)


def _split(others: str) -> list[str]:
    """Symbols of the table; "° C", "N m" and the like hold a blank and are put together again."""
    parts = others.split()
    joined: list[str] = []
    for part in parts:
        if joined and (joined[-1], part) in _SPACED:
            joined[-1] += " " + part
        else:
            joined.append(part)
    return joined


_SPACED = {
    ("°", "C"),
    ("º", "C"),
    ("°", "F"),
    ("º", "F"),
    ("N", "m"),
    ("mPa", "s"),
    ("Sh", "A"),
    ("fl.", "oz"),
}
