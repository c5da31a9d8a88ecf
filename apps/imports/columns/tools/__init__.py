"""The tools whose exports are known."""

from __future__ import annotations

from . import directories, registers

# The first of two that fit as well wins.
EXPORTERS = (
    registers.SNIPE_IT_ASSETS,
    registers.SNIPE_IT_OLD_ASSETS,
    registers.SNIPE_IT_REPORT,
    registers.SNIPE_IT_USERS,
    registers.SHELF,
    registers.SHELF_USERS,
    registers.RALPH,
    registers.GLPI,
    registers.NETBOX,
    registers.INVENTREE,
    registers.HOMEBOX,
    registers.LEIHS,
    directories.JAMF_PRELOAD,
    directories.JAMF_SEARCH,
    directories.INTUNE,
    directories.BAMBOOHR,
    directories.PERSONIO,
)
