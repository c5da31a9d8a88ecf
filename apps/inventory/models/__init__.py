from .assets import GRADES, Asset, AssetExternalId, AssetQuerySet, grade_of
from .attachments import Attachment, AttachmentKind, AttachmentQuerySet
from .claims import Claim
from .comments import Comment, CommentQuerySet
from .custody import Custody, CustodyQuerySet

__all__ = [
    "GRADES",
    "Asset",
    "AssetExternalId",
    "AssetQuerySet",
    "Attachment",
    "AttachmentKind",
    "AttachmentQuerySet",
    "Claim",
    "Comment",
    "CommentQuerySet",
    "Custody",
    "CustodyQuerySet",
    "grade_of",
]
