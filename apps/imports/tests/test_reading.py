import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from apps.imports import reading
from apps.imports.reading import ReadError
from apps.imports.tests.factories import read_table

FILES = Path(__file__).parent / "files"


@pytest.fixture
def table(tmp_path):
    def read(content, encoding="utf-8"):
        path = tmp_path / "list.csv"
        if isinstance(content, str):
            content = content.encode(encoding)
        path.write_bytes(content)
        return read_table(path)

    return read


@pytest.fixture
def refusal(table):
    def read(content, encoding="utf-8"):
        with pytest.raises(ReadError) as caught:
            table(content, encoding)
        error = caught.value
        return error.code, error.line, error.column

    return read


@pytest.mark.parametrize(
    ("name", "encoding", "delimiter", "header_line", "row_count"),
    [
        ("snipeit_assets.csv", "utf-8-sig", ",", 1, 3),
        ("snipeit_assets_damaged.csv", "mac-roman", ",", 1, 2),
        ("snipeit_users.csv", "utf-8-sig", ",", 1, 2),
        ("snipeit_licences.csv", "utf-8", ",", 1, 1),
        ("shelf_assets.csv", "utf-8", ",", 1, 2),
        ("shelf_users.csv", "utf-8", ",", 1, 2),
        ("german_sheet.csv", "cp1252", ";", 3, 2),
        ("polish_sheet.tsv", "utf-8", "\t", 1, 2),
        ("excel_separator.csv", "utf-8-sig", ";", 2, 1),
    ],
)
def test_files_of_other_tools_are_understood(
    name, encoding, delimiter, header_line, row_count
):
    table = read_table(FILES / name)
    assert (table.encoding, table.delimiter) == (encoding, delimiter)
    assert (table.header_line, table.row_count) == (header_line, row_count)
    assert all(len(row.cells) == len(table.header) for row in table.rows())
    assert not any(row.problem for row in table.rows())


def test_mac_letters_survive():
    rows = list(read_table(FILES / "snipeit_assets_damaged.csv").rows())
    assert rows[0].cells[0] == "Zoé Crémer"
    assert rows[0].cells[14] == "It’s new"
    assert rows[1].cells[12] == "Malmö"


def test_windows_letters_survive_lines_that_end_in_cr(table):
    rows = list(table("Serial,Name\rA1,José\rA2,Müller\r", "cp1252").rows())
    assert [row.cells[1] for row in rows] == ["José", "Müller"]


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1252", ["José Müller", "Groß", "Zoë’s – desk", "12 m³", "Škoda"]),
        ("cp1250", ["Łucja Wójcik", "Michał", "Škoda Žďár", "Győr"]),
        ("cp1250", ["Użytkownik", "Dział", "Biuro Poznań", "29,99 zł", "w użyciu"]),
        ("mac-roman", ["Zoé Crémer", "Malmö", "It’s Åse", "naïve"]),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_eight_bit_encodings_are_told_by_where_letters_stand(
    table, encoding, words, line_end
):
    lines = ["Serial;Notes", *(f"S{n};{word}" for n, word in enumerate(words))]
    read = table(line_end.join(lines) + line_end, encoding)
    assert read.encoding == encoding
    assert [row.cells[1] for row in read.rows()] == words


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_known_without_a_mark(table, encoding):
    read = table("Serial;Name\r\nS1;Łucja\r\n", encoding)
    assert read.encoding == encoding
    assert next(read.rows()).cells == ("S1", "Łucja")


