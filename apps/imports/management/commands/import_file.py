from __future__ import annotations

import shlex
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError

from apps.companies.management import naming
from apps.companies.models import Address
from apps.core.actor import SYSTEM
from apps.core.api import json
from apps.core.errors import DomainError
from apps.core.keys import has_key
from apps.imports import services, tasks
from apps.imports.bodies import ImportColumnsResponse
from apps.imports.columns import formats, meaning
from apps.imports.models import Batch, BatchRow
from apps.imports.run import applying, planning, reading
from apps.imports.shapes import IMPORT, NAME, ROW
from apps.imports.shown.columns import Overview, overview, rows_of
from apps.imports.shown.plan import (
    answers_of,
    at,
    faults_of,
    meanings_of,
    open_words,
    question_of,
    reason,
    taken_for,
)
from apps.imports.shown.questions import mapping_of, options_of
from apps.imports.states import LEFT_OUT, WARNED, BatchState, Choice, Kind, Verdict
from apps.imports.targets.references import IDENTITY
from apps.imports.targets.unresolved import NameChoice
from apps.imports.values import DateOrder, DecimalMark

SHOWN = 20
RARE = frozenset({Verdict.REHIRE, Verdict.CONFLICT})  # told only if there are any
NAMES_SHOWN = 1_000
NO_SUCH_NAME = "No row names “%s”: write KIND:NAME=WHAT, or KIND:*=CREATE or =REFUSE."
ASKS = 3  # exit code: see the help
# The option that overrules an assumption; a question is answered by its id.
OVERRULED_BY = {"currency": "--currency", "default_place": "--default-address"}
# Answers about all columns, by the option of questions.
ORDERS = {"day-first": DateOrder.DAY_FIRST, "month-first": DateOrder.MONTH_FIRST}
MARKS = {"point": DecimalMark.POINT, "comma": DecimalMark.COMMA}
OF_ALL = {formats.DATE_ORDER: ORDERS, formats.DECIMAL_MARK: MARKS}


class Way(NamedTuple):
    """How to answer a question: the option, its value if it takes one, and what that
    means."""

    option: str
    value: str
    label: str

    def plain(self) -> dict[str, str]:
        return {name: text for name, text in self._asdict().items() if text}

    def __str__(self) -> str:
        words = [self.option, *filter(None, [self.value])]
        return f"  {shlex.join(words)}  {self.label}"


class Open(NamedTuple):
    """What nobody has said, and is not guessed."""

    text: str
    ways: list[Way]

    def __str__(self) -> str:
        return "\n".join([self.text, *map(str, self.ways)])


