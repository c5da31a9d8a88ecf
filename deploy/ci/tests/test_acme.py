"""certbot, an authority of our own and nginx: a certificate comes, is served, and is
renewed, by the scripts of deploy/compose.acme.yaml."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ci.machine import CLONE, free_port, wait_for

from . import proxy
from .authority import Authority

pytestmark = pytest.mark.full

HOST = "app.example.com"


class Site:
    """nginx as it is deployed with the overlay, and the folder of its certificate."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "nginx"
        self.secure = free_port()
        command = proxy.command(self.folder, upstream=free_port(), secure=self.secure)
        plain = (self.folder / "nginx.conf").read_text()
        self.plain = re.findall(r"listen 127\.0\.0\.1:(\d+) default_server;", plain)[0]
        nginx = command.index(str(proxy.binary()))
        reloading = [CLONE / "deploy/nginx/reloading.sh", self.folder / "tls.crt"]
        self.process = subprocess.Popen(
            [*command[:nginx], "/bin/sh", *reloading, *command[nginx:]],
            env={**os.environ, "TMPDIR": str(folder), "RELOAD_SECONDS": "1"},
        )
        wait_for("nginx", self.served)

    def served(self) -> bytes:
        """Its certificate, as a visitor gets it."""
        context = ssl._create_unverified_context()
        try:
            with (
                socket.create_connection(("127.0.0.1", self.secure), 5) as plain,
                context.wrap_socket(plain, server_hostname=HOST) as secure,
            ):
                return secure.getpeercert(binary_form=True) or b""
        except OSError:
            return b""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    folder = Path(tempfile.mkdtemp(prefix="acme-", dir="/tmp"))
    folder.chmod(0o755)
    site = Site(folder)
    try:
        yield site
    finally:
        site.process.terminate()
        assert site.process.wait(20) is not None
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def authority(site: Site) -> Iterator[Authority]:
    authority = Authority(f"http://127.0.0.1:{site.plain}")
    yield authority
    authority.shutdown()


def taking(site: Site, authority: Authority) -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["deploy/nginx/acme.sh", str(site.folder)],
        env={
            **os.environ,
            "CERTIFICATE_HOST": HOST,
            "ACME_EMAIL": "operators@example.com",
            "ACME_SERVER": f"{authority.url}/directory",
            "TMPDIR": str(site.folder.parent),
        },
        cwd=CLONE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def leaf_of(chain: bytes) -> str:
    return chain.decode().partition("-----END CERTIFICATE-----")[0] + (
        "-----END CERTIFICATE-----\n"
    )


def taken(site: Site, authority: Authority) -> str:
    """What acme.sh says until nginx serves what the authority issued."""
    process = taking(site, authority)
    try:
        wait_for(
            "its certificate",
            lambda: (
                authority.issued
                and site.served()
                == ssl.PEM_cert_to_DER_cert(leaf_of(authority.issued[-1]))
            ),
        )
    finally:
        process.terminate()
        said = process.communicate(timeout=20)[0]
    return said


def test_a_certificate_comes_is_served_and_is_renewed(
    site: Site, authority: Authority
) -> None:
    own = site.served()
    # So short that it must be renewed at once.
    authority.days = 5
    assert f"a new certificate for {HOST}" in taken(site, authority)
    first = site.served()
    assert first != own
    assert (site.folder / "tls.key").stat().st_mode & 0o777 == 0o640
    authority.days = 90
    authority.issued = []
    taken(site, authority)
    assert site.served() != first
    assert len(authority.answers) == 2


def test_who_gets_none_says_so_and_keeps_the_former(
    site: Site, authority: Authority
) -> None:
    before = site.served()
    authority.shutdown()
    authority.server_close()
    shutil.rmtree(site.folder / "acme")
    failed = site.folder.parent / "failed"
    process = taking(site, authority)
    try:
        wait_for("the failure", failed.exists)
    finally:
        process.terminate()
        said = process.communicate(timeout=20)[0]
    assert f"no certificate for {HOST}: the next try is in an hour" in said
    assert site.served() == before