def test_a_chosen_encoding_and_delimiter_are_not_doubted(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes("Serial,Name;x\nS1,José;y\n".encode())
    read = read_table(path, encoding="cp1252", delimiter=";")
    assert read.header == ("Serial,Name", "x")
    assert next(read.rows()).cells == ("S1,JosÃ©", "y")
    with pytest.raises(ReadError, match=r"line 3|Line 3"):
        read_table(path, header_line=3)


def test_line_is_the_physical_one_where_a_row_begins():
    lines = [row.line for row in read_table(FILES / "shelf_assets.csv").rows()]
    assert lines == [2, 4]


def test_line_ends_may_be_mixed(table):
    rows = list(table("Serial,Name\r\nA1,x\rA2,y\nA3,z").rows())
    assert [(row.line, row.cells[0]) for row in rows] == [
        (2, "A1"),
        (3, "A2"),
        (4, "A3"),
    ]


def test_inch_marks_and_doubled_quotes_are_kept(table):
    rows = list(table('Serial,Name\nA1,Dell 27" 4K\nA2,"Dell 24"" HD"\n').rows())
    assert [row.cells[1] for row in rows] == ['Dell 27" 4K', 'Dell 24" HD']


def test_duplicate_and_empty_headers_keep_their_position(table):
    read = table("Serial,,Name,Name\nA1,b,c,d\n")
    assert read.header == ("Serial", "", "Name", "Name")
    assert next(read.rows()).cells == ("A1", "b", "c", "d")


def test_short_rows_are_padded_and_blank_lines_skipped(table):
    rows = list(table("Serial,Name,Notes\nA1\n\n , ,\nA2,x\n").rows())
    assert [(row.line, row.cells) for row in rows] == [
        (2, ("A1", "", "")),
        (5, ("A2", "x", "")),
    ]


def test_extra_cells_are_dropped_when_empty_and_refused_when_not(table):
    rows = list(table("Serial,Name\nA1,x,,\nA2,y,z\nA3,w\n").rows())
    assert rows[0].cells == ("A1", "x")
    assert rows[1].problem.code == "too_many_cells"
    assert "Line 3 " in rows[1].problem.message
    assert "“z”" in rows[1].problem.message
    assert rows[1].cells == ("A2", "y", "z")
    assert rows[2].problem is None


def test_text_after_a_closing_quote_refuses_that_row_alone(table):
    rows = list(table('Serial,Name\nA1,"x" y\nA2,z\n').rows())
    assert rows[0].problem.code == "stray_quote"
    assert "line 2, column 4" in rows[0].problem.message
    assert rows[1].cells == ("A2", "z")


def test_title_rows_above_the_header_are_passed_over(table):
    read = table("Hardware 2024,,\n,,\nas of May,,\nSerial,Model,Holder\nA1,b,c\n")
    assert (read.header_line, read.header) == (4, ("Serial", "Model", "Holder"))
    assert read.row_count == 1


def test_unknown_headers_are_taken_from_the_first_row_of_several_cells(table):
    read = table("Liste\nQwe,Rty\nA1,b\n")
    assert (read.header_line, read.row_count) == (2, 1)


def test_decimal_commas_do_not_pass_for_delimiters(table):
    read = table("Name;Price;Cost\nA;1,5;2,5\nB;1,5;2,5\n")
    assert read.delimiter == ";"


def test_delimiters_inside_quotes_are_not_counted(table):
    read = table('Serial,Notes\nA1,"a;b;c;d"\nA2,"e;f;g;h"\n')
    assert read.delimiter == ","


def test_rows_can_be_walked_twice(table):
    read = table("Serial,Name\nA1,x\n")
    assert list(read.rows()) == list(read.rows())


def test_unclosed_quote_is_refused_where_it_begins():
    with pytest.raises(ReadError) as caught:
        read_table(FILES / "unclosed_quote.csv")
    assert caught.value.code == "unclosed_quote"
    assert (caught.value.line, caught.value.column) == (3, 10)
    assert "line 3, column 10" in caught.value.message


def test_unclosed_quote_above_the_cell_limit_is_named_as_such(refusal):
    content = 'Serial,Name\nA1,"' + "x,y\n" * 60_000
    assert refusal(content) == ("unclosed_quote", 2, 4)


def test_quote_closed_rows_later_refuses_the_file(refusal):
    content = 'Serial,Name\nA1,"open\nA2,"closed"\n'
    assert refusal(content) == ("stray_quote", 2, 4)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", ("empty_file", None, None)),
        (b"\r\n \r\n", ("empty_file", None, None)),
        (b"Serial,Name\n", ("no_rows", 1, 1)),
        (b"Serial,Name\n,\n", ("no_rows", 1, 1)),
        (b"PK\x03\x04\x14\0", ("bad_workbook", None, None)),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", ("old_workbook", None, None)),
        (b"\x89PNG\r\n\x1a\n", ("not_csv", None, None)),
        (b"\n<!DOCTYPE html><html>", ("not_csv", None, None)),
        (b"Serial,Name\nA\0,x\n", ("nul_byte", 2, 2)),
        (b"Serial,Name\nA1,x\x81y\n", ("undecodable", 2, 5)),
        (b"Serial,Name\nA1,\xc3\xa9\nA2,\xe9t\n", ("undecodable", 3, 4)),
        (b"\xef\xbb\xbfSerial,Name\nA1,\xe9t\n", ("undecodable", 2, 4)),
        (b"Serial,Name\nA1," + b"x" * 200_000, ("cell_too_long", 2, 1)),
    ],
)
def test_unreadable_files_are_refused_by_place(refusal, content, expected):
    assert refusal(content) == expected


