"""One colour per meaning everywhere: grey waits, blue moves, green is fine, amber needs
somebody, red failed."""

from django.utils.translation import gettext_lazy as _

Badge = tuple[str, str, object]  # tone, icon, words

BADGES: dict[str, dict[str, Badge]] = {
    "asset": {
        "ORDERED": ("grey", "clock", _("Ordered")),
        "STORAGE": ("grey", "building", _("In storage")),
        "RESERVED": ("blue", "lock", _("Reserved")),
        "IN_TRANSIT": ("blue", "truck", _("On its way")),
        "ACTIVE": ("green", "user", _("In use")),
        "IN_REPAIR": ("amber", "tool", _("In repair")),
        "ARCHIVED": ("grey", "archive", _("Archived")),
    },
    "return": {
        "SCHEDULED": ("grey", "clock", _("Scheduled")),
        "FIRST_EMAIL_SENT": ("grey", "mail", _("Waiting for an answer")),
        "FIRST_REMINDER_SENT": ("grey", "mail", _("Reminded once")),
        "SECOND_REMINDER_SENT": ("grey", "mail", _("Reminded twice")),
        "EMPLOYEE_NOT_RESPONDING": ("amber", "alert", _("Not responding")),
        "MATERIALS_SENT": ("blue", "box", _("Packaging sent")),
        "PAUSED": ("grey", "pause", _("Paused")),
        "READY_FOR_DROPOFF": ("blue", "map", _("Ready for drop-off")),
        "READY_FOR_PICKUP": ("blue", "truck", _("Ready for pick-up")),
        "DEVICE_IN_TRANSIT": ("blue", "truck", _("On its way")),
        "DEVICE_IN_TEQUIPY_WAREHOUSE": ("blue", "building", _("In the warehouse")),
        "PICKUP_FAILED": ("red", "x", _("Pick-up failed")),
        "DROPOFF_FAILED": ("red", "x", _("Drop-off failed")),
        "COMPLETED": ("green", "check", _("Completed")),
        "CANCELLED": ("grey", "x", _("Cancelled")),
        "DELETED": ("grey", "archive", _("Deleted")),
    },
    "shipment": {
        "CREATED": ("grey", "clock", _("Announced")),
        "IN_TRANSIT": ("blue", "truck", _("On its way")),
        "OUT_FOR_DELIVERY": ("blue", "truck", _("Out for delivery")),
        "DELIVERED": ("green", "check", _("Delivered")),
        "FAILED": ("red", "x", _("Delivery failed")),
        "RETURNED": ("amber", "return", _("Returned to sender")),
        "LOST": ("red", "alert", _("Lost")),
        "CANCELLED": ("grey", "x", _("Cancelled")),
    },
    "user": {
        "CREATED": ("grey", "clock", _("Joins soon")),
        "ACTIVE": ("green", "user", _("Active")),
        "OFFBOARDING_IN_PROGRESS": ("blue", "logout", _("Leaving")),
        "OFFBOARDED": ("grey", "check", _("Left")),
        "ARCHIVED": ("grey", "archive", _("Archived")),
        "DELETED": ("grey", "x", _("Erased")),
    },
    "import": {
        "UPLOADED": ("amber", "list", _("Columns to be checked")),
        "PLANNING": ("blue", "refresh", _("Being planned")),
        "PLANNED": ("amber", "list", _("Ready to apply")),
        "APPLYING": ("blue", "refresh", _("Being applied")),
        "APPLIED": ("green", "check", _("Applied")),
        "STOPPED": ("amber", "pause", _("Stopped")),
        "FAILED": ("red", "x", _("Failed")),
    },
    "verdict": {
        "CREATE": ("green", "plus", _("Create")),
        "CHANGE": ("blue", "edit", _("Change")),
        "SAME": ("grey", "check", _("Same")),
        "REFUSED": ("red", "x", _("Refused")),
    },
    "message": {
        "PENDING": ("grey", "clock", _("Waiting")),
        "SENDING": ("blue", "mail", _("Being sent")),
        "SENT": ("green", "check", _("Sent")),
        "FAILED": ("red", "x", _("Failed")),
        "PAST": ("grey", "archive", _("Past, not sent")),
    },
    "decision": {
        "": ("amber", "alert", _("Undecided")),
        "RETURN": ("blue", "return", _("Return")),
        "GIVE_AWAY": ("grey", "gift", _("Give away")),
        "ALREADY_BACK": ("grey", "check", _("Already back")),
        "WRITE_OFF": ("grey", "archive", _("Write off")),
    },
    "outcome": {
        "": ("grey", "clock", _("Open")),
        "RECEIVED": ("green", "check", _("Received")),
        "ALREADY_BACK": ("green", "check", _("Was back already")),
        "GIVEN_AWAY": ("grey", "gift", _("Given away")),
        "WRITTEN_OFF": ("grey", "archive", _("Written off")),
        "LOST": ("red", "alert", _("Lost")),
    },
}
