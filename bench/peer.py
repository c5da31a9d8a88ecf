"""Devices as JSON the way Django REST framework teaches it, done with care: nested
serializers, one query for the rows with all that they refer to, one for the total. It
stands in for comparable products; as the floor, it asks for no token."""

from __future__ import annotations

import os
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.pagination import CursorPagination, PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import ModelViewSet

from apps.accounts.models import User
from apps.catalog.models import Product
from apps.companies.models import Address, Company, Country, Tag
from apps.inventory.models import Asset, Claim


class Filled(serializers.ModelSerializer):
    """Leaves out what has no value, as the contract asks."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        found = super().to_representation(instance)
        return {name: one for name, one in found.items() if one not in (None, "")}


class Money(serializers.Serializer):
    def __init__(self, amount: str) -> None:
        super().__init__(source="*")
        self.amount = amount

    def to_representation(self, instance: Any) -> dict[str, str] | None:
        amount = getattr(instance, self.amount)
        if amount is None:
            return None
        return {"amount": f"{amount:.2f}", "currency": instance.currency}


class CountrySerializer(Filled):
    displayName = serializers.CharField(source="name")

    class Meta:
        model = Country
        fields = ["code", "displayName"]


class CompanySerializer(Filled):
    country = CountrySerializer()

    class Meta:
        model = Company
        fields = ["id", "name", "currency", "country"]


class HomeSerializer(Filled):
    fullName = serializers.CharField(source="name")
    address = serializers.SerializerMethodField()
    streetLine1 = serializers.CharField(source="street")
    postalCode = serializers.CharField(source="postal_code")
    phoneNumber = serializers.CharField(source="phone")
    country = CountrySerializer()

    class Meta:
        model = User
        fields = [
            "fullName",
            "address",
            "streetLine1",
            "city",
            "postalCode",
            "phoneNumber",
            "country",
        ]

    def get_address(self, user: User) -> str:
        return f"{user.street}, {user.postal_code} {user.city}"


class TagSerializer(Filled):
    createdAt = serializers.DateTimeField(source="created_at")
    updatedAt = serializers.DateTimeField(source="updated_at")

    class Meta:
        model = Tag
        fields = ["id", "name", "createdAt", "updatedAt"]


class UserSerializer(Filled):
    updatedAt = serializers.DateTimeField(source="updated_at")
    employeeNumber = serializers.CharField(source="employee_number")
    costCentre = serializers.CharField(source="cost_centre")
    tags = serializers.SerializerMethodField()
    privateEmail = serializers.CharField(source="private_email")
    startDate = serializers.DateField(source="start_on")
    firstName = serializers.CharField(source="first_name")
    lastName = serializers.CharField(source="last_name")
    fullName = serializers.CharField(source="name")
    position = serializers.CharField(source="job_title")
    createdAt = serializers.DateTimeField(source="created_at")
    company = CompanySerializer()
    address = HomeSerializer(source="*")

    class Meta:
        model = User
        fields = [
            "id",
            "email",
            "privateEmail",
            "startDate",
            "phone",
            "state",
            "company",
            "firstName",
            "lastName",
            "fullName",
            "position",
            "role",
            "address",
            "createdAt",
            "updatedAt",
            "employeeNumber",
            "department",
            "costCentre",
            "tags",
        ]

    def get_tags(self, user: User) -> list[Any]:
        return TagSerializer([one.tag for one in user.user_tags.all()], many=True).data


class ProductSerializer(Filled):
    type = serializers.CharField(source="category")
    modelNumber = serializers.CharField(source="model_number")
    isOrderable = serializers.BooleanField(source="is_orderable")
    price = serializers.SerializerMethodField()
    countries = serializers.SerializerMethodField()
    createdAt = serializers.DateTimeField(source="created_at")
    updatedAt = serializers.DateTimeField(source="updated_at")

    class Meta:
        model = Product
        fields = [
            "id",
            "name",
            "specification",
            "type",
            "manufacturer",
            "modelNumber",
            "isOrderable",
            "price",
            "countries",
            "createdAt",
            "updatedAt",
        ]

    def _listed(self, product: Product) -> list[Any]:
        currency = product.company.currency
        prices = product.prices.all() if product.is_orderable else ()
        return [price for price in prices if price.currency == currency]

    def get_price(self, product: Product) -> dict[str, str] | None:
        by_country = {price.country_id: price for price in self._listed(product)}
        found = by_country.get(product.company.country_id) or by_country.get(None)
        if found is None:
            return None
        return {"amount": f"{found.amount:.2f}", "currency": found.currency}

    def get_countries(self, product: Product) -> list[dict[str, str]] | None:
        listed = self._listed(product)
        if not listed or any(price.country is None for price in listed):
            return None
        return CountrySerializer([price.country for price in listed], many=True).data


class PlaceSerializer(Filled):
    orderSupported = serializers.BooleanField(source="is_order_supported")
    isDefault = serializers.BooleanField(source="is_default")
    supportedCountries = serializers.SerializerMethodField()
    addressName = serializers.CharField(source="name")
    streetLine1 = serializers.CharField(source="street")
    postalCode = serializers.CharField(source="postal_code")
    country = CountrySerializer()

    class Meta:
        model = Address
        fields = [
            "id",
            "addressName",
            "streetLine1",
            "postalCode",
            "city",
            "country",
            "type",
            "orderSupported",
            "isDefault",
            "supportedCountries",
        ]

    def get_supportedCountries(self, place: Address) -> list[Any]:
        if place.warehouse is not None:
            served = list(place.warehouse.serves.all())
        elif place.supported_countries:
            served = list(Country.objects.filter(pk__in=place.supported_countries))
        else:
            served = []
        return CountrySerializer(served, many=True).data


class ClaimSerializer(Filled):
    id = serializers.UUIDField(source="workflow_id")

    class Meta:
        model = Claim
        fields = ["kind", "reference", "id"]


class AssetSerializer(Filled):
    assetTag = serializers.CharField(source="asset_tag")
    purchasedOn = serializers.DateField(source="purchased_on")
    warrantyEndsOn = serializers.DateField(source="warranty_ends_on")
    orderNumber = serializers.CharField(source="order_number")
    costCentre = serializers.CharField(source="cost_centre")
    heldSince = serializers.DateTimeField(source="held_since")
    condition = serializers.FloatField()
    archiveReason = serializers.CharField(source="archive_reason")
    claim = serializers.SerializerMethodField()
    serialNumber = serializers.CharField(source="serial_number")
    equipment = ProductSerializer(source="product")
    createdAt = serializers.DateTimeField(source="created_at")
    updatedAt = serializers.DateTimeField(source="updated_at")
    user = UserSerializer()
    storage = PlaceSerializer(source="address")
    price = Money("purchase_price")

    class Meta:
        model = Asset
        fields = [
            "id",
            "serialNumber",
            "equipment",
            "createdAt",
            "updatedAt",
            "user",
            "storage",
            "price",
            "state",
            "name",
            "assetTag",
            "purchasedOn",
            "warrantyEndsOn",
            "supplier",
            "orderNumber",
            "costCentre",
            "specification",
            "notes",
            "heldSince",
            "condition",
            "grade",
            "archiveReason",
            "claim",
        ]

    def get_claim(self, asset: Asset) -> dict[str, Any] | None:
        claims = asset.claims.all()
        return ClaimSerializer(claims[0]).data if claims else None


class Keyset(CursorPagination):
    page_size = 20
    page_size_query_param = "limit"
    max_page_size = 1000
    cursor_query_param = "after"
    ordering = ("-created_at", "-id")

    def get_paginated_response(self, data: list[Any]) -> Response:
        return Response({"items": data, "next": self.get_next_link()})


class Pages(PageNumberPagination):
    page_size = 20
    page_size_query_param = "size"
    max_page_size = 1000

    def get_page_number(self, request: Request, paginator: Any) -> int:
        """From 0, as the contract counts."""
        return int(request.query_params.get("page", 0)) + 1

    def get_paginated_response(self, data: list[Any]) -> Response:
        paginator = self.page.paginator
        return Response(
            {
                "content": data,
                "totalElements": paginator.count,
                "totalPages": paginator.num_pages,
                "size": paginator.per_page,
                "number": self.page.number - 1,
                "first": self.page.number == 1,
                "last": not self.page.has_next(),
                "empty": not data,
            }
        )


class AssetViewSet(ModelViewSet):
    serializer_class = AssetSerializer
    pagination_class = Keyset
    company = os.environ["BENCH_COMPANY"]

    def get_queryset(self) -> QuerySet[Asset]:
        return (
            Asset.objects.filter(company_id=self.company)
            .select_related(
                "product__company",
                "address__country",
                "address__warehouse",
                "user__country",
                "user__company__country",
            )
            .prefetch_related(
                "product__prices__country", "user__user_tags__tag", "claims"
            )
            .order_by("-created_at", "-id")
        )

    @action(detail=False, methods=["post"])
    def query(self, request: Request) -> Response:
        rows = self.get_queryset()
        if states := request.data.get("states"):
            rows = rows.filter(state__in=states)
        pages = Pages()
        found = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(self.get_serializer(found, many=True).data)


router = SimpleRouter(trailing_slash=False)
for prefix in ("user-equipments", "user-equipment"):
    router.register(f"api/v1/integration/{prefix}", AssetViewSet, basename=prefix)
urlpatterns = router.urls
