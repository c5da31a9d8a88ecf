"""What the environment may say, and how a wrong word is answered."""

import os
import subprocess
import sys

import pytest

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
    (tmp_path / "key").write_text("y" * 40)
    environment = {**PRODUCTION, "JWT_SECRET_KEY_FILE": str(tmp_path / "key")}
    del environment["JWT_SECRET_KEY"]
    assert value_of("JWT_SECRET_KEY", environment) == "y" * 40


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
    ],
)
def test_a_wrong_value_is_one_line_that_names_it(name, value):
    answer = start({**PRODUCTION, name: value})
    assert answer.returncode == 78
    [line] = answer.stderr.splitlines()
    assert name in line
