import hashlib

import pytest
from django.conf import settings

VENDOR = settings.BASE_DIR / "static" / "vendor"
DATA = settings.BASE_DIR / "apps" / "core" / "data"
FONTS = settings.BASE_DIR / "apps" / "labels" / "fonts"


@pytest.mark.parametrize(
    "folder", [VENDOR, DATA, FONTS], ids=["static", "data", "fonts"]
)
def test_vendored_files_are_what_was_taken(folder):
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    assert lines
    for line in lines:
        digest, name = line.split()
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_every_folder_says_its_version_and_licence():
    for folder in (*VENDOR.iterdir(), FONTS):
        if folder.is_dir():
            assert (folder / "VERSION").read_text().strip()
            assert (folder / "LICENSE").read_text().strip()
