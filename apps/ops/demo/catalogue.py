"""What the demo's companies buy, and how its makers number it."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from apps.catalog.models import Category, Product
from apps.companies.models import Company


class Model(NamedTuple):
    name: str
    category: Category
    manufacturer: str
    model_number: str
    price: str
    specification: dict[str, str]
    warranty_years: int = 2
    weight: int = 10  # how often it is bought, beside its like


_C = Category
MODELS = (
    Model(
        "MacBook Pro 14″ M3 Pro",
        _C.LAPTOP,
        "Apple",
        "MRX33",
        "2299.00",
        {"CPU": "M3 Pro", "RAM": "18 GB", "Storage": "512 GB SSD", "Keyboard": "ISO"},
        1,
        30,
    ),
    Model(
        "MacBook Air 13″ M2",
        _C.LAPTOP,
        "Apple",
        "MLXY3",
        "1199.00",
        {"CPU": "M2", "RAM": "16 GB", "Storage": "512 GB SSD"},
        1,
        24,
    ),
    Model(
        "ThinkPad X1 Carbon Gen 11",
        _C.LAPTOP,
        "Lenovo",
        "21HM006E",
        "1849.00",
        {"CPU": "Core i7-1355U", "RAM": "32 GB", "Storage": "1 TB SSD"},
        3,
        22,
    ),
    Model(
        "Latitude 7440",
        _C.LAPTOP,
        "Dell",
        "N025L7440",
        "1489.00",
        {"CPU": "Core i5-1345U", "RAM": "16 GB", "Storage": "512 GB SSD"},
        3,
        20,
    ),
    Model(
        "EliteBook 845 G10",
        _C.LAPTOP,
        "HP",
        "818N0EA",
        "1399.00",
        {"CPU": "Ryzen 7 PRO 7840U", "RAM": "32 GB", "Storage": "512 GB SSD"},
        3,
        12,
    ),
    Model(
        "UltraSharp U2723QE",
        _C.MONITOR,
        "Dell",
        "U2723QE",
        "519.00",
        {"Size": "27″", "Resolution": "3840 × 2160", "Ports": "USB-C, HDMI, DP"},
        3,
        30,
    ),
    Model(
        "ThinkVision T24i-30",
        _C.MONITOR,
        "Lenovo",
        "63CFMATXEU",
        "219.00",
        {"Size": "24″", "Resolution": "1920 × 1080"},
        3,
        16,
    ),
    Model(
        "34WN80C-B UltraWide",
        _C.MONITOR,
        "LG",
        "34WN80C-B",
        "499.00",
        {"Size": "34″", "Resolution": "3440 × 1440"},
        2,
        10,
    ),
    Model(
        "iPhone 14",
        _C.PHONE,
        "Apple",
        "MPVA3",
        "759.00",
        {"Storage": "128 GB", "Colour": "Midnight"},
        1,
        20,
    ),
    Model(
        "Pixel 8",
        _C.PHONE,
        "Google",
        "GA04803",
        "649.00",
        {"Storage": "128 GB", "Colour": "Obsidian"},
        2,
        12,
    ),
    Model(
        "iPad Air 11″",
        _C.TABLET,
        "Apple",
        "MUWC3",
        "699.00",
        {"Storage": "128 GB", "Chip": "M2"},
        1,
    ),
    Model(
        "Evolve2 65",
        _C.HEADSET,
        "Jabra",
        "26599-989-899",
        "189.00",
        {"Connection": "Bluetooth, USB-C", "Noise cancelling": "passive"},
    ),
    Model(
        "Zone Wireless",
        _C.HEADSET,
        "Logitech",
        "981-000914",
        "179.00",
        {"Connection": "Bluetooth, USB-A"},
    ),
    Model(
        "WD22TB4 Thunderbolt Dock",
        _C.DOCK,
        "Dell",
        "WD22TB4",
        "269.00",
        {"Power": "180 W", "Displays": "4"},
        3,
    ),
    Model(
        "ThinkPad USB-C Dock Gen 2",
        _C.DOCK,
        "Lenovo",
        "40AS0090EU",
        "199.00",
        {"Power": "90 W", "Displays": "3"},
        3,
    ),
    Model(
        "MX Keys S",
        _C.KEYBOARD,
        "Logitech",
        "920-011587",
        "109.00",
        {"Layout": "QWERTY (US)", "Connection": "Bluetooth"},
    ),
    Model(
        "Color LaserJet Pro MFP 4302",
        _C.PRINTER,
        "HP",
        "4RA83F",
        "499.00",
        {"Format": "A4", "Functions": "print, scan, copy"},
    ),
    Model(
        "UniFi U6 Pro",
        _C.NETWORK,
        "Ubiquiti",
        "U6-PRO",
        "159.00",
        {"Wi-Fi": "6", "Bands": "2.4 and 5 GHz"},
    ),
    Model(
        "DiskStation DS923+",
        _C.SERVER,
        "Synology",
        "DS923+",
        "599.00",
        {"Bays": "4", "RAM": "4 GB ECC"},
        3,
    ),
)
_SHAPES = {
    "Apple": ("C02", 9),
    "Dell": ("", 7),
    "Lenovo": ("PF", 6),
    "HP": ("5CG", 7),
    "LG": ("308NT", 7),
    "Google": ("3A", 12),
    "Jabra": ("JBR", 9),
    "Logitech": ("2327LZ", 6),
    "Ubiquiti": ("784558", 6),
    "Synology": ("2350SBR", 6),
}
_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


def products(company: Company) -> list[Product]:
    return [
        Product(
            company=company,
            name=model.name,
            category=model.category,
            manufacturer=model.manufacturer,
            model_number=model.model_number,
            sku=f"{model.manufacturer[:3].upper()}-{model.model_number}",
            specification=[{key: value} for key, value in model.specification.items()],
        )
        for model in MODELS
    ]


def choose(rng: Random, category: Category) -> Model:
    found = [model for model in MODELS if model.category == category]
    return rng.choices(found, [model.weight for model in found])[0]


class SerialNumbers:
    """Serial numbers as their makers write them; each comes once."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._given: set[str] = set()

    def next(self, manufacturer: str) -> str:
        start, length = _SHAPES[manufacturer]
        while True:
            serial = start + "".join(self._rng.choices(_SIGNS, k=length))
            if serial not in self._given:
                self._given.add(serial)
                return serial
