"""Holds every event that the tests record against its declaration; after `make
test-full`, names the types that no test recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

_OWN = "test."  # types that tests declare
_recorded: set[tuple[str, int]] = set()
_OUTPUT = "recorded_events"


@pytest.fixture(scope="session", autouse=True)
def declared_events_only() -> Iterator[None]:
    """A payload that its declaration can't read back fails the test that records it."""
    import orjson

    from apps.events import payloads, registry, services

    encode = services.payload_json

    def checked(draft: Any) -> bytes:
        encoded = encode(draft)
        if registry.find(draft.type.name) is not draft.type:
            pytest.fail(f"{draft.type} is not in the catalogue")
        payloads.read(draft.type.payload, orjson.loads(encoded))
        _recorded.add((draft.type.name, draft.type.version))
        return encoded

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "payload_json", checked)
        yield


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """On the controller: what one of xdist's workers has recorded."""
    sent = getattr(node, "workeroutput", {}).get(_OUTPUT, [])
    _recorded.update((name, version) for name, version in sent)


def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput[_OUTPUT] = sorted(_recorded)
        return
    is_green = session.exitstatus == pytest.ExitCode.OK
    if is_green and _is_whole(config) and _never_recorded():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int) -> None:
    is_green = exitstatus == pytest.ExitCode.OK
    if is_green and _is_whole(terminalreporter.config):
        missing = _never_recorded()
        terminalreporter.section(f"events that no test recorded: {len(missing)}")
        for name in missing:
            terminalreporter.line(name)


def _is_whole(config: pytest.Config) -> bool:
    """Every test of the repository was asked for."""
    asked = config.option
    is_narrowed = asked.keyword or asked.markexpr or asked.collectonly or asked.lf
    from_testpaths = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return from_testpaths and not is_narrowed


def _never_recorded() -> list[str]:
    from apps.events import registry

    return [
        f"{declared} version {declared.version}"
        for declared in registry.declared_types()
        if (declared.name, declared.version) not in _recorded
        and not declared.is_retired
        and not declared.name.startswith(_OWN)
    ]
