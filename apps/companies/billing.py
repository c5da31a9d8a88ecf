"""Which legal entity of a company is invoiced."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.core.clean import one_line
from apps.core.errors import Invalid
from apps.core.keys import has_key

from .models import Company, Entity


def invoiced_entity(
    company: Company, chosen: Entity | None = None, *, name: str = ""
) -> Entity | None:
    """The chosen one, or that of this legal name; else the company's default one.

    Raises Invalid `unknown_entity`, `other_entity`.
    """
    ours, wanted = Entity.objects.filter(company=company), one_line(name)
    if chosen is not None and (chosen.company_id != company.id or not chosen.is_active):
        raise unknown_entity(chosen.pk)
    if not wanted:
        return chosen or ours.filter(is_default=True).first()
    found = ours.active().filter(has_key("legal_name", wanted)).first()
    if found is None:
        raise Invalid(
            "unknown_entity",
            _("There is no company entity called %(name)s.") % {"name": wanted[:64]},
            field="company_entity_name",
        )
    if chosen is not None and chosen != found:
        raise Invalid(
            "other_entity",
            _("The company entity of this id is called %(name)s: give one of the two.")
            % {"name": chosen},
            field="company_entity_name",
        )
    return found


def unknown_entity(key: object) -> Invalid:
    told = _("There is no company entity %(id)s.") % {"id": key}
    return Invalid("unknown_entity", told, field="company_entity_id")
