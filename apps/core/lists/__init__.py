"""Lists: declared in the `lists.py` of an app, shown by one page; docs/pages.md tells
how."""

from . import cells
from .asking import keep_views_in, understood
from .columns import Column, of_table
from .declaring import Action, Empty, List, Search, Tab, declared, find
from .filters import Choice, Flag, Found, Id, Thing, choice, until
from .selecting import shown

__all__ = [
    "Action",
    "Choice",
    "Column",
    "Empty",
    "Flag",
    "Found",
    "Id",
    "List",
    "Search",
    "Tab",
    "Thing",
    "cells",
    "choice",
    "declared",
    "find",
    "keep_views_in",
    "of_table",
    "shown",
    "understood",
    "until",
]
