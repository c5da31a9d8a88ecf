"""What is known of a tool whose export is imported, and why columns are left out.

Headers are written as the tools write them and compared as `normalise_header` makes
them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from apps.imports.states import Kind

LATER = gettext_lazy("Changes with every check-in of the device, so it is left out.")
COMPANY = gettext_lazy("Left out: all rows go to your company.")
# As long as no field is called like that.
NO_PLACE_FOR_IT = gettext_lazy("Left out: nothing here keeps it.")
SOMETHING_ELSE = gettext_lazy("Left out: this tool means something else by it.")
TOO_COARSE = gettext_lazy("Left out: it names a kind of device, which is no model.")
BAR_CODE = gettext_lazy("Taken for the asset tag as long as no other column is.")
NUMBERED = gettext_lazy("Numbers of this tool's own lists: check what they mean here.")
MAY_SIGN_IN = gettext_lazy("Left out: it says who may sign in, not who works here.")
NOT_THE_HOLDER = gettext_lazy("Left out: it names somebody else than the holder.")
IN_A_DEVICE = gettext_lazy("Left out: that a device is part of another is not kept.")
A_GROUP = gettext_lazy("Left out: a device is held by a person, not by a group.")

# What a header says whichever tool wrote it, where no field is called so.
ANYWHERE: dict[Kind, tuple[tuple[Promise, str], ...]] = {
    Kind.ASSETS: ((COMPANY, "Company"),),
    Kind.PEOPLE: (
        (COMPANY, "Company"),
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
