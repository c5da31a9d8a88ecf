"""Every column of every known tool has a meaning, and the docs say which."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from apps.imports.columns.exporters import EXPORTERS
from apps.imports.columns.fields import FIELDS, SPECIFICATION
from apps.imports.columns.headers import Confidence, find_exporter, meaning_of

each = pytest.mark.parametrize(
    "exporter", EXPORTERS, ids=[f"{one.name} {one.what}" for one in EXPORTERS]
)


def test_docs_say_what_the_columns_of_other_tools_mean():
    call_command("import_columns", "--check")


@each
def test_every_column_fills_a_field_or_says_why_not(exporter):
    known = {field.target for field in FIELDS[exporter.kind]}
    for header in exporter.headers:
        target, confidence, why = meaning_of(header, exporter)
        assert confidence is not Confidence.NONE, header
        if target is None:
            assert why, header
        else:
            assert target in known or target.startswith(SPECIFICATION), header


@each
def test_each_list_is_told_by_its_headers_and_has_a_public_source(exporter):
    assert find_exporter(exporter.headers) is exporter
    assert exporter.source.startswith("https://")


def test_the_headers_of_one_tool_are_not_taken_for_those_of_another():
    told = {one: find_exporter(one.headers, one.kind) for one in EXPORTERS}
    assert {one for one, other in told.items() if one is not other} == set()


@pytest.mark.parametrize(
    "headers",
    [
        "Serial,Model,Last check-in,Last enrollment,User",
        "Employee number,First name,Last name,Division,E-mail",
        "Vorname,Nachname,E-Mail,Kostenstelle,Vorgesetzter",
    ],
)
def test_two_common_headers_tell_no_tool(headers):
    assert find_exporter(headers.split(",")) is None


@each
def test_no_header_stands_under_two_reasons(exporter):
    lists = [exporter.facts, *(headers for _reason, headers in exporter.ignored)]
    names = [name.strip() for names in lists for name in names.split(";") if name]
    assert len(names) == len(set(names))
