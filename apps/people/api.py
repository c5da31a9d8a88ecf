"""Operations on people: "users" in the words of the API."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from rest_framework.request import Request

from apps.accounts import counts
from apps.accounts.bodies import (
    CreateEmployeeRequest,
    UpdateOneUserRequest,
    UpdateUserRequest,
)
from apps.accounts.models import User, UserExternalId, UserTag
from apps.accounts.shapes import USER
from apps.accounts.states import ArchivedBecause, UserState
from apps.core.actor import Permission, Reach, Role
from apps.core.api import conditions, fields
from apps.core.api.bulk import Verdicts, decided, request_of, settle_one
from apps.core.api.conditions import Asking
from apps.core.api.reading import Reading
from apps.core.api.resources import Resource
from apps.core.external_ids import named
from apps.core.keys import has_code, has_key

from . import services
from .changing import Change, change_many, change_named_many
from .registering import register_many
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
    external_id = fields.ExternalId(
        required=False, max_length=300, help_text="As hris:4711."
    )
    tag_ids = fields.Several(fields.Id(), required=False)
    updated_since = fields.Moment(required=False)


class ArchiveUserRequest(fields.Body):
    equipment_archivization_type = fields.OneOf(
        choices=Way.choices,
        required=False,
        help_text="What becomes of what they still hold: ARCHIVED writes it off.",
    )
    reason = fields.OneOf(choices=ArchivedBecause.choices, required=False)


def _known_as(external_id: tuple[str, str], asking: Asking) -> Q:
    rows = UserExternalId.objects.all()
    if Reach.EVERYWHERE not in asking.actor.reaches(Permission.PEOPLE_READ):
        rows = rows.filter(company_id=asking.actor.company_id)
    return Q(pk__in=named(rows, *external_id).values("user"))


PEOPLE = Reading(
    USER,
    User.objects.people,
    filters={
        "search_phrase": conditions.Narrowed(
            lambda rows, text, _who: rows.search(text)
        ),
        "states": conditions.any_of("state"),
        "roles": conditions.any_of("role"),
        # The index leaves out clients, who have none.
        "email": conditions.By(
            lambda text, _who: has_key("email", text) & ~Q(email="")
        ),
        "employee_number": conditions.By(
            lambda text, _who: has_code("employee_number", text)
        ),
        "external_id": conditions.By(_known_as),
        "tag_ids": conditions.Narrowed(
            lambda rows, tags, _who: rows.filter(
                pk__in=UserTag.objects.filter(tag_id__in=tags).values("user_id")
            )
        ),
        "updated_since": conditions.Is("updated_at", ">= {}"),
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
    counter=counts.PEOPLE.within(),
)


class UserResource(Resource):
    tag = "Users"
    noun, singular, plural = "User", "user", "users"
    names = {
        "create": "createEmployee",
        "create_many": "createUsers",
        "update_many": "updateUsers",
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
        "create_many": Permission.PEOPLE_ADD,
        "update": Permission.PEOPLE_EDIT,
        "update_many": Permission.PEOPLE_EDIT,
        "archive": Permission.PEOPLE_ARCHIVE,
    }
    optional = frozenset({"query", "archive"})
    bodies = {
        "create": CreateEmployeeRequest,
        "create_many": request_of(CreateEmployeeRequest),
        "update": UpdateUserRequest,
        "update_many": request_of(UpdateOneUserRequest),
        "archive": ArchiveUserRequest,
    }
    answers = {"create_many": Verdicts, "update_many": Verdicts}

    def create(self, request: Request) -> HttpResponse:
        """Create employee.

        `fullName` is split at its last space. `equipmentIds` are products: what the
        person is to get waits as an order in the state ONBOARDING_SET.
        """
        company = request.user.company
        register = partial(register_many, actor=self.actor, company=company)
        return self.one(settle_one(self.said(), register))

    def update(self, request: Request, id: str) -> HttpResponse:
        """Update user.

        What is absent stays as it is, null clears.
        """
        said = self.said()
        with transaction.atomic():
            user = self.thing(id)
            change = partial(change_many, actor=self.actor, company=user.company)
            settle_one(Change(user.pk, said), change)
        return self.one(user.pk)

    def create_many(self, request: Request) -> HttpResponse:
        """Create up to 1,000 employees.

        Each has a verdict of its own; `atomic` makes it all or nothing.
        """
        company = request.user.company
        register = partial(register_many, actor=self.actor, company=company)
        kind = CreateEmployeeRequest
        return self.answer(decided(request.data, kind, register, status="created"))

    def update_many(self, request: Request) -> HttpResponse:
        """Change up to 1,000 users.

        Each is named by their `id`, else by their `email`, and has a verdict of its
        own; `atomic` makes it all or nothing.
        """
        company = request.user.company
        change = partial(change_named_many, actor=self.actor, company=company)
        kind = UpdateOneUserRequest
        return self.answer(decided(request.data, kind, change, status="updated"))

    def archive(self, request: Request, id: str) -> HttpResponse:
        """Archive user.

        What they still hold is archived, too: written off, or given to them. 409
        while something is asked back of them, or an order or redeployment for them
        is open.
        """
        said = self.said()
        user = services.archive(
            self.thing(id),
            actor=self.actor,
            way=said.get("equipment_archivization_type", Way.ARCHIVED),
            reason=said.get("reason", ArchivedBecause.LEFT),
        )
        return self.one(user.pk)
