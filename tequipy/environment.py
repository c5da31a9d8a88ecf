"""The environment, read and checked by the table in `variables`.

`python -m tequipy.environment` says in one line what is wrong with it, before a process
starts."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from tequipy.variables import VARIABLES, Variable

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
SECRET_BYTES = 32


def read() -> Mapping[str, Any]:
    """Each variable's value by its name. Raises ImproperlyConfigured with one line that
    names the variable, and shows no secret."""
    _read_file(BASE_DIR / ".env")
    if not {"DATABASE_URL", "DATABASE_URL_FILE"} & set(os.environ):
        # Written by `make demo`, so that manage.py finds the running demo.
        _read_file(VAR_DIR / "stack.env")
    values = {variable.name: value(variable) for variable in VARIABLES}
    if not values["DEBUG"] and is_short(values["JWT_SECRET_KEY"]):
        raise ImproperlyConfigured(
            f"JWT_SECRET_KEY is shorter than {SECRET_BYTES} bytes: "
            "set a longer random value."
        )
    if values["BACKUP_AGE_RECIPIENT"] and values["BACKUP_GPG_RECIPIENT"]:
        raise ImproperlyConfigured(
            "BACKUP_AGE_RECIPIENT and BACKUP_GPG_RECIPIENT are set: keep one of them."
        )
    _require_packages(values)
    return values


def _require_packages(values: Mapping[str, Any]) -> None:
    """Of an extra, which the default image lacks."""
    for name, module in (
        ("SENTRY_DSN", "sentry_sdk"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "opentelemetry"),
    ):
        if values[name] and find_spec(module) is None:
            raise ImproperlyConfigured(
                f"{name} wants the packages of requirements/telemetry.txt: build the "
                "image with --build-arg EXTRAS=telemetry."
            )


def _read_file(path: Path) -> None:
    if path.exists():  # django-environ would log that it doesn't
        environ.Env.read_env(path)


def is_short(secret: str) -> bool:
    return len(secret.encode()) < SECRET_BYTES


def value(variable: Variable) -> Any:
    """Raises as `read` does."""
    text = _text(variable) or variable.default
    if not text and variable.is_required:
        raise ImproperlyConfigured(
            f"{variable.name} is not set: start `make demo`, or set it in the "
            "environment."
        )
    if not text:
        return variable.kind.empty
    try:
        return variable.kind.read(text)
    except ValueError:
        said = "" if variable.is_secret else f", not {text[:80]!r}"
        raise ImproperlyConfigured(
            f"{variable.name} must be {variable.kind.words}{said}."
        ) from None


def _text(variable: Variable) -> str:
    """What stands there, or in the file that NAME_FILE names."""
    path = os.environ.get(f"{variable.name}_FILE") if variable.may_be_file else None
    if not path:
        return os.environ.get(variable.name, "").strip()
    try:
        text = Path(path).read_text().strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise ImproperlyConfigured(
            f"{variable.name}_FILE: {path!r} can't be read: {reason}."
        ) from None
    if not text:
        raise ImproperlyConfigured(f"{variable.name}_FILE: {path!r} is empty.")
    return text


def require() -> Mapping[str, Any]:
    """What `read` returns; ends the process with its line where it raises."""
    try:
        return read()
    except ImproperlyConfigured as error:
        sys.stderr.write(f"tequipy does not start: {error}\n")
        sys.exit(78)  # EX_CONFIG


def main() -> None:
    values = require()
    if is_short(values["JWT_SECRET_KEY"]):
        sys.stderr.write("JWT_SECRET_KEY is short: enough for DEBUG=true only.\n")


if __name__ == "__main__":
    main()
