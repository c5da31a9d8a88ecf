"""What bodies and query strings say of imports."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.core.api import fields, uploads

from .reading import DELIMITERS
from .reading.encoding import ENCODINGS
from .shapes import CodeAndLabel
from .shown.plan import KINDS
from .states import BatchState, Choice, Kind, UndoReason, Verdict


class ImportUploadQuery(uploads.UploadQuery):
    kind = fields.OneOf(
        choices=Kind.choices,
        required=False,
        help_text="What the file is a list of; else its columns tell.",
    )
    sheet = fields.Text(
        required=False, max_length=255, help_text="Of a workbook: its name or number."
    )


class ImportUploadRequest(uploads.Upload, ImportUploadQuery):
    """A file; what stands beside it may stand in the query string as well."""


class ImportListRequest(fields.Body):
    states = fields.Several(fields.OneOf(choices=BatchState.choices), required=False)
    kinds = fields.Several(fields.OneOf(choices=Kind.choices), required=False)


class ReadAgainRequest(fields.Body):
    """How the file is to be taken apart, where what was found out is wrong."""

    encoding = fields.OneOf(choices=sorted(ENCODINGS), required=False)
    delimiter = fields.OneOf(choices=list(DELIMITERS), required=False)
    sheet = fields.Text(required=False, max_length=255)
    header_line = fields.Whole(required=False, min_value=1, max_value=10_000)


class ColumnChoice(fields.Body):
    position = fields.Whole(min_value=0, max_value=999)
    field = fields.Text(
        max_length=1_000,
        allow_null=True,
        help_text="Null leaves the column out; specification:NAME keeps it as such.",
    )


class QuestionAnswer(fields.Body):
    question = fields.Text(max_length=1_000, help_text="Its id.")
    answer = fields.Text(max_length=64, help_text="The code of one of its choices.")


class ImportColumnsRequest(fields.Body):
    """Columns that are not named stay what they are, questions that are not answered
    keep their answers."""

    columns = fields.Several(ColumnChoice(), required=False)
    accept_likely = fields.Flag(
        required=False,
        help_text="All columns of which it is not sure are what they seem.",
    )
    answers = fields.Several(QuestionAnswer(), required=False)
    currency = fields.CurrencyCode(
        required=False, help_text="Of prices beside which none stands."
    )
    default_address_id = fields.Id(
        required=False,
        allow_null=True,
        help_text="Where devices without a holder and a place go.",
    )


class NameDecision(fields.Body):
    """`use` is what it is taken for: the name of a model or place, the e-mail address
    of a person (or of what holds devices a place; `NOBODY` if it holds none), the code
    of a category, what a word for a state means (`status`; of one that says "in use"
    without a holder `in_use`, of one beside a holder `held` or `unused`, of one of
    orders `workflow`, of "ordered" of a device that is here `arrived`). Of
    `identity`, a row whose keys name two things, `CREATE` says that it is another one,
    `USE` that it is the same one with another key. Without `key` it is about all names
    of the kind: `CREATE`, as far as they can be created, or `REFUSE`."""

    kind = fields.OneOf(choices=[(one, one) for one in KINDS])
    key = fields.Text(required=False, max_length=2_000, trim_whitespace=False)
    decision = fields.OneOf(choices=Choice.choices)
    use = fields.Text(required=False, max_length=500)


class ImportNamesRequest(fields.Body):
    is_decided = fields.Flag(
        required=False, help_text="By a person, in this file or an earlier one."
    )


class DecideNamesRequest(fields.Body):
    names = fields.Several(NameDecision(), min_length=1)


class ImportRowsRequest(fields.Body):
    verdicts = fields.Several(fields.OneOf(choices=Verdict.choices), required=False)
    reason = fields.Text(
        required=False, max_length=64, help_text="The code of a problem of the row."
    )
    has_warnings = fields.Flag(required=False)
    warning = fields.Text(
        required=False, max_length=64, help_text="The code of a warning of the row."
    )
    field = fields.Text(
        required=False, max_length=1_000, help_text="Which the row changes."
    )
    search_phrase = fields.Text(
        required=False, max_length=100, help_text="Anywhere in the cells."
    )
    changed_after_plan = fields.Flag(
        required=False,
        help_text="Rows about what was changed, or came, after the plan was made.",
    )
    is_undone = fields.Flag(required=False)
    is_kept = fields.Flag(required=False, help_text="That could not be undone.")


class ApplyImportRequest(fields.Body):
    planned_at = fields.Moment(
        required=False, help_text="Of the plan that was looked at: 409 if it is older."
    )


class UndoImportRequest(fields.Body):
    reason = fields.OneOf(choices=UndoReason.choices)


# --- Answers that are made of several things ---------------------------------


class Answer(fields.Body):
    """Of what `shown` says; what may be absent is so where there is nothing to say."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        found = super().to_representation(instance)
        return {
            name: value
            for name, value in found.items()
            if value not in (None, "") or self.fields[name].required
        }


class ColumnSample(Answer):
    text = fields.Text()
    read_as = fields.Text(required=False)


class ColumnResponse(Answer):
    """A column of the file. Without `field` it is left out; `why` says why, `rows` how
    many fill it, once there is a plan, and `warning` what a device could have of it."""

    position = fields.Whole()
    header = fields.Text(allow_blank=True)
    field = fields.Text(required=False)
    label = fields.Text(required=False)
    is_sure = fields.Flag()
    why = fields.Text()
    rows = fields.Whole(required=False)
    warning = fields.Text(required=False)
    samples = ColumnSample(many=True)


class QuestionResponse(Answer):
    """What the cells leave open, or what was found out and may be overruled. Without
    `answer` it is open."""

    id = fields.Text()
    column = fields.Whole()
    text = fields.Text()
    choices = CodeAndLabel(many=True, source="coded")
    answer = fields.Text(required=False)


class AssumptionResponse(Answer):
    """What is taken to be so, as the file does not say it."""

    code = fields.Text()
    text = fields.Text()
    value = fields.Text(required=False)


class HowReadResponse(Answer):
    encoding = fields.Text(required=False)
    delimiter = fields.Text(required=False)
    sheet = fields.Text(required=False)
    sheets = serializers.ListField(child=fields.Text(), required=False)
    header_line = fields.Whole(required=False)


class ImportColumnsResponse(Answer):
    """How the file was read, what its columns were taken for, and what is asked."""

    how_read = HowReadResponse()
    exporter = fields.Text(required=False, help_text="The tool that wrote the file.")
    columns = ColumnResponse(many=True)
    targets = CodeAndLabel(many=True, help_text="What a column may be.")
    questions = QuestionResponse(many=True)
    assumptions = AssumptionResponse(many=True)
    currency = fields.Text(required=False)
    default_address_id = fields.Id(required=False)


class MadeResponse(Answer):
    """Models, people or places that were made for rows: how many are there, and how
    many were taken out."""

    kind = fields.Text()
    there = fields.Whole()
    undone = fields.Whole()


class UndoPlanResponse(Answer):
    """What undoing takes back: what rows created is deleted, what they changed is set
    back, unless somebody used or changed it since; that is kept, with the reason."""

    rows = fields.Whole()
    created = fields.Whole()
    changed = fields.Whole()
    came_back = fields.Whole()
    kept = fields.Whole()
    made = MadeResponse(many=True)
    reasons = CodeAndLabel(many=True)
