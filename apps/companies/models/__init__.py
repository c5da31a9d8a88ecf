from apps.companies.row_counts import RowCount

from .companies import Company, CompanyQuerySet, Country, _working_days, check_time_zone
from .entities import Entity, EntityQuerySet
from .places import Address, AddressQuerySet, Warehouse
from .tags import Tag, TagQuerySet

__all__ = [
    "Address",
    "AddressQuerySet",
    "Company",
    "CompanyQuerySet",
    "Country",
    "Entity",
    "EntityQuerySet",
    "RowCount",
    "Tag",
    "TagQuerySet",
    "Warehouse",
    "_working_days",
    "check_time_zone",
]