class Command(BaseCommand):
    help = (
        "Plans the import of a CSV or .xlsx file of assets or people, applies it.\n"
        "Says what a page would: what is left out, assumed, unknown and refused.\n"
        "Nothing is guessed: a header that is only likely to be a field, a question\n"
        "about a column and a word for a state that says nothing to us stop it, with\n"
        "what may be answered and by which option.\n"
        "\n"
        "Exit code: 0 if it is planned, and with --apply applied; 1 if the file can't\n"
        "be read, an option is wrong or every row is refused; 2 for unknown options;\n"
        f"{ASKS} if a question is open: nothing is written."
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
            "--likely", action="store_true", help="doubtful columns are what they seem"
        )
        parser.add_argument(
            "--answer", **several, metavar="QUESTION=CODE", help="as 3:date_order=DMY"
        )
        parser.add_argument(
            "--decide",
            **several,
            metavar="KIND:NAME=WHAT",
            help="of an unknown name, or of * for all: CREATE, REFUSE, or what it is; "
            "of a holder NOBODY, too",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            batch = self._understood(self._read(options), options)
            asked = list(_of_columns(batch, options))
            if not asked:
                batch = self._plan(batch, options)
                asked = list(_of_words(batch))
        except DomainError as error:
            raise CommandError(error.message) from error
        is_hopeless = batch.left_out == batch.planned_rows
        if options["apply"] and not (asked or is_hopeless):
            batch = self._apply(batch)
        for line in [_json(batch, asked)] if options["json"] else _told(batch):
            self.stdout.write(line)
        if asked:
            told = ["Nothing is written before this is answered:", *map(str, asked)]
            told.append(f"or on the page {batch.get_absolute_url()}")
            raise CommandError("\n".join(told), returncode=ASKS)
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
        place = self._address(batch, options["default_address"])
        how: dict[str, Any] = {"actor": SYSTEM, "in_background": False}
        mapping = mapping_of(batch, map(_column, options["column"]))
        said = None if options["likely"] else _positions(options)
        how |= {"mapping": mapping, "default_address": place, "said": said}
        say = partial(services.set_columns, batch, **how)
        if mapping != batch.mapping:
            # Which may raise other questions.
            batch = _read_now(say(options={}))
            if batch.state == BatchState.PLANNING:
                batch = _plan_now(batch)
        currency = (options["currency"] or "").upper()
        return say(options=options_of(batch, _answers(batch, options), currency))

    def _address(self, batch: Batch, name: str | None) -> Address | None:
        if not name:
            return batch.default_address
        places = Address.objects.active().filter(company=batch.company_id)
        place = places.filter(has_key("name", name)).first()
        if place is None:
            raise CommandError(f"There is no address “{name}”.")
        return place

    def _plan(self, batch: Batch, options: dict[str, Any]) -> Batch:
        how: dict[str, Any] = {"actor": SYSTEM, "in_background": False}
        batch = _plan_now(services.request_plan(batch, **how))
        waiting = options["decide"]
        while waiting:
            # What one answer means may raise the question of another.
            choices = {text: _choice(batch, text) for text in waiting}
            said = [choice for choice in choices.values() if choice]
            if not said:
                raise CommandError(NO_SUCH_NAME % waiting[0].rpartition("=")[0])
            batch = _plan_now(services.decide_unknowns(batch, said, **how))
            waiting = [
                text
                for text, choice in choices.items()
                if choice is None or _is_open(batch, text)
            ]
        return batch

    def _apply(self, batch: Batch) -> Batch:
        services.request_apply(batch, actor=SYSTEM, in_background=False)
        while applying.apply_chunk(batch.pk):
            pass
        batch.refresh_from_db()
        return batch


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


# --- What it says ---


def _told(batch: Batch) -> Iterator[str]:
    """Of the columns and, if there is one, of the plan."""
    yield from _told_of_columns(overview(batch))
    if batch.planned_at is None:
        return
    yield from _told_of_names(batch)
    counts = ", ".join(
        f"{batch.count(verdict)} {verdict.lower()}"
        for verdict in Verdict.values
        if batch.count(verdict) or verdict not in RARE
    )
    written = f"; {batch.applied_rows} written" if batch.applied_at else ""
    yield f"{rows_of(batch.planned_rows)}: {counts}{written}"
    for row in _refused(batch):
        yield from _told_of_faults(batch, row, row.problems)
    if (left := batch.left_out - SHOWN) > 0:
        yield f"refused beside these: {rows_of(left)}"
    for name, count in batch.facets.get(WARNED, {}).items():
        yield f"warning: {reason(name)} ({name}, {rows_of(count)})"
    for row in _warned(batch):
        yield from _told_of_faults(batch, row, row.warnings)


def _told_of_columns(found: Overview) -> Iterator[str]:
    if found.exporter:
        yield f"export of {found.exporter}"
    for one in found.left_out:
        what = "warning" if one.warning else "left out"
        yield f"{what}: {one.told} (--column {one.position}=FIELD)"
    for assumed in found.assumptions:
        by = OVERRULED_BY.get(assumed.code)
        if by is None and not assumed.code.endswith(":means"):
            by = f"--answer {assumed.code}=CODE"
        yield f"assumed: {assumed.text}{f' ({by})' if by else ''}"


def _told_of_names(batch: Batch) -> Iterator[str]:
    # Whose key is another one is told with the row.
    names = batch.unknowns.exclude(kind=IDENTITY).order_by("kind", "-rows", "id")
    for unknown in names[:NAMES_SHOWN]:
        what = {
            Choice.CREATE: "new",
            Choice.USE: "unknown, taken as",
            Choice.NOBODY: "nobody, as decided:",
        }
        verb = what.get(unknown.action, "unknown, refused:")
        use = f" {taken_for(unknown)}:" if unknown.use_text else ""
        meant = "; ".join(unknown.candidates)
        hint = f", do you mean {meant}?" if meant else ""
        about = f"{unknown.kind}: {unknown.value}"
        yield f"{verb}{use} {about} ({rows_of(unknown.rows)}{hint})"
    if names:
        yield (
            "decide otherwise: --decide KIND:NAME=CREATE, =REFUSE or =WHAT-IT-IS, "
            "or KIND:*= for all of a kind"
        )


def _told_of_faults(batch: Batch, row: BatchRow, faults: Any) -> Iterator[str]:
    for fault in faults_of(faults, row.cells):
        header = at(batch.headers, fault["column"])
        cell = f"{header}: " if header else ""
        yield f"line {row.line}: {cell}{fault['message']}"


def _json(batch: Batch, asked: Iterable[Open]) -> str:
    """In the shapes of the API, with what is asked here and how to answer it."""
    names = batch.unknowns.order_by("-rows", "-id")[:NAMES_SHOWN]
    found = {
        "import": IMPORT.serializer_class(batch).data,
        "questions": [
            {"text": one.text, "answers": [way.plain() for way in one.ways]}
            for one in asked
        ],
        "columns": ImportColumnsResponse(overview(batch)).data,
        "names": NAME.serializer_class(names, many=True).data,
        "refusedRows": ROW.serializer_class(_refused(batch), many=True).data,
        "rowsWithWarnings": ROW.serializer_class(_warned(batch), many=True).data,
    }
    return json.dumps(found).decode()


def _refused(batch: Batch) -> Iterable[BatchRow]:
    rows = BatchRow.objects.of(batch).filter(verdict__in=LEFT_OUT)
    return rows.select_related("batch").order_by("line")[:SHOWN]


def _warned(batch: Batch) -> Iterable[BatchRow]:
    rows = BatchRow.objects.of(batch).warned().select_related("batch")
    return rows.order_by("line")[:SHOWN]


# --- What it asks, and is answered ---


def _of_columns(batch: Batch, options: Mapping[str, Any]) -> Iterator[Open]:
    """What is to be said before anything is planned."""
    found = overview(batch)
    shown = {one.position: one for one in found.columns}
    doubtful = meaning.doubtful(batch, batch.mapping, _positions(options))
    for one in [] if options["likely"] else [shown[c.position] for c in doubtful]:
        ways = [
            Way("--column", f"{one.position}={one.field}", str(one.label)),
            Way("--column", f"{one.position}=", "Leave it out"),
            Way("--likely", "", "All such columns are what they seem"),
        ]
        yield Open(f"Is “{one.name}” the field “{one.label}”? {one.why}", ways)
    for asked in found.open_questions:
        ways = [
            Way("--answer", f"{asked.id}={code}", str(label))
            for code, label in asked.choices
        ]
        yield Open(asked.text, ways)


def _of_words(batch: Batch) -> Iterator[Open]:
    """Words for states that nobody has said the meaning of."""
    for unknown in open_words(batch):
        about = f"{unknown.kind}:{unknown.value}"
        refused = [o for o in answers_of(unknown.kind) if o.code == Choice.REFUSE]
        choices = [*meanings_of(unknown.kind), *refused]
        ways = [Way("--decide", f"{about}={o.code}", str(o.label)) for o in choices]
        yield Open(question_of(unknown), ways)


def _positions(options: Mapping[str, Any]) -> set[int]:
    """Of columns of which it is said what they are."""
    return {_column(text)["position"] for text in options["column"]}


def _column(text: str) -> dict[str, Any]:
    position, sign, field = text.partition("=")
    if not (sign and position.isascii() and position.isdecimal()):
        raise CommandError(f"Write POSITION=FIELD, not “{text}”.")
    return {"position": int(position), "field": field or None}


def _answers(batch: Batch, options: Mapping[str, Any]) -> dict[str, str]:
    """By the ids of questions."""
    of_all = {
        one.id: OF_ALL[one.question.option][said]
        for one in overview(batch).questions
        if (said := options.get(one.question.option))
    }
    own = (text.rpartition("=") for text in options["answer"])
    return {**of_all, **{name: answer for name, _sign, answer in own}}


def _is_open(batch: Batch, text: str) -> bool:
    """Whether it is said of all names of a kind, and one came up since."""
    kind, is_of_all, what = text.partition(":*=")
    names = batch.unknowns.filter(kind=kind, decided_at=None, rows__gt=0)
    if what == Choice.CREATE:
        names = names.filter(may_create=True)
    return bool(is_of_all) and names.exists()


def _choice(batch: Batch, text: str) -> NameChoice | None:
    """None if no row names it."""
    about, _sign, what = text.rpartition("=")
    kind, _sign, name = about.partition(":")
    if name == "*":
        return NameChoice(kind, None, what)
    unknown = batch.unknowns.filter(kind=kind, value=name).first()
    if unknown is None:
        return None
    if what in set(Choice) - {Choice.USE}:
        return NameChoice(kind, unknown.key, what)
    return NameChoice(kind, unknown.key, Choice.USE, what)
