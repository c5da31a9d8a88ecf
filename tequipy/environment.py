"""`python -m tequipy.environment`: says in one line what is wrong with the environment,
before a process starts that would say it in a traceback."""

import sys

from django.core.exceptions import ImproperlyConfigured


def main() -> int:
    try:
        from tequipy import settings
    except ImproperlyConfigured as error:
        sys.stderr.write(f"tequipy does not start: {error}\n")
        return 78  # EX_CONFIG
    if settings.DEBUG and len(settings.JWT_SECRET_KEY.encode()) < 32:
        sys.stderr.write("JWT_SECRET_KEY is short: enough for DEBUG=true only.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
