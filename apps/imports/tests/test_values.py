from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.imports.values import (
    CellProblem,
    DateEvidence,
    DateOrder,
    DecimalMark,
    Money,
    MoneyEvidence,
    Status,
    check_quantity,
    guess_category,
    is_clear,
    split_name,
    to_boolean,
    to_code,
    to_condition,
    to_country,
    to_currency,
    to_date,
    to_email,
    to_money,
    to_months,
    to_serial,
    to_status,
    to_text,
)


def order_of(*texts):
    evidence = DateEvidence()
    for text in texts:
        evidence.see(text)
    return evidence.order


def mark_of(*texts):
    evidence = MoneyEvidence()
    for text in texts:
        evidence.see(text)
    return evidence.mark


def refused(result, code, value):
    assert isinstance(result, CellProblem)
    assert result.code == code
    assert f"“{value}”" in result.message
    return True


# Dates


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["1/2/23", "1/23/23"], DateOrder.MONTH_FIRST),
        (["01-02-2023", "23-01-2023"], DateOrder.DAY_FIRST),
        (["01/02/2023", "03/04/2023"], DateOrder.AMBIGUOUS),
        (["13/02/2023", "02/13/2023"], DateOrder.AMBIGUOUS),
        (["05/05/2023", "2023-02-01", "01.02.2023", ""], DateOrder.UNNEEDED),
    ],
)
def test_order_of_day_and_month_comes_from_the_whole_column(texts, order):
    assert order_of(*texts) is order


def test_an_ambiguous_column_names_an_example():
    evidence = DateEvidence()
    evidence.see("05/05/2023")
    evidence.see("03/04/2023")
    assert evidence.example == "03/04/2023"


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("2023-01-23", DateOrder.UNNEEDED),
        ("2023-01-23T10:30:00Z", DateOrder.UNNEEDED),
        ("2023-01-23 10:30:00", DateOrder.UNNEEDED),
        ("20230123", DateOrder.UNNEEDED),
        ("2023/1/23", DateOrder.UNNEEDED),
        ("1/23/23", DateOrder.MONTH_FIRST),
        ("23/1/2023", DateOrder.DAY_FIRST),
        ("23.01.2023", DateOrder.MONTH_FIRST),
        ("1/23/2023 10:30 PM", DateOrder.AMBIGUOUS),
        ("Jan 23, 2023", DateOrder.UNNEEDED),
        ("23 January 2023", DateOrder.UNNEEDED),
        ("23-Jan-23", DateOrder.UNNEEDED),
    ],
)
def test_dates_are_read_in_every_usual_form(text, order):
    assert to_date(text, order) == date(2023, 1, 23)


@pytest.mark.parametrize(
    "text",
    [
        "12. März 2024",
        "12 Mrz. 2024",
        "12 mars 2024",
        "12 de marzo de 2024",
        "12 marca 2024",
        "12 Maret 2024",
        "March 12th, 2024",
        "Mar 12, 2024 10:11 AM",
    ],
)
def test_months_have_names_in_every_language_of_sheets(text):
    assert to_date(text, DateOrder.UNNEEDED) == date(2024, 3, 12)


def test_the_first_of_a_month_in_french():
    assert to_date("1er févr. 2024", DateOrder.UNNEEDED) == date(2024, 2, 1)


def test_years_of_two_digits_lie_near_today():
    assert to_date("31.12.99", DateOrder.UNNEEDED) == date(1999, 12, 31)
    assert to_date("31.12.24", DateOrder.UNNEEDED) == date(2024, 12, 31)


@pytest.mark.parametrize(
    ("text", "order", "code"),
    [
        ("44949", DateOrder.UNNEEDED, "date_is_number"),
        ("31/02/2023", DateOrder.DAY_FIRST, "no_such_day"),
        ("23/01/2023", DateOrder.MONTH_FIRST, "no_such_day"),
        ("0223-01-23", DateOrder.UNNEEDED, "no_such_day"),
        ("03/04/2023", DateOrder.AMBIGUOUS, "date_order_unknown"),
        ("last spring", DateOrder.UNNEEDED, "bad_date"),
    ],
)
def test_dates_are_refused_rather_than_guessed(text, order, code):
    assert refused(to_date(text, order), code, text)


