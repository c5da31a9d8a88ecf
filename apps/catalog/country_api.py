"""Operations on countries: where what can be had. Here, because prices say it."""

from __future__ import annotations

import enum
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.viewsets import ViewSetMixin

from apps.companies.models import Country, Warehouse
from apps.companies.shapes import COUNTRY
from apps.core.actor import Permission
from apps.core.api import fields, json
from apps.core.api.resources import no_query
from apps.core.api.views import Operation

from .models import ProductPrice, ServiceKind, ServicePrice


class Support(enum.StrEnum):
    """What a country is supported for, in the words of the contract."""

    OFFBOARDING = "OFFBOARDING"
    SELLBACK = "SELLBACK"
    WAREHOUSE = "WAREHOUSE"
    PRICING = "PRICING"
    ALL = "ALL"


class CountryQueryRequest(fields.Body):
    type = fields.OneOf(choices=list(Support))


def supported(support: str, company_id: UUID) -> models.QuerySet[Country]:
    """The countries in which the company has that: an offboarding has a price, anything
    has one (a product without a country has its price in all), a warehouse serves it,
    things are bought back."""
    here = OuterRef("pk")
    services = ServicePrice.objects.applying_to(company_id).filter(country=here)
    products = ProductPrice.objects.filter(company_id=company_id)
    conditions = {
        Support.OFFBOARDING: Exists(services.filter(kind=ServiceKind.OFFBOARDING)),
        Support.SELLBACK: Q(allows_sellback=True),
        Support.WAREHOUSE: Exists(Warehouse.objects.filter(serves=here)),
        Support.PRICING: Exists(services)
        | Exists(products.filter(Q(country=here) | Q(country=None))),
        Support.ALL: Q(),
    }
    return Country.objects.filter(conditions[Support(support)])


class CountryOperations(ViewSetMixin, Operation):
    tag = "Countries"
    names = {"every": "getCountries", "query": "queryCountries"}
    bodies = {"query": CountryQueryRequest}
    answers = {"every": [COUNTRY], "query": [COUNTRY]}
    deprecated = frozenset({"every"})
    optional = frozenset()
    permission = Permission.COMPANY_READ

    def every(self, request: Request) -> HttpResponse:
        """List supported countries

        Deprecated. Use POST /integration/countries/query instead.
        """
        no_query(request)
        return self._shown(Support.ALL)

    def query(self, request: Request) -> HttpResponse:
        """Query countries by support type"""
        no_query(request)
        return self._shown(self.body(CountryQueryRequest)["type"])

    def _shown(self, support: str) -> HttpResponse:
        found = supported(support, self.request.user.company_id).order_by("name", "pk")
        shown = [
            {"code": code, "displayName": name}
            for code, name in found.values_list("pk", "name")
        ]
        return HttpResponse(json.dumps(shown), content_type="application/json")
