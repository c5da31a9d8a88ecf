"""What Django admin is here: a window for platform staff. What a service owns is only
looked at; actions call the verbs (`apps.accounts.staff.VerbAdmin`). A list that is
asked for what it has not is refused by the page that names it, as all our lists are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from functools import cached_property
from typing import Any

from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import (
    ALL_VAR,
    ERROR_FLAG,
    ORDER_VAR,
    PAGE_VAR,
    SEARCH_VAR,
    ChangeList,
)
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils.translation import gettext as _

from .pagination import COUNT_LIMIT, capped_count
from .query import BadQuery, Problem

_ORDER = re.compile(r"-?\d{1,2}(\.-?\d{1,2})*")
_BAD_LOOKUP = (IncorrectLookupParameters, DisallowedModelAdminLookup, ValueError)


class CappedPaginator(Paginator):
    """Counts no further than anybody turns pages."""

    @cached_property
    def count(self) -> int:
        return min(capped_count(self.object_list), COUNT_LIMIT)


class StrictAdmin(admin.ModelAdmin):
    """Django answers a wrong query string with the whole list, and a wrong id in an
    action with an error page; here both are refused by name."""

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        problems = list(_out_of_place(request))
        if not problems:
            try:
                shown = super().get_changelist_instance(request)
            except _BAD_LOOKUP:
                problems = list(self._not_filters(request))
            else:
                problems = list(_not_there(shown, request))
        if problems:
            raise BadQuery(problems, request)
        return shown

    def _not_filters(self, request: HttpRequest) -> Iterator[Problem]:
        """Those that can't be looked up by, tried one by one; all, if only their
        combination can't."""
        sentence = _("This list can't be filtered by this: use its own filters.")
        found = [name for name in request.GET if self._is_wrong(request, name)]
        for name in found or list(request.GET):
            yield Problem(name, request.GET[name], sentence)

    def _is_wrong(self, request: HttpRequest, name: str) -> bool:
        alone = copy(request)
        alone.GET = QueryDict(mutable=True)
        alone.GET.setlist(name, request.GET.getlist(name))
        try:
            super().get_changelist_instance(alone)
        except _BAD_LOOKUP:
            return True
        return False

    def response_action(
        self, request: HttpRequest, queryset: QuerySet
    ) -> HttpResponseBase | None:
        sentence = _("No row has such an id: go back and choose the rows again.")
        for text in request.POST.getlist(ACTION_CHECKBOX_NAME):
            if not self._may_be_id(text):
                raise BadQuery([Problem(ACTION_CHECKBOX_NAME, text, sentence)], request)
        return super().response_action(request, queryset)

    def _may_be_id(self, text: str) -> bool:
        try:
            self.opts.pk.to_python(text)
        except ValidationError:
            return False
        return "\0" not in text


def _out_of_place(request: HttpRequest) -> Iterator[Problem]:
    """What no list of the admin has, and numbers that are none."""
    for name in (ERROR_FLAG, ALL_VAR):
        if name in request.GET:
            yield Problem(name, request.GET[name], _("Leave it out."))
    for name in (SEARCH_VAR, ORDER_VAR, PAGE_VAR):
        values = request.GET.getlist(name)
        if len(values) > 1:
            said = _("It is given %(count)d times: give it once.")
            yield Problem(name, values[-1], said % {"count": len(values)})
    page, order = (request.GET.get(name) for name in (PAGE_VAR, ORDER_VAR))
    if page and not (page.isascii() and page.isdecimal() and len(page) < 9):
        yield Problem(PAGE_VAR, page, _("Give the number of a page."))
    if order and not _ORDER.fullmatch(order):
        yield Problem(ORDER_VAR, order, _("Give the numbers of columns."))


def _not_there(shown: ChangeList, request: HttpRequest) -> Iterator[Problem]:
    """A page beyond the last, and choices that a filter does not offer."""
    if not 0 < shown.page_num <= max(1, shown.paginator.num_pages):
        sentence = _("This list has no such page: start at the first one.")
        yield Problem(PAGE_VAR, request.GET.get(PAGE_VAR, ""), sentence)
    for offered in shown.filter_specs:
        if not isinstance(offered, admin.ChoicesFieldListFilter):
            continue
        known = {str(value) for value, _label in offered.field.flatchoices}
        for value in request.GET.getlist(offered.lookup_kwarg):
            if value not in known:
                sentence = _("There is no such choice. There are: %(choices)s.")
                names = ", ".join(sorted(known - {""}))
                yield Problem(
                    offered.lookup_kwarg, value, sentence % {"choices": names}
                )


class _NothingIsChanged:
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(_NothingIsChanged, StrictAdmin):
    """For everything that a service owns."""

    list_per_page = 50
    list_max_show_all = 0
    paginator = CappedPaginator
    show_full_result_count = False

    def view_on_site(self, obj: Any) -> str | None:
        """The page itself: Django's detour names the Host of the request."""
        return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else None


class ReadOnlyInline(_NothingIsChanged, admin.TabularInline):
    extra = 0
    can_delete = False


class ReferenceAdmin(StrictAdmin):
    """For reference data and settings, which nothing but a person writes: they may be
    changed here, and never deleted, because rows of companies name them."""

    list_per_page = 100

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
