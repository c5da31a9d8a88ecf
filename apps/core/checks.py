"""System checks of the URL table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, converters, get_resolver
from django.urls.resolvers import RoutePattern

from .converters import ShortId
from .secret_paths import PLAIN_PARAMETERS, SECRET_PARAMETERS, SECRET_PATHS

_IDS = (
    converters.UUIDConverter,
    converters.IntConverter,
    converters.SlugConverter,
    ShortId,
)


def parameters(
    resolver: URLResolver, before: str = "/"
) -> Iterator[tuple[str, str, bool]]:
    """Route, name, and whether any text is taken, of each parameter of the table."""
    for entry in resolver.url_patterns:
        text = str(entry.pattern)
        if not isinstance(entry.pattern, RoutePattern):
            text = text.removeprefix("^").removesuffix("$")
        route = before + text
        taken: dict[str, Any] = dict(entry.pattern.converters)
        if not isinstance(entry.pattern, RoutePattern):
            taken = dict.fromkeys(entry.pattern.regex.groupindex)
        for name, converter in taken.items():
            yield route, name, not isinstance(converter, _IDS)
        if not isinstance(entry, URLPattern):
            yield from parameters(entry, route)


def _before_the_first(route: str) -> str:
    return route.replace("(?P<", "<").partition("<")[0]


@register("urls")
def secrets_in_paths_are_known(
    app_configs: Any = None, resolver: URLResolver | None = None, **_kwargs: Any
) -> list[CheckMessage]:
    """What is not known as a secret would stand in every log."""
    found: list[CheckMessage] = []
    used = set()
    for route, name, is_free in parameters(resolver or get_resolver()):
        if name in SECRET_PARAMETERS:
            used.add(_before_the_first(route))
        elif is_free and name not in PLAIN_PARAMETERS:
            found.append(
                Error(
                    f"The route {route} takes any text as {name!r}.",
                    hint="Name it in apps/core/secret_paths.py: secret or plain.",
                    id="tequipy.E001",
                )
            )
    found += [
        Error(
            f"Keys under {path} would stand in logs.",
            hint="Add it to SECRET_PATHS in apps/core/secret_paths.py and to nginx's "
            "lists; the key is the first parameter of its route.",
            id="tequipy.E002",
        )
        for path in sorted(used - set(SECRET_PATHS))
    ]
    found += [
        Error(f"No route begins with {path}.", id="tequipy.E003")
        for path in sorted(set(SECRET_PATHS) - used)
    ]
    return found
