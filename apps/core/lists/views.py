"""The pages of a list: what it shows, and the same as a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from apps.core.access import members
from apps.core.tables import csv_lines

from . import workbooks
from .asking import FileQuery, ListQuery
from .declaring import List
from .exporting import file_of
from .page import ListPage
from .selecting import chosen

View = Callable[..., Any]
CSV = "text/csv; charset=utf-8"


def paths(of: List, own_page: View | None) -> list[URLPattern]:
    name = of.url.partition(":")[2]
    found = [path("", _page(of, own_page), name=name)]
    if of.exports is not None:
        found.append(path("export.csv", _file(of, _csv), name="export"))
        found.append(path("export.xlsx", _file(of, _xlsx), name="export_xlsx"))
    return found


def _page(of: List, own_page: View | None) -> View:
    @members(
        of.reads,
        beyond_own=own_page is None,
        across_companies=of.across_companies,
    )
    @require_safe
    def page(request: HttpRequest) -> HttpResponse:
        actor = request.actor  # type: ignore[attr-defined]
        if own_page and not actor.holds(of.reads, beyond_own=True):
            return own_page(request)
        found = ListPage(request, of)
        context = {"list": of, "page": found, "form": found.form}
        return render(request, "list.html", context)

    return page


def _file(of: List, write: Callable[[str, ListQuery, Any], Any]) -> View:
    @members(of.exports)
    @require_http_methods(["GET", "HEAD", "POST"])
    def file(request: HttpRequest) -> Any:
        form = FileQuery.asked_of(of, request)
        only = None
        if request.method == "POST":
            only = chosen(request.POST, form)
        name = f"{of.name}-{timezone.now():%Y-%m-%d}"
        return write(name, form, only)

    return file


def _csv(name: str, form: ListQuery, only: Any) -> StreamingHttpResponse:
    return _download(csv_lines(*file_of(form, only)), f"{name}.csv", CSV)


def _xlsx(name: str, form: ListQuery, only: Any) -> StreamingHttpResponse:
    pieces = workbooks.pieces(*file_of(form, only))
    return _download(pieces, f"{name}.xlsx", workbooks.CONTENT_TYPE)


def _download(pieces: Any, name: str, kind: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(pieces, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
