from __future__ import annotations

import signal
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

# Who runs the tests by nohup, or in the background, ignores them; so would nginx and
# whatever else they start; a signal that is caught is theirs again.
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, lambda *_signal: None)


class OneEngine(LoadFileScheduling):
    """A file stays on one process, with the servers that it starts; all containers are
    on one engine."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "containers" if "/containers/" in file else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneEngine:
    return OneEngine(config, log)
