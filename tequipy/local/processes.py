"""Child processes that end with the process that started them."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class StartError(Exception):
    """Why nothing was started, in one line for a person."""


class Child:
    """One process in a session of its own. Its pid file survives a kill -9 of ours,
    so that the next start can end what was left over."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        directory: Path,
        log: Path,
        stop_signal: signal.Signals = signal.SIGTERM,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
    ) -> None:
        self.name = name
        self.command = [str(part) for part in command]
        self.directory = directory
        self.log = log
        self.stop_signal = stop_signal
        self.env = env
        self.user = user
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid_file(self) -> Path:
        return self.log.with_name(f"{self.name}.pid")

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.directory,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent(self.stop_signal),
                user=self.user,
                extra_groups=None if self.user is None else [],
            )
        pid = self.process.pid
        self.pid_file.write_text(f"{pid} {_start_mark(pid)}")

    def ask_to_stop(self) -> None:
        if self.process is not None and self.is_running:
            self.process.send_signal(self.stop_signal)

    def wait_stopped(self, seconds: float) -> None:
        """Ends the whole session by force once the time is over."""
        if self.process is None:
            return
        try:
            self.process.wait(max(seconds, 0.1))
        except subprocess.TimeoutExpired:
            _signal_group(self.process.pid, signal.SIGKILL)
            self.process.wait()
        _signal_group(self.process.pid, signal.SIGKILL)
        self.pid_file.unlink(missing_ok=True)

    def stop(self, seconds: float = 10) -> None:
        self.ask_to_stop()
        self.wait_stopped(seconds)

    def end_leftover(self, seconds: float = 10) -> None:
        """Ends the process of an earlier run whose supervisor was killed."""
        pid, _, mark = _read(self.pid_file).partition(" ")
        if mark and mark == _start_mark(int(pid)):
            os.kill(int(pid), self.stop_signal)
            if not wait_until(lambda: _start_mark(int(pid)) != mark, seconds):
                _signal_group(int(pid), signal.SIGKILL)
                wait_until(lambda: _start_mark(int(pid)) != mark, 2)
        self.pid_file.unlink(missing_ok=True)


def wait_until(is_true: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def last_line(log: Path) -> str:
    lines = [line for line in _read(log).splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except FileNotFoundError:
        return ""


def _start_mark(pid: int) -> str:
    """Tells a process from a later one with the same number, also after a reboot;
    empty when it does not run."""
    stat = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    if not stat or stat[0] == "Z":
        return ""
    return f"{_read(Path('/proc/sys/kernel/random/boot_id')).strip()}:{stat[19]}"


def _signal_group(pid: int, signum: signal.Signals) -> None:
    try:
        os.killpg(pid, signum)
    except (ProcessLookupError, PermissionError):
        pass


def _die_with_parent(signum: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def in_child() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signum)
        if os.getppid() != parent:
            os._exit(1)

    return in_child
