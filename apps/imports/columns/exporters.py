"""The tools whose exports are known: a table each in `tools/`, with the headers as they
write them, which are compared as `normalise_header` makes them. A header that means the
same everywhere needs no entry: see headers.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.imports.states import Kind

# Why a column is left out, or is to be looked at; by the names that the tables use.
REASONS: dict[str, Promise] = {
    "later": _("Changes with every check-in of the device, so it is left out."),
    "company": _("Left out: all rows go to your company."),
    # As long as no field is called like that.
    "no_place_for_it": _("Left out: nothing here keeps it."),
    "something_else": _("Left out: this tool means something else by it."),
    "too_coarse": _("Left out: it names a kind of device, which is no model."),
    "may_sign_in": _("Left out: it says who may sign in, not who works here."),
    "not_the_holder": _("Left out: it names somebody else than the holder."),
    "in_a_device": _("Left out: that a device is part of another is not kept."),
    "a_group": _("Left out: a device is held by a person, not by a group."),
    "bar_code": _("Taken for the asset tag as long as no other column is."),
    "signed_in": _("Who signed in to it last: check that it is who has it."),
    "numbered": _("Numbers of this tool's own lists: check what they mean here."),
}
NO_PLACE_FOR_IT, MAY_SIGN_IN = REASONS["no_place_for_it"], REASONS["may_sign_in"]
# What a header says whichever tool wrote it, where no field is called so.
ANYWHERE: dict[Kind, tuple[tuple[Promise, str], ...]] = {
    Kind.ASSETS: ((REASONS["company"], "Company"),),
    Kind.PEOPLE: (
        (REASONS["company"], "Company"),
        (
            MAY_SIGN_IN,
            "Activated; Account activated; Enabled; Account enabled; Is enabled; "
            "Login enabled; Sign-in allowed; Block credential",
        ),
    ),
}


@dataclass(frozen=True, slots=True, eq=False)
class Exporter:
    """One list of one tool. `signs` are headers that hardly any other has; `enough`
    of them tell it. `docs/import-columns.md` is written from it."""

    name: str
    kind: Kind
    signs: str
    # Where anybody can read its headers and what they mean there.
    source: str
    what: str = ""  # it lists, where the tool has several lists
    # What it says of who or what holds a device, and what becomes of that here.
    held: str = ""
    targets: dict[str, str] = field(default_factory=dict)
    # Kept in the specification of a device, under the header's own name.
    facts: str = ""
    # Left out, by the reason.
    ignored: tuple[tuple[Promise, str], ...] = ()
    doubtful: dict[str, Promise] = field(default_factory=dict)
    # Headers of names that begin with the surname.
    surname_first: str = ""
    # Its headers that mean the same wherever they come from.
    others: str = ""
    enough: int = 2

    @property
    def headers(self) -> list[str]:
        """All of them that are known, each once."""
        listed = [self.others, self.signs, ";".join(self.targets), self.facts]
        listed += [headers for _reason, headers in self.ignored]
        return list(dict.fromkeys(words(";".join(listed))))


def words(headers: str) -> Iterable[str]:
    return filter(None, map(str.strip, headers.split(";")))


def _read() -> Iterator[Exporter]:
    for path in sorted((Path(__file__).parent / "tools").glob("*.toml")):
        for tool in tomllib.loads(path.read_text())["tool"]:
            yield _exporter(tool)


def _exporter(tool: Mapping[str, Any]) -> Exporter:
    ignored, doubtful = tool.get("ignored", {}), tool.get("doubtful", {})
    given = {
        "kind": Kind(tool["kind"]),
        "ignored": tuple((REASONS[why], names) for why, names in ignored.items()),
        "doubtful": {header: REASONS[why] for header, why in doubtful.items()},
    }
    return Exporter(**{**tool, **given})


EXPORTERS = tuple(_read())