def test_a_day_that_nobody_can_mean_is_refused_before_it_is_written():
    found = to_date("1969-12-31", DateOrder.UNNEEDED)
    assert isinstance(found, CellProblem)
    assert found.code == "bad_day"
    assert "between 1970" in found.message


@given(st.dates(date(1970, 1, 1), date(2056, 1, 1)), st.sampled_from("/-."))
def test_any_day_survives_both_orders(day, mark):
    day_first = f"{day.day}{mark}{day.month}{mark}{day.year}"
    assert to_date(day_first, DateOrder.DAY_FIRST) == day
    if mark != ".":
        month_first = f"{day.month}{mark}{day.day}{mark}{day.year % 100:02d}"
        assert to_date(month_first, DateOrder.MONTH_FIRST) == day


# Money


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["1.234", "12.50"], DecimalMark.POINT),
        (["1.234", "12,50"], DecimalMark.COMMA),
        (["1.234.567"], DecimalMark.COMMA),
        (["1,234.50"], DecimalMark.POINT),
        (["1.234", "2.345"], DecimalMark.AMBIGUOUS),
        (["12.50", "12,50"], DecimalMark.UNNEEDED),  # each shows its own
        (["12.50", "12,50", "1.234"], DecimalMark.AMBIGUOUS),
        (["1299", "1 299"], DecimalMark.UNNEEDED),
    ],
)
def test_decimal_mark_comes_from_the_whole_column(texts, mark):
    assert mark_of(*texts) is mark


def test_currencies_of_a_column_are_gathered():
    evidence = MoneyEvidence()
    for text in ["$12.58", "12 EUR", "5", "kr 5"]:
        evidence.see(text)
    assert evidence.currencies == {"USD", "EUR"}


@pytest.mark.parametrize(
    ("text", "mark", "amount", "currency"),
    [
        ("$12.58", DecimalMark.POINT, "12.58", "USD"),
        ("1.299,00 €", DecimalMark.COMMA, "1299.00", "EUR"),
        ("1.234", DecimalMark.COMMA, "1234.00", None),
        ("12,50", DecimalMark.POINT, "12.50", None),
        ("1,234", DecimalMark.POINT, "1234.00", None),
        ("6 499,00 zł", DecimalMark.COMMA, "6499.00", "PLN"),
        ("6\u202f499,00\u00a0zł", DecimalMark.COMMA, "6499.00", "PLN"),
        ("CHF 1’299.50", DecimalMark.POINT, "1299.50", "CHF"),
        ("1'299.-", DecimalMark.UNNEEDED, "1299.00", None),
        ("EUR 12", DecimalMark.UNNEEDED, "12.00", "EUR"),
        ("12.5800", DecimalMark.POINT, "12.58", None),
        ("0", DecimalMark.UNNEEDED, "0.00", None),
    ],
)
def test_money_is_read_with_its_currency(text, mark, amount, currency):
    assert to_money(text, mark) == Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("text", "mark", "code"),
    [
        ("1.234", DecimalMark.AMBIGUOUS, "decimal_mark_unknown"),
        ("1.234", DecimalMark.UNNEEDED, "decimal_mark_unknown"),
        ("kr 12", DecimalMark.POINT, "currency_unclear"),
        ("1299.99999", DecimalMark.POINT, "too_many_decimals"),
        ("-4", DecimalMark.POINT, "bad_money"),
        ("1.2E+03", DecimalMark.POINT, "bad_money"),
        ("$5 EUR", DecimalMark.POINT, "bad_money"),
        ("1,2,3", DecimalMark.POINT, "bad_money"),
        ("about 5", DecimalMark.POINT, "bad_money"),
        ("cheap", DecimalMark.POINT, "bad_money"),
    ],
)
def test_money_is_refused_rather_than_guessed(text, mark, code):
    assert refused(to_money(text, mark), code, text)


