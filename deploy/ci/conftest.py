from __future__ import annotations

import signal

import pytest

# Who runs the tests by nohup ignores it, and so would nginx and whatever else they
# start; a signal that is caught is theirs again.
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda *_signal: None)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file stays on one process, with the servers that it starts; all containers are
    on one engine."""
    for item in items:
        folder, name = item.path.parent.name, item.path.name
        group = folder if folder == "containers" else name
        item.add_marker(pytest.mark.xdist_group(group))
