"""Child processes that end with the process that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Collection, Iterable
from importlib import util
from pathlib import Path


class StackError(Exception):
    """Something on this machine is in the way; the message is one line for a person."""


def spawn(
    command: list[str],
    *,
    log: Path,
    cwd: Path,
    how_to_end: signal.Signals = signal.SIGTERM,
    env: dict[str, str] | None = None,
    user: str | None = None,
    kept: Collection[int] = (),
) -> subprocess.Popen[bytes]:
    """A child that ends with us, even if we are killed, and has the files `kept`."""
    with log.open("ab") as output:
        return subprocess.Popen(
            ["setpriv", "--pdeathsig", how_to_end.name.removeprefix("SIG"), *command],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            user=user,
            extra_groups=None if user is None else [],
            pass_fds=kept,
            start_new_session=True,  # Ctrl-C reaches us; we end the children in order
        )


def stop(
    processes: Iterable[subprocess.Popen[bytes] | None],
    how: signal.Signals = signal.SIGTERM,
    seconds: float = 10,
) -> None:
    """Asks all of them, then waits for all of them, then ends by force what is left
    of their sessions."""
    running = [process for process in processes if process is not None]
    for process in running:
        if process.poll() is None:
            process.send_signal(how)
    deadline = time.monotonic() + seconds
    for process in running:
        try:
            process.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def end_leftover(pid_file: Path, folder: Path, how: signal.Signals) -> None:
    """What a killed stack left behind: its server, which works in its own folder, or
    only the pid file, whose number may be somebody else's by now."""
    try:
        pid = int(pid_file.read_text().split()[0])
        is_ours = Path(f"/proc/{pid}/cwd").resolve(strict=True) == folder.resolve()
    except (OSError, ValueError, IndexError):
        return
    if not is_ours:
        pid_file.unlink(missing_ok=True)
        return
    os.kill(pid, how)
    if not wait_until(lambda: not Path(f"/proc/{pid}").exists(), 20):
        raise StackError(f"process {pid} of an earlier start does not end.")


def wait_until(is_true: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else "no reason given"


def package_folder(name: str) -> Path:
    """Where an installed package lies; importing it may start what we don't use."""
    spec = util.find_spec(name)
    if spec is None or spec.origin is None:
        raise StackError(f"the package {name} is missing.")
    return Path(spec.origin).parent
