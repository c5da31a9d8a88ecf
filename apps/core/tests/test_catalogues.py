"""The German catalogue is complete, current and compiled; no text goes past it."""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from babel.messages.pofile import read_po
from django import forms
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models.enums import Choices
from django.utils import translation
from django.utils.functional import Promise

import apps
from apps.core import catalogues
from apps.core.tests.pseudo import bypasses, data, pseudo_locale
from apps.notifications import kinds, texts
from apps.returns import services as returns

APPS = Path(settings.BASE_DIR) / "apps"


def entry(**lines: str):
    """A catalogue of one entry."""
    text = "\n".join(f'{name} "{value}"' for name, value in lines.items())
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    return read_po(io.BytesIO(f"{head}#: a.py\n{text}\n".encode()), locale="de")


def test_catalogues_are_those_of_the_sources_and_complete():
    call_command("messages", "--check", stdout=io.StringIO())


@pytest.mark.parametrize(
    ("msgid", "msgstr", "fault"),
    [
        ("Asset", "Gerät", None),
        ("Asset", "", "missing"),
        ("%(count)s of %(all)s", "%(all)s, davon %(count)s", None),
        ("%(name)s left", "%(nam)s ist weg", "placeholders"),
        ("%(name)s left", "Ist weg", "placeholders"),
        ("50 %s", "50 %", "placeholders"),
        (" and ", " und", "blanks"),
    ],
)
def test_what_is_wrong_with_an_entry_is_named(msgid, msgstr, fault):
    found = list(catalogues.faults(entry(msgid=msgid, msgstr=msgstr)))
    assert [fault] == [one.split()[-1] for one in found] if fault else not found


def test_a_fuzzy_entry_is_one_fault():
    catalog = entry(msgid="Asset", msgstr="Gerät")
    catalog.get("Asset").flags.add("fuzzy")
    assert [one.split()[-1] for one in catalogues.faults(catalog)] == ["fuzzy"]


@pytest.mark.full
def test_a_text_that_nobody_gathered_is_told(tmp_path, settings):
    settings.LOCALE_PATHS = [tmp_path]
    with pytest.raises(CommandError, match="old: run messages"):
        call_command("messages", "--check")
    out = io.StringIO()
    call_command("messages", stdout=out)
    assert "is missing" in out.getvalue()
    with pytest.raises(CommandError, match="want work"):
        call_command("messages", "--check", stdout=io.StringIO())
    (tmp_path / "de/LC_MESSAGES/django.mo").write_bytes(b"")
    with pytest.raises(CommandError, match=r"django\.mo of de is old"):
        call_command("messages", "--check", stdout=io.StringIO())


def test_a_renewed_catalogue_keeps_its_translations_and_nothing_of_the_machine():
    po = catalogues.as_po(catalogues.renewed("de"))
    assert str(settings.BASE_DIR) not in po
    assert "Date" not in po.partition("\n\n")[0]
    places = [line[2:] for line in po.splitlines() if line.startswith("#:")]
    assert places
    assert not any(":" in line for line in places)


def test_gathers_what_templates_say():
    found = list(
        catalogues._of_template(
            '{% load i18n %}{{ _("It\'s (so)")|upper }}'
            "{% blocktranslate count n=n %}{{ n }} mail{% plural %}{{ n }} mails"
            "{% endblocktranslate %}"
            '{% include "x.html" with title=_("A (b)") %}'
            "{% translate 'May' context 'month' %}",
            "x.html",
        )
    )
    assert [(one.text, one.context) for one in found] == [
        ("It's (so)", None),
        (("%(n)s mail", "%(n)s mails"), None),
        ("A (b)", None),
        ("May", "month"),
    ]


# --- What goes past gettext -------------------------------------------------


def modules() -> Iterator[str]:
    for module in walk_packages(apps.__path__, "apps."):
        if not {"tests", "migrations", "management"} & set(module.name.split(".")):
            yield module.name


def subclasses(cls: type) -> Iterator[type]:
    for name in modules():
        import_module(name)
    waiting = [cls]
    while waiting:
        for one in waiting.pop().__subclasses__():
            waiting.append(one)
            if one.__module__.startswith("apps.") and ".tests." not in one.__module__:
                yield one


def test_labels_of_codes_are_translated():
    past = [
        f"{one.__module__}.{one.__name__}.{member.name}"
        for one in subclasses(Choices)
        for member in one
        if not isinstance(member._label_, Promise)
    ]
    assert past == []


def test_labels_of_forms_are_translated():
    past = [
        f"{one.__module__}.{one.__name__}.{name}"
        for one in subclasses(forms.BaseForm)
        for name, field in one.base_fields.items()
        if not field.widget.is_hidden
        and not all(
            isinstance(text, Promise) or not text
            for text in (field.label, field.help_text)
        )
    ]
    assert past == []


