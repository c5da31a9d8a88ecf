"""The countries Tequipy works in: ISO 3166-1 code, name, ISO 4217 currency and the
IANA time zone most of its people live in."""

from __future__ import annotations

from functools import cache

from apps.core import languages

COUNTRIES = """
AE|United Arab Emirates|AED|Asia/Dubai
AL|Albania|ALL|Europe/Tirane
AM|Armenia|AMD|Asia/Yerevan
AR|Argentina|ARS|America/Argentina/Buenos_Aires
AT|Austria|EUR|Europe/Vienna
AU|Australia|AUD|Australia/Sydney
AZ|Azerbaijan|AZN|Asia/Baku
BA|Bosnia and Herzegovina|BAM|Europe/Sarajevo
BD|Bangladesh|BDT|Asia/Dhaka
BE|Belgium|EUR|Europe/Brussels
BG|Bulgaria|EUR|Europe/Sofia
BH|Bahrain|BHD|Asia/Bahrain
BO|Bolivia|BOB|America/La_Paz
BR|Brazil|BRL|America/Sao_Paulo
CA|Canada|CAD|America/Toronto
CH|Switzerland|CHF|Europe/Zurich
CL|Chile|CLP|America/Santiago
CN|China|CNY|Asia/Shanghai
CO|Colombia|COP|America/Bogota
CR|Costa Rica|CRC|America/Costa_Rica
CY|Cyprus|EUR|Asia/Nicosia
CZ|Czechia|CZK|Europe/Prague
DE|Germany|EUR|Europe/Berlin
DK|Denmark|DKK|Europe/Copenhagen
DO|Dominican Republic|DOP|America/Santo_Domingo
DZ|Algeria|DZD|Africa/Algiers
EC|Ecuador|USD|America/Guayaquil
EE|Estonia|EUR|Europe/Tallinn
EG|Egypt|EGP|Africa/Cairo
ES|Spain|EUR|Europe/Madrid
FI|Finland|EUR|Europe/Helsinki
FR|France|EUR|Europe/Paris
GB|United Kingdom|GBP|Europe/London
GE|Georgia|GEL|Asia/Tbilisi
GH|Ghana|GHS|Africa/Accra
GR|Greece|EUR|Europe/Athens
GT|Guatemala|GTQ|America/Guatemala
HK|Hong Kong|HKD|Asia/Hong_Kong
HR|Croatia|EUR|Europe/Zagreb
HU|Hungary|HUF|Europe/Budapest
ID|Indonesia|IDR|Asia/Jakarta
IE|Ireland|EUR|Europe/Dublin
IL|Israel|ILS|Asia/Jerusalem
IN|India|INR|Asia/Kolkata
IS|Iceland|ISK|Atlantic/Reykjavik
IT|Italy|EUR|Europe/Rome
JO|Jordan|JOD|Asia/Amman
JP|Japan|JPY|Asia/Tokyo
KE|Kenya|KES|Africa/Nairobi
KR|South Korea|KRW|Asia/Seoul
KW|Kuwait|KWD|Asia/Kuwait
KZ|Kazakhstan|KZT|Asia/Almaty
LI|Liechtenstein|CHF|Europe/Vaduz
LK|Sri Lanka|LKR|Asia/Colombo
LT|Lithuania|EUR|Europe/Vilnius
LU|Luxembourg|EUR|Europe/Luxembourg
LV|Latvia|EUR|Europe/Riga
MA|Morocco|MAD|Africa/Casablanca
MD|Moldova|MDL|Europe/Chisinau
ME|Montenegro|EUR|Europe/Podgorica
MK|North Macedonia|MKD|Europe/Skopje
MT|Malta|EUR|Europe/Malta
MX|Mexico|MXN|America/Mexico_City
MY|Malaysia|MYR|Asia/Kuala_Lumpur
NG|Nigeria|NGN|Africa/Lagos
NL|Netherlands|EUR|Europe/Amsterdam
NO|Norway|NOK|Europe/Oslo
NP|Nepal|NPR|Asia/Kathmandu
NZ|New Zealand|NZD|Pacific/Auckland
OM|Oman|OMR|Asia/Muscat
PA|Panama|USD|America/Panama
PE|Peru|PEN|America/Lima
PH|Philippines|PHP|Asia/Manila
PK|Pakistan|PKR|Asia/Karachi
PL|Poland|PLN|Europe/Warsaw
PT|Portugal|EUR|Europe/Lisbon
PY|Paraguay|PYG|America/Asuncion
QA|Qatar|QAR|Asia/Qatar
RO|Romania|RON|Europe/Bucharest
RS|Serbia|RSD|Europe/Belgrade
SA|Saudi Arabia|SAR|Asia/Riyadh
SE|Sweden|SEK|Europe/Stockholm
SG|Singapore|SGD|Asia/Singapore
SI|Slovenia|EUR|Europe/Ljubljana
SK|Slovakia|EUR|Europe/Bratislava
TH|Thailand|THB|Asia/Bangkok
TN|Tunisia|TND|Africa/Tunis
TR|Türkiye|TRY|Europe/Istanbul
TW|Taiwan|TWD|Asia/Taipei
UA|Ukraine|UAH|Europe/Kyiv
US|United States|USD|America/New_York
UY|Uruguay|UYU|America/Montevideo
UZ|Uzbekistan|UZS|Asia/Tashkent
VN|Vietnam|VND|Asia/Ho_Chi_Minh
ZA|South Africa|ZAR|Africa/Johannesburg
"""


def rows() -> list[tuple[str, str, str, str]]:
    """(code, name, currency, time zone) of each."""
    return [
        (code, name, currency, zone)
        for code, name, currency, zone in (
            line.split("|") for line in COUNTRIES.strip().splitlines()
        )
    ]


@cache
def _names() -> dict[str, str]:
    return {code: name for code, name, *_rest in rows()}


def name_of(code: str) -> str:
    """In the language of the page."""
    return languages.country_name(code, _names().get(code, code))
