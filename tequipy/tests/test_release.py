"""One number, in one place (docs/releasing.md)."""

import re
import tomllib
from pathlib import Path

from tequipy.version import VERSION

ROOT = Path(__file__).parents[2]


def test_the_newest_section_of_the_changelog_is_this_release():
    headings = re.findall("^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert headings[0] == "Unreleased"
    assert re.fullmatch(re.escape(VERSION) + r" \(20\d\d-\d\d-\d\d\)", headings[1])


def test_the_number_stands_nowhere_else():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "version" not in project
    assert "version" in project["dynamic"]
    assert f"={VERSION}" not in (ROOT / "deploy" / "Dockerfile").read_text()
