"""age or GPG, by their own programs; without a recipient backups stay as they are."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from apps.core.errors import Conflict

from .streams import Program

AGE, GPG = "age", "gpg"


def method() -> str | None:
    if settings.BACKUP_AGE_RECIPIENT and settings.BACKUP_GPG_RECIPIENT:
        raise Conflict(
            "backup_two_recipients",
            _("Set BACKUP_AGE_RECIPIENT or BACKUP_GPG_RECIPIENT, not both."),
        )
    if settings.BACKUP_AGE_RECIPIENT:
        return AGE
    return GPG if settings.BACKUP_GPG_RECIPIENT else None


def encrypting(how: str | None) -> list[Program]:
    if how == AGE:
        recipient = ["--recipient", settings.BACKUP_AGE_RECIPIENT]
        return [Program([_path(AGE), "--encrypt", *recipient])]
    if how == GPG:
        recipient = ["--recipient", settings.BACKUP_GPG_RECIPIENT]
        options = ["--batch", "--quiet", "--trust-model", "always", "--output", "-"]
        return [Program([_path(GPG), *options, *recipient, "--encrypt"])]
    return []


def decrypting(how: str | None) -> list[Program]:
    if how == AGE:
        identity = settings.BACKUP_AGE_IDENTITY
        if not identity or not Path(identity).is_file():
            raise Conflict(
                "backup_no_identity",
                _(
                    "The backup is encrypted for age: set BACKUP_AGE_IDENTITY to the "
                    "file with its identity."
                ),
            )
        return [Program([_path(AGE), "--decrypt", "--identity", identity])]
    if how == GPG:
        options = ["--batch", "--quiet", "--output", "-"]
        return [Program([_path(GPG), *options, "--decrypt"])]
    return []


def _path(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise Conflict(
            "backup_no_program",
            _("The program %s is missing: install it, or change the recipient.")
            % program,
        )
    return found
