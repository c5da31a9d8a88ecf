"""What a small workbook may cost: a few seconds, little memory, one sentence."""

from __future__ import annotations

import resource
import time
from contextlib import suppress
from functools import partial

import pytest

from apps.conftest import mostly_full
from apps.core.told import told
from apps.imports.reading import (
    ReadError,
    check_upload,
    confined,
    limits,
    sheet_cells,
    workbook,
)
from apps.imports.run.reading import walk
from apps.imports.tests.factories import read_table

from . import hostile

# Of the processor, of which the largest list that is imported takes over a minute.
SECONDS = 20


def columns(message):
    if "headers" in message:
        return {"kind": "ASSETS", "mapping": {"0": "serial_number"}}
    return None


def spent(who: int) -> float:
    """Seconds of the processor."""
    found = resource.getrusage(who)
    return found.ru_utime + found.ru_stime


def refusal(path) -> str:
    """By the process that reads it."""
    try:
        found = confined.run(
            partial(walk, path, {}, []),
            answer=columns,
            sign=lambda: None,
        )
    except confined.Unfinished as error:
        return f"unfinished_{error.why}"
    return told(found["refused"]["told"]).reason


@pytest.mark.parametrize("way", mostly_full(sorted(hostile.WAYS), every=6))
def test_it_is_refused_in_time_and_within_the_memory(tmp_path, monkeypatch, way):
    path = hostile.save(tmp_path / "hostile.xlsx", hostile.WAYS[way]())
    before = spent(resource.RUSAGE_SELF)
    with path.open("rb") as file, suppress(ReadError):
        check_upload(file, path.name, path.stat().st_size)
    assert spent(resource.RUSAGE_SELF) - before < 0.2

    # What the directory says is not believed either: it may lie.
    monkeypatch.setattr(workbook, "MAX_RATIO", 1_000_000)
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 1 << 40)
    # A part of what a list may hold, so that the test is short.
    monkeypatch.setattr(limits, "MAX_CELLS", 1_000_000)
    monkeypatch.setattr(sheet_cells, "MAX_TEXTS", 500_000)
    before = spent(resource.RUSAGE_CHILDREN)
    # The parser itself keeps names: there memory is a limit, too, and how much of the
    # file it has taken in by then differs from machine to machine.
    code, is_of_names = refusal(path), way == "other_names_without_end"
    assert code != "unfinished_memory" or is_of_names
    assert code in {"unfinished_memory", "unpacks_too_large"} or not is_of_names
    assert spent(resource.RUSAGE_CHILDREN) - before < SECONDS


def test_blank_rows_are_counted(tmp_path):
    path = hostile.save(tmp_path / "hostile.xlsx", hostile.blank_rows())
    with pytest.raises(ReadError) as caught:
        read_table(path)
    assert caught.value.code == "too_many_rows"
    assert "blank ones counted" in caught.value.message


def test_blank_lines_of_a_list_are_counted(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(b"Serial,Model\nS1,XPS\n" + b"\n" * 20_000_000)
    started = time.process_time()
    with pytest.raises(ReadError) as caught:
        read_table(path)
    assert caught.value.code == "too_many_rows"
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize(
    ("content", "code"),
    [
        # One line, and one record of many lines.
        (b"Serial,Model\n" + b"x," * 5_000_000, "row_too_long"),
        (b"Serial,Model\n" + b'"a\nb",' * 1_000_000, "row_too_long"),
        (b"Serial,Model\n" + b"x" * 20_000_000, "row_too_long"),
        (b"Serial,Model\n" + b"xy," * 20_000 + b"\n", "too_many_columns"),
        (b"Serial,Model\n" + (b"," * 900 + b"\n") * 20_000, "too_many_cells"),
        (b"\xff\0\0" * 5_000_000, "nul_byte"),
        ("é".encode() * 5_000_000 + b"\xff", "undecodable"),
        (b"\xe9" * 10_000_000, "row_too_long"),
    ],
)
@pytest.mark.full
def test_lists_without_end_are_refused(tmp_path, content, code):
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    assert refusal(path) == code
