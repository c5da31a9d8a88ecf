"""nginx as it is deployed, but for ports and folders."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from .monitored import CLONE, free_port


def command(root: Path, *, upstream: int, secure: int, **changed: str) -> list[str]:
    """Writes the configuration into `root`, which must be a short path that nginx's
    workers, who run as another user, can reach. `upstream` and `secure` are ports;
    `changed` are lines of proxy.conf, by their names."""
    shutil.copytree(CLONE / "deploy" / "nginx", root)
    subprocess.run([root / "make-certificate.sh", root], check=True)
    for name in ("nginx.conf", "tequipy/locations.conf"):
        text = (root / name).read_text()
        for before, after in (
            ("/tmp/", f"{root}/"),
            ("listen 80 ", f"listen 127.0.0.1:{free_port()} "),
            ("listen 443 ", f"listen 127.0.0.1:{secure} "),
            ("http://frontend:3000", f"http://127.0.0.1:{upstream}"),
            ("http://backend:8000", f"http://127.0.0.1:{upstream}"),
            ("/etc/nginx/certificates", str(root)),
            ("/etc/nginx/load-balancers", f"{root}/load-balancers"),
            ("/etc/nginx/tequipy", f"{root}/tequipy"),
        ):
            text = text.replace(before, after)
        (root / name).write_text(text)
    proxy = root / "tequipy" / "proxy.conf"
    lines = [
        f"{line.split()[0]} {changed[line.split()[0]]};"
        if line.partition(" ")[0] in changed
        else line
        for line in proxy.read_text().splitlines()
    ]
    proxy.write_text("\n".join(lines) + "\n")
    include = (root / "nginx.conf").read_text()
    (root / "nginx.conf").write_text(f"user root;\n{include}")
    return ["nginx", "-g", "daemon off;", "-c", str(root / "nginx.conf")]
