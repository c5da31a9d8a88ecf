import os
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tequipy.settings")


class Whole:
    """A body of so many bytes. One that ends before was cut off (RFC 9112, 8): to take
    what came for all of it would do half of what was asked.

    Raises BadRequest, and no OSError: of that Django makes UnreadablePostError, which
    its check of form keys swallows; who sends the key in a header (htmx) would be
    served as if their form were empty."""

    def __init__(self, stream: Any, length: int) -> None:
        self.stream, self.left = stream, length

    def read(self, size: int = -1) -> bytes:
        found = self._read(self.stream.read, size)
        self._count(found, is_short=size < 0 or len(found) < size)
        return found

    def readline(self, size: int = -1) -> bytes:
        found = self._read(self.stream.readline, size)
        is_short = not found.endswith(b"\n") and (size < 0 or len(found) < size)
        self._count(found, is_short=is_short)
        return found

    def _read(self, read: Callable[[int], bytes], size: int) -> bytes:
        try:
            return read(size)
        except OSError as error:  # the connection was reset
            raise BadRequest("the body was cut off") from error

    def _count(self, found: bytes, *, is_short: bool) -> None:
        self.left -= len(found)
        if is_short and self.left > 0:
            raise BadRequest("the body was cut off")


class Application:
    """Django's, with bodies that are whole."""

    def __init__(self) -> None:
        self.django = get_wsgi_application()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH", "")
        if length.isdecimal() and int(length):
            environ["wsgi.input"] = Whole(environ["wsgi.input"], int(length))
        return self.django(environ, start_response)


application: Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]] = (
    Application()
)
if settings.OTEL_EXPORTER_OTLP_ENDPOINT:
    from tequipy import telemetry

    application = telemetry.traced(application)
