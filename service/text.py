"""How figures are written for people, in the terminal and in reports."""

from __future__ import annotations

from service.manifest import Kpi, OverrideRecord

NONE = "–"
CENTS_BELOW_EUR = 1000
CENT_EUR = 0.01
COUNTED = ("returns", "points", "vans", "parcels")


def euros(value: float | None) -> str:
    """Write EUR: cents below a thousand, whole euros above; `–` for nothing."""
    if value is None:
        return NONE
    size = f"{abs(value):,.2f}" if abs(value) < CENTS_BELOW_EUR else f"{abs(value):,.0f}"
    return f"−€{size}" if value < 0 and float(size.replace(",", "")) > 0 else f"€{size}"


def signed_euros(value: float | None) -> str:
    """Write EUR with its sign, plus included."""
    return f"+{euros(value)}" if value is not None and value > 0 else euros(value)


def price_words(override: OverrideRecord) -> str:
    """Write what an override costs: exactly where that is proven, else about, and at most where that is proven."""
    if override.price_eur is None:
        return f"no price: {override.note}"
    most, said = override.at_most_eur, signed_euros(round(override.price_eur, 2))
    if most is None:
        return f"about {said}"
    return said if most - override.price_eur < CENT_EUR else f"about {said}, at most {signed_euros(most)}"


def number(value: float | None, digits: int = 0) -> str:
    """Write a number with thousands separators."""
    return NONE if value is None else f"{value:,.{digits}f}".replace("-", "−")


def percent(share: float | None, digits: int = 0) -> str:
    """Write a share of one as a percentage; what is small but not nothing says so."""
    if share is None:
        return NONE
    least = 10.0**-digits
    return f"<{least:.{digits}f}%" if 0 < share * 100 < least / 2 else f"{share * 100:.{digits}f}%"


def clock(seconds: float | None) -> str:
    """Write seconds after midnight as HH:MM, hours past 24 meaning the morning after."""
    if seconds is None:
        return NONE
    minutes = round(seconds / 60)
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}" + ("+1" if minutes >= 24 * 60 else "")


def figure(value: Kpi, unit: str) -> str:
    """Write a figure of `service.kpis.FIGURES` with its unit; what is counted is named by its label already."""
    if unit == "EUR":
        return euros(value)
    if unit == "share":
        return percent(value)
    if value is None:
        return NONE
    digits = 0 if isinstance(value, int) or abs(value) >= 100 else 1
    return number(value, digits) if unit in COUNTED else f"{number(value, digits)} {unit}"
