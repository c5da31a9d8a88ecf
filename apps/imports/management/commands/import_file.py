from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError

from apps.companies.management import naming
from apps.companies.models import Address
from apps.core.actor import SYSTEM
from apps.core.errors import DomainError
from apps.core.keys import has_key
from apps.imports import services, tasks
from apps.imports.columns.cells import told_of
from apps.imports.models import Batch, BatchRow
from apps.imports.run import applying, planning, reading
from apps.imports.run.unused import warnings_of
from apps.imports.states import LEFT_OUT, WARNED, Choice, Kind, Verdict
from apps.imports.targets.references import IDENTITY
from apps.imports.targets.unresolved import NameChoice
from apps.imports.values import DateOrder, DecimalMark

SHOWN = 20
RARE = frozenset({Verdict.REHIRE, Verdict.CONFLICT})  # told only if there are any


class Command(BaseCommand):
    help = "Plans the import of a CSV or .xlsx file of assets or people, applies it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--company", required=True, help="its slug")
        parser.add_argument("--kind", choices=[kind.lower() for kind in Kind.values])
        parser.add_argument("--sheet", default="", help="name or number, of a workbook")
        parser.add_argument("--apply", action="store_true", help="write the plan")
        parser.add_argument(
            "--default-address", help="place of devices without holder and place"
        )
        parser.add_argument(
            "--date-order", choices=["day-first", "month-first"], help="of 3/12/2025"
        )
        parser.add_argument(
            "--decimal-mark", choices=["point", "comma"], help="of 1.250"
        )

        parser.add_argument(
            "--decide",
            action="append",
            default=[],
            metavar="KIND:*=WHAT",
            help="of all unknown names of a kind, as person:*=CREATE",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            batch = self._plan(options)
        except DomainError as error:
            raise CommandError(error.message) from error
        is_hopeless = batch.left_out == batch.planned_rows
        for warning in warnings_of(batch):
            self.stdout.write(f"warning: {warning}")
        self._print_unknowns(batch)
        if options["apply"] and not is_hopeless:
            batch = self._apply(batch)
        self._print_counts(batch)
        self._print_refused(batch)
        self._print_warnings(batch)
        if is_hopeless:
            raise CommandError("Every row was refused: nothing could be planned.")

    def _plan(self, options: dict[str, Any]) -> Batch:
        batch = self._read(options)
        services.set_columns(
            batch,
            mapping=batch.mapping,
            options=_answers(options),
            default_address=self._address(batch, options["default_address"]),
            actor=SYSTEM,
            in_background=False,
        )
        services.request_plan(batch, actor=SYSTEM, in_background=False)
        planning.make_plan(batch.pk)
        if options["decide"]:
            choices = list(map(_choice, options["decide"]))
            services.decide_unknowns(batch, choices, actor=SYSTEM, in_background=False)
            planning.make_plan(batch.pk)
        batch.refresh_from_db()
        return batch

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
        tasks.run(reading.read_rows, batch.pk)
        batch.refresh_from_db()
        if batch.is_unread:
            raise CommandError(batch.error)
        return batch

    def _address(self, batch: Batch, name: str | None) -> Address | None:
        if not name:
            return batch.default_address
        places = Address.objects.active().filter(company=batch.company_id)
        place = places.filter(has_key("name", name)).first()
        if place is None:
            raise CommandError(f"There is no address “{name}”.")
        return place

    def _apply(self, batch: Batch) -> Batch:
        services.request_apply(batch, actor=SYSTEM, in_background=False)
        while applying.apply_chunk(batch.pk):
            pass
        batch.refresh_from_db()
        return batch

    def _print_unknowns(self, batch: Batch) -> None:
        # Whose key is another one is told with the row.
        names = batch.unknowns.exclude(kind=IDENTITY)
        for unknown in names.order_by("kind", "-rows", "id"):
            what = {Choice.CREATE: "new", Choice.USE: "unknown, taken as"}
            verb = what.get(unknown.action, "unknown, refused:")
            use = f" {unknown.use_text}:" if unknown.use_text else ""
            self.stdout.write(
                f"{verb}{use} {unknown.kind}: {unknown.value} ({unknown.rows} rows)"
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
        rows = BatchRow.objects.of(batch).filter(verdict__in=LEFT_OUT)
        for row in rows.order_by("line")[:SHOWN]:
            for problem in row.problems:
                at = problem["column"]
                cell = f"{batch.headers[at]}: " if at is not None else ""
                self.stdout.write(f"line {row.line}: {cell}{told_of(problem)}")
        if (left := batch.left_out - SHOWN) > 0:
            self.stdout.write(f"and {left} more refused rows")

    def _print_warnings(self, batch: Batch) -> None:
        for name, count in batch.facets.get(WARNED, {}).items():
            self.stdout.write(f"warning: {name} ({count} rows)")
        for row in BatchRow.objects.of(batch).warned().order_by("line")[:SHOWN]:
            for warning in row.warnings:
                at = warning["column"]
                cell = f"{batch.headers[at]}: " if at is not None else ""
                self.stdout.write(f"line {row.line}: {cell}{told_of(warning)}")


def _choice(text: str) -> NameChoice:
    about, _sign, what = text.rpartition("=")
    kind, _sign, name = about.partition(":")
    if name != "*":
        raise CommandError(f"“{text}” is not KIND:*=CREATE or KIND:*=REFUSE.")
    return NameChoice(kind, None, what)


def _answers(options: dict[str, Any]) -> dict[str, str]:
    orders = {"day-first": DateOrder.DAY_FIRST, "month-first": DateOrder.MONTH_FIRST}
    marks = {"point": DecimalMark.POINT, "comma": DecimalMark.COMMA}
    answers = {
        "date_order": orders.get(options["date_order"]),
        "decimal_mark": marks.get(options["decimal_mark"]),
    }
    return {name: value for name, value in answers.items() if value}
