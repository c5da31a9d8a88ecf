"""What was kept of columns before it had a structure is read as what it meant."""

from apps.imports.columns import formats

OLD = {
    "encoding": "utf-8",
    "currency": "PLN",
    "date_order": "AMBIGUOUS",
    "date_order:3": "AMBIGUOUS",
    "proof:3": "3/4/2025",
    "date_order:11": "DAY_FIRST",
    "word:5:on leave": "AMBIGUOUS",
    "proof:5:on leave": "On leave",
    "means:5:YES": "Active, Ja",
    "means:6:ARCHIVED/LOST": "Perdu",
}


def test_old_options_read_as_new_ones():
    assert formats.structured(OLD) == {
        "encoding": "utf-8",
        "currency": "PLN",
        "date_order": "AMBIGUOUS",
        "columns": {
            "3": {"date_order": "AMBIGUOUS", "proof": "3/4/2025"},
            "11": {"date_order": "DAY_FIRST"},
            "5": {
                "words": {"on leave": {"means": "AMBIGUOUS", "text": "On leave"}},
                "means": {"YES": ["Active", "Ja"]},
            },
            "6": {"means": {"ARCHIVED/LOST": ["Perdu"]}},
        },
    }


def test_old_options_ask_and_are_settled():
    questions = formats.open_questions(OLD)
    assert questions == [("date_order", 3, ""), ("word", 5, "on leave")]
    said = formats.answers({"date_order:3": "DAY_FIRST", "word:5:on leave": "NO"})
    settled = formats.settle(OLD, said)
    assert formats.open_questions(settled) == []
    assert settled["date_order"] == "DAY_FIRST"
    assert formats.words_of(settled, 5) == {"on leave": "NO"}
    assert formats.order_of(settled, 11) == "DAY_FIRST"


def test_old_answers_fill_what_new_cells_leave_open():
    found = formats.structured(OLD)
    filled = formats.fill(found, formats.answers({"date_order:3": "MONTH_FIRST"}))
    assert filled["columns"]["3"]["date_order"] == "MONTH_FIRST"
    assert filled["columns"]["11"]["date_order"] == "DAY_FIRST"
    assert found["columns"]["3"]["date_order"] == "AMBIGUOUS"
