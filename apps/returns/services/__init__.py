"""The verbs of returns, by noun: how one starts (`starting`), takes in more
(`extending`) and changes (`lifecycle`), its items (`items`), asking and answering
(`contact`), its parcels (`parcels`) and what arrives (`arrival`). Only this package
assigns `Return.state`."""

from .arrival import receive
from .contact import answer, contact_due, materials_arrived, send_link, send_materials
from .erasing import forget
from .extending import ask_back
from .items import add_item, close_due, decide
from .lifecycle import (
    cancel,
    delete,
    pause,
    reschedule,
    resume,
)
from .parcels import book_parcel, close_parcel, track_parcel
from .starting import start_collection, start_offboarding

__all__ = [
    "add_item",
    "answer",
    "ask_back",
    "book_parcel",
    "cancel",
    "close_due",
    "close_parcel",
    "contact_due",
    "decide",
    "delete",
    "forget",
    "materials_arrived",
    "pause",
    "receive",
    "reschedule",
    "resume",
    "send_link",
    "send_materials",
    "start_collection",
    "start_offboarding",
    "track_parcel",
]
