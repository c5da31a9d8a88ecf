"""Paths that hold a key: who has the address may act. No log, metric label or Referer
keeps that part.

Imports nothing of Django, because Gunicorn reads it before. `apps.core.checks` compares
it with the URL table; nginx's two lists (deploy/nginx/nginx.conf and
deploy/k8s/ingress-nginx.yaml) are compared by apps/ops/tests/test_secret_paths.py.
"""

import re

# What stands before the key, which is one segment.
SECRET_PATHS = (
    "/accounts/confirm-email/",
    "/accounts/email/agree/",
    "/accounts/invitations/",
    "/accounts/password/reset/key/",
    "/files/",
    "/returns/leaver/",
)
# Names of URL parameters. A free text that stands in neither set starts nothing.
SECRET_PARAMETERS = frozenset({"key", "token", "uidb36"})
PLAIN_PARAMETERS = frozenset(
    {"app_label", "content_type_id", "id", "object_id", "unknown", "url"}
)

HIDDEN = "…"
_SLASH = "(?:/|%2[Ff])"  # also as a query string or a Referer quotes it
_KEY = re.compile(
    "("
    + "|".join(re.escape(path).replace("/", _SLASH) for path in SECRET_PATHS)
    + r""")((?!%2[Ff])[^/\s?#&"'<>\\])+"""
)


# Whatever comes after it, up to a blank: an address has none.
_QUERY = re.compile(r"(/[^\s?]*)\?[^\s]+")


def without_queries(text: str) -> str:
    """The text with the query string of every address in it replaced. Not for what is
    quoted: it takes the quote with it."""
    return _QUERY.sub(lambda match: f"{match[1]}?{HIDDEN}", text)


def mask(text: str, hidden: str = HIDDEN) -> str:
    """The text with every key in it replaced."""
    return _KEY.sub(lambda match: match[1] + hidden, text)


def is_secret(path: str) -> bool:
    return _KEY.search(path) is not None
