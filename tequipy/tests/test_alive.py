import os
import socket
import time
from threading import Thread

import pytest

from tequipy import alive


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def silent_for(process: str, seconds: float) -> None:
    alive.touch(process)
    moment = time.time() - seconds
    os.utime(alive.file_of(process), (moment, moment))


def test_what_has_not_started_is_not_alive():
    assert alive.main("beat") == 1


def test_users_of_one_machine_do_not_touch_each_others(monkeypatch):
    alive.touch("beat")
    mine = alive.file_of("beat")
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    assert alive.file_of("beat") != mine
    assert alive.main("beat") == 1


def test_what_works_is_alive():
    alive.touch("beat")
    assert alive.main("beat") == 0


def test_what_hangs_is_not():
    silent_for("beat", 90)
    assert alive.main("beat") == 1


def test_a_worker_without_redis_only_waits(monkeypatch):
    silent_for("worker", 90)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    assert alive.main("worker") == 0


def test_a_worker_that_hangs_beside_a_redis_that_answers_is_dead(monkeypatch):
    server = socket.create_server(("127.0.0.1", 0))
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{server.getsockname()[1]}/0")
    silent_for("worker", 90)

    def answer():
        connection, _address = server.accept()
        connection.recv(10)
        connection.sendall(b"+PONG\r\n")
        connection.close()

    thread = Thread(target=answer)
    thread.start()
    assert alive.main("worker") == 1
    thread.join(5)
    server.close()


def test_a_backup_that_packs_is_alive_and_one_that_can_not_is_named(tmp_path, capsys):
    silent_for("backup", 90)
    assert alive.main("backup", str(tmp_path)) == 1
    dump = tmp_path / "daily-20261125T020000Z.dump"
    dump.touch()
    assert alive.main("backup", str(tmp_path)) == 0
    os.utime(dump, (time.time() - 3 * 3600,) * 2)
    alive.touch("backup")
    assert alive.main("backup", str(tmp_path)) == 1
    assert "daily-20261125T020000Z.dump is not stored" in capsys.readouterr().err
