"""Makes the virtual environment and installs one lock file into it.

Runs on the system's Python, before anything is installed: standard library only, and
nothing newer than Python 3.6, so that an old one gets its sentence too.
"""

import os
import shutil
import subprocess
import sys

NEEDED = (3, 11)
NEEDED_MEGABYTES = 1500


def fail(sentence):
    sys.stderr.write("make: " + sentence + "\n")
    sys.exit(1)


def main(venv, lock):
    if sys.version_info < NEEDED:
        fail(
            "Python %d.%d or newer is needed, %s is %d.%d: set PYTHON=/path/to/python3."
            % (NEEDED + (sys.executable,) + tuple(sys.version_info[:2]))
        )
    folder = os.path.dirname(os.path.abspath(venv))
    free = shutil.disk_usage(folder).free // 1000000
    if free < NEEDED_MEGABYTES:
        fail("only %d MB are free here, %d MB are needed." % (free, NEEDED_MEGABYTES))
    python = os.path.join(venv, "bin", "python")
    if not works(python):
        make(venv)
    print("Installing %s ..." % lock)
    command = [python, "-m", "pip", "install", "--quiet", "--require-hashes"]
    if subprocess.call(command + ["-r", lock]):
        fail("the packages could not be installed: what pip says stands above.")


def works(python):
    try:
        return (
            subprocess.call(
                [python, "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"],
                stderr=subprocess.DEVNULL,
            )
            == 0
        )
    except OSError:
        return False


def make(venv):
    try:
        import ensurepip  # noqa: F401
        import venv as module  # noqa: F401
    except ImportError:
        fail(
            "Python has no venv module: install it (Debian: apt install python3-venv)."
        )
    if subprocess.call([sys.executable, "-m", "venv", "--clear", venv]):
        fail("the virtual environment %s could not be made." % venv)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
