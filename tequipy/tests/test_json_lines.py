"""Whatever a process says, its container's log has lines of JSON."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from apps.core.logs import JsonLines

FOLDER = Path(__file__).parent.parent
WATCHED = (sys.executable, "-I", str(FOLDER / "watched.py"))
NAMES = {"timestamp", "level", "logger", "message", "correlation_id"}


def said(process: str, code: str) -> tuple[list[dict], list[dict], int]:
    """The lines on stdout and stderr of a container of that process, and its end."""
    run = subprocess.run(
        [*WATCHED, process, sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=30,
    )
    streams = (run.stdout, run.stderr)
    out, err = ([json.loads(x) for x in text.splitlines()] for text in streams)
    assert all(set(line) >= NAMES for line in out + err)
    return out, err, run.returncode


def test_a_traceback_is_one_line():
    out, [line], code = said("backend", "print = 1 / 0")
    assert (out, code) == ([], 1)
    assert line["level"] == "ERROR"
    assert line["logger"] == "backend"
    assert line["message"].startswith("Traceback")
    assert line["message"].endswith("ZeroDivisionError: division by zero")


def test_a_warning_is_one_too():
    _out, [line], _code = said("beat", "import warnings; warnings.warn('so \"so\"')")
    assert line["level"] == "WARNING"
    assert 'so "so"' in line["message"]


def test_what_is_a_line_already_passes_as_it_is():
    ours = {"timestamp": "now", "level": "INFO", "message": "x", "correlation_id": "c"}
    ours["logger"] = "x"
    text = f"{json.dumps(ours)}\nbare"
    code = f"import sys; sys.stderr.write({text!r})"
    _out, [first, second], _code = said("worker", code)
    assert (first, second["message"]) == (ours, "bare")


def test_the_first_line_under_the_founding_secret_is_one():
    environment = {
        **os.environ,
        "DEBUG": "true",
        "JWT_SECRET_KEY": "dev-secret-change-in-production",
    }
    run = subprocess.run(
        [*WATCHED, "backend", sys.executable, "-m", "tequipy.environment"],
        cwd=FOLDER.parent,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0
    [line] = [json.loads(one) for one in run.stderr.splitlines()]
    assert "JWT_SECRET_KEY is short" in line["message"]


@pytest.mark.parametrize("process", ["migrate", "certificate", "worker", "beat"])
def test_what_only_the_log_reads_is_lines_on_stdout_as_well(process):
    code = "print('Applying 1_Error... OK'); print('Applying 2... OK')"
    lines, _err, _code = said(process, code)
    assert [(line["level"], line["message"]) for line in lines] == [
        ("INFO", "Applying 1_Error... OK"),
        ("INFO", "Applying 2... OK"),
    ]


def test_what_a_person_asked_for_is_printed_as_it_is():
    run = subprocess.run(
        [*WATCHED, "manage", "echo", "a link"],
        capture_output=True,
        text=True,
    )
    assert run.stdout == "a link\n"


def test_no_query_string_and_no_key_stands_in_them():
    code = (
        'raise ValueError(\'GET /people/?q=MARKED&x="MARKED" HTTP/1.1 '
        "https://a.example/returns/leaver/MARKED/ http://10.0.0.3:8000/?MARKED')"
    )
    _out, [line], _code = said("backend", code)
    assert "MARKED" not in line["message"].rpartition("ValueError")[2]
    assert "GET /people/?… HTTP/1.1" in line["message"]


def test_nor_in_those_of_our_loggers():
    """Whatever writes the address: Gunicorn does, of requests that fail."""
    asked = "/people/?q=MARKED"
    record = logging.LogRecord(
        "gunicorn.error", logging.ERROR, "x.py", 1, "Error handling %s", (asked,), None
    )
    record.asked = f"GET {asked} HTTP/1.1"
    try:
        raise ValueError(asked)
    except ValueError:
        record.exc_info = sys.exc_info()
    text = JsonLines("%(levelname)s %(message)s").format(record)
    line = json.loads(text)
    assert line["message"] == "Error handling /people/?…"
    assert line["asked"] == "GET /people/?… HTTP/1.1"
    assert line["exc_info"].endswith("ValueError: /people/?…")
    assert "MARKED" not in text
