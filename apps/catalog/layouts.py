"""The keyboard layouts there are at first; platform staff add others."""

LAYOUTS = """
AR|Arabic
BE|Belgian (AZERTY)
BR|Portuguese, Brazil (ABNT2)
CA|French, Canada
CH|Swiss (QWERTZ)
CZ|Czech (QWERTZ)
DE|German (QWERTZ)
DK|Danish
EE|Estonian
ES|Spanish
FI|Finnish and Swedish
FR|French (AZERTY)
GB|English, UK
GR|Greek
HE|Hebrew
HU|Hungarian (QWERTZ)
IT|Italian
JP|Japanese (JIS)
KR|Korean
LATAM|Spanish, Latin America
NL|Dutch
NO|Norwegian
PL|Polish (QWERTY)
PT|Portuguese
RO|Romanian
SK|Slovak (QWERTZ)
TR|Turkish (Q)
UA|Ukrainian
US|English, US
US-INTL|English, US international
"""


def rows() -> list[tuple[str, str]]:
    """(code, name) of each."""
    pairs = (line.split("|") for line in LAYOUTS.strip().splitlines())
    return [(code, name) for code, name in pairs]
