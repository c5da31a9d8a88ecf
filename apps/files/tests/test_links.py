from __future__ import annotations

import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.companies.models import Company
from apps.files import links, services
from apps.files.models import File

pytestmark = pytest.mark.django_db
DAY = 86_400


@pytest.fixture
def file(acme: Company, settings: Any, tmp_path: Any) -> File:
    settings.MEDIA_ROOT = str(tmp_path)
    upload = SimpleUploadedFile("Räkning.pdf", b"%PDF-1.7 x")
    return services.store(upload, company_id=acme.id, content_type="application/pdf")


def path(file: File) -> str:
    return "/" + links.url(file.id).split("/", 3)[3]


def test_whoever_has_the_link_gets_the_file(file: File) -> None:
    answer = Client().get(path(file))
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 x"
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer["Cache-Control"]


def test_the_link_stays_the_same_within_a_day(
    file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = 20_000 * DAY + DAY // 2
    monkeypatch.setattr(time, "time", lambda: noon)
    first = links.url(file.id)
    monkeypatch.setattr(time, "time", lambda: noon + DAY // 3)
    assert links.url(file.id) == first
    monkeypatch.setattr(time, "time", lambda: noon + DAY)
    assert links.url(file.id) != first


def test_it_expires(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    start = 20_000 * DAY + DAY - 1
    monkeypatch.setattr(time, "time", lambda: start)
    token = path(file).rstrip("/").rpartition("/")[2]
    monkeypatch.setattr(time, "time", lambda: start + DAY)
    assert links.open_link(token) == file
    monkeypatch.setattr(time, "time", lambda: start + DAY + 1)
    assert links.open_link(token) is None


def test_whatever_is_no_link_of_ours_finds_nothing(file: File) -> None:
    whole = path(file)
    for wrong in (whole[:-4] + "xxx/", f"/files/{file.id}/", "/files/x/"):
        assert Client().get(wrong).status_code == 404
    assert Client().post(whole).status_code == 405


def test_what_was_erased_or_is_gone_is_not_there(file: File) -> None:
    whole = path(file)
    services.erase(file)
    assert Client().get(whole).status_code == 404
    File.objects.update(erased_at=None)
    assert Client().get(whole).status_code == 404
