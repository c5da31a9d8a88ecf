"""The schema and the page that shows it: for everybody, and the same for all."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer


@cache
def schema_bytes() -> bytes:
    """Made once in each process: it changes with the release alone."""
    with translation.override(settings.LANGUAGE_CODE):
        document = SchemaGenerator().get_schema(request=None, public=True)
    return OpenApiJsonRenderer().render(document)


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(
        schema_bytes(), content_type="application/vnd.oai.openapi+json"
    )
    response["Cache-Control"] = "public, max-age=300"
    return response


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html")