def test_refuses_more_rows_than_the_limit(refusal, monkeypatch):
    monkeypatch.setattr(reading.limits, "MAX_ROWS", 2)
    assert refusal("Serial\nA\nB\nC\n")[0] == "too_many_rows"


CELL = st.text(
    st.sampled_from("aZ09 ,;\t\r\n\"'éüßŒ€’")
    | st.characters(codec="utf-8", exclude_characters="\0"),
    max_size=8,
)
ROWS = st.lists(st.lists(CELL, min_size=4, max_size=4), min_size=1, max_size=8)
HEADER = ["Serial number", "Asset tag", "Model name", "Notes"]


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rows=ROWS,
    delimiter=st.sampled_from(reading.DELIMITERS),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]),
)
def test_any_table_survives_the_round_trip(
    tmp_path, rows, delimiter, line_end, encoding
):
    text = "".join("".join(row) for row in rows)
    assume(all(any(cell.strip() for cell in row) for row in rows))
    assume(text.encode(encoding, "ignore").decode(encoding) == text)
    # Which of the eight-bit encodings it is, is told by likelihood: see below.
    assume(encoding != "cp1252" or all(c.isascii() or c in "éüß€’" for c in text))
    # Bytes that are valid UTF-8 too, and CR alone, are read by likelihood.
    assume(encoding != "cp1252" or not (line_end == "\r" or _looks_like_utf8(text)))
    # Without a mark it is told by its zeros, so most letters must be Latin.
    assume(encoding != "utf-16-le" or text.isascii())
    assume(encoding != "utf-16" or "\ufffd" not in text)
    path = tmp_path / "list.csv"
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(
            stream,
            delimiter=delimiter,
            lineterminator=line_end,
            # The writer of Python 3.11 quotes no line end but its own.
            quoting=csv.QUOTE_ALL if {"\r", "\n"} & {*text} else csv.QUOTE_MINIMAL,
        )
        writer.writerows([HEADER, *rows])
    table = read_table(path)
    assert (list(table.header), table.delimiter) == (HEADER, delimiter)
    # Blanks after a delimiter belong to no cell.
    wanted = [[cell.lstrip(" ") for cell in row] for row in rows]
    found = [[cell.lstrip(" ") for cell in row.cells] for row in table.rows()]
    assert found == wanted


def test_blanks_after_the_delimiter_hide_no_quote(tmp_path):
    path = tmp_path / "by_hand.csv"
    path.write_text('Serial, Model, Cost\nS1, "13"" Air", "$1,200.50"\n')
    table = read_table(path)
    assert table.header == ("Serial", "Model", "Cost")
    assert next(table.rows()).cells == ("S1", '13" Air', "$1,200.50")


def _looks_like_utf8(text):
    decoded = text.encode("cp1252").decode("utf-8", "surrogateescape")
    return any(c >= "\x80" and not "\udc80" <= c <= "\udcff" for c in decoded)
