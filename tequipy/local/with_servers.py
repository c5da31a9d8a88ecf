"""`python -m tequipy.local.with_servers COMMAND...` runs it beside empty servers."""

import os
import subprocess
import sys

from .processes import StartError
from .throwaway import throwaway_servers


def main(command: list[str]) -> int:
    if not command:
        print("usage: python -m tequipy.local.with_servers COMMAND...", file=sys.stderr)
        return 2
    try:
        with throwaway_servers() as environment:
            return subprocess.run(command, env={**os.environ, **environment}).returncode
    except StartError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
