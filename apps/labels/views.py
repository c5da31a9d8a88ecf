from __future__ import annotations

from io import BytesIO
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from apps.core.access import members
from apps.core.actor import Permission
from apps.core.errors import Invalid
from apps.core.query import Query
from apps.inventory.models import Asset

from . import codes
from .composing import BarCode, lacks_bars, lacks_letters
from .forms import LabelQuery
from .layouts import DEFAULT, LAYOUTS, Layout
from .printing import labels_pdf, preview, qr_svg

NAMES_SHOWN = 5
_REMEMBERED = "labels"  # in the session: how somebody printed last


@members(Permission.ASSETS_READ, across_companies=True)
@require_safe
def open_by_code(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a label's QR code leads to: the device, for who may see it."""
    Query.read(request)
    return redirect(get_object_or_404(Asset.objects.visible_to(request.actor), pk=pk))


@members(Permission.ASSETS_READ, across_companies=True)
@require_safe
def label_qr(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The QR code of a device as a picture."""
    Query.read(request)
    asset = get_object_or_404(Asset.objects.visible_to(request.actor), pk=pk)
    picture = qr_svg(codes.qr(codes.address(asset.pk)), codes.QUIET)
    return HttpResponse(picture, content_type="image/svg+xml")


@members(Permission.ASSETS_READ, across_companies=True)
@require_http_methods(["GET", "HEAD", "POST"])
def label_options(request: HttpRequest) -> HttpResponse:
    """How labels are to be printed: of what the list has sent, by its ids or as all
    that fit its filters."""
    return _options(request, _read(request))


@members(Permission.ASSETS_READ, across_companies=True)
@require_http_methods(["GET", "HEAD", "POST"])
def label_pdf(request: HttpRequest) -> HttpResponse:
    form = _read(request)
    if form.errors:
        return _options(request, form)
    layout, bar_code = _chosen(request, form)
    assets = form.chosen()
    target = BytesIO()
    start = form.cleaned_data["start"] or 1
    labels_pdf(assets, layout, target, bar_code=bar_code, start=start)
    request.session[_REMEMBERED] = [layout.code, bar_code.value]
    response = HttpResponse(target.getvalue(), content_type="application/pdf")
    name = f"labels-{timezone.localdate():%Y-%m-%d}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _read(request: HttpRequest) -> LabelQuery:
    if request.method != "POST":
        return LabelQuery.read(request, actor=request.actor)
    said = request.POST.copy()
    # A list sends each by itself.
    said["ids"] = ",".join(request.POST.getlist("ids"))
    form = LabelQuery(said, actor=request.actor)
    if wrong := form.errors.keys() - form.HOW:
        name = min(wrong)
        raise Invalid("bad_selection", form.errors[name][0], field=name)
    return form


def _chosen(request: HttpRequest, form: LabelQuery) -> tuple[Layout, BarCode]:
    """As the form says, else as they printed last."""
    layout, bar_code = request.session.get(_REMEMBERED) or ("", "")
    said = form.cleaned_data
    return (
        LAYOUTS.get(said.get("layout") or layout, LAYOUTS[DEFAULT]),
        BarCode(said.get("bar_code") or bar_code or BarCode.TAG_OR_SERIAL),
    )


def _options(request: HttpRequest, form: LabelQuery) -> HttpResponse:
    layout, bar_code = _chosen(request, form)
    assets = form.chosen()
    which = [said for said in form.data.items() if form.tells_which(said[0])]
    # What is printed if nothing else is said.
    form.data = {"layout": layout.code, "bar_code": bar_code.value}
    context = {
        "which": which,
        "start": form.cleaned_data.get("start") or 1,
        "places": range(1, layout.per_page + 1) if layout.is_sheet else (),
        "form": form,
        "asked": [form["layout"], form["bar_code"]],
        "layout": layout,
        "assets": assets[:NAMES_SHOWN],
        "count": len(assets),
        "more": max(0, len(assets) - NAMES_SHOWN),
        "preview": preview(assets[0], layout, bar_code) if assets else "",
        "lacking_letters": [one for one in assets if lacks_letters(one)],
        "without_bars": [one for one in assets if lacks_bars(one, layout, bar_code)],
    }
    return render(request, "labels/label_options.html", context)
