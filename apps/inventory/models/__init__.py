from .assets import GRADES, Asset, AssetExternalId, AssetQuerySet, grade_of
from .attachments import Attachment, AttachmentQuerySet
from .claims import Claim
from .custody import Custody, CustodyQuerySet

__all__ = [
    "GRADES",
    "Asset",
    "AssetExternalId",
    "AssetQuerySet",
    "Attachment",
    "AttachmentQuerySet",
    "Claim",
    "Custody",
    "CustodyQuerySet",
    "grade_of",
]
