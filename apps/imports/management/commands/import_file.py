from __future__ import annotations

import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError

from apps.companies.management import naming
from apps.companies.models import Address
from apps.core.actor import SYSTEM
from apps.core.api import json
from apps.core.errors import DomainError
from apps.core.keys import has_key
from apps.imports import services, tasks
from apps.imports.api_columns import mapping_of, options_of, shown_columns
from apps.imports.models import Batch, BatchRow
from apps.imports.run import applying, planning, reading
from apps.imports.run.planning import warnings_of
from apps.imports.shapes import IMPORT, NAME, ROW
from apps.imports.shown.columns import Overview, overview
from apps.imports.shown.questions import Asked
from apps.imports.shown.rows import at, faults_of
from apps.imports.states import LEFT_OUT, WARNED, BatchState, Choice, Kind, Verdict
from apps.imports.targets.references import IDENTITY
from apps.imports.targets.unresolved import NameChoice
from apps.imports.values import DateOrder, DecimalMark

SHOWN = 20
RARE = frozenset({Verdict.REHIRE, Verdict.CONFLICT})  # told only if there are any
NAMES_SHOWN = 1_000
# The option that overrules an assumption; a question is answered by its id.
OVERRULED_BY = {"currency": "--currency", "default_place": "--default-address"}
ORDERS = {"day-first": DateOrder.DAY_FIRST, "month-first": DateOrder.MONTH_FIRST}
MARKS = {"point": DecimalMark.POINT, "comma": DecimalMark.COMMA}


