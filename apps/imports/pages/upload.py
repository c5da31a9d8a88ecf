"""The first page of an import: the upload."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from apps.core.access import members
from apps.core.actor import Permission
from apps.core.errors import DomainError
from apps.imports import services

from .upload_form import UploadForm


@members(Permission.IMPORTS_RUN)
def batch_create(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            batch = services.upload(
                request.member.company,
                form.cleaned_data["file"],
                form.cleaned_data["kind"] or None,
                actor=request.actor,
            )
        except DomainError as error:
            form.add_error(
                error.field if error.field in form.fields else None, error.message
            )
        else:
            return redirect(batch)
    return render(request, "imports/batch_form.html", {"form": form})
