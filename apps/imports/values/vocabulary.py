"""Words that files use: those of other tools, listed here, and the product's own, as
pages show them in each of its languages.

Words are written folded, as `values.folded` makes them: no case, no accents, no
punctuation, single spaces. Languages: English, German, Polish, French.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TypeVar

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise

T = TypeVar("T")


def in_each_language(
    labels: Callable[[], Iterable[tuple[str | Promise, T]]],
    key: Callable[[str], str | None],
) -> dict[str, T]:
    """What each label means, by its key, in all languages of the product; `labels` is
    asked once in each. What means two things means neither."""
    found: dict[str, set[T]] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            for label, meaning in labels():
                if word := key(str(label)):
                    found.setdefault(word, set()).add(meaning)
    return {word: meant.pop() for word, meant in found.items() if len(meant) == 1}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CURRENCY_SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "$": "USD",
    "us$": "USD",
    "c$": "CAD",
    "ca$": "CAD",
    "a$": "AUD",
    "au$": "AUD",
    "nz$": "NZD",
    "hk$": "HKD",
    "s$": "SGD",
    "r$": "BRL",
    "zł": "PLN",
    "zl": "PLN",
    "kč": "CZK",
    "ft": "HUF",
    "lei": "RON",
    "лв": "BGN",
    "₴": "UAH",
    "₺": "TRY",
    "₹": "INR",
    "₽": "RUB",
    "₪": "ILS",
    "₩": "KRW",
    "₫": "VND",
    "₦": "NGN",
    "sfr": "CHF",
    "fr": "CHF",
    "euro": "EUR",
    "euros": "EUR",
}
# Several currencies share these, so they name none.
SHARED_SIGNS = frozenset({"kr", "¥"})

YES = _words("y yes true 1 on x active enabled ja wahr aktiv t tak prawda")
YES |= _words("aktywny oui vrai actif si")
NO = _words("n no false 0 off inactive disabled nein falsch inaktiv")
NO |= _words("nie falsz nieaktywny non faux inactif f terminated left former")

COUNTRY_CODES = _words(
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM "
    "BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX "
    "CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG "
    "GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR "
    "IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV "
    "LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE "
    "NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO "
    "RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF "
    "TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF "
    "WS YE YT ZA ZM ZW"
)
_COUNTRY_WORDS = {
    "AE": "united arab emirates/uae/are",
    "AR": "argentina/arg",
    "AT": "austria/osterreich/oesterreich/autriche/aut",
    "AU": "australia/australien/australie/aus",
    "BE": "belgium/belgien/belgia/belgique/bel",
    "BG": "bulgaria/bulgarien/bulgarie/bgr",
    "BR": "brazil/brasil/brasilien/bresil/bra",
    "CA": "canada/kanada/can",
    "CH": "switzerland/schweiz/szwajcaria/suisse/che",
    "CN": "china/chiny/chine/chn",
    "CY": "cyprus/zypern/cypr/chypre/cyp",
    "CZ": "czech republic/czechia/tschechien/czechy/tchequie/cze",
    "DE": "germany/deutschland/niemcy/allemagne/deu/ger",
    "DK": "denmark/danemark/dania/danmark/dnk",
    "EE": "estonia/estland/estonie/est",
    "ES": "spain/spanien/hiszpania/espagne/espana/esp",
    "FI": "finland/finnland/finlandia/finlande/suomi/fin",
    "FR": "france/frankreich/francja/fra",
    "GB": "united kingdom/uk/great britain/england/scotland/wales/gbr/"
    "vereinigtes konigreich/grossbritannien/wielka brytania/royaume uni",
    "GR": "greece/griechenland/grecja/grece/grc",
    "HR": "croatia/kroatien/chorwacja/croatie/hrv",
    "HU": "hungary/ungarn/wegry/hongrie/hun",
    "IE": "ireland/irland/irlandia/irlande/irl",
    "IL": "israel/izrael/isr",
    "IN": "india/indien/indie/inde/ind",
    "IT": "italy/italien/wlochy/italie/italia/ita",
    "JP": "japan/japonia/japon/jpn",
    "LT": "lithuania/litauen/litwa/lituanie/ltu",
    "LU": "luxembourg/luxemburg/luksemburg/lux",
    "LV": "latvia/lettland/lotwa/lettonie/lva",
    "MT": "malta/malte/mlt",
    "MX": "mexico/mexiko/meksyk/mexique/mex",
    "NL": "netherlands/the netherlands/holland/niederlande/holandia/pays bas/nld",
    "NO": "norway/norwegen/norwegia/norvege/norge/nor",
    "NZ": "new zealand/neuseeland/nowa zelandia/nouvelle zelande/nzl",
    "PL": "poland/polen/polska/pologne/pol",
    "PT": "portugal/portugalia/prt",
    "RO": "romania/rumanien/rumunia/roumanie/rou",
    "RS": "serbia/serbien/serbie/srb",
    "SE": "sweden/schweden/szwecja/suede/sverige/swe",
    "SG": "singapore/singapur/singapour/sgp",
    "SI": "slovenia/slowenien/slowenia/slovenie/svn",
    "SK": "slovakia/slowakei/slowacja/slovaquie/svk",
    "TR": "turkey/turkiye/turkei/turcja/turquie/tur",
    "UA": "ukraine/ukraina/ukr",
    "US": "united states/united states of america/usa/us/u s a/america/"
    "vereinigte staaten/stany zjednoczone/etats unis",
    "ZA": "south africa/sudafrika/afrique du sud/zaf",
}
COUNTRY_NAMES = {
    word: code for code, words in _COUNTRY_WORDS.items() for word in words.split("/")
}

# State of the asset and, for ARCHIVED, the reason.
_STATUS_WORDS = {
    ("STORAGE", ""): "ready to deploy/deployable/undeployed/pending/available/"
    "in stock/stock/in storage/storage/stored/spare/free/unassigned/on shelf/"
    "not deployed/in warehouse/new/returned/verfugbar/auf lager/lager/frei/"
    "nicht zugewiesen/dostepny/wolny/magazyn/w magazynie/na stanie/disponible/"
    "en stock/non attribue",
    ("ACTIVE", ""): "deployed/in use/active/assigned/checked out/in custody/issued/"
    "with user/allocated/in service/in gebrauch/in benutzung/in verwendung/"
    "zugewiesen/ausgegeben/vergeben/aktiv/w uzyciu/przypisany/wydany/uzywany/"
    "aktywny/en service/attribue/affecte/utilise/en cours dutilisation",
    ("IN_REPAIR", ""): "out for repair/in repair/repair/broken/being repaired/"
    "out for diagnostics/maintenance/in maintenance/under repair/defective/damaged/"
    "in reparatur/reparatur/defekt/kaputt/w naprawie/naprawa/uszkodzony/zepsuty/"
    "en reparation/en panne",
    ("ORDERED", ""): "ordered/on order/bestellt/zamowiony/commande",
    ("RESERVED", ""): "reserved/reserviert/zarezerwowany/reserve",
    ("IN_TRANSIT", ""): "in transit/shipped/in shipping/sent/unterwegs/versendet/"
    "w drodze/wyslany/en transit/expedie",
    ("ARCHIVED", "RETIRED"): "archived/retired/decommissioned/end of life/eol/"
    "inactive/archiviert/ausgemustert/stillgelegt/zarchiwizowany/wycofany/archive/"
    "retire/reforme",
    ("ARCHIVED", "GIVEN_AWAY"): "given away/donated/gifted/verschenkt/gespendet/"
    "podarowany/oddany/donne",
    ("ARCHIVED", "SOLD"): "sold/bought out/verkauft/sprzedany/vendu",
    ("ARCHIVED", "LOST"): "lost/missing/lost stolen/lost or stolen/verloren/"
    "vermisst/zgubiony/zagubiony/perdu",
    ("ARCHIVED", "STOLEN"): "stolen/gestohlen/skradziony/ukradziony/vole",
    ("ARCHIVED", "WRITTEN_OFF"): "written off/broken not fixable/scrapped/disposed/"
    "disposed of/recycled/destroyed/undeployable/abgeschrieben/entsorgt/"
    "verschrottet/zutylizowany/zlomowany/mis au rebut/detruit",
    ("ARCHIVED", "NOT_DELIVERED"): "never delivered/not delivered/order cancelled/"
    "nie geliefert/nicht geliefert/niedostarczony/jamais livre",
}
STATUS_WORDS = {
    word: meaning
    for meaning, words in _STATUS_WORDS.items()
    for word in words.split("/")
}

# From 0 (of no use) to 1 (as new), as a warehouse grades it.
CONDITION_WORDS = {
    Decimal("1.00"): "new/mint/a+/neu/nowy/neuf",
    Decimal("0.90"): "as new/like new/excellent/very good/a/wie neu/sehr gut/"
    "jak nowy/bardzo dobry/comme neuf/excellent etat/tres bon/tres bon etat",
    Decimal("0.75"): "good/b/gut/dobry/bon/bon etat",
    Decimal("0.50"): "fair/used/ok/okay/average/c/gebraucht/mittel/befriedigend/"
    "uzywany/sredni/dostateczny/usage/moyen/etat moyen",
    Decimal("0.25"): "poor/worn/damaged/d/schlecht/abgenutzt/beschadigt/zly/"
    "uszkodzony/zuzyty/mauvais/use/abime",
    Decimal("0.00"): "broken/defective/unusable/for parts/defekt/kaputt/zepsuty/"
    "hors service/casse",
}
CONDITIONS = {
    word: grade for grade, words in CONDITION_WORDS.items() for word in words.split("/")
}

# In this order: "docking station for laptop" is a dock, "laptop bag" an accessory.
_CATEGORY_WORDS = {
    "DOCK": "dock docks docking dockingstation dockingstations hub",
    "ACCESSORY": "accessory accessories adapter adapters cable cables charger chargers "
    "bag bags case sleeve stand stands webcam webcams zubehor kabel "
    "netzteil tasche akcesoria akcesorium zasilacz ladowarka torba "
    "accessoire accessoires chargeur sac usb",
    "KEYBOARD": "keyboard keyboards tastatur tastaturen klawiatura klawiatury clavier",
    "MOUSE": "mouse mice maus mause mysz myszka souris trackpad trackball",
    "HEADSET": "headset headsets headphone headphones earbuds airpods kopfhorer "
    "sluchawki casque ecouteurs",
    "PRINTER": "printer printers scanner drucker drukarka drukarki imprimante",
    "MONITOR": "monitor monitors display displays screen bildschirm bildschirme "
    "monitory ecran ecrans ultrasharp",
    "LAPTOP": "laptop laptops notebook notebooks macbook macbooks thinkpad latitude "
    "elitebook probook zenbook chromebook chromebooks xps portable "
    "portables laptopy ultrabook",
    "TABLET": "tablet tablets ipad ipads tablette tablettes tablety",
    "PHONE": "phone phones iphone iphones smartphone smartphones mobile mobiles "
    "handy handys pixel galaxy telefon telefone telefony telephone "
    "telephones smartfon smartfony",
    "SERVER": "server servers serwer serwery serveur serveurs poweredge proliant",
    "NETWORK": "network switch switches router routers firewall firewalls ap wifi "
    "netzwerk siec reseau",
    "DESKTOP": "desktop desktops pc pcs workstation workstations imac imacs tower "
    "computer computers rechner komputer komputery ordinateur ordinateurs "
    "optiplex",
    "OTHER": "other others sonstiges inne autre autres misc miscellaneous",
}
CATEGORIES = {
    word: category
    for category, words in _CATEGORY_WORDS.items()
    for word in words.split()
}
MONTH_UNITS = {
    1: _words("m mo mos month months monat monate mies miesiac miesiace miesiecy mois"),
    12: _words("y yr yrs year years jahr jahre rok lata lat an ans annee annees"),
}
