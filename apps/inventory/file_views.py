"""Files of a device: the list, one of them to look at, adding and removing."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from apps.core.access import members
from apps.core.actor import Permission
from apps.core.confirm import ask
from apps.core.errors import Conflict, DomainError
from apps.core.query import Query
from apps.events import names
from apps.files.types import PICTURES, FileType

from . import services
from .forms import FileForm
from .models import Asset, Attachment

# Pictures up to this are shown small in the list; larger ones only when asked for.
MOST_BYTES_SHOWN = 3_000_000
_SHOWN = PICTURES | {FileType.PDF, FileType.TEXT}
# Nothing in a file runs, fetches, or is of our origin.
_CLOSED = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox"
# The viewer of PDFs is the browser's own, and starts in no sandbox.
_PDF = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'"


def _attachment(request: HttpRequest, pk: UUID, file_id: UUID) -> Attachment:
    visible = Attachment.objects.visible_to(request.actor).present()
    return get_object_or_404(
        visible.select_related("file", "asset"), pk=file_id, asset_id=pk
    )


@members(Permission.ATTACHMENTS_READ, across_companies=True)
@require_safe
def asset_files(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All of them, newest first; the page of the device shows this as a part."""
    Query.read(request)
    actor = request.actor
    asset = get_object_or_404(Asset.objects.visible_to(actor), pk=pk)
    found = Attachment.objects.visible_to(actor).present().filter(asset=asset)
    files = list(found.select_related("file").order_by("-id"))
    known = names.of({one.created_by for one in files if one.created_by}, actor)
    for one in files:
        one.by = known.get(one.created_by)
        one.is_viewable = one.file.content_type in _SHOWN
        one.may_be_picture = one.file.content_type in PICTURES
        one.symbol = "camera" if one.may_be_picture else "file"
        one.has_thumbnail = one.may_be_picture and one.file.size <= MOST_BYTES_SHOWN
    context = {
        "asset": asset,
        "files": files,
        "form": FileForm() if actor.may(Permission.ASSETS_EDIT, asset) else None,
    }
    return render(request, "inventory/asset_files.html", context)


@members(Permission.ATTACHMENTS_READ, across_companies=True)
@require_safe
def asset_file(request: HttpRequest, pk: UUID, file_id: UUID) -> FileResponse:
    """One of them: shown if browsers can, else saved."""
    Query.read(request)
    file = _attachment(request, pk, file_id).file
    try:
        stream = default_storage.open(file.key)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        stream,
        as_attachment=file.content_type not in _SHOWN,
        filename=file.name,
        content_type=file.content_type or "application/octet-stream",
    )
    is_pdf = file.content_type == FileType.PDF
    response["Content-Security-Policy"] = _PDF if is_pdf else _CLOSED
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@members(Permission.ASSETS_EDIT)
@require_POST
def asset_file_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All of the chosen ones or none."""
    asset = get_object_or_404(Asset.objects.visible_to(request.actor), pk=pk)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, errors[0])
        return redirect(f"{asset.get_absolute_url()}#files")
    files, kind = form.cleaned_data["files"], form.cleaned_data["kind"]
    with transaction.atomic():
        for file in files:
            _attach(asset, file, kind, request)
    told = ngettext(
        "%(count)d file is added.", "%(count)d files are added.", len(files)
    )
    messages.success(request, told % {"count": len(files)})
    return redirect(f"{asset.get_absolute_url()}#files")


def _attach(asset: Asset, file: object, kind: str, request: HttpRequest) -> None:
    """A refusal names the file that it is about."""
    try:
        services.attach(asset, file, actor=request.actor, kind=kind)
    except DomainError as error:
        told = f"{file.name}: {error.message}"
        raise Conflict(error.code, told, field=error.field) from error


@members(Permission.ASSETS_EDIT)
@require_POST
def asset_file_remove(request: HttpRequest, pk: UUID, file_id: UUID) -> HttpResponse:
    attachment = _attachment(request, pk, file_id)
    back = f"{attachment.asset.get_absolute_url()}#files"
    words = {"file": attachment.file.name, "asset": attachment.asset}
    if question := ask(
        request,
        heading=_("Remove %(file)s?") % words,
        consequences=[
            _("1 file of %(asset)s is deleted for good.") % words,
            _("The history keeps that there was one, and who removed it."),
        ],
        submit=_("Remove"),
        back=back,
    ):
        return question
    services.detach(attachment, actor=request.actor)
    messages.success(request, _("The file is removed."))
    return redirect(back)


@members(Permission.ASSETS_EDIT)
@require_POST
def asset_file_picture(request: HttpRequest, pk: UUID, file_id: UUID) -> HttpResponse:
    attachment = _attachment(request, pk, file_id)
    services.choose_picture(attachment, actor=request.actor)
    messages.success(request, _("It is the picture of the device now."))
    return redirect(attachment.asset)
