"""The first page of an import: the upload."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from apps.core.access import members
from apps.core.actor import Permission
from apps.core.errors import DomainError
from apps.core.showing import grouped
from apps.imports import services
from apps.imports.columns.exporters import EXPORTERS
from apps.imports.models import Batch
from apps.imports.reading import DELIMITERS, limits
from apps.imports.states import Kind

ENCODINGS = [
    ("utf-8-sig", "UTF-8"),
    ("cp1252", _("Windows-1252, Western Europe")),
    ("cp1250", _("Windows-1250, Central Europe")),
    ("mac-roman", _("MacRoman, old Macs")),
    ("utf-16", "UTF-16"),
]
DELIMITER_NAMES = {
    ",": _("Comma"),
    ";": _("Semicolon"),
    "\t": _("Tab"),
    "|": _("Vertical bar"),
}


class _Limits:
    """What is taken, in the language that the page is in."""

    def __str__(self) -> str:
        text = _(
            "CSV or Excel (.xlsx), up to %(size)s MB and %(rows)s rows; the first row "
            "names the columns. Drop it here or choose it."
        )
        size, rows = limits.MAX_BYTES // 1024**2, grouped(limits.MAX_ROWS)
        return str(text) % {"size": size, "rows": rows}


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("The file"),
        help_text=lazystr(_Limits()),
        widget=forms.FileInput(
            attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,text/csv", "class": "dropzone"}
        ),
    )
    kind = forms.ChoiceField(
        label=_("What is in it?"),
        required=False,
        choices=[("", _("Tell by the columns")), *Kind.choices],
    )


class ReadingForm(forms.Form):
    """How the file is to be taken apart, where what was found out is wrong."""

    def __init__(
        self, *args: Any, batch: Batch, sheets: list[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        present = batch.options
        if sheets:
            self.fields["sheet"] = forms.ChoiceField(
                label=_("Sheet"),
                choices=[(name, name) for name in sheets],
                initial=present.get("sheet"),
            )
        else:
            encoding = _offered(present.get("encoding", ""))
            self.fields["encoding"] = forms.ChoiceField(
                label=_("Encoding of letters"),
                choices=ENCODINGS,
                initial=encoding,
            )
            self.fields["delimiter"] = forms.ChoiceField(
                label=_("Between the cells"),
                choices=[(sign, DELIMITER_NAMES[sign]) for sign in DELIMITERS],
                initial=present.get("delimiter"),
            )
        self.fields["header_line"] = forms.IntegerField(
            label=_("Line that names the columns"),
            min_value=1,
            max_value=10_000,
            initial=present.get("header_line"),
        )


def _offered(encoding: str) -> str:
    """Of the encodings that are offered, the one that a file was read in."""
    if encoding.startswith("utf-16"):
        return "utf-16"
    return "utf-8-sig" if encoding == "utf-8" else encoding


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
    exporters = sorted({exporter.name for exporter in EXPORTERS}, key=str.casefold)
    context = {"form": form, "exporters": exporters}
    return render(request, "imports/batch_form.html", context)