@given(
    st.decimals(0, 9_999_999, places=2),
    st.sampled_from([("", "."), (",", "."), (".", ","), (" ", ","), ("'", ".")]),
)
def test_any_amount_survives_its_notation(amount, marks):
    group, decimal = marks
    text = f"{amount:,.2f}".replace(",", "G").replace(".", decimal).replace("G", group)
    mark = DecimalMark.POINT if decimal == "." else DecimalMark.COMMA
    assert to_money(text, mark) == Money(amount, None)


def test_currency_is_a_code_or_a_sign():
    assert [to_currency(t) for t in ["eur", "€", "zł", ""]] == [
        "EUR",
        "EUR",
        "PLN",
        None,
    ]
    assert refused(to_currency("Taler"), "bad_currency", "Taler")
    assert refused(to_currency("kr"), "currency_unclear", "kr")


# Text and codes


@pytest.mark.parametrize(
    ("text", "serial"),
    [
        (" c02xk1 ", "C02XK1"),
        ('="00123"', "00123"),
        ("1E10", "1E10"),
        ("123456789012345", "123456789012345"),
        ("89490200001234567890", "89490200001234567890"),
        ("n/a", None),
        ("", None),
    ],
)
def test_serials_are_trimmed_and_upper_case(text, serial):
    assert to_serial(text) == serial


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("6.37702E+15", "digits_lost"),
        ("3,01043E+13", "digits_lost"),
        ("301043123456789000", "digits_lost"),
        ("5123456.0", "became_a_number"),
        ("To Be Filled By O.E.M.", "no_serial"),
        ("#N/A", "spreadsheet_error"),
        ("########", "spreadsheet_error"),
    ],
)
def test_serials_that_a_spreadsheet_hurt_are_refused(text, code):
    assert refused(to_serial(text), code, text)


def test_codes_keep_their_case():
    assert to_code("Mbp-14a") == "Mbp-14a"
    assert refused(to_code("6.37702E+15"), "digits_lost", "6.37702E+15")


@pytest.mark.parametrize("text", ["-", " – ", "?", "N/A", "NULL"])
def test_a_mark_is_no_text(text):
    assert to_text(text) is None


@pytest.mark.parametrize("text", ["Null", "None", "Na", "- spare -"])
def test_what_may_be_a_name_is_text(text):
    assert to_text(text) == text


def test_text_is_trimmed_and_limited():
    assert to_text(" \u00a0Berlin ") == "Berlin"
    assert refused(to_text("x" * 5, max_length=4), "too_long", "xxxxx")


def test_long_values_are_shortened_in_the_sentence():
    problem = to_text("x" * 300, max_length=255)
    assert "“" + "x" * 59 + "…”" in problem.message


def test_a_percent_sign_in_the_value_does_no_harm():
    assert refused(to_email("100%(d)s"), "bad_email", "100%(d)s")


@pytest.mark.parametrize(
    "text",
    ["Anna@Acme.example", "Anna N <anna@acme.example>", "mailto:anna@acme.example;"],
)
def test_mail_addresses_are_lower_case_and_bare(text):
    assert to_email(text) == "anna@acme.example"


@pytest.mark.parametrize("text", ["anna", "anna@", "a b@acme.example", "a@b@c.example"])
def test_bad_mail_addresses_are_refused(text):
    assert refused(to_email(text), "bad_email", text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Anna Maria Nowak", ("Anna Maria", "Nowak")),
        ("Nowak, Anna Maria", ("Anna Maria", "Nowak")),
        (" Anna   Nowak ", ("Anna", "Nowak")),
        ("Anna", ("Anna", "")),
    ],
)
def test_full_names_are_split(text, names):
    assert split_name(text) == names


def test_only_the_marker_clears():
    assert is_clear(" (Clear) ")
    assert not is_clear("")
    assert not is_clear("clear")


# Words


@pytest.mark.parametrize("text", ["Y", "yes", "TRUE", "1", "ja", "Tak", "oui", "vrai"])
def test_yes_in_every_language(text):
    assert to_boolean(text) is True


