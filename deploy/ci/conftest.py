from __future__ import annotations

import signal
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

# Who runs the tests by nohup ignores it, and so would nginx and whatever else they
# start; a signal that is caught is theirs again.
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda *_signal: None)


class OneEngine(LoadFileScheduling):
    """A file stays on one process, with the servers that it starts; all containers are
    on one engine."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "containers" if "/containers/" in file else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneEngine:
    return OneEngine(config, log)
