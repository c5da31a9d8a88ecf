from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from apps.core import bulk_verbs
from apps.core.access import members
from apps.core.actor import Permission
from apps.core.bulk_verbs import Verb
from apps.core.confirm import posted
from apps.core.ids import uuid7
from apps.core.query import PagedQuery

from . import services, shown
from .forms import TABS, ResultQuery, name_of, selection_of
from .models import BulkJob, BulkRow
from .services import Selection

FORM_TOKEN = "form_token"  # noqa: S105  the name of a field


def _job(request: HttpRequest, pk: UUID) -> BulkJob:
    return get_object_or_404(BulkJob.objects.visible_to(request.actor), pk=pk)


@members(Permission.BULK_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def jobs(request: HttpRequest) -> HttpResponse:
    """What was asked of many; posted to by the bar of a list."""
    if request.method == "POST":
        return _ask(request)
    found = BulkJob.objects.visible_to(request.actor)
    page = PagedQuery.read(request).page(found, sort="-id")
    return render(request, "bulk/job_list.html", {"page": page})


def _ask(request: HttpRequest) -> HttpResponse:
    """First the page that names how many, with the form of the verb; then the job."""
    verb = bulk_verbs.find(request.POST.get("verb", ""))
    company_id = request.member.company_id
    if verb is None or not verb.may_be_asked_by(request.actor, company_id):
        raise Http404
    selection, token = selection_of(request), request.POST.get(FORM_TOKEN, "")
    form = verb.form(request.POST if token else None, actor=request.actor)
    if token and form.is_valid():
        job = services.ask(
            verb,
            selection,
            form.cleaned_data,
            actor=request.actor,
            company=request.member.company,
            form_token=token,
        )
        return redirect(job)
    return _confirm(request, verb, selection, form)


def _confirm(
    request: HttpRequest, verb: Verb, selection: Selection, form: Any
) -> HttpResponse:
    company_id = request.member.company_id
    count = selection.count(verb.things, actor=request.actor, company_id=company_id)
    query = f"?{selection.query}" if selection.query else ""
    context = {
        "verb": verb,
        "form": form,
        "count": count,
        "title": verb.titled(count),
        "is_all": selection.query is not None,
        "action": reverse("bulk:list"),
        "cancel_url": reverse(verb.things.url) + query,
        # Sent twice it is one job; shown anew with an error it is the same form.
        "form_token": request.POST.get(FORM_TOKEN) or str(uuid7()),
        "fields": list(posted(request, FORM_TOKEN, *form.fields)),
        "submit_class": "btn-danger" if verb.ends else "btn-primary",
    }
    return render(request, "bulk/job_confirm.html", context)


@members(Permission.BULK_READ)
@require_safe
def job_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    job = _job(request, pk)
    query = ResultQuery.read(request, job=job)
    rows = BulkRow.objects.of(job).filter(outcome=query.shows)
    page = query.page(rows, sort="id")
    for row in shown.with_things(page.rows, job, request.actor):
        row.words = shown.reason_of(row)
    context = {
        **_progress(job),
        "page": page,
        "shows": name_of(query.shows),
        "said": shown.said_of(job, request.actor),
        "asked_by": shown.name_of_asker(job, request.actor),
        "tabs": [
            {
                "label": one.label,
                "url": f"{job.get_absolute_url()}?outcome={name_of(one)}",
                "count": job.count(one),
                "is_current": one == query.shows,
            }
            for one in TABS
            if job.count(one) or one == query.shows
        ],
    }
    return render(request, "bulk/job_detail.html", context)


def _progress(job: BulkJob) -> dict[str, Any]:
    waiting = BulkJob.objects.filter(pk=job.pk).without_worker(timezone.now())
    return {
        "job": job,
        "done": job.handled_rows,
        "total": job.total_rows,
        "has_no_worker": job.is_working and waiting.exists(),
    }


@members(Permission.BULK_READ)
@require_safe
def job_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Fragment that asks for itself; reloads the page at the end."""
    job = _job(request, pk)
    response = render(request, "bulk/_progress.html", _progress(job))
    if not job.is_working:
        response["HX-Refresh"] = "true"
    return response


@members(Permission.BULK_RUN)
@require_POST
def job_stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    job = services.stop(_job(request, pk), actor=request.actor)
    messages.success(request, _("It is stopped. What is done stays done."))
    return redirect(job)


@members(Permission.BULK_READ)
@require_safe
def job_results(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    lines = shown.results_csv(_job(request, pk), request.actor)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="results.csv"'
    return response
