"""Whatever the bytes of a file are, the reader gives rows or refuses: it raises nothing
but its own refusal."""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from apps.imports.reading import ReadError, check_upload
from apps.imports.tests.factories import read_table

fuzzed = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
TEXT = 'Serial;Model;Notes\r\nS1;XPS;é\r\nS2;"T 14";ł\r\n'
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp037", "utf-7")
PARTS = (
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
    "xl/sharedStrings.xml",
    "xl/worksheets/sheet1.xml",
)


def read(tmp_path, content: bytes) -> str:
    """The code of the refusal, or of none."""
    path = tmp_path / "any"
    path.write_bytes(content)
    with path.open("rb") as file:
        refused = _code(lambda: check_upload(file, "any", len(content)))
    found = _code(lambda: list(read_table(path).rows()))
    # What an upload refuses is refused by whoever reads it all the same.
    assert not refused or found
    return found


def _code(step) -> str:
    try:
        step()
    except ReadError as error:
        return error.code
    return ""


def packed(parts: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _workbook_parts() -> dict[str, bytes]:
    book, stream = Workbook(), BytesIO()
    book.active.append(["Serial", "Model", "Bought", "Price"])
    for number in range(3):
        book.active.append([f"S{number}", "XPS", 45_322, 12.5])
    book.active["C2"].number_format = "dd/mm/yyyy"
    book.save(stream)
    with zipfile.ZipFile(stream) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/sharedStrings.xml"] = b"<sst><si><t>Z</t></si><si><t>x</t></si></sst>"
    sheet = parts[PARTS[-1]]
    shared = b'<c r="A5" t="s"><v>1</v></c>'
    row = b'<row r="5">' + shared + b"</row></sheetData>"
    merged = b'<mergeCells><mergeCell ref="B2:B3"/></mergeCells>'
    parts[PARTS[-1]] = sheet.replace(b"</sheetData>", row + merged)
    return {name: parts[name] for name in PARTS}


WORKBOOK = _workbook_parts()
WHOLE = packed(WORKBOOK)


def test_the_workbook_itself_is_read(tmp_path):
    assert read(tmp_path, WHOLE) == ""


@fuzzed
@given(content=st.binary(max_size=300))
@example(content=b"Serial,Name\nA\xff,x\0y\n")
@example(content=b"\xff\xfeS\0e\0r\0\n\0\0\xd8")
@example(content=b"sep=\x1c\nSerial\x1cModel\nS1\x1cXPS\n")
def test_any_bytes(tmp_path, content):
    read(tmp_path, content)


@fuzzed
@given(
    start=st.sampled_from(
        [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0", b"PK\x03\x04"]
    ),
    content=st.binary(max_size=200),
)
def test_any_bytes_behind_a_mark(tmp_path, start, content):
    read(tmp_path, start + content)


@fuzzed
@given(
    encoding=st.sampled_from(ENCODINGS),
    at=st.integers(0, 120),
    put=st.sampled_from([b"\0", b"\xff", b"\x81", b"\0\xff", b"\xff\0", b'"', b"\xc3"]),
    cut=st.integers(0, 120),
)
@example(encoding="utf-8", at=10, put=b"\xff\0", cut=0)
def test_a_list_with_bytes_put_in_and_cut_off(tmp_path, encoding, at, put, cut):
    content = TEXT.encode(encoding, "replace")
    content = content[:at] + put + content[at:]
    read(tmp_path, content[: len(content) - cut])


@fuzzed
@given(length=st.integers(0, len(WHOLE)))
def test_a_workbook_cut_at_any_place(tmp_path, length):
    assert read(tmp_path, WHOLE[:length]) or length == len(WHOLE)


@fuzzed
@given(
    flips=st.lists(
        st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(1, 255)), max_size=6
    )
)
def test_a_workbook_with_flipped_bytes(tmp_path, flips):
    content = bytearray(WHOLE)
    for at, bits in flips:
        content[at] ^= bits
    read(tmp_path, bytes(content))


# Offset in an entry of the archive's directory, bytes of the field.
FIELDS = {"flags": (8, 2), "packing": (10, 2), "crc": (16, 4), "packed": (20, 4)}
FIELDS |= {"size": (24, 4), "name": (28, 2), "extra": (30, 2), "comment": (32, 2)}
FIELDS |= {"offset": (42, 4), "needs": (6, 2)}


@fuzzed
@given(
    number=st.integers(0, len(PARTS) - 1),
    field=st.sampled_from(sorted(FIELDS)),
    value=st.sampled_from([0, 1, 8, 9, 12, 14, 0x41, 255, 0xFFFF, 0xFFFFFFFF]),
)
def test_a_directory_that_lies(tmp_path, number, field, value):
    content = bytearray(WHOLE)
    at = -1
    for _entry in range(number + 1):
        at = content.index(b"PK\x01\x02", at + 1)
    offset, size = FIELDS[field]
    value &= (1 << 8 * size) - 1
    content[at + offset : at + offset + size] = value.to_bytes(size, "little")
    read(tmp_path, bytes(content))


@fuzzed
@given(
    directory=st.integers(0, 0xFFFFFFFF),
    offset=st.integers(0, 0xFFFFFFFF),
    entries=st.integers(0, 0xFFFF),
)
def test_an_end_of_the_archive_that_lies(tmp_path, directory, offset, entries):
    end = struct.pack("<HHII", entries, entries, directory, offset)
    content = WHOLE[:-14] + end + WHOLE[-2:]
    read(tmp_path, content)


@fuzzed
@given(
    part=st.sampled_from(PARTS),
    at=st.integers(0, 2_000),
    length=st.integers(0, 30),
    put=st.one_of(
        st.binary(max_size=12),
        st.sampled_from(
            [b"<", b">", b'"', b"&#0;", b"&#xD800;", b"&x;", b"]]>", b"<![CDATA[", b"-"]
        ),
        st.sampled_from([b"1e999", b"nan", b"-1", b"9" * 5_000, "٣".encode(), b"1_0"]),
    ),
)
def test_a_part_with_bytes_taken_out_and_put_in(tmp_path, part, at, length, put):
    content = WORKBOOK[part]
    at %= len(content)
    changed = content[:at] + put + content[at + length :]
    read(tmp_path, packed({**WORKBOOK, part: changed}))


VALUES = ["-1", "1e999", "nan", "9" * 30, "9" * 5_000, "x", "", "1_0", "٣", " 5 ", "\t"]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (PARTS[-1], b'<row r="2"', '<row r="{}"'),
        (PARTS[-1], b'r="A2"', 'r="{}"'),
        (PARTS[-1], b"<v>12.5</v>", "<v>{}</v>"),
        (PARTS[-1], b'<c r="C2" s="1"', '<c r="C2" s="{}"'),
        (PARTS[-1], b"<v>1</v>", "<v>{}</v>"),
        (PARTS[-1], b"B2:B3", "B2:B{}"),
        (PARTS[2], b'formatCode="dd/mm/yyyy"', 'formatCode="{}"'),
        (PARTS[2], b'numFmtId="164"', 'numFmtId="{}"'),
        (PARTS[0], b'name="Sheet"', 'name="{}"'),
        (PARTS[1], b"worksheets/sheet1.xml", "worksheets/{}.xml"),
    ],
)
def test_odd_values_in_the_places_of_a_workbook(tmp_path, part, old, new, value):
    content = WORKBOOK[part]
    assert old in content
    changed = content.replace(old, new.format(value).encode())
    read(tmp_path, packed({**WORKBOOK, part: changed}))


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("entity", ["", "[<!ENTITY e 'e'>]", "SYSTEM 'file:///x'"])
def test_a_document_type_is_refused_in_any_part_and_encoding(
    tmp_path, part, encoding, entity
):
    text = WORKBOOK[part].decode().partition("?>")[2] or WORKBOOK[part].decode()
    changed = f"<!DOCTYPE x {entity}>{text}".encode(encoding)
    assert read(tmp_path, packed({**WORKBOOK, part: changed})) == "bad_workbook"


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-16-le"])
def test_a_part_in_utf_16_or_with_a_mark_is_read_as_it_is(tmp_path, part, encoding):
    _head, _end, text = WORKBOOK[part].decode().rpartition("?>")
    changed = text.encode(encoding)
    path = tmp_path / "marked.xlsx"
    path.write_bytes(packed({**WORKBOOK, part: changed}))
    rows = [row.cells for row in read_table(path).rows()]
    assert rows[0] == ("S0", "XPS", "2024-01-31", "12.5")
    assert rows[1][1] == "XPS"
    assert rows[3] == ("x", "", "", "")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("encoding", ["utf-32", "cp037", "utf-7", "latin-1"])
def test_a_part_in_another_encoding_is_read_or_damage(tmp_path, part, encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + WORKBOOK[part].decode()
    changed = text.encode(encoding)
    assert read(tmp_path, packed({**WORKBOOK, part: changed})) in ("", "bad_workbook")


def test_a_workbook_that_is_locked_says_so(tmp_path):
    content = bytearray(WHOLE)
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    assert read(tmp_path, bytes(content)) == "locked_workbook"


def test_two_parts_of_one_name_are_damage(tmp_path):
    stream = BytesIO(WHOLE)
    with (
        zipfile.ZipFile(stream, "a") as archive,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        archive.writestr(PARTS[-1], WORKBOOK[PARTS[-1]])
    assert read(tmp_path, stream.getvalue()) == "bad_workbook"


def test_a_directory_of_a_million_entries_is_not_taken_into_memory(tmp_path):
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(30_000):
            archive.writestr(str(number), b"")
    assert read(tmp_path, stream.getvalue()) == "too_many_parts"
