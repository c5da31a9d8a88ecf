"""Files of a device on its page: added, looked at, removed, chosen as its picture."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from apps.conftest import make_asset
from apps.core.actor import SYSTEM
from apps.core.errors import Conflict, Invalid
from apps.events.models import Event
from apps.inventory import services
from apps.inventory.models import Attachment, AttachmentKind

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PDF = b"%PDF-1.7\n<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def upload(name="Beule łąka.png", content=PNG):
    return SimpleUploadedFile(name, content)


def kept(asset, **over):
    return services.attach(asset, upload(**over), actor=SYSTEM, kind="PHOTO")


def url(asset, *parts):
    return f"/assets/{asset.pk}/files/" + "".join(f"{part}/" for part in parts)


def types(asset):
    found = Event.objects.filter(subject_id=asset.pk).order_by("id")
    return list(found.values_list("type", flat=True))[1:]


def test_several_are_added_at_once_with_who_and_what_they_are(laptop, anna, client_of):
    client = client_of(anna)
    files = [upload(), upload("invoice.pdf", PDF)]
    answer = client.post(url(laptop, "add"), {"files": files, "kind": "RECEIPT"})
    assert answer["Location"] == f"{laptop.get_absolute_url()}#files"
    rows = Attachment.objects.filter(asset=laptop)
    assert {(row.file.name, row.kind, row.created_by) for row in rows} == {
        ("Beule łąka.png", "RECEIPT", anna.pk),
        ("invoice.pdf", "RECEIPT", anna.pk),
    }
    assert types(laptop) == ["asset.file_added"] * 2
    page = client.get(url(laptop)).text
    for shown in ("Beule łąka.png", "invoice.pdf", "Receipt", "Anna Example", "48"):
        assert shown in page


def test_one_that_is_refused_takes_the_others_with_it(laptop, anna, client_of):
    client = client_of(anna)
    files = [upload(), upload("page.html", b"\0\1<html>")]
    answer = client.post(
        url(laptop, "add"),
        {"files": files, "kind": "OTHER"},
        headers={"Referer": f"http://testserver{laptop.get_absolute_url()}"},
        follow=True,
    )
    assert "page.html: Files of this type are not kept" in answer.text
    assert not Attachment.objects.exists()
    assert types(laptop) == []


@pytest.mark.parametrize("said", [{}, {"kind": "NONSENSE"}, {"kind": "PHOTO"}])
def test_no_file_or_no_kind_is_told(laptop, anna, client_of, said):
    answer = client_of(anna).post(url(laptop, "add"), said, follow=True)
    assert answer.status_code == 200
    assert "Choose a file." in answer.text
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "is_shown", "policy"),
    [
        ("a.png", PNG, True, "sandbox"),
        ("a.html", b"<script>alert(1)</script>", True, "sandbox"),
        ("a.pdf", PDF, True, "object-src 'self'"),
        ("a.docx", b"PK\x03\x04" + b"\0" * 30, False, "sandbox"),
    ],
)
def test_a_file_is_looked_at_and_runs_nothing(
    laptop, anna, client_of, name, content, is_shown, policy
):
    file = kept(laptop, name=name, content=content)
    answer = client_of(anna).get(url(laptop, file.pk))
    assert b"".join(answer) == content
    disposition = answer["Content-Disposition"]
    assert disposition.startswith("inline" if is_shown else "attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "html" not in answer["Content-Type"]
    told = answer["Content-Security-Policy"]
    assert told.startswith("default-src 'none'")
    assert policy in told
    assert "script" not in told
    assert "no-store" in answer["Cache-Control"]


def test_it_is_removed_once(laptop, anna, client_of):
    file = kept(laptop)
    client = client_of(anna)
    path = url(laptop, file.pk, "remove")
    question = client.post(path)
    assert "is deleted for good" in question.text
    assert types(laptop) == ["asset.file_added"]
    assert client.post(path, {"confirmed": "yes"}).status_code == 302
    for answer in (
        client.post(path, {"confirmed": "yes"}),
        client.get(url(laptop, file.pk)),
    ):
        assert answer.status_code == 404
    assert types(laptop) == ["asset.file_added", "asset.file_removed"]
    assert file.file.name not in client.get(url(laptop)).text


def test_a_photo_becomes_the_picture_instead_of_the_one_before(laptop, anna, client_of):
    first, second = kept(laptop), kept(laptop, name="other.png")
    client = client_of(anna)
    for file in (first, second, second):
        answer = client.post(url(laptop, file.pk, "picture"))
        assert answer["Location"] == laptop.get_absolute_url()
    chosen = Attachment.objects.filter(asset=laptop, is_picture=True)
    assert list(chosen) == [second]
    assert types(laptop)[2:] == ["asset.picture_chosen"] * 2
    assert (
        f'src="{url(laptop, second.pk)}"' in client.get(laptop.get_absolute_url()).text
    )
    services.detach(second, actor=SYSTEM)
    assert 'class="picture"' not in client.get(laptop.get_absolute_url()).text


def test_what_is_no_picture_or_gone_does_not_become_it(laptop):
    with pytest.raises(Invalid) as refused:
        services.choose_picture(kept(laptop, content=PDF), actor=SYSTEM)
    assert refused.value.code == "no_picture"
    gone = kept(laptop)
    services.detach(gone, actor=SYSTEM)
    with pytest.raises(Conflict) as refused:
        services.choose_picture(gone, actor=SYSTEM)
    assert refused.value.code == "file_removed"
    assert not Attachment.objects.filter(is_picture=True).exists()


def test_the_database_knows_one_picture(laptop):
    services.choose_picture(kept(laptop), actor=SYSTEM)
    other = kept(laptop)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.filter(pk=other.pk).update(is_picture=True)


def test_who_may_not_sees_no_file(laptop, gina, emil, wanda, anna, client_of):
    file = kept(laptop)
    others = make_asset(anna, "OTHER-1")
    for who in (gina, emil, wanda):
        client = client_of(who)
        for path in (url(laptop), url(laptop, file.pk)):
            assert client.get(path).status_code == 404
        for verb in ("remove", "picture"):
            assert client.post(url(laptop, file.pk, verb)).status_code == 404
        said = {"files": [upload()], "kind": AttachmentKind.PHOTO}
        assert client.post(url(laptop, "add"), said).status_code == 404
    # By the address of another device it is not there either.
    assert client_of(anna).get(url(others, file.pk)).status_code == 404
    assert Attachment.objects.get().removed_at is None
