"""Operations on imports. None of them reads a file: a worker does, and who asks looks
how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from apps.companies.models import Address
from apps.core.actor import Permission
from apps.core.api import conditions, uploads
from apps.core.api.fields import of_query_string
from apps.core.api.reading import Reading
from apps.core.api.resources import Resource, no_query
from apps.core.errors import Invalid, renamed

from . import services
from .bodies import (
    ApplyImportRequest,
    DecideNamesRequest,
    ImportColumnsRequest,
    ImportColumnsResponse,
    ImportListRequest,
    ImportNamesRequest,
    ImportRowsRequest,
    ImportUploadQuery,
    ImportUploadRequest,
    ReadAgainRequest,
    UndoImportRequest,
    UndoPlanResponse,
)
from .models import Batch, BatchRow, Unknown
from .reading import file_texts
from .reading.limits import MAX_BYTES
from .shapes import IMPORT, NAME, ROW
from .shown.columns import overview
from .shown.plan import kept_csv, left_out_csv, undo_plan
from .shown.questions import mapping_of, options_of
from .targets import staleness
from .targets.unresolved import NameChoice

IMPORTS = Reading(
    IMPORT,
    Batch.objects.all,
    filters={
        "states": conditions.any_of("state"),
        "kinds": conditions.any_of("kind"),
    },
    keyset="-id",
)
ROWS = Reading(
    ROW,
    BatchRow.objects.all,
    filters={
        "batch_id": conditions.Is("batch_id"),
        "verdicts": conditions.any_of("verdict"),
        "reason": conditions.Narrowed(lambda rows, code, _who: rows.refused_for(code)),
        "has_warnings": conditions.By(
            lambda yes, _who: ~Q(warnings=[]) if yes else Q(warnings=[])
        ),
        "warning": conditions.Narrowed(lambda rows, code, _who: rows.warned_of(code)),
        "field": conditions.Narrowed(lambda rows, field, _who: rows.changing(field)),
        "search_phrase": conditions.Narrowed(
            lambda rows, text, _who: rows.saying(text)
        ),
        "changed_after_plan": conditions.Narrowed(
            lambda rows, batch, _who: staleness.among(rows, batch)
        ),
        "is_undone": conditions.By(lambda yes, _who: Q(undone_at__isnull=not yes)),
        "is_kept": conditions.By(lambda yes, _who: ~Q(kept="") if yes else Q(kept="")),
    },
    keyset="line",
)
NAMES = Reading(
    NAME,
    Unknown.objects.all,
    filters={
        "batch_id": conditions.Is("batch_id"),
        "is_decided": conditions.By(lambda yes, _who: Q(decided_at__isnull=not yes)),
    },
    keyset="-rows",
)


class _ImportOperations(Resource):
    tag = "Imports"
    reading = IMPORTS

    def found(self, name: str) -> Batch:
        """Raises Http404."""
        named = IMPORTS.q_named(name)
        rows = Batch.objects.visible_to(self.actor)
        rows = rows.select_related("file", "company", "default_address")
        batch = rows.filter(named).first() if named is not None else None
        if batch is None:
            raise Http404
        return batch


class _WholeList(uploads.WholeBody):
    # What is a little longer is told so by the verb.
    most = MAX_BYTES + 1024**2


class ImportsResource(_ImportOperations):
    """Uploads, and the list of imports."""

    noun, singular, plural = "Import", "import", "imports"
    names = {"list": "listImports", "create": "uploadImport"}
    list_filters = ImportListRequest
    permissions = {"list": Permission.IMPORTS_READ, "create": Permission.IMPORTS_RUN}
    bodies = {"create": ImportUploadRequest}
    queries = {"create": [ImportUploadQuery]}
    parser_classes = [uploads.PARSERS[0], _WholeList]
    content_negotiation_class = uploads.AsFile

    def create(self, request: Request) -> HttpResponse:
        """Upload a file of devices or people.

        CSV or Excel, up to 50 MB and 200,000 rows; as the part `file` of a form
        (multipart/form-data), or as the whole body, with what is beside it in the query
        string. It is READING until a worker has read it: ask again until it is
        UPLOADED, or FAILED with the reason. Nothing is written before `/apply`.
        """
        beside = of_query_string(ImportUploadQuery, request.query_params)
        said = {**beside, **self.said()}
        file = said["file"]
        file.name = said.get("name") or file.name
        batch = services.upload(
            request.user.company,
            file,
            said.get("kind"),
            sheet=said.get("sheet", ""),
            actor=self.actor,
        )
        return self.one(batch.pk)


class ImportResource(_ImportOperations):
    """One import, from its columns to its end."""

    noun, singular, plural = "Import", "import", "imports"
    names = {
        "retrieve": "getImport",
        "read_again": "readImportAgain",
        "columns": "getImportColumns",
        "set_columns": "setImportColumns",
        "undo_plan": "getImportUndoPlan",
        "refused": "getImportRefusedRows",
        "kept": "getImportKeptRows",
    }
    permissions = {
        **dict.fromkeys(["retrieve", "refused", "kept"], Permission.IMPORTS_READ),
        **dict.fromkeys(
            ["discard", "read_again", "columns", "set_columns", "plan", "apply"],
            Permission.IMPORTS_RUN,
        ),
        **dict.fromkeys(["stop", "undo_plan", "undo"], Permission.IMPORTS_RUN),
    }
    bodies = {
        "read_again": ReadAgainRequest,
        "set_columns": ImportColumnsRequest,
        "apply": ApplyImportRequest,
        "undo": UndoImportRequest,
    }
    answers = {
        "columns": ImportColumnsResponse,
        "undo_plan": UndoPlanResponse,
        "refused": OpenApiTypes.STR,
        "kept": OpenApiTypes.STR,
    }
    media = {"refused": "text/csv", "kept": "text/csv"}
    optional = frozenset({"apply"})

    def discard(self, request: Request, id: str) -> HttpResponse:
        """Discard an upload or a plan of which nothing is written.

        Its file and its rows are deleted, for good; that there was one is kept. 409
        once something of it is written: that is undone.
        """
        batch = services.discard(self.thing(id), actor=self.actor)
        return self.one(batch.pk)

    # --- Columns ---

    def columns(self, request: Request, id: str) -> HttpResponse:
        """What the columns were taken for, what is assumed and what is asked.

        Empty until the file is read. A question without `answer` is open: nothing is
        planned before it is answered.
        """
        no_query(request)
        return self.answer(ImportColumnsResponse(overview(self.found(id))).data)

    def set_columns(self, request: Request, id: str) -> HttpResponse:
        """Say what columns are, and answer what is asked.

        409 (`doubtful_columns`) until it is said of each column of which it is not sure
        (`isSure`), in this request, what it is: in `columns`, or by `acceptLikely`.
        If nothing is left open the plan is made at once (PLANNING). Columns with
        another meaning are read again first (READING); that may raise new questions,
        and it stays UPLOADED.
        """
        said, thing = self.said(), self.thing(id)
        batch = self.found(thing.pk)
        given = {one["question"]: one["answer"] for one in said.get("answers", [])}
        if "default_address_id" in said:
            address = self._address(batch, said["default_address_id"])
        else:
            address = batch.default_address
        # Of a file that is not read the verb says so, whatever is said of its columns.
        is_read = bool(batch.headers)
        services.confirm_columns(
            batch,
            mapping=mapping_of(batch, said.get("columns", [])) if is_read else {},
            options=options_of(batch, given, said.get("currency", ""))
            if is_read
            else {},
            default_address=address,
            actor=self.actor,
            said=None
            if said.get("accept_likely")
            else [one["position"] for one in said.get("columns", [])],
        )
        return self.one(batch.pk)

    def _address(self, batch: Batch, pk: Any) -> Address | None:
        if pk is None:
            return None
        places = Address.objects.visible_to(self.actor).active()
        place = places.filter(company=batch.company_id, pk=pk).first()
        if place is None:
            told = _("There is no place %(id)s.") % {"id": pk}
            raise Invalid("unknown_address", told, field="default_address_id")
        return place

    def read_again(self, request: Request, id: str) -> HttpResponse:
        """Have the file read in another way: its columns are guessed anew."""
        said, thing = self.said(), self.thing(id)
        sheets = thing.samples.get("sheets", [])
        if said.get("sheet") and said["sheet"] not in sheets:
            told = file_texts.UNKNOWN_SHEET(name=said["sheet"], names=sheets)
            raise Invalid(told, field="sheet")
        services.read_again(thing, actor=self.actor, **said)
        return self.one(thing.pk)

    # --- Plan, apply, undo ---

    def plan(self, request: Request, id: str) -> HttpResponse:
        """Make the plan, or make it anew.

        It is PLANNING until each row has a verdict. 409 while a question about the
        columns is open, or nobody has said what those are of which it is not sure.
        """
        return self.one(services.request_plan(self.thing(id), actor=self.actor).pk)

    def apply(self, request: Request, id: str) -> HttpResponse:
        """Write what the plan shows, or go on with it.

        It is APPLYING until all rows are written. What changed after the plan, so that
        another result would come out, is refused row by row.
        """
        said = self.said() if request.body.strip() else {}
        seen = said.get("planned_at")
        as_of = None if seen is None else seen.isoformat()
        batch = services.request_apply(self.thing(id), actor=self.actor, as_of=as_of)
        return self.one(batch.pk)

    def stop(self, request: Request, id: str) -> HttpResponse:
        """Stop applying or undoing after the rows in hand; it can go on later."""
        return self.one(services.request_stop(self.thing(id), actor=self.actor).pk)

    def undo_plan(self, request: Request, id: str) -> HttpResponse:
        """What undoing would take back."""
        no_query(request)
        return self.answer(UndoPlanResponse(undo_plan(self.found(id))).data)

    def undo(self, request: Request, id: str) -> HttpResponse:
        """Take back what applying wrote, last row first.

        It is UNDOING until all is dealt with. What was used or changed since is kept,
        with the reason; undone again, that is tried again.
        """
        said = self.said()
        thing = self.thing(id)
        batch = services.undo(thing, actor=self.actor, reason=said["reason"])
        return self.one(batch.pk)

    # --- Files ---

    def refused(self, request: Request, id: str) -> StreamingHttpResponse:
        """The rows that were refused or are ambiguous, as they stand in the file.

        CSV with the reason as last column: repaired, it can be uploaded again.
        """
        no_query(request)
        return _csv(left_out_csv(self.found(id)))

    def kept(self, request: Request, id: str) -> StreamingHttpResponse:
        """The rows that could not be undone, as they stand in the file.

        CSV with the reason as last column.
        """
        no_query(request)
        return _csv(kept_csv(self.found(id)))


class ImportRowResource(_ImportOperations):
    noun, singular, plural = "ImportRow", "row of an import", "rows of an import"
    names = {"list": "listImportRows"}
    reading = ROWS
    list_filters = ImportRowsRequest
    permissions = {"list": Permission.IMPORTS_READ}

    def list(self, request: Request, **names: str) -> HttpResponse:
        """What becomes of each row, in the order of the file."""
        batch = self.found(names["id"])
        fixed: dict[str, Any] = {"batch_id": batch.pk}
        if "changedAfterPlan" in request.query_params:
            is_asked = request.query_params["changedAfterPlan"] == "true"
            fixed["changed_after_plan"] = batch if is_asked else None
        return self.keyset(request, **fixed)


class ImportNameResource(_ImportOperations):
    noun, singular = "ImportName", "name that the register lacks"
    plural = "names that the register lacks"
    names = {"list": "listImportNames", "decide": "decideImportNames"}
    reading = NAMES
    list_filters = ImportNamesRequest
    permissions = {"list": Permission.IMPORTS_RUN, "decide": Permission.IMPORTS_RUN}
    bodies = {"decide": DecideNamesRequest}
    answers = {"decide": IMPORT}

    def list(self, request: Request, **names: str) -> HttpResponse:
        """Models, people, places and categories that rows name and the register lacks.

        The most frequent first, each with what becomes of it unless somebody decides
        otherwise.
        """
        return self.keyset(request, batch_id=self.found(names["id"]).pk)

    def decide(self, request: Request, id: str) -> HttpResponse:
        """Decide what becomes of names; the plan is made anew."""
        said, thing = self.said()["names"], self.thing(id, of=IMPORTS)
        batch = self.found(thing.pk)
        choices = [
            NameChoice(one["kind"], one.get("key"), one["decision"], one.get("use", ""))
            for one in said
        ]
        places = {one.key: f"names/{at}" for at, one in enumerate(choices) if one.key}
        with renamed(places):
            services.decide_unknowns(batch, choices, actor=self.actor)
        found = IMPORTS.one(self.asking, batch.pk)
        return self.answer(found, is_one=True)


def _csv(lines: Iterator[str]) -> StreamingHttpResponse:
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
