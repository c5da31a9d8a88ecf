"""A company always has somebody who can let others in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.companies.models import Company
from apps.core.actor import Role
from apps.core.errors import Conflict

from .models import User
from .states import STAYS


def require_other_admin(user: User) -> None:
    """Another admin must be left who is not leaving; one who signs in, if the person
    does. Raises Conflict `last_admin`.

    Called after the person is locked. The company stays locked until the transaction
    ends: of two admins who go at once the second is asked without the first.
    """
    # Rows that refer to the company are still added meanwhile.
    Company.objects.select_for_update(no_key=True).get(pk=user.company_id)
    others = User.objects.filter(
        company_id=user.company_id, role=Role.COMPANY_ADMIN, state__in=STAYS
    ).exclude(pk=user.pk)
    told = {"name": user.name}
    if not others.exists():
        raise Conflict(
            "last_admin",
            _("%(name)s is the only admin: make somebody else an admin first.") % told,
            field="role",
        )
    if user.login_id and not others.filter(login__isnull=False).exists():
        raise Conflict(
            "last_admin",
            _("%(name)s is the only admin who can sign in: invite another one first.")
            % told,
            field="role",
        )
