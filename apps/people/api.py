"""Operations on people: "users" in the words of the API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from apps.accounts import counts
from apps.accounts.bodies import NAMES, CreateEmployeeRequest, UpdateUserRequest
from apps.accounts.models import User, UserTag
from apps.accounts.shapes import USER
from apps.accounts.states import ArchivedBecause, UserState
from apps.catalog.models import Product
from apps.core.actor import Actor, Permission, Role
from apps.core.api import fields, reading
from apps.core.api.problems import renamed
from apps.core.api.reading import Reading
from apps.core.api.resources import Resource
from apps.core.errors import Invalid
from apps.core.keys import has_code, has_key

from . import services
from .services import Way


class UsersQueryApiRequest(fields.Body):
    search_phrase = fields.Text(required=False, max_length=100)
    states = fields.Several(fields.OneOf(choices=UserState.choices), required=False)
    roles = fields.Several(fields.OneOf(choices=list(Role)), required=False)


class UserListRequest(UsersQueryApiRequest):
    email = fields.Text(
        required=False, max_length=254, help_text="The whole work e-mail."
    )
    employee_number = fields.Text(required=False, max_length=64)
    tag_ids = fields.Several(fields.Id(), required=False)
    updated_since = fields.Moment(required=False)


class ArchiveUserRequest(fields.Body):
    equipment_archivization_type = fields.OneOf(
        choices=Way.choices,
        required=False,
        help_text="What becomes of what they still hold: ARCHIVED writes it off.",
    )
    reason = fields.OneOf(choices=ArchivedBecause.choices, required=False)


PEOPLE = Reading(
    USER,
    User.objects.people,
    filters={
        "search_phrase": reading.Narrowed(lambda rows, text, _who: rows.search(text)),
        "states": reading.any_of("state"),
        "roles": reading.any_of("role"),
        "email": reading.By(lambda text, _who: has_key("email", text)),
        "employee_number": reading.By(
            lambda text, _who: has_code("employee_number", text)
        ),
        "tag_ids": reading.Narrowed(
            lambda rows, tags, _who: rows.filter(
                pk__in=UserTag.objects.filter(tag_id__in=tags).values("user_id")
            )
        ),
        "updated_since": reading.Is("updated_at", ">= {}"),
    },
    sorts={
        "createdAt": "created_at",
        "updatedAt": "updated_at",
        "lastName": "last_name",
        "firstName": "first_name",
        "email": "email",
        "startDate": "start_on",
        "state": "state",
    },
    counter=counts.PEOPLE.of,
)


class UserResource(Resource):
    tag = "Users"
    noun, singular, plural = "User", "user", "users"
    names = {
        "create": "createEmployee",
        "query": "queryUsers",
        "list": "listUsers",
        "retrieve": "getUser",
        "update": "updateUser",
        "archive": "archiveUser",
    }
    reading = PEOPLE
    filters = UsersQueryApiRequest
    list_filters = UserListRequest
    permissions = {
        "query": Permission.PEOPLE_READ,
        "list": Permission.PEOPLE_READ,
        "retrieve": Permission.PEOPLE_READ,
        "create": Permission.PEOPLE_ADD,
        "update": Permission.PEOPLE_EDIT,
        "archive": Permission.PEOPLE_ARCHIVE,
    }
    optional = frozenset({"query", "archive"})
    bodies = {
        "create": CreateEmployeeRequest,
        "update": UpdateUserRequest,
        "archive": ArchiveUserRequest,
    }

    def create(self, request: Request) -> HttpResponse:
        """Create employee.

        `fullName` is split at its last space. `equipmentIds` are products: what the
        person is to get waits as an order in the state ONBOARDING_SET.
        """
        said = self.said()
        products = said.get("equipment_ids", [])
        _require_products(products, self.actor)
        places = {
            f"equipment/{at}/id": f"equipmentIds/{at}" for at in range(len(products))
        }
        with renamed({**NAMES, **places}):
            user = services.add_joiner(
                actor=self.actor,
                company=request.user.company,
                tags=said.get("tags", []),
                products=products,
                **CreateEmployeeRequest.columns(said),
            )
        return self.one(user.pk)

    def update(self, request: Request, id: str) -> HttpResponse:
        """Update user.

        What is absent stays as it is, null clears.
        """
        said = self.said()
        with transaction.atomic(), renamed(NAMES):
            user = services.change(
                self.thing(id),
                actor=self.actor,
                tags=said.get("tags"),
                **UpdateUserRequest.columns(said),
            )
        return self.one(user.pk)

    def archive(self, request: Request, id: str) -> HttpResponse:
        """Archive user.

        What they still hold is archived, too: written off, or given to them. 409
        while something is asked back of them.
        """
        said = self.said()
        user = services.archive(
            self.thing(id),
            actor=self.actor,
            way=said.get("equipment_archivization_type", Way.ARCHIVED),
            reason=said.get("reason", ArchivedBecause.LEFT),
        )
        return self.one(user.pk)


def _require_products(wanted: Iterable[UUID], actor: Actor) -> None:
    ids: set[Any] = set(wanted)
    found = Product.objects.visible_to(actor).filter(pk__in=ids)
    for pk in sorted(ids - set(found.values_list("pk", flat=True))):
        sentence = _("There is no equipment %(id)s.") % {"id": pk}
        raise Invalid("unknown_equipment", sentence, field="equipment_ids")
