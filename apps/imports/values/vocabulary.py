"""Words that files use: those of other tools, listed here, and the product's own, as
pages show them in each of its languages.

Words are written folded, as `values.folded` makes them: no case, no accents, no
punctuation, single spaces. Languages: English, German, Polish, French, Spanish,
Indonesian.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TypeVar

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise

T = TypeVar("T")
# Whose sheets are read, beside those of the product.
LANGUAGES = ("en", "de", "pl", "fr", "es", "id")


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


def _phrases(text: str) -> frozenset[str]:
    return frozenset(text.split("/"))


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
    "rp": "IDR",
    "s/": "PEN",
    "rm": "MYR",
    "₱": "PHP",
    "฿": "THB",
    "ksh": "KES",
}
# Several currencies share these, so they name none.
SHARED_SIGNS = frozenset({"kr", "¥"})

# Of headers of lists of devices: what such a column holds, whatever else it says.
HEADER_WORDS = {
    "holder": _words(
        "user users assigned assignee allocated holder owner custodian employee staff "
        "person borrower benutzer nutzer mitarbeiter inhaber besitzer zugewiesen "
        "uzytkownik pracownik posiadacz utilisateur employe detenteur usuario empleado "
        "asignado"
    ),
    "place": _words(
        "location site office room building floor place branch warehouse standort ort "
        "buro raum gebaude lager lokalizacja biuro pokoj miejsce magazyn emplacement "
        "lieu bureau salle ubicacion oficina lokasi"
    ),
    "state": _words("status state availability stan statut etat estado"),
}

# In a column of holders: that there is none.
NOBODY = _phrases(
    "unassigned/not assigned/none/nobody/no one/no user/nicht zugewiesen/niemand/"
    "nicht vergeben/keiner/nieprzypisany/nieprzypisane/nikt/brak/non attribue/aucun/"
    "non affecte/personne/sin asignar/no asignado/ninguno/nadie/tidak ada/belum ada"
)
# Behind a header, in brackets: that it is required, or who may write it.
MARKS = _words(
    "required mandatory optional pflicht pflichtfeld erforderlich obligatoire "
    "facultatif obligatorio opcional requerido wymagane opcjonalne wajib opsional"
) | {"read only", "upload only"}

YES = _words("y yes true 1 on x active enabled ja wahr aktiv t tak prawda")
YES |= _words("aktywny oui vrai actif si activo verdadero ya aktif benar")
NO = _words("n no false 0 off inactive disabled nein falsch inaktiv")
NO |= _words("nie falsz nieaktywny non faux inactif f terminated left former")
NO |= _words("inactivo falso tidak nonaktif salah")

# Beside the names and codes that CLDR has.
COUNTRY_WORDS = {
    "uae": "AE",
    "oesterreich": "AT",
    "czech republic": "CZ",
    "danmark": "DK",
    "suomi": "FI",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "grossbritannien": "GB",
    "holland": "NL",
    "the netherlands": "NL",
    "norge": "NO",
    "sverige": "SE",
    "turkey": "TR",
    "america": "US",
    "united states of america": "US",
    "u s a": "US",
}

# By the code of a Status: the state and, for ARCHIVED, the reason.
_STATUS_WORDS = {
    "STORAGE": "ready to deploy/deployable/undeployed/pending/available/in stock/"
    "stock/in storage/storage/stored/spare/free/unassigned/on shelf/not deployed/"
    "in warehouse/new/returned/verfugbar/auf lager/lager/frei/nicht zugewiesen/"
    "dostepny/wolny/magazyn/w magazynie/na stanie/disponible/en stock/non attribue/"
    "in inventory/inventory/instock/in store/in the store/storeroom/unused/"
    "not in use/ready/ready for use/ready to use/not assigned/unallocated/im lager/"
    "lagernd/eingelagert/vorratig/auf vorrat/unbenutzt/ungenutzt/nicht vergeben/"
    "nicht in gebrauch/w zapasie/dostepne/wolne/nieprzypisany/nieuzywany/w stocku/"
    "en reserve/au stock/libre/non affecte/non utilise/en almacen/almacen/almacenado/"
    "en bodega/bodega/en inventario/sin asignar/no asignado/sin uso/tersedia/gudang/"
    "di gudang/stok/dalam stok/belum digunakan/tidak digunakan",
    "ACTIVE": "deployed/in use/active/assigned/checked out/in custody/issued/"
    "with user/allocated/in service/in gebrauch/in benutzung/in verwendung/"
    "zugewiesen/ausgegeben/vergeben/aktiv/w uzyciu/przypisany/wydany/uzywany/aktywny/"
    "en service/attribue/affecte/utilise/en cours dutilisation/inuse/checkedout/"
    "on loan/loaned/loaned out/handed out/in operation/im einsatz/im gebrauch/"
    "in nutzung/genutzt/eingesetzt/in betrieb/ausgeliehen/verliehen/w uzytkowaniu/"
    "uzytkowany/uzytkowane/w uzytku/przydzielony/przypisane/wydane/wypozyczony/"
    "en utilisation/en cours d utilisation/attribuee/affectee/actif/en uso/asignado/"
    "activo/entregado/prestado/en servicio/en operacion/digunakan/dipakai/terpakai/"
    "sedang digunakan/aktif/ditugaskan/dipinjam",
    "IN_REPAIR": "out for repair/in repair/repair/broken/being repaired/"
    "out for diagnostics/maintenance/in maintenance/under repair/defective/damaged/"
    "in reparatur/reparatur/defekt/kaputt/w naprawie/naprawa/uszkodzony/zepsuty/"
    "en reparation/en panne/servicing/being serviced/faulty/in wartung/wartung/"
    "in der reparatur/beschadigt/serwis/w serwisie/uszkodzone/zepsute/awaria/"
    "en maintenance/defectueux/en sav/endommage/en reparacion/reparacion/"
    "en mantenimiento/mantenimiento/averiado/danado/defectuoso/roto/perbaikan/"
    "dalam perbaikan/sedang diperbaiki/diperbaiki/rusak/servis/pemeliharaan",
    "ORDERED": "ordered/on order/bestellt/zamowiony/commande/purchase ordered/"
    "zamowione/en commande/pedido/en pedido/dipesan",
    "RESERVED": "reserved/reserviert/zarezerwowany/reserve/zarezerwowane/reservado/"
    "direservasi",
    "IN_TRANSIT": "in transit/shipped/in shipping/sent/unterwegs/versendet/w drodze/"
    "wyslany/en transit/expedie/on its way/in delivery/im versand/in zustellung/"
    "w transporcie/en transito/enviado/en cours de livraison/dikirim/dalam pengiriman",
    "ARCHIVED/RETIRED": "archived/retired/decommissioned/end of life/eol/inactive/"
    "archiviert/ausgemustert/stillgelegt/zarchiwizowany/wycofany/archive/retire/"
    "reforme/decommission/phased out/ausgesondert/wycofane/zarchiwizowane/declasse/"
    "retiree/retirado/dado de baja/de baja/baja/obsoleto/archivado/nonaktif/"
    "non aktif/tidak aktif/pensiun/diarsipkan",
    "ARCHIVED/GIVEN_AWAY": "given away/donated/gifted/verschenkt/gespendet/podarowany/"
    "oddany/donne/donation/donado/regalado/disumbangkan/dihibahkan",
    "ARCHIVED/SOLD": "sold/bought out/verkauft/sprzedany/vendu/sprzedane/vendido/"
    "terjual/dijual",
    "ARCHIVED/LOST": "lost/missing/lost stolen/lost or stolen/verloren/vermisst/"
    "zgubiony/zagubiony/perdu/zgubione/zaginiony/egare/perdido/extraviado/hilang",
    "ARCHIVED/STOLEN": "stolen/gestohlen/skradziony/ukradziony/vole/skradzione/robado/"
    "hurtado/dicuri",
    "ARCHIVED/WRITTEN_OFF": "written off/broken not fixable/scrapped/disposed/"
    "disposed of/recycled/destroyed/abgeschrieben/entsorgt/verschrottet/"
    "zutylizowany/zlomowany/mis au rebut/detruit/zlikwidowany/zlomowane/au rebut/"
    "rebut/mis en rebut/desechado/destruido/eliminado/dibuang/dimusnahkan/dihapuskan",
    "ARCHIVED/NOT_DELIVERED": "never delivered/not delivered/order cancelled/"
    "nie geliefert/nicht geliefert/niedostarczony/jamais livre",
}
STATUS_WORDS = {
    word: (state, reason)
    for code, words in _STATUS_WORDS.items()
    for state, _slash, reason in (code.partition("/"),)
    for word in words.split("/")
}

# From 0 (of no use) to 1 (as new), as a warehouse grades it.
CONDITION_WORDS = {
    Decimal("1.00"): "new/mint/a+/neu/nowy/neuf/nuevo/baru",
    Decimal("0.90"): "as new/like new/excellent/very good/a/wie neu/sehr gut/"
    "jak nowy/bardzo dobry/comme neuf/excellent etat/tres bon/tres bon etat/"
    "como nuevo/excelente/muy bueno/seperti baru/sangat baik/etat neuf",
    Decimal("0.75"): "good/b/gut/dobry/bon/bon etat/bueno/buen estado/buena/baik/bien",
    Decimal("0.50"): "fair/used/ok/okay/average/c/gebraucht/mittel/befriedigend/"
    "uzywany/sredni/dostateczny/usage/moyen/etat moyen/regular/usado/bekas/cukup/"
    "cukup baik/sedang",
    Decimal("0.25"): "poor/worn/damaged/d/schlecht/abgenutzt/beschadigt/zly/"
    "uszkodzony/zuzyty/mauvais/use/abime/malo/mal estado/deteriorado/danado/buruk/"
    "kurang baik/rusak ringan",
    Decimal("0.00"): "broken/defective/unusable/for parts/defekt/kaputt/zepsuty/"
    "hors service/casse/inservible/roto/rusak/rusak berat/irreparable",
}
CONDITIONS = {
    word: grade for grade, words in CONDITION_WORDS.items() for word in words.split("/")
}

# In this order: "docking station for laptop" is a dock, "laptop bag" an accessory.
_CATEGORY_WORDS = {
    "DOCK": "dock docks docking dockingstation dockingstations hub",
    "ACCESSORY": "accessory accessories adapter adapters cable cables charger "
    "chargers bag bags case sleeve stand stands webcam webcams "
    "zubehor kabel netzteil tasche akcesoria akcesorium zasilacz "
    "ladowarka torba accessoire accessoires chargeur sac usb "
    "accesorio accesorios cargador mochila aksesoris adaptador",
    "KEYBOARD": "keyboard keyboards tastatur tastaturen klawiatura klawiatury "
    "clavier teclado teclados",
    "MOUSE": "mouse mice maus mause mysz myszka souris trackpad trackball "
    "raton ratones tetikus",
    "HEADSET": "headset headsets headphone headphones earbuds airpods "
    "kopfhorer sluchawki casque ecouteurs auriculares auricular "
    "diademas",
    "PRINTER": "printer printers scanner drucker drukarka drukarki imprimante "
    "impresora impresoras printery pemindai",
    "MONITOR": "monitor monitors display displays screen bildschirm "
    "bildschirme monitory moniteur moniteurs ecran ecrans ultrasharp pantalla "
    "pantallas monitores layar",
    "LAPTOP": "laptop laptops notebook notebooks macbook macbooks thinkpad "
    "latitude elitebook probook zenbook chromebook chromebooks xps "
    "portable portables laptopy ultrabook portatil portatiles",
    "TABLET": "tablet tablets ipad ipads tablette tablettes tablety tableta tabletas",
    "PHONE": "phone phones iphone iphones smartphone smartphones mobile "
    "mobiles handy handys pixel galaxy telefon telefone telefony "
    "telephone telephones smartfon smartfony telefono telefonos "
    "movil moviles celular celulares ponsel telepon",
    "SERVER": "server servers serwer serwery serveur serveurs poweredge "
    "proliant servidor servidores peladen",
    "NETWORK": "network switch switches router routers firewall firewalls ap "
    "wifi netzwerk siec reseau conmutador enrutador jaringan",
    "DESKTOP": "desktop desktops pc pcs workstation workstations imac imacs "
    "tower computer computers rechner komputer komputery ordinateur "
    "ordinateurs optiplex ordenador ordenadores computadora "
    "computadoras computador sobremesa",
    "OTHER": "other others sonstiges inne autre autres misc miscellaneous "
    "otro otros lainnya",
}
CATEGORIES = {
    word: category
    for category, words in _CATEGORY_WORDS.items()
    for word in words.split()
}
# What a device is checked out to.
_HOLDER_KINDS = {
    "PERSON": "user/username/person/employee/app models user/benutzer/mitarbeiter/"
    "uzytkownik/pracownik/utilisateur/usuario/empleado/pengguna/karyawan",
    "PLACE": "location/place/site/app models location/standort/ort/lokalizacja/"
    "miejsce/lieu/emplacement/ubicacion/lokasi",
    "DEVICE": "asset/device/hardware/app models asset/gerat/urzadzenie/appareil/"
    "equipo/activo/perangkat/aset",
}
HOLDER_KINDS = {
    word: kind for kind, words in _HOLDER_KINDS.items() for word in words.split("/")
}
# That begin what stands in a column of makes and models in one, folded.
_MANUFACTURERS = (
    "acer/anker/aoc/apc/apple/arista/aruba/asus/avaya/axis/belkin/benq/bose/brother/"
    "canon/cisco/cisco meraki/corsair/cyberpower/d link/datalogic/dell/dell emc/"
    "dynabook/eaton/eizo/elo/epos/epson/fairphone/fortinet/framework/fujitsu/getac/"
    "gigabyte/google/grandstream/hewlett packard/hewlett packard enterprise/"
    "honeywell/hp/hpe/huawei/iiyama/intel/jabra/juniper/kensington/kingston/"
    "konica minolta/kyocera/lenovo/lexmark/lg/logitech/medion/meraki/microsoft/"
    "mikrotik/mitel/motorola/msi/nec/netgear/nokia/oki/oneplus/oppo/panasonic/"
    "philips/plantronics/poly/polycom/qnap/raspberry pi/razer/realme/ricoh/samsung/"
    "sandisk/seagate/sennheiser/sharp/snom/sony/sophos/steelseries/supermicro/"
    "synology/targus/toshiba/tp link/tuxedo/ubiquiti/viewsonic/vivo/wacom/"
    "western digital/xerox/xiaomi/yealink/zebra/zyxel"
)
MANUFACTURERS = _phrases(_MANUFACTURERS)
MONTH_UNITS = {
    1: _words("m mo mos month months monat monate mies miesiac miesiace miesiecy mois")
    | _words("mes meses bulan"),
    12: _words("y yr yrs year years jahr jahre rok lata lat an ans annee annees ano")
    | _words("anos tahun"),
}
