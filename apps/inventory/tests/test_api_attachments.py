"""Files that belong to devices."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from apps.accounts.models import User
from apps.conftest import Api
from apps.core.actor import SYSTEM, Role
from apps.core.errors import Conflict
from apps.core.secret_paths import is_secret
from apps.events.models import Event
from apps.files.models import File
from apps.files.types import FileType, type_of
from apps.inventory import services
from apps.inventory.models import Asset, Attachment
from apps.inventory.services import attachments
from tequipy.wsgi import application

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 an invoice of 2026"


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def path(asset: Asset) -> str:
    return f"/api/v1/integration/user-equipment/{asset.pk}/attachments"


def send(api: Api, asset: Asset, content: bytes, name: str = "invoice.pdf") -> Any:
    """As the whole body."""
    return Client(raise_request_exception=False).post(
        f"{path(asset)}?name={name}",
        content,
        content_type="application/octet-stream",
        headers={"Authorization": f"Bearer {api.token}"},
    )


def send_form(api: Api, asset: Asset, **parts: Any) -> Any:
    return Client(raise_request_exception=False).post(
        path(asset), parts, headers={"Authorization": f"Bearer {api.token}"}
    )


def attached(asset: Asset, name: str = "invoice.pdf") -> Attachment:
    return services.attach(asset, SimpleUploadedFile(name, PDF), actor=SYSTEM)


def refused(answer: Any, status: int) -> tuple[str, str | None]:
    assert answer.status_code == status, answer.content
    (found,) = answer.json()["errors"]
    return found["code"], found.get("pointer")


def test_a_form_or_a_whole_body_is_kept(api: Api, laptop: Asset) -> None:
    form = send_form(api, laptop, file=SimpleUploadedFile("Łódź 1.pdf", PDF, "x/y"))
    whole = send(api, laptop, b"\x89PNG\r\n\x1a\n...", "damage.png")
    for answer, name, kind in (
        (form, "Łódź 1.pdf", "application/pdf"),
        (whole, "damage.png", "image/png"),
    ):
        assert answer.status_code == 200, answer.content
        found = answer.json()
        assert (found["name"], found["contentType"]) == (name, kind)
        assert found == api.found(f"attachments/{found['id']}")
    assert form.json()["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert form.json()["size"] == len(PDF)
    listed = api.found(f"user-equipment/{laptop.pk}/attachments")["items"]
    assert listed == [whole.json(), form.json()]
    types = Event.objects.filter(subject_id=laptop.pk).order_by("id")
    assert [event.type for event in types][1:] == ["asset.file_added"] * 2
    assert "Łódź" not in str([event.payload for event in types])


def test_the_link_gives_the_file_to_whoever_has_it(api: Api, laptop: Asset) -> None:
    url = urlsplit(send(api, laptop, PDF).json()["downloadUrl"])
    assert is_secret(url.path)
    assert not url.query
    answer = Client().get(url.path)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="invoice.pdf"'
    assert Client().get(url.path[:-2] + "x/").status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "empty.pdf", "required"),
        (b"MZ\x90\x00program", "setup.pdf", "bad_file_type"),
        (b"\xff\xfe\x00\x00", "x.txt", "bad_file_type"),
        (PDF, "..", "no_name"),
        (PDF + b"x" * 20_000_000, "large.pdf", "file_too_large"),
    ],
)
def test_refuses_what_is_not_kept(
    content: bytes, name: str, code: str, api: Api, laptop: Asset
) -> None:
    found, pointer = refused(send(api, laptop, content, name), 422)
    assert (found, pointer) == (code, "/name" if code == "no_name" else "/file")
    assert not Attachment.objects.exists()
    assert not File.objects.exists()


def test_refuses_a_form_without_a_file(api: Api, laptop: Asset) -> None:
    assert refused(send_form(api, laptop, other="x"), 422)[1] == "/other"
    assert refused(send_form(api, laptop), 422) == ("required", "/file")
    empty = SimpleUploadedFile("empty.pdf", b"")
    assert refused(send_form(api, laptop, file=empty), 422)[0] == "no_file"
    assert send(api, laptop, PDF, "").status_code == 400
    nameless = send_form(api, laptop, file=SimpleUploadedFile("a.pdf", PDF), name="..")
    assert refused(nameless, 422) == ("no_name", "/name")
    answer = send(api, laptop, PDF, "a.pdf&colour=red")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.4", FileType.PDF),
        (b"\xff\xd8\xff\xe0", FileType.JPEG),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", FileType.WEBP),
        (b"\x00\x00\x00\x18ftypheic", FileType.HEIC),
        (b"PK\x03\x04", FileType.ZIP),
        (b"<html><script>", FileType.TEXT),
        ("Rechnung über 5 €".encode()[:-1], FileType.TEXT),
        (b"a\x00b", None),
        (b"\xc3\x28", None),
        (b"", None),
    ],
)
def test_a_type_is_told_by_the_content(head: bytes, kind: FileType | None) -> None:
    assert type_of(head) == kind


def test_a_device_has_only_so_many(laptop: Asset, monkeypatch: Any) -> None:
    monkeypatch.setattr(attachments, "MOST_FILES", 2)
    first, _second = attached(laptop), attached(laptop)
    with pytest.raises(Conflict, match="at most 2"):
        attached(laptop)
    services.detach(first, actor=SYSTEM)
    attached(laptop)


def test_what_is_removed_is_gone_with_its_bytes(api: Api, laptop: Asset) -> None:
    kept, gone = attached(laptop, "kept.pdf"), attached(laptop, "Anna.pdf")
    url = api.found(f"attachments/{gone.pk}")["downloadUrl"]
    assert api.delete(f"attachments/{gone.pk}").status_code == 204
    assert api.delete(f"attachments/{gone.pk}").status_code == 404
    assert api.get(f"attachments/{gone.pk}").status_code == 404
    listed = api.found(f"user-equipment/{laptop.pk}/attachments")["items"]
    assert [one["id"] for one in listed] == [str(kept.pk)]
    events = Event.objects.filter(type="asset.file_removed")
    assert [event.subject_id for event in events] == [laptop.pk]
    services.detach(gone, actor=SYSTEM)
    assert events.count() == 1
    assert attachments.erase_removed_files() == 1
    assert attachments.erase_removed_files() == 0
    file = File.objects.get(pk=gone.file_id)
    assert (file.name, file.erased_at is not None) == ("", True)
    assert not default_storage.exists(file.key)
    assert default_storage.exists(kept.file.key)
    assert Client().get(urlsplit(url).path).status_code == 404


def test_files_are_for_who_sees_the_company(
    outsider: Api,
    api_as: Callable[[Any], Api],
    laptop: Asset,
    emil: User,
    wanda: User,
) -> None:
    made = attached(laptop)
    one, listed = f"attachments/{made.pk}", path(laptop)
    for client, status in (
        (outsider, 404),
        (api_as(emil), 403),
        (api_as(wanda), 403),
    ):
        assert client.get(one).status_code == status
        assert client.get(listed).status_code == status
        assert client.delete(one).status_code == status
        assert send(client, laptop, PDF).status_code == status
    reader = api_as(Role.API_CLIENT_READONLY)
    assert len(reader.found(listed)["items"]) == 1
    assert reader.delete(one).status_code == 403
    assert send(reader, laptop, PDF).status_code == 403
    assert Attachment.objects.present().count() == 1


def test_a_key_attaches_once(api: Api, laptop: Asset) -> None:
    for _time in range(2):
        answer = Client().post(
            f"{path(laptop)}?name=a.pdf",
            PDF,
            content_type="application/pdf",
            headers={
                "Authorization": f"Bearer {api.token}",
                "Idempotency-Key": "file-1",
            },
        )
        assert answer.status_code == 200
    assert Attachment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_form", [False, True])
@pytest.mark.parametrize("key", ["", "cut-1"])
def test_a_file_that_was_cut_off_is_not_attached(
    api: Api, laptop: Asset, is_form: bool, key: str
) -> None:
    """And its key is free for all of it."""
    kind, body, query = "application/octet-stream", PDF, "name=invoice.pdf"
    if is_form:
        kind, query = "multipart/form-data; boundary=x", ""
        head = b'Content-Disposition: form-data; name="file"; filename="invoice.pdf"'
        body = b"--x\r\n%s\r\n\r\n%s\r\n--x--\r\n" % (head, PDF)
    asked = RequestFactory().generic("POST", path(laptop)).environ
    asked |= {"CONTENT_TYPE": kind, "QUERY_STRING": query}
    asked |= {"CONTENT_LENGTH": str(len(body))}
    asked |= {"HTTP_AUTHORIZATION": f"Bearer {api.token}"}
    asked |= {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
    told = []
    for came in (body[:-9], body):
        environ = asked | {"wsgi.input": BytesIO(came)}
        answer = application(environ, lambda status, _headers: told.append(status))
        list(answer)
        answer.close()
    assert told == ["400 Bad Request", "200 OK"]
    assert Attachment.objects.get().file.size == len(PDF)
