"""The PDF is read back: as text, and by a scanner that looks at the printed page."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp

from apps.conftest import make_asset, make_user, mostly_full
from apps.core.ids import uuid7
from apps.core.short_ids import shorten
from apps.inventory.models import Asset
from apps.labels import printing
from apps.labels.composing import BarCode, compose, lacks_bars, lacks_letters
from apps.labels.layouts import LAYOUTS
from apps.labels.printing import labels_pdf

pytestmark = pytest.mark.django_db
DPI = 300
MM = 72 / 25.4
NAME = "Żółw Ľubomír’s ThinkPad X1 Ω Съёмка"


def printed(assets, code="L7160", **how):
    """The pages of the PDF: (width and height in mm, text, scanned codes by format)."""
    target = BytesIO()
    labels_pdf(assets, LAYOUTS[code], target, **how)
    pages = []
    with pypdfium2.PdfDocument(target.getvalue()) as pdf:
        for page in pdf:
            picture = page.render(scale=DPI / 72).to_pil()
            found = zxingcpp.read_barcodes(picture)
            size = tuple(round(side / MM, 1) for side in page.get_size())
            pages.append((size, page.get_textpage().get_text_bounded(), found))
    return pages


def said(found, kind):
    return [one.text for one in found if kind in str(one.format)]


@pytest.fixture
def things(office, emil):
    make_asset(office, "5CG0012XYZ", asset_tag="OTTER-0007", name=NAME)
    make_asset(emil, "PF-3K88Q", name="Dell UltraSharp 27")
    return list(Asset.objects.select_related("company").order_by("pk"))


@pytest.mark.parametrize("code", mostly_full(LAYOUTS, every=4))
def test_a_scanner_reads_every_layout(things, code, settings):
    settings.PUBLIC_URL = "https://equipment.quagga-logistics.example"
    layout = LAYOUTS[code]
    pages = printed(things, code)
    assert len(pages) == (1 if layout.is_sheet else 2)
    assert {size for size, _text, _found in pages} == {
        tuple(round(side, 1) for side in layout.page_size)
    }
    found = [one for _size, _text, codes in pages for one in codes]
    addresses = [f"{settings.PUBLIC_URL}/a/{shorten(one.pk)}" for one in things]
    assert Counter(said(found, "QR")) == Counter(addresses)
    has_bars = layout.height > 16
    bars = ["OTTER-0007", "PF-3K88Q"] if has_bars else []
    assert Counter(said(found, "128")) == Counter(bars)
    text = "\n".join(text for _size, text, _found in pages)
    for mark in ("5CG0012XYZ", "OTTER-0007", "PF-3K88Q"):
        assert mark in text


def test_letters_of_many_alphabets_are_printed(things):
    ((_size, text, _found),) = printed(things, "L7163")
    for word in ("Żółw", "Ľubomír’s", "ThinkPad", "Ω", "Съёмка", "Acme"):
        assert word in text
    assert not lacks_letters(things[0])


@pytest.mark.parametrize("name", ["田中のノート", "מחשב", "حاسوب", "Pad 🦦"])
def test_a_letter_that_can_not_be_printed_is_a_box_and_is_told(office, name):
    asset = make_asset(office, "S-1", name=f"{name} 15")
    ((_size, text, _found),) = printed([asset], "DK-11201")
    assert "□" in text
    assert "15" in text
    assert lacks_letters(asset)


def test_a_used_sheet_is_gone_on_with(things):
    layout = LAYOUTS["L7160"]
    first, second = printed(things, start=21)
    place = layout.place(20)
    (one,) = [code for code in first[2] if "QR" in str(code.format)]
    x, y = (v * 25.4 / DPI for v in (one.position.top_left.x, one.position.top_left.y))
    assert place[0] < x < place[0] + 4
    assert place[1] < y < place[1] + 4
    (two,) = [code for code in second[2] if "QR" in str(code.format)]
    assert two.position.top_left.x * 25.4 / DPI < layout.place(1)[0]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_nothing_leaves_its_label(things, layout):
    for asset in things:
        label = compose(asset, layout, BarCode.SERIAL)
        for code in label.codes:
            right = max(x + w for x, _y, w, _h in code.parts) * code.scale_x
            low = max(y + h for _x, y, _w, h in code.parts) * code.scale_y
            assert code.x >= 1
            assert code.x + right <= layout.width - 0.99
            assert code.y + low <= layout.height - 0.99
        for text in label.texts:
            wide = printing.fonts.width(text.text, text.font, text.size)
            assert text.x + wide <= layout.width - 0.99
            assert text.size <= text.y <= layout.height - 0.5


@pytest.mark.parametrize(
    ("bar_code", "bars"),
    [
        (BarCode.TAG_OR_SERIAL, ["OTTER-0007", "PF-3K88Q"]),
        (BarCode.TAG, ["OTTER-0007"]),
        (BarCode.SERIAL, ["5CG0012XYZ", "PF-3K88Q"]),
        (BarCode.NONE, []),
    ],
)
def test_bars_say_what_was_chosen(things, bar_code, bars):
    ((_size, _text, found),) = printed(things, bar_code=bar_code)
    assert sorted(said(found, "128")) == sorted(bars)
    layout = LAYOUTS["L7160"]
    lacking = [one for one in things if lacks_bars(one, layout, bar_code)]
    expected = 0 if bar_code == BarCode.NONE else len(things) - len(bars)
    assert len(lacking) == expected


@pytest.mark.parametrize("serial", ["Ä-77", "X" * 60])
def test_bars_that_nobody_could_read_are_left_out(office, serial):
    asset = make_asset(office, serial)
    ((_size, text, found),) = printed([asset], "L7651")
    assert said(found, "128") == []
    assert len(said(found, "QR")) == 1
    assert serial in re.sub(r"\s", "", text)
    assert lacks_bars(asset, LAYOUTS["L7651"], BarCode.SERIAL)


def test_they_may_come_one_by_one(things):
    target = BytesIO()
    assert labels_pdf(iter(things), LAYOUTS["11354"], target) == 2
    assert labels_pdf(iter([]), LAYOUTS["11354"], BytesIO()) == 0


def test_a_worker_that_prints_nothing_loads_no_library():
    script = (
        "import django, sys; django.setup(); import tequipy.urls; "
        "print([m for m in ('reportlab', 'segno', 'PIL') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


# --- Pages ------------------------------------------------------------------

PAGE, PDF = "/labels/", "/labels/print.pdf"


def texts_of(answer):
    with pypdfium2.PdfDocument(answer.content) as pdf:
        return [page.get_textpage().get_text_bounded() for page in pdf]


def test_the_page_of_an_asset_leads_to_its_label(things, anna, client_of):
    client, asset = client_of(anna), things[0]
    answer = client.get(asset.get_absolute_url())
    assert f'href="{PAGE}?ids={asset.pk}"' in answer.text
    assert f'src="/labels/qr/{asset.pk}.svg"' in answer.text
    page = client.get(PAGE, {"ids": str(asset.pk)})
    assert page.context["count"] == 1
    assert "OTTER-0007" in page.text
    done = client.post(PDF, {"ids": str(asset.pk), "layout": "DK-11209"})
    assert done["Content-Type"] == "application/pdf"
    assert done["Content-Disposition"].startswith("inline")
    (text,) = texts_of(done)
    assert "OTTER-0007" in text
    # The next one starts with how this one was printed.
    assert client.get(PAGE, {"ids": str(asset.pk)}).context["layout"].code == "DK-11209"


def test_ids_are_printed_in_their_order_and_filters_as_the_list(
    things, anna, client_of
):
    client = client_of(anna)
    ids = ",".join(str(one.pk) for one in reversed(things))
    pages = texts_of(client.post(PDF, {"ids": ids, "layout": "11354"}))
    assert ["PF-3K88Q" in page for page in pages] == [True, False]
    (only,) = texts_of(client.get(PDF, {"all": "q=thinkpad", "layout": "11354"}))
    assert "5CG0012XYZ" in only
    page = client.get(PAGE, {"all": "holder=user"})
    assert [one.serial_number for one in page.context["assets"]] == ["PF-3K88Q"]
    assert '<input type="hidden" name="all" value="holder=user">' in page.text


def test_what_is_missing_or_foreign_is_told_and_nothing_is_printed(
    things, anna, gina, client_of
):
    foreign = make_asset(gina, "GLOBEX-1")
    client = client_of(anna)
    for other in (foreign.pk, uuid7()):
        for url in (PAGE, PDF):
            answer = client.post(url, {"ids": f"{things[0].pk},{other}"})
            assert answer.status_code == 422
            assert "1 of these assets does not exist" in answer.text
            assert "GLOBEX" not in answer.text
    assert client.post(PDF, {"ids": "no-id"}).status_code == 422
    assert client.post(PDF, {"all": "state=NONSENSE"}).status_code == 422


def test_a_place_that_the_sheet_has_not_is_refused_beside_it(things, anna, client_of):
    said = {"ids": str(things[0].pk), "layout": "L7163", "start": "15"}
    answer = client_of(anna).post(PDF, said)
    assert answer["Content-Type"].startswith("text/html")
    assert "This sheet has 14 labels." in answer.text
    unknown = client_of(anna).post(PDF, {**said, "layout": "L9999"})
    assert unknown["Content-Type"].startswith("text/html")


def test_too_many_are_refused(things, anna, client_of, monkeypatch):
    monkeypatch.setattr("apps.labels.forms.MOST_LABELS", 1)
    for answer in (
        client_of(anna).get(PDF),
        client_of(anna).post(PDF, {"ids": ",".join(str(one.pk) for one in things)}),
    ):
        assert answer.status_code == 422
        assert "At most 1 labels at once" in answer.text


def test_the_page_says_what_can_not_be_printed(anna, office, client_of):
    asset = make_asset(office, "Ä-78", name="東京")
    answer = client_of(anna).get(PAGE, {"ids": str(asset.pk)})
    assert "1 label shows □" in answer.text
    assert "1 label has no barcode" in answer.text


def test_a_warehouse_prints_what_is_there(things, shelf, wanda, client_of):
    here = make_asset(shelf, "HERE-1")
    client = client_of(wanda)
    assert client.get(PAGE, {"ids": str(here.pk)}).context["count"] == 1
    assert client.post(PDF, {"ids": str(things[1].pk)}).status_code == 422


def test_the_qr_code_opens_the_device_after_sign_in(things, client, emil, acme):
    asset = things[1]
    path = f"/a/{shorten(asset.pk)}"
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"] == f"/accounts/login/?next={path}"
    client.force_login(
        emil.login, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    assert client.get(path.upper().replace("/A/", "/a/"))["Location"] == (
        asset.get_absolute_url()
    )
    for other in (things[0].pk, uuid7()):
        assert client.get(f"/a/{shorten(other)}").status_code == 404
        assert client.get(f"/labels/qr/{other}.svg").status_code == 404
    for nonsense in ("nonsense", "z" * 26, "u" * 26):
        assert client.get(f"/a/{nonsense}").status_code == 404
    nobody = make_user(acme, "Nora")
    client.force_login(
        nobody.login, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    assert client.get(path).status_code == 404


def test_the_picture_of_the_code_says_the_same(things, anna, client_of, settings):
    answer = client_of(anna).get(f"/labels/qr/{things[0].pk}.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    side = int(re.search(r'viewBox="0 0 (\d+)', answer.text)[1])
    dark = re.findall(r"M(\d+) (\d+)h(\d+)v1", answer.text)
    image = pytest.importorskip("PIL.Image").new("L", (side, side), 255)
    for x, y, count in dark:
        for step in range(int(count)):
            image.putpixel((int(x) + step, int(y)), 0)
    (found,) = zxingcpp.read_barcodes(image.resize((side * 8, side * 8), 0))
    assert found.text == f"{settings.PUBLIC_URL}/a/{shorten(things[0].pk)}"


def test_scanning_the_label_finds_the_device(things, anna, client_of):
    asset = things[0]
    for typed in (
        "https://t.example/a/",
        "HTTPS://T.EXAMPLE/A/",
        "httpsÖ--t.example-a-",
    ):
        found = Asset.objects.with_code(typed + shorten(asset.pk))
        assert list(found) == [asset]
    assert not Asset.objects.with_code("https://t.example/a/" + "0" * 26).exists()
