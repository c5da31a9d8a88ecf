"""What a variable of the environment may say. `words` follow "must be" in an error and
stand in docs/environment.md; `read` makes the value, and raises ValueError."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import getaddresses, parseaddr
from typing import Any
from urllib.parse import SplitResult, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

_NAME = r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\]"
_HOST = re.compile(rf"\*|\.?({_NAME})")
_ORIGIN = re.compile(rf"https?://({_NAME})(:[0-9]{{1,5}})?/?")
_BIND = re.compile(r"[^:]*:([0-9]{1,5})|\[[0-9A-Fa-f:.]+\]:([0-9]{1,5})|unix:/.+")


@dataclass(frozen=True)
class Kind:
    words: str
    read: Callable[[str], Any]
    empty: Any = ""


def require(is_right: object) -> None:
    if not is_right:
        raise ValueError


def _flag(text: str) -> bool:
    lower = text.lower()
    require(lower in {"true", "false", "1", "0", "yes", "no", "on", "off"})
    return lower in {"true", "1", "yes", "on"}


FLAG = Kind("true or false", _flag)


def whole(least: int, most: int) -> Kind:
    def read(text: str) -> int:
        require(re.fullmatch("[0-9]{1,9}", text) and least <= int(text) <= most)
        return int(text)

    return Kind(f"a whole number from {least:,} to {most:,}", read)


def seconds(least: int, most: int) -> Kind:
    def read(text: str) -> float:
        require(re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text))
        require(least <= float(text) <= most)
        return float(text)

    return Kind(f"seconds from {least} to {most}", read)


def _share(text: str) -> float:
    require(re.fullmatch(r"[01](\.[0-9]{1,6})?", text) and float(text) <= 1)
    return float(text)


SHARE = Kind("a number from 0 to 1", _share)


def choice(*values: str) -> Kind:
    by_lower = {value.lower(): value for value in values}

    def read(text: str) -> str:
        require(text.lower() in by_lower)
        return by_lower[text.lower()]

    return Kind("one of " + ", ".join(values), read)


def _one_line(text: str) -> str:
    require(text.isprintable())
    return text


TEXT = Kind("one line", _one_line)


def matching(pattern: str, words: str) -> Kind:
    def read(text: str) -> str:
        require(re.fullmatch(pattern, text))
        return text

    return Kind(words, read)


TAG = matching("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", "a version such as 1.4.0")


def _folder(text: str) -> str:
    require(text.startswith("/") and text.isprintable())
    return text


FOLDER = Kind("an absolute path", _folder)


def _address(text: str) -> str:
    address = parseaddr(_one_line(text))[1]
    require(re.fullmatch(r"[^@\s]+@[^@\s]+", address))
    return text


ADDRESS = Kind("like Tequipy <hello@example.com>", _address)


def _addresses(text: str) -> list[str]:
    found = [address for _name, address in getaddresses([_one_line(text)])]
    require(found and all(re.fullmatch(r"[^@\s]+@[^@\s]+", one) for one in found))
    return found


ADDRESSES = Kind("addresses, comma separated", _addresses, empty=())


def _bind(text: str) -> str:
    found = _BIND.fullmatch(text)
    require(found and int(found.group(1) or found.group(2) or 0) < 65536)
    return text


BIND = Kind("like 0.0.0.0:8000", _bind)


def _hosts(text: str) -> list[str]:
    hosts = [host.strip() for host in text.split(",") if host.strip()]
    require(all(_HOST.fullmatch(host) for host in hosts))
    return hosts


HOSTS = Kind("hosts without scheme and port, comma separated", _hosts, empty=())


def _parts(text: str, *schemes: str) -> SplitResult:
    require(text.isprintable())
    parts = urlsplit(text)
    require(parts.scheme in schemes)
    parts.port  # noqa: B018  raises where it is no number
    return parts


def _origin(text: str) -> str:
    require(_ORIGIN.fullmatch(text) and _parts(text, "http", "https"))
    return text.rstrip("/")


ORIGIN = Kind("like https://app.example.com, without a path", _origin)


def _origins(text: str) -> list[str]:
    values = json.loads(text) if text.startswith("[") else text.split(",")
    require(all(isinstance(value, str) for value in values))
    return [_origin(value.strip()) for value in values if value.strip()]


ORIGINS = Kind(
    'origins such as ["https://app.example.com"], a JSON list or comma separated',
    _origins,
    empty=(),
)


def _web(text: str) -> str:
    require(_parts(text, "http", "https").hostname)
    return text


WEB = Kind("like https://storage.example.com", _web)


def _postgres(text: str) -> str:
    _parts(text, "postgresql", "postgres")
    config = environ.Env.db_url_config(text)
    require(config.get("NAME"))
    return text


POSTGRES = Kind("like postgresql://user:password@host:5432/database", _postgres)


def _redis(text: str) -> str:
    parts = _parts(text, "redis", "rediss")
    require(parts.hostname)
    require(re.fullmatch(r"(/[0-9]{0,4})?", parts.path))
    return text


REDIS = Kind("like redis://host:6379/0", _redis)


def _mail(text: str) -> str:
    try:
        config = environ.Env.email_url_config(text)
    except ImproperlyConfigured as error:
        raise ValueError from error
    require(config["EMAIL_HOST"] or "smtp" not in config["EMAIL_BACKEND"])
    return text


MAIL = Kind("like smtp://user:password@host:587, smtp+tls:// or filemail:///", _mail)


def _storage(text: str) -> str:
    parts = _parts(text, "file", "s3")
    require(not parts.query and not parts.fragment)
    if parts.scheme == "s3":
        require(parts.netloc)
    else:
        require(parts.path.strip("/") and not parts.netloc)
    return text


STORAGE = Kind("like file:///folder or s3://bucket/prefix", _storage)