class Command(BaseCommand):
    help = (
        "Plans the import of a CSV or .xlsx file of assets or people, applies it.\n"
        "Says what a page would: what is left out, assumed, unknown and refused.\n"
        "A question about a column stops it, with what may be answered."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> Any:
        return super().create_parser(
            *args, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--company", required=True, help="its slug")
        parser.add_argument("--kind", choices=[kind.lower() for kind in Kind.values])
        parser.add_argument("--sheet", default="", help="name or number, of a workbook")
        parser.add_argument("--apply", action="store_true", help="write the plan")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--default-address", help="place of devices without holder and place"
        )
        parser.add_argument("--currency", help="of prices that name none, as EUR")
        parser.add_argument("--date-order", choices=ORDERS, help="of 3/12/2025")
        parser.add_argument("--decimal-mark", choices=MARKS, help="of 1.250")
        several = {"action": "append", "default": []}
        parser.add_argument(
            "--column",
            **several,
            metavar="POSITION=FIELD",
            help="what a column is, counted from 0; without a field it is left out",
        )
        parser.add_argument(
            "--answer", **several, metavar="QUESTION=CODE", help="as 3:date_order=DMY"
        )
        parser.add_argument(
            "--decide",
            **several,
            metavar="KIND:NAME=WHAT",
            help="of an unknown name, or of * for all: CREATE, REFUSE, or what it is",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            batch = self._understood(self._read(options), options)
            found = overview(batch)
            if found.open_questions:
                self._stop(batch, found, options)
            batch = self._plan(batch, options)
        except DomainError as error:
            raise CommandError(error.message) from error
        is_hopeless = batch.left_out == batch.planned_rows
        if options["apply"] and not is_hopeless:
            batch = self._apply(batch)
        if options["json"]:
            self._print_json(batch)
        else:
            self._print(batch, found)
        if is_hopeless:
            raise CommandError("Every row was refused: nothing could be planned.")

    # --- Steps ---

    def _read(self, options: dict[str, Any]) -> Batch:
        """As a worker does, in a process of its own under the same limits."""
        company = naming.company(options["company"])
        kind = options["kind"].upper() if options["kind"] else None
        try:
            with options["file"].open("rb") as stream:
                batch = services.upload(
                    company,
                    File(stream, name=options["file"].name),
                    kind,
                    sheet=options["sheet"],
                    actor=SYSTEM,
                    in_background=False,
                )
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        return _read_now(batch)

    def _understood(self, batch: Batch, options: dict[str, Any]) -> Batch:
        """With the columns and answers that were given."""
        columns = [_column(text) for text in options["column"]]
        mapping = mapping_of(batch, columns)
        if mapping != batch.mapping:
            # Which may raise other questions.
            batch = self._set(batch, mapping, {}, options)
            batch = _read_now(batch)
            if batch.state == BatchState.PLANNING:
                batch = _plan_now(batch)
        said = {"answers": list(_answers(overview(batch).questions, options))}
        if options["currency"]:
            said["currency"] = options["currency"].upper()
        return self._set(batch, mapping, options_of(batch, said), options)

    def _set(
        self,
        batch: Batch,
        mapping: dict[str, str],
        answers: dict[str, Any],
        options: dict[str, Any],
    ) -> Batch:
        return services.set_columns(
            batch,
            mapping=mapping,
            options=answers,
            default_address=self._address(batch, options["default_address"]),
            actor=SYSTEM,
            in_background=False,
        )

    def _address(self, batch: Batch, name: str | None) -> Address | None:
        if not name:
            return batch.default_address
        places = Address.objects.active().filter(company=batch.company_id)
        place = places.filter(has_key("name", name)).first()
        if place is None:
            raise CommandError(f"There is no address “{name}”.")
        return place

    def _plan(self, batch: Batch, options: dict[str, Any]) -> Batch:
        started = services.request_plan(batch, actor=SYSTEM, in_background=False)
        batch = _plan_now(started)
        if options["decide"]:
            choices = [_choice(batch, text) for text in options["decide"]]
            started = services.decide_unknowns(
                batch, choices, actor=SYSTEM, in_background=False
            )
            batch = _plan_now(started)
        return batch

    def _apply(self, batch: Batch) -> Batch:
        services.request_apply(batch, actor=SYSTEM, in_background=False)
        while applying.apply_chunk(batch.pk):
            pass
        batch.refresh_from_db()
        return batch

    # --- What it says ---

    def _stop(self, batch: Batch, found: Overview, options: dict[str, Any]) -> None:
        """Raises CommandError: nothing is guessed."""
        if options["json"]:
            self._print_json(batch)
        else:
            self._print_columns(found)
        told = [
            "Nothing is planned before this is answered:",
            *(line for asked in found.open_questions for line in _ways(asked)),
            f"or on the page {batch.get_absolute_url()}columns/",
        ]
        raise CommandError("\n".join(told))

    def _print(self, batch: Batch, found: Overview) -> None:
        self._print_columns(found)
        for warning in warnings_of(batch):
            self.stdout.write(f"warning: {warning}")
        self._print_unknowns(batch)
        self._print_counts(batch)
        self._print_refused(batch)
        self._print_warnings(batch)

    def _print_columns(self, found: Overview) -> None:
        if found.exporter:
            self.stdout.write(f"export of {found.exporter}")
        for one in found.left_out:
            sample = one.samples[0]["text"] if one.samples else ""
            shown = f" (“{sample}”)" if sample else ""
            self.stdout.write(
                f"left out: {one.name}{shown}: {one.why} "
                f"(--column {one.column.position}=FIELD)"
            )
        for assumed in found.assumed:
            by = OVERRULED_BY.get(assumed.code)
            if by is None and not assumed.code.endswith(":means"):
                by = f"--answer {assumed.code}=CODE"
            self.stdout.write(f"assumed: {assumed.text}{f' ({by})' if by else ''}")

    def _print_unknowns(self, batch: Batch) -> None:
        # Whose key is another one is told with the row.
        names = batch.unknowns.exclude(kind=IDENTITY).order_by("kind", "-rows", "id")
        for unknown in names[:NAMES_SHOWN]:
            what = {Choice.CREATE: "new", Choice.USE: "unknown, taken as"}
            verb = what.get(unknown.action, "unknown, refused:")
            use = f" {unknown.use_text}:" if unknown.use_text else ""
            meant = "; ".join(unknown.candidates)
            hint = f", do you mean {meant}?" if meant else ""
            self.stdout.write(
                f"{verb}{use} {unknown.kind}: {unknown.value} "
                f"({unknown.rows} rows{hint})"
            )
        if names:
            self.stdout.write(
                "decide otherwise: --decide KIND:NAME=CREATE, =REFUSE or =WHAT-IT-IS, "
                "or KIND:*= for all of a kind"
            )

    def _print_counts(self, batch: Batch) -> None:
        counts = ", ".join(
            f"{batch.count(verdict)} {verdict.lower()}"
            for verdict in Verdict.values
            if batch.count(verdict) or verdict not in RARE
        )
        written = f"; {batch.applied_rows} written" if batch.applied_at else ""
        self.stdout.write(f"{batch.planned_rows} rows: {counts}{written}")

    def _print_refused(self, batch: Batch) -> None:
        for row in _refused(batch):
            self._print_faults(batch, row, row.problems)
        if (left := batch.left_out - SHOWN) > 0:
            self.stdout.write(f"and {left} more refused rows")

    def _print_warnings(self, batch: Batch) -> None:
        for name, count in batch.facets.get(WARNED, {}).items():
            self.stdout.write(f"warning: {name} ({count} rows)")
        for row in _warned(batch):
            self._print_faults(batch, row, row.warnings)

    def _print_faults(self, batch: Batch, row: BatchRow, faults: Any) -> None:
        for fault in faults_of(faults, row.cells):
            header = at(batch.headers, fault["column"])
            cell = f"{header}: " if header else ""
            self.stdout.write(f"line {row.line}: {cell}{fault['message']}")

    def _print_json(self, batch: Batch) -> None:
        """In the shapes of the API."""
        names = batch.unknowns.order_by("-rows", "-id")[:NAMES_SHOWN]
        found = {
            "import": IMPORT.serializer_class(batch).data,
            "columns": shown_columns(batch),
            "names": NAME.serializer_class(names, many=True).data,
            "refusedRows": ROW.serializer_class(_refused(batch), many=True).data,
            "rowsWithWarnings": ROW.serializer_class(_warned(batch), many=True).data,
        }
        self.stdout.write(json.dumps(found).decode())


def _read_now(batch: Batch) -> Batch:
    tasks.run(reading.read_rows, batch.pk)
    batch.refresh_from_db()
    if batch.is_unread:
        raise CommandError(str(batch.error))
    return batch


def _plan_now(batch: Batch) -> Batch:
    """Here, unless a worker was quicker."""
    while batch.state == BatchState.PLANNING:
        if not planning.make_plan(batch.pk):
            time.sleep(0.2)
        batch.refresh_from_db()
    if batch.planned_at is None:
        raise CommandError(str(batch.error))
    return batch


def _refused(batch: Batch) -> Iterable[BatchRow]:
    rows = BatchRow.objects.of(batch).filter(verdict__in=LEFT_OUT)
    return rows.select_related("batch").order_by("line")[:SHOWN]


def _warned(batch: Batch) -> Iterable[BatchRow]:
    rows = BatchRow.objects.of(batch).warned().select_related("batch")
    return rows.order_by("line")[:SHOWN]


def _ways(asked: Asked) -> Iterator[str]:
    """The question, and each way to answer it."""
    yield f"{asked.text}"
    for code, label in asked.choices:
        yield f"  --answer “{asked.id}={code}”  {label}"


def _column(text: str) -> dict[str, Any]:
    position, sign, field = text.partition("=")
    if not (sign and position.isascii() and position.isdecimal()):
        raise CommandError(f"Write POSITION=FIELD, not “{text}”.")
    return {"position": int(position), "field": field or None}


def _answers(
    asked: Iterable[Asked], options: dict[str, Any]
) -> Iterator[dict[str, str]]:
    of_all = {
        "date_order": ORDERS.get(options["date_order"]),
        "decimal_mark": MARKS.get(options["decimal_mark"]),
    }
    for one in asked:
        if answer := of_all.get(one.question.option):
            yield {"question": one.id, "answer": answer}
    for text in options["answer"]:
        name, _sign, answer = text.rpartition("=")
        yield {"question": name, "answer": answer}


def _choice(batch: Batch, text: str) -> NameChoice:
    about, _sign, what = text.rpartition("=")
    kind, _sign, name = about.partition(":")
    if name == "*":
        return NameChoice(kind, None, what)
    unknown = batch.unknowns.filter(kind=kind, value=name).first()
    if unknown is None:
        told = "No row names “%s”: write KIND:NAME=WHAT, or KIND:*=CREATE or =REFUSE."
        raise CommandError(told % about)
    if what in (Choice.CREATE, Choice.REFUSE):
        return NameChoice(kind, unknown.key, what)
    return NameChoice(kind, unknown.key, Choice.USE, what)
