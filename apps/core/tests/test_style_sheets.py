"""Pages load of Tabler's style sheet what they use, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from apps.core import style_sheets
from apps.core.style_sheets import Rule

WHOLE = Path(settings.BASE_DIR, style_sheets.WHOLE)
CUT = Path(settings.BASE_DIR, style_sheets.CUT)


def used(text: str, *words: str) -> str:
    rules = list(style_sheets._used(style_sheets._rules(text), set(words)))
    return "".join(map(str, rules))


def test_nothing_that_pages_use_is_missing() -> None:
    needed = style_sheets.declarations(style_sheets.cut())
    missing = needed - style_sheets.declarations(CUT.read_text())
    assert not missing, "run manage.py style_sheet"


def test_what_was_cut_is_what_tabler_says() -> None:
    said = style_sheets.declarations(CUT.read_text())
    assert said <= style_sheets.declarations(WHOLE.read_text())
    assert CUT.read_text().startswith("/*!\n * Tabler")


def test_no_value_is_cut_into_pieces() -> None:
    value = "color-mix(in oklab,var(--a,var(--b,var(--c,calc(1 * (2))))) 5%,'x;y')"
    rules = [Rule(".x", f"color:{value};--never:1;margin:0", [])]
    kept = "".join(map(str, style_sheets._with_used_variables(rules)))
    assert kept == f".x{{color:{value};margin:0}}"
    whole = WHOLE.read_text()
    rules = list(style_sheets._rules(whole[whole.index("*/") + 2 :]))
    bodies = [rule.body for rule in rules if not rule.is_of_rules]
    assert len(bodies) > 1_000
    assert [body for body in bodies if joined(body) != body.rstrip(";")] == []


def joined(body: str) -> str:
    return ";".join(style_sheets._parts(body, ";"))


def test_a_rule_stays_for_the_words_of_one_selector() -> None:
    css = ".btn,.nav .tab{a:b}.tab:not(.off){c:d}p>a{e:f}[data-x=y] .btn{g:h}"
    assert used(css, "btn") == ".btn{a:b}p>a{e:f}"
    assert used(css, "tab", "nav", "y") == ".nav .tab{a:b}.tab:not(.off){c:d}p>a{e:f}"
    assert "g:h" in used(css, "btn", "y")


def test_rules_within_others_and_odd_signs() -> None:
    css = (
        '@media (width<9px){.a{b:url("data:image/svg+xml,{;}")}.z{c:d}}'
        "@supports (x:y){.z{c:d}}.w-1\\/2{e:f}:is(.a,.b) c{g:h}"
    )
    kept = used(css, "a", "b", "w-1")
    assert kept.startswith('@media (width<9px){.a{b:url("data:image/svg+xml,{;}")}}')
    assert "@supports" not in kept
    assert ":is(.a,.b) c{g:h}" in kept
    assert "w-1" not in kept


def test_variables_and_moves_that_nobody_asks_for_go() -> None:
    rules = [
        Rule(":root", "--a:1;--b:var(--a);--c:2;--never:3", []),
        Rule(".x", "color:var(--b);animation:turn 1s", []),
        Rule("@keyframes turn", "to{a:b}", []),
        Rule("@keyframes fade", "to{a:b}", []),
        Rule(".only", "--never-either:1", []),
    ]
    kept = "".join(map(str, style_sheets._with_used_variables(rules)))
    assert ":root{--a:1;--b:var(--a)}" in kept
    assert "never" not in kept
    assert "turn" in kept
    assert "fade" not in kept


# Of all elements, what is shown of them.
SHOWN = """() => [...document.querySelectorAll('*')].map(one => {
  const style = getComputedStyle(one)
  const names = [...style].filter(name => !name.startsWith('--'))
  const said = names.map(name => [name, style.getPropertyValue(name)])
  return [one.outerHTML.slice(0, 80), Object.fromEntries(said)]})"""
# The whole sheet in the place of the cut one.
SWAP = """url => new Promise(done => {
  const link = document.querySelector('link[href*="css/tabler"]')
  link.onload = done
  link.href = url})"""


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.full
def test_pages_look_as_with_the_whole_sheet(
    width: int, window: Any, anna: Any, laptop: Any
) -> None:
    page = window({"width": width, "height": 900}, anna)
    differ = {}
    for path in (
        "/",
        "/assets/",
        "/assets/add/",
        laptop.get_absolute_url(),
        "/people/",
        "/returns/new/?kind=OFFBOARDING",
        "/imports/new/",
        "/accounts/language/",
        "/accounts/tokens/",
        "/search/?q=mac",
    ):
        page.emulate_media(reduced_motion="reduce")
        page.goto(path)
        page.wait_for_load_state("networkidle")
        cut = page.evaluate(SHOWN)
        page.evaluate(SWAP, "/static/vendor/tabler/tabler.min.css")
        differ[path] = list(differences(cut, page.evaluate(SHOWN)))[:5]
    assert {path: found for path, found in differ.items() if found} == {}


def differences(cut: list[Any], whole: list[Any]) -> Iterator[str]:
    for (html, ours), (_html, theirs) in zip(cut, whole, strict=True):
        for name, value in theirs.items():
            if ours[name] != value:
                yield f"{html}: {name}: {ours[name]}, not {value}"
