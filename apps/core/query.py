"""Query strings. A value that nobody can mean, or a name that a page does not know, is
refused by a page that names it: bad input never widens an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from .clean import stripped
from .errors import Invalid
from .pagination import Page, keyset_page

AFTER = "after"
LONGEST_TEXT = 100
_SHOWN = 60
_CHOICES_SHOWN = 12
# What campaigns and mail programs hang on to a link; it asks a page for nothing.
_IGNORED = re.compile(r"utm_[a-z_]{1,20}|gclid|fbclid|msclkid|mc_[ce]id")
# Nothing that is stored holds them: U+FFFD is what Django reads undecodable bytes as.
_UNREADABLE = re.compile("[\0\ufffd\ud800-\udfff]")


@dataclass(frozen=True)
class Problem:
    name: str
    value: str
    sentence: str

    @property
    def shown(self) -> str:
        """The parameter as a person may read it: short, and without odd characters."""
        text = f"{_printable(self.name)}={_printable(self.value)}"
        return text.removesuffix("=")


def _printable(text: str) -> str:
    kept = "".join(c if c.isprintable() else "\ufffd" for c in text[:_SHOWN])
    return f"{kept}…" if len(text) > _SHOWN else kept


class BadQuery(Invalid):
    """The query string asks for something that does not exist (HTTP 400).

    `rest` is the query string without what is wrong; `form`, if any, has the fields
    that can be put right.
    """

    status = 400

    def __init__(
        self,
        problems: Iterable[Problem],
        request: HttpRequest,
        form: forms.Form | None = None,
    ) -> None:
        self.problems = list(problems)
        said = " ".join(f"{one.shown}: {one.sentence}" for one in self.problems)
        super().__init__("bad_query", said, field=self.problems[0].name)
        names = {one.name for one in self.problems}
        self.rest = QueryDict(mutable=True)
        for name, values in request.GET.lists():
            if name not in {*names, AFTER} and not _is_unreadable([name, *values]):
                self.rest.setlist(name, values)
        query = self.rest.urlencode()
        self.url = f"{request.path}?{query}" if query else request.path
        visible = form.visible_fields() if form else []
        self.fields = [field for field in visible if field.name in names]

    @property
    def hidden(self) -> list[tuple[str, str]]:
        return [(n, value) for n, values in self.rest.lists() for value in values]


def _is_unreadable(texts: Iterable[str]) -> bool:
    return any(_UNREADABLE.search(text) for text in texts)


def require_readable(request: HttpRequest) -> None:
    """Raises BadQuery for bytes that are no text, whatever the page makes of them."""
    if bad := _unreadable(request.GET):
        raise BadQuery(bad, request)


def _unreadable(params: QueryDict) -> list[Problem]:
    sentence = _("It holds characters that no text has: type it anew.")
    return [
        Problem(name, values[-1], sentence)
        for name, values in params.lists()
        if _is_unreadable([name, *values])
    ]


class Query(forms.Form):
    """The query string of one page; a view gets it by `read`.

    A page without filters reads it too, so that a filter it lacks is not overlooked.
    """

    is_paged: ClassVar[bool] = False
    request: HttpRequest

    @classmethod
    def read(cls, request: HttpRequest, **kwargs: Any) -> Self:
        """Raises BadQuery, which names every value and every name that is wrong."""
        require_readable(request)
        form = cls(request.GET, **kwargs)
        form.request = request
        form.full_clean()
        if problems := list(form.problems()):
            form._say(problems)
            raise BadQuery(problems, request, form)
        return form

    @classmethod
    def of(cls, query: str, **kwargs: Any) -> Self:
        """The query string of a list that somebody looked at, in a request before this
        one; which of its pages says nothing of what is in it. Raises Invalid
        `bad_query`."""
        kept = QueryDict(query, mutable=True)
        kept.pop(AFTER, None)
        form = cls(kept, **kwargs)
        form.full_clean()
        if problems := [*_unreadable(kept), *form.problems()]:
            said = " ".join(f"{one.shown}: {one.sentence}" for one in problems)
            raise Invalid("bad_query", said, field="query")
        return form

    @property
    def is_used(self) -> bool:
        """Something is filtered."""
        return any(v for name, v in self.cleaned_data.items() if name != "sort")

    def takes(self, name: str) -> bool:
        return name in self.fields or (self.is_paged and name == AFTER)

    def page(self, found: QuerySet, *, sort: str, size: int = 50) -> Page:
        """The page of `found` that the query string asks for; raises BadQuery for a
        cursor that this list, shown to this company, has not given out."""
        actor = getattr(self.request, "actor", None)
        scope = f"{self.request.path} {actor and actor.company_id}"
        after = self.data.get(AFTER, "")
        try:
            return keyset_page(found, sort=sort, size=size, after=after, scope=scope)
        except Invalid as error:
            raise BadQuery(
                [Problem(AFTER, after, error.message)], self.request
            ) from error

    def problems(self) -> Iterator[Problem]:
        params: Any = self.data
        for name, values in params.lists():
            sentence = self._fault(name, len(values))
            if sentence:
                yield Problem(name, values[-1], sentence)

    def _fault(self, name: str, count: int) -> str:
        if _IGNORED.fullmatch(name):
            return ""
        if not self.takes(name):
            return self._unknown_name()
        if count > 1:
            return _("It is given %(count)d times: give it once.") % {"count": count}
        if name in self.fields and name in self.errors:
            return self._sentence(name)
        return ""

    def _unknown_name(self) -> str:
        names = list(self.fields)
        if not names:
            return _("This page has no filters: leave it out.")
        return _("This page knows no such name. It knows: %(names)s.") % {
            "names": ", ".join(names)
        }

    def _sentence(self, name: str) -> str:
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField | LookedUpField):
            return _("There is no such choice: take one from the list.")
        if not isinstance(field, forms.ChoiceField):
            return " ".join(map(str, self.errors[name]))
        choices: Any = field.choices
        known = [str(key) for key, _label in choices if key]
        if len(known) > _CHOICES_SHOWN:
            return _("There is no such choice: take one from the list.")
        return _("There is no such choice. There are: %(choices)s.") % {
            "choices": ", ".join(known)
        }

    def _say(self, problems: Iterable[Problem]) -> None:
        """The same sentences beside the fields, instead of Django's, which repeat
        the value at any length."""
        for problem in problems:
            if problem.name in self.fields:
                self.errors[problem.name] = self.error_class([problem.sentence])


class PagedQuery(Query):
    is_paged = True


class SearchField(forms.CharField):
    """What somebody looks for; a longer text is refused, never cut, and one that shows
    nothing is none."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_TEXT)
        super().__init__(required=False, **kwargs)

    def to_python(self, value: Any) -> str:
        return stripped(super().to_python(value) or "")


class LookedUpField(forms.ChoiceField):
    """Choices of the company's own, of which no sentence tells."""


class PickerQuery(Query):
    """What was typed into a field that offers choices. Browsers send it by the name of
    that field; `names` are those it may have."""

    names: ClassVar[tuple[str, ...]] = ()
    q = SearchField(max_length=255)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.data:
            if self.is_typed(name):
                self.fields[name] = SearchField(max_length=255)

    def is_typed(self, name: str) -> bool:
        return name in self.names

    @property
    def text(self) -> str:
        return next((text for text in self.cleaned_data.values() if text), "")