@pytest.mark.parametrize("text", ["N", "no", "FALSE", "0", "nein", "nie", "non"])
def test_no_in_every_language(text):
    assert to_boolean(text) is False


def test_other_words_are_neither_yes_nor_no():
    assert to_boolean(" ") is None
    assert refused(to_boolean("perhaps"), "bad_boolean", "perhaps")


@pytest.mark.parametrize(
    ("text", "months"),
    [("36", 36), ("36 months", 36), ("3 years", 36), ("2 Jahre", 24), ("12.0", 12)],
)
def test_warranties_are_counted_in_months(text, months):
    assert to_months(text) == months


def test_other_warranties_are_refused():
    assert refused(to_months("lifetime"), "bad_months", "lifetime")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DE", "DE"),
        ("pl", "PL"),
        ("Österreich", "AT"),
        ("Szwajcaria", "CH"),
        ("États-Unis", "US"),
        ("U.S.A.", "US"),
        ("UK", "GB"),
        ("", None),
    ],
)
def test_countries_are_known_by_code_and_name(text, code):
    assert to_country(text, {}) == code


def test_names_of_the_caller_come_first():
    assert to_country("Wakanda", {"WAKANDA": "KE"}) == "KE"
    assert refused(to_country("Wakanda", {}), "unknown_country", "Wakanda")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Ready to Deploy", Status("STORAGE")),
        ("Available", Status("STORAGE")),
        ("Pending", Status("STORAGE")),
        ("Deployed", Status("ACTIVE")),
        ("IN_CUSTODY", Status("ACTIVE")),
        ("w użyciu", Status("ACTIVE")),
        ("Out for Repair", Status("IN_REPAIR")),
        ("IN_REPAIR", Status("IN_REPAIR")),
        ("Archived", Status("ARCHIVED", "RETIRED")),
        ("Lost/Stolen", Status("ARCHIVED", "LOST")),
        ("Broken - Not Fixable", Status("ARCHIVED", "WRITTEN_OFF")),
        ("Verkauft", Status("ARCHIVED", "SOLD")),
        ("Ready to Deploy (deployable)", Status("STORAGE")),
    ],
)
def test_status_words_of_other_tools_mean_states_of_ours(text, status):
    assert to_status(text) == status


def test_unknown_status_words_are_refused():
    assert refused(to_status("Quarantine"), "unknown_status", "Quarantine")


@pytest.mark.parametrize(
    ("text", "grade"),
    [("new", "1"), ("Sehr gut", "0.9"), ("B", "0.75"), ("80%", "0.8"), ("0,5", "0.5")],
)
def test_conditions_are_graded(text, grade):
    assert to_condition(text) == Decimal(grade)


def test_other_conditions_are_refused():
    assert refused(to_condition("7"), "bad_condition", "7")


@pytest.mark.parametrize(
    ("texts", "category"),
    [
        (["Laptops"], "LAPTOP"),
        (["", "MacBook Pro 14"], "LAPTOP"),
        (["Docking station for laptops"], "DOCK"),
        (["Laptop charger"], "ACCESSORY"),
        (["Bildschirm"], "MONITOR"),
        (["iPhone 14"], "PHONE"),
        (["Espresso machine"], None),
    ],
)
def test_categories_are_guessed_from_words(texts, category):
    assert guess_category(*texts) == category


def test_what_an_export_disarmed_is_read_as_it_was():
    assert to_text("'=1+1") == "=1+1"
    assert to_text("'-5 kg") == "-5 kg"
    assert to_text("'quoted'") == "'quoted'"


@pytest.mark.parametrize(
    "text", ["1", "1.0", "1,00", "x1", "1 x", "1 Stück", "1 szt.", "-"]
)
def test_a_row_of_one_device_says_so(text):
    assert check_quantity(text) is None


@pytest.mark.parametrize("text", ["0", "3", "25 pcs", "1.5", "-1", "11", "some"])
def test_a_row_of_several_or_none_is_refused(text):
    assert refused(check_quantity(text), "not_one_device", text)
