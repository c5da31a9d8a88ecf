"""What may be done to many people at once."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from apps.accounts import membership
from apps.accounts.models import User
from apps.accounts.states import SignInEndedBecause, UserState
from apps.accounts.tags import retag
from apps.companies.models import Tag
from apps.core.actor import Actor, Permission
from apps.core.bulk_verbs import Parameters, Things, Verb, declare
from apps.core.lists import shown

from . import services
from .forms import ArchiveForm
from .lists import PEOPLE as LIST


def _people(actor: Actor) -> QuerySet:
    return User.objects.visible_to(actor).people().select_related("company")


PEOPLE = Things("people", _people, partial(shown, LIST), "people:list")


class TagForm(Parameters):
    tag = forms.ModelChoiceField(Tag.objects.none(), label=_("Tag"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tags = Tag.objects.visible_to(self.actor)
        self.fields["tag"].queryset = tags.filter(company_id=self.actor.company_id)


def _tag(person: User, *, actor: Actor, tag: Tag) -> bool:
    return retag(person, actor=actor, add=[tag.id])


def _untag(person: User, *, actor: Actor, tag: Tag) -> bool:
    return retag(person, actor=actor, remove=[tag.id])


TAG = declare(
    Verb(
        name="people.tag",
        things=PEOPLE,
        permission=Permission.PEOPLE_EDIT,
        label=_("Add a tag"),
        title=ngettext_lazy("Tag %(count)s person", "Tag %(count)s people", "count"),
        form=TagForm,
        each=_tag,
        icon="plus",
    )
)
UNTAG = declare(
    Verb(
        name="people.untag",
        things=PEOPLE,
        permission=Permission.PEOPLE_EDIT,
        label=_("Remove a tag"),
        title=ngettext_lazy(
            "Take a tag from %(count)s person",
            "Take a tag from %(count)s people",
            "count",
        ),
        form=TagForm,
        each=_untag,
        icon="x",
    )
)


class EndSignInForm(Parameters):
    reason = forms.ChoiceField(
        label=_("Why?"),
        choices=[("", _("Choose a reason")), *SignInEndedBecause.choices],
    )


def _end_sign_in(person: User, *, actor: Actor, reason: str) -> bool:
    membership.end(person, actor=actor, reason=reason)
    return person.login_id is not None


END_SIGN_IN = declare(
    Verb(
        name="people.end_sign_in",
        things=PEOPLE,
        permission=Permission.PEOPLE_LET_SIGN_IN,
        label=_("Lock out"),
        title=ngettext_lazy(
            "Lock %(count)s person out", "Lock %(count)s people out", "count"
        ),
        form=EndSignInForm,
        each=_end_sign_in,
        consequences=[
            _("They can't sign in here any more; open pages stop at the next click."),
            _("You can invite them again on their pages."),
        ],
        ends=True,
        icon="lock",
    )
)


class ArchiveManyForm(Parameters, ArchiveForm):
    pass


def _archive(person: User, *, actor: Actor, reason: str, way: str) -> bool:
    services.archive(person, actor=actor, reason=reason, way=way)
    return person.state != UserState.ARCHIVED


ARCHIVE = declare(
    Verb(
        name="people.archive",
        things=PEOPLE,
        permission=Permission.PEOPLE_ARCHIVE,
        label=_("Archive"),
        title=ngettext_lazy(
            "Archive %(count)s person", "Archive %(count)s people", "count"
        ),
        form=ArchiveManyForm,
        each=_archive,
        consequences=[
            _("What they still have leaves the register with them, as you say below."),
            _("Who is to give something back, or to get something, is left out."),
            _("You can take them back on their pages."),
        ],
        ends=True,
        icon="archive",
    )
)
