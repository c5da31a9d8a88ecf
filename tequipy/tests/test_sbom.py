"""What the image says that it holds."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tequipy.version import VERSION

ROOT = Path(__file__).parents[2]
QUERY = """#!/bin/sh
printf 'installed\\tcurl\\t7.88.1-10+deb12u14\\tamd64\\n'
printf 'config-files\\tgone\\t1\\tall\\n'
"""


def test_every_package_is_named_with_its_version(tmp_path):
    (tmp_path / "dpkg-query").write_text(QUERY)
    (tmp_path / "dpkg-query").chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-I", "tequipy/sbom.py"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    told = json.loads(done.stdout)
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    assert told["metadata"]["component"]["version"] == VERSION
    found = {one["purl"]: one for one in told["components"]}
    assert len(found) == len(told["components"])
    assert "pkg:deb/debian/curl@7.88.1-10%2Bdeb12u14?arch=amd64" in found
    assert not [purl for purl in found if "gone" in purl]
    for name in ("django", "gunicorn", "psycopg"):
        pin = re.findall(f"^{name}(?:\\[.*\\])?==([^ ;]+)", pins(), re.MULTILINE)
        assert f"pkg:pypi/{name}@{pin[0]}" in found
    django = next(one for purl, one in found.items() if "/django@" in purl)
    assert "BSD" in json.dumps(django["licenses"])


def pins() -> str:
    return (ROOT / "requirements" / "base.txt").read_text()
