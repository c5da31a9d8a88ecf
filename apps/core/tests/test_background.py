"""Handing a task over waits for nobody."""

import os
import threading
import time

import pytest

from apps.core import background, correlation


@pytest.fixture
def broker(monkeypatch):
    """The edge of the network: hangs until it is let go on."""

    class Broker:
        def __init__(self) -> None:
            self.goes_on = threading.Event()
            self.sent: list[tuple] = []

        def send_task(self, task, *, args, retry):
            self.goes_on.wait(10)
            self.sent.append((task, *args, correlation.get()))
            if task == "fails":
                raise OSError("away")

    broker = Broker()
    monkeypatch.setattr(background, "current_app", broker)
    monkeypatch.setattr(background, "_publisher", background.Publisher())
    yield broker
    broker.goes_on.set()


def test_a_broker_that_hangs_keeps_nobody_waiting(broker):
    correlation.set("of-the-request")
    began = time.monotonic()
    for _one in range(50):
        background.publish("seal")
        background.publish("plan", "1")
    assert time.monotonic() - began < 0.5
    assert broker.sent == []
    correlation.set("")
    broker.goes_on.set()
    assert background._publisher.drain(5)
    # The first was under way; what waits is asked for once.
    assert sorted(set(broker.sent)) == [
        ("plan", "1", "of-the-request"),
        ("seal", "of-the-request"),
    ]
    assert len(broker.sent) <= 3


def test_a_broker_that_refuses_stops_nothing(broker):
    broker.goes_on.set()
    background.publish("fails")
    background.publish("seal")
    assert background._publisher.drain(5)
    assert [task for task, *_rest in broker.sent] == ["fails", "seal"]


def test_what_is_too_much_is_dropped(broker, monkeypatch):
    monkeypatch.setattr(background, "_MOST", 5)
    for number in range(20):
        background.publish("plan", str(number))
    broker.goes_on.set()
    assert background._publisher.drain(5)
    assert 5 <= len(broker.sent) <= 6


def test_a_forked_process_has_a_thread_of_its_own(broker):
    background.publish("seal")
    child = os.fork()
    if child == 0:
        broker.goes_on.set()
        background.publish("plan")
        is_sent = background._publisher.drain(5)
        os._exit(0 if is_sent and broker.sent[-1][0] == "plan" else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_publishing_goes_this_one_way():
    """Anything else might wait in a request."""
    import re
    from pathlib import Path

    apps = Path(__file__).resolve().parents[2]
    found = {
        path.relative_to(apps).as_posix()
        for path in apps.rglob("*.py")
        if "tests" not in path.parts
        and re.search(r"send_task|apply_async|(?<!backoff)\.delay\(", path.read_text())
    }
    # A task may: it has time.
    assert found == {"core/background.py", "events/tasks.py"}