# Functions whose text is read by people, and at which place it stands.
SAID = {
    "Invalid": 1,
    "Conflict": 1,
    "NotAllowed": 1,
    "ValidationError": 0,
    "add_error": 1,
    "success": 1,
    "warning": 1,
    "error": 1,
    "info": 1,
}
NAMED = {
    "label",
    "help_text",
    "verbose_name",
    "verbose_name_plural",
    "short_description",
}


def literals(tree: ast.AST, *, of_api: bool = False) -> Iterator[int]:
    """Lines where a text is given as it stands. What fields of the API are for, its
    schema says, which has one language."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        owner = getattr(getattr(node.func, "value", None), "id", "")
        place = SAID.get(name)
        if place is not None and owner not in {"logger", "log"}:
            said = node.args[place : place + 1]
            if any(_is_text(one) for one in said):
                yield node.lineno
        for keyword in node.keywords:
            is_of_schema = of_api and keyword.arg == "help_text"
            if keyword.arg in NAMED and _is_text(keyword.value) and not is_of_schema:
                yield node.lineno


def _is_text(node: ast.AST) -> bool:
    is_plain = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return isinstance(node, ast.JoinedStr) or (is_plain and " " in node.value)


def test_no_sentence_is_said_as_it_stands_in_the_code():
    found = [
        f"{path.relative_to(APPS)}:{line}"
        for path in sorted(APPS.rglob("*.py"))
        if not {"tests", "migrations", "management"} & set(path.parts)
        and path.name != "conftest.py"
        for line in literals(ast.parse(path.read_text()), of_api=_is_of_api(path))
    ]
    assert found == []


def _is_of_api(path: Path) -> bool:
    return "apps.core.api" in path.read_text() or "api" in path.parts


def test_finds_sentences_as_they_stand():
    code = 'raise Invalid("code", "Say why.")\nmessages.error(request, f"{x} no")'
    assert list(literals(ast.parse(code))) == [1, 2]
    assert list(literals(ast.parse('raise Invalid("code", _("Say why."))'))) == []


@pytest.mark.django_db
@pytest.mark.parametrize("event_type", sorted(map(str, kinds.RETURN_MAILS)))
def test_mails_say_nothing_past_gettext(event_type, emil, laptop, shelf):
    from apps.core.actor import SYSTEM

    ret = returns.start_collection(emil, actor=SYSTEM, asset_ids=[laptop.id])
    known = data() | {"http", "testserver", "localhost"}
    with pseudo_locale():
        text = texts.of_return(ret, event_type)
    body = " ".join(w for w in text.body.split() if not w.startswith("http"))
    assert bypasses(f"<p>{text.subject}</p><p>{body}</p>", known) == []


@pytest.mark.django_db
def test_every_mail_is_german_to_who_reads_german(emil, laptop, shelf):
    from apps.core.actor import SYSTEM

    ret = returns.start_collection(emil, actor=SYSTEM, asset_ids=[laptop.id])
    ret.user.language = "de"
    for event_type in map(str, kinds.RETURN_MAILS):
        german = texts.of_return(ret, event_type)
        with translation.override("de"):
            ret.user.language = "en"
            english = texts.of_return(ret, event_type)
            ret.user.language = "de"
        assert "Hello" in english.body
        assert "Hello" not in german.body
        assert german.subject != english.subject


def test_days_are_read_back_as_they_are_shown():
    """Browsers send days of a date field as 2026-01-31, in every language."""
    found = [
        f"{one.__module__}.{one.__name__}.{name}"
        for one in subclasses(forms.BaseForm)
        for name, field in one.base_fields.items()
        if isinstance(field, forms.DateField)
        and (field.widget.format, field.widget.input_type) != ("%Y-%m-%d", "date")
    ]
    assert found == []
    with translation.override("de"):
        assert forms.DateField().clean("2026-01-31").isoformat() == "2026-01-31"


@pytest.mark.django_db
def test_files_are_the_same_in_every_language(anna, laptop, client_of):
    client = client_of(anna)
    files = [f"/{name}/export.csv" for name in ("assets", "people")]
    paths = [f"{file}{columns}" for columns in ("", "?columns=all") for file in files]
    english = [client.get(path).getvalue().decode("utf-8-sig") for path in paths]
    anna.language = "de"
    anna.save(update_fields=["language"])
    assert "Geräte" in client.get("/assets/").text
    assert [
        client.get(path).getvalue().decode("utf-8-sig") for path in paths
    ] == english
    shown, _people, whole, _all_people = (text.splitlines() for text in english)
    assert {"Serial number", "Status", "Since"} <= {*shown[0].split(",")}
    assert "Category" in whole[0].split(",")
    assert "Laptop" in whole[1]
