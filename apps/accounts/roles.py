"""What people call the roles."""

from django.utils.translation import gettext_lazy as _

from apps.core.actor import Role

LABELS = {
    Role.EMPLOYEE: _("Employee"),
    Role.COMPANY_ADMIN: _("Company admin"),
    Role.STORAGE: _("Warehouse worker"),
    Role.TEQUIPY_ADMIN: _("Platform staff"),
    Role.INTERNAL_ADMIN: _("Platform administrator"),
    Role.API_CLIENT: _("API client"),
    Role.API_CLIENT_READONLY: _("API client, reading only"),
    Role.AI_AGENT: _("AI agent, reading only"),
}
CHOICES = [(role.value, LABELS[role]) for role in Role]
