"""`python -I tequipy/sbom.py`: what the image holds, as CycloneDX 1.6 on stdout: Python
packages and Debian's, with versions and licences. Run as a file, it imports nothing of
ours; `-I` leaves out what lies in the working directory.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any
from urllib.parse import quote

_DEBIAN = "${db:Status-Status}\\t${Package}\\t${Version}\\t${Architecture}\\n"


def main() -> None:
    # Of a package that is found twice, the one that is imported comes first.
    found = [*debian_packages(), *reversed([*python_packages()])]
    by_purl = {one["purl"]: one for one in found}
    components = [by_purl[purl] for purl in sorted(by_purl)]
    json.dump(document(components), sys.stdout, indent=1)
    sys.stdout.write("\n")


def document(components: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
            "component": {
                "type": "container",
                "name": "tequipy",
                "version": our_version(),
                "licenses": [{"license": {"id": "MIT"}}],
            },
        },
        "components": components,
    }


def our_version() -> str:
    text = (Path(__file__).parent / "version.py").read_text()
    return re.findall('^VERSION = "(.+)"$', text, re.MULTILINE)[0]


def python_packages() -> Iterator[dict[str, Any]]:
    for found in distributions():
        name = re.sub(r"[-_.]+", "-", found.name).lower()
        purl = f"pkg:pypi/{quote(name)}@{quote(found.version)}"
        yield component(name, found.version, purl) | _licences(found)


def _licences(found: Distribution) -> dict[str, Any]:
    """The expression (PEP 639), or the names of the classifiers."""
    if expression := found.metadata.get("License-Expression"):
        return {"licenses": [{"expression": expression}]}
    classifiers = found.metadata.get_all("Classifier") or []
    names = [
        one.split(" :: ")[-1] for one in classifiers if one.startswith("License ::")
    ]
    return (
        {"licenses": [{"license": {"name": name}} for name in names]} if names else {}
    )


def debian_packages() -> Iterator[dict[str, Any]]:
    query = shutil.which("dpkg-query")
    if query is None:
        return
    told = subprocess.run(
        [query, "-W", "-f", _DEBIAN], capture_output=True, text=True, check=True
    )
    for line in told.stdout.splitlines():
        status, name, version, architecture = line.split("\t")
        if status == "installed":
            purl = f"pkg:deb/debian/{quote(name)}@{quote(version)}?arch={architecture}"
            yield component(name, version, purl)


def component(name: str, version: str, purl: str) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
    }


if __name__ == "__main__":
    main()
