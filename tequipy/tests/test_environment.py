"""What the environment may say, and how a wrong word is answered."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from tequipy import environment as environment_
from tequipy.variables import VARIABLES

ROOT = Path(__file__).parents[2]

DEVELOPMENT = {
    "DEBUG": "true",
    "DATABASE_URL": "postgresql://tequipy:tequipy@postgres:5432/tequipy",
    "REDIS_URL": "redis://redis:6379/0",
    "JWT_SECRET_KEY": "dev-secret-change-in-production",
    "CORS_ORIGINS": '["http://localhost","http://localhost:3000"]',
    "NEXT_PUBLIC_API_URL": "http://localhost:8000",
}
PRODUCTION = {
    "DEBUG": "false",
    "DATABASE_URL": "postgresql://user:pass@rds-endpoint:5432/tequipy",
    "REDIS_URL": "redis://elasticache-endpoint:6379/0",
    "JWT_SECRET_KEY": "x" * 32,
    "CORS_ORIGINS": '["https://app.example.com"]',
    "ENABLE_HSTS": "true",
}


def start(environment: dict[str, str], code: str = "") -> subprocess.CompletedProcess:
    command = ["-c", code] if code else ["-m", "tequipy.environment"]
    return subprocess.run(
        [sys.executable, *command],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def value_of(name: str, environment: dict[str, str]) -> str:
    code = f"from tequipy import settings; print(settings.{name})"
    return start(environment, code).stdout.strip()


def test_the_design_s_development_file_starts_and_only_warns():
    answer = start(DEVELOPMENT)
    assert answer.returncode == 0
    assert "short" in answer.stderr


def test_the_design_s_production_file_starts():
    answer = start(PRODUCTION)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert value_of("PUBLIC_URL", PRODUCTION) == "https://app.example.com"
    assert value_of("ALLOWED_HOSTS", PRODUCTION) == "['app.example.com']"
    assert value_of("SECURE_HSTS_SECONDS", PRODUCTION) == "31536000"
    assert value_of("SESSION_COOKIE_SECURE", PRODUCTION) == "True"
    assert value_of("SECURE_HSTS_PRELOAD", PRODUCTION) == "False"


def test_preload_is_a_choice():
    assert (
        value_of("SECURE_HSTS_PRELOAD", {**PRODUCTION, "HSTS_PRELOAD": "1"}) == "True"
    )


def test_who_may_call_the_api_is_not_where_we_are_found():
    environment = {
        **PRODUCTION,
        "CORS_ORIGINS": '["https://intranet.example.com","https://other.example"]',
        "PUBLIC_URL": "https://app.example.com/",
    }
    assert value_of("PUBLIC_URL", environment) == "https://app.example.com"
    assert value_of("ALLOWED_HOSTS", environment) == "['app.example.com']"
    environment["ALLOWED_HOSTS"] = "inside.example.com, "
    expected = "['app.example.com', 'inside.example.com']"
    assert value_of("ALLOWED_HOSTS", environment) == expected


def test_a_secret_comes_from_a_file(tmp_path):
    (tmp_path / "key").write_text("y" * 40 + "\n")
    environment = {**PRODUCTION, "JWT_SECRET_KEY_FILE": str(tmp_path / "key")}
    del environment["JWT_SECRET_KEY"]
    assert value_of("JWT_SECRET_KEY", environment) == "y" * 40


def test_a_secret_may_begin_with_a_dollar(tmp_path):
    secret = "$" + "x" * 40
    assert (
        value_of("JWT_SECRET_KEY", {**PRODUCTION, "JWT_SECRET_KEY": secret}) == secret
    )
    (tmp_path / "key").write_text(secret)
    file = {**PRODUCTION, "SECRET_KEY_FILE": str(tmp_path / "key")}
    assert value_of("SECRET_KEY", file) == secret
    url = {**PRODUCTION, "DATABASE_URL": "postgresql://u:$pa$s@h/d"}
    assert "'PASSWORD': '$pa$s'" in value_of("DATABASES", url)


@pytest.mark.parametrize(
    ("content", "why"), [(None, "No such file"), ("", "is empty"), (b"\xff", "no text")]
)
def test_a_file_that_tells_no_value_is_named(tmp_path, content, why):
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    # Also where NAME itself is set: what was asked for is not overruled.
    answer = start({**PRODUCTION, "JWT_SECRET_KEY_FILE": str(path)})
    assert answer.returncode == 78
    [line] = answer.stderr.splitlines()
    assert f"JWT_SECRET_KEY_FILE: '{path}'" in line
    assert why in line


def test_the_owner_s_role_is_for_migrate_alone():
    environment = {
        **PRODUCTION,
        "MIGRATION_DATABASE_URL": "postgresql://owner:o@rds-endpoint/tequipy",
    }
    code = (
        "import sys; sys.argv = ['manage.py', {0!r}];"
        "from tequipy import settings; print(settings.DATABASES['default']['USER'])"
    )
    assert start(environment, code.format("migrate")).stdout.strip() == "owner"
    assert start(environment, code.format("shell")).stdout.strip() == "user"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "perhaps"),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "mysql://a/b"),
        ("DATABASE_URL", "postgresql://"),
        ("DATABASE_URL", "postgresql://u:p@host:port/name"),
        ("REDIS_URL", "http://redis"),
        ("JWT_SECRET_KEY", "short"),
        ("CORS_ORIGINS", "[oops"),
        ("CORS_ORIGINS", '["app.example.com"]'),
        ("CORS_ORIGINS", '["https://app.example.com/path"]'),
        ("PUBLIC_URL", "app.example.com"),
        ("PUBLIC_URL", "https:///nowhere"),
        ("EMAIL_URL", "pigeon://coop"),
        ("FILES_URL", "ftp://host"),
        ("ENABLE_HSTS", "maybe"),
        ("TRUSTED_PROXIES", "one"),
        ("WEB_THREADS", "many"),
        ("WORKER_STOP_SECONDS", "soon"),
        ("LOG_LEVEL", "loud"),
        ("API_READS_PER_MINUTE", "-1"),
        ("API_WRITES_PER_MINUTE", "1.5"),
        ("WEB_WORKERS", "0"),
        ("WEB_THREADS", "0"),
        ("WORKER_CONCURRENCY", "0"),
        ("TRUSTED_PROXIES", "-1"),
        ("METRICS_PORT", "65536"),
        ("ALLOWED_HOSTS", "http://a"),
        ("ALLOWED_HOSTS", "a.example:8000"),
        ("PUBLIC_URL", "https://app.example.com/path"),
        ("PUBLIC_URL", "https://app.example.com:99999"),
        ("PUBLIC_URL", "https://me@app.example.com"),
        ("REDIS_URL", "redis://host/first"),
        ("EMAIL_URL", "smtp://"),
        ("EMAIL_FROM", "Tequipy"),
        ("BACKUP_URL", "junk"),
        ("BACKUP_URL", "s3://"),
        ("FILES_URL", "file://folder"),
        ("BACKUP_AGE_RECIPIENT", "AGE-SECRET-KEY-1"),
        ("BIND", "8000"),
        ("TEQUIPY_VERSION", "1.0 final"),
        ("BACKEND_REPLICAS", "two"),
        ("MIGRATION_DATABASE_URL", "junk"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_it(name, value, monkeypatch):
    set_only({**PRODUCTION, name: value}, monkeypatch)
    with pytest.raises(ImproperlyConfigured) as refused:
        environment_.read()
    [line] = str(refused.value).splitlines()
    assert line.startswith(f"{name} ")


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda one: one.name)
def test_nonsense_is_refused_and_no_secret_shown(variable, monkeypatch):
    set_only({**PRODUCTION, variable.name: "non\tsense:"}, monkeypatch)
    with pytest.raises(ImproperlyConfigured) as refused:
        environment_.read()
    assert str(refused.value).startswith(f"{variable.name} must be ")
    assert ("sense" in str(refused.value)) is not variable.is_secret


def set_only(environment: dict[str, str], monkeypatch) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable.name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


# As an operator starts them, and as deploy/entrypoint.sh does.
PROCESSES = {
    "entrypoint": ["-m", "tequipy.environment"],
    "manage.py": ["manage.py", "check"],
    "web": ["-m", "gunicorn", "--config", "python:tequipy.gunicorn"],
    "worker": ["-m", "celery", "--quiet", "-A", "tequipy", "worker"],
    "beat": ["-m", "celery", "--quiet", "-A", "tequipy", "beat", "--pidfile="],
}


@pytest.mark.parametrize("process", PROCESSES)
@pytest.mark.full
def test_every_process_stops_with_that_line(process):
    # Another process's variable: beat has no web workers.
    answer = subprocess.run(
        [sys.executable, *PROCESSES[process]],
        env={"PATH": os.environ["PATH"], **PRODUCTION, "WEB_WORKERS": "0"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert answer.returncode == (1 if process == "manage.py" else 78)
    assert answer.stdout == ""
    [line] = answer.stderr.splitlines()
    assert "WEB_WORKERS must be a whole number from 1 to 64, not '0'." in line


def test_what_excludes_each_other_is_refused():
    both = {"BACKUP_AGE_RECIPIENT": "age1x", "BACKUP_GPG_RECIPIENT": "me"}
    answer = start({**PRODUCTION, **both})
    assert answer.returncode == 78
    assert "keep one of them" in answer.stderr


def test_the_page_and_the_example_are_the_table_s():
    call_command("environment_table", "--check")


def test_the_example_starts_as_it_is(monkeypatch):
    lines = (ROOT / ".env.example").read_text().splitlines()
    set_only(dict(one.split("=", 1) for one in lines if one[:1].isupper()), monkeypatch)
    assert environment_.read()["DEBUG"] is True


# The demo's port, what one process tells another, and the runbook's own.
NOT_OURS = {"PORT", "GUNICORN_MASTER_PID", "DJANGO_SETTINGS_MODULE", "VERSION"}
IN_CODE = (
    r"""os\.environ(?:\.get\(|\.setdefault\(|\[)"([A-Z_0-9]+)|env\["([A-Z_0-9]+)"""
)
IN_FILES = r"\$\{([A-Z][A-Z_0-9]+)|^ +(?:- )?([A-Z][A-Z_0-9]+)="


def test_whatever_is_read_stands_in_the_table():
    code = [*ROOT.glob("tequipy/*.py"), *ROOT.glob("apps/**/*.py")]
    files = [
        ROOT / "compose.yaml",
        ROOT / "docs" / "operations.md",
        ROOT / "deploy" / "entrypoint.sh",
        *(ROOT / "deploy").glob("*.yaml"),
        *(ROOT / "deploy" / "k8s").glob("**/kustomization.yaml"),
    ]
    found = names(IN_CODE, [path for path in code if "tests" not in path.parts])
    found |= names(IN_FILES, files)
    assert {"WEB_WORKERS", "GRAFANA_PASSWORD", "WORKER_CONCURRENCY"} <= found
    known = {variable.name for variable in VARIABLES}
    known |= {f"{one.name}_FILE" for one in VARIABLES if one.may_be_file} | NOT_OURS
    assert found <= known


def names(pattern: str, paths: list[Path]) -> set[str]:
    found = re.compile(pattern, re.MULTILINE)
    return {
        name
        for path in paths
        for match in found.findall(path.read_text())
        for name in match
        if name
    }


def test_reading_it_again_says_nothing():
    """Celery does, once logging is set up."""
    code = "import django; django.setup(); from tequipy.environment import read; read()"
    environment = {**PRODUCTION, "DJANGO_SETTINGS_MODULE": "tequipy.settings"}
    answer = start(environment, code)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
