"""An example for every operation, made of the schema itself: by what a field is called,
else by its type. A test holds each against the schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_ID = "01a22436-999b-7768-8c21-1f668ef20f98"
_BY_NAME: Mapping[str, Any] = {
    "accessToken": "eyJhbGciOiJIUzI1NiJ9…",
    "addressName": "Berlin office",
    "after": "WyIyMDI2LTExLTI5VDA5OjAwOjAwKzAwOjAwIl0.x",
    "amount": "1299.00",
    "assetTag": "ACME-0042",
    "at": "2026-11-29T09:00:00Z",
    "city": "Berlin",
    "code": "required",
    "correlationId": _ID,
    "countryCode": "DE",
    "countrySubdivisionCode": "DE-BE",
    "currency": "EUR",
    "department": "Engineering",
    "detail": "This field is required.",
    "displayName": "Germany",
    "email": "lena.wolf@acme.example",
    "expiresIn": 900,
    "firstName": "Lena",
    "fullName": "Lena Wolf",
    "instance": "/api/v1/integration/users",
    "invoicingEmail": "invoices@acme.example",
    "lastName": "Wolf",
    "legalName": "Acme GmbH",
    "manufacturer": "Apple",
    "name": "MacBook Pro 14",
    "next": "WyIyMDI2LTExLTI5VDA5OjAwOjAwKzAwOjAwIl0.x",
    "notes": "Ring twice.",
    "number": 0,
    "page": 0,
    "phone": "+49 30 1234567",
    "phoneNumber": "+49 30 1234567",
    "pointer": "/email",
    "position": "Engineer",
    "postalCode": "10115",
    "privateEmail": "lena@example.org",
    "reason": "RETIRED",
    "reference": "ORD-7K3M9Q",
    "refreshToken": "eyJhbGciOiJIUzI1NiJ9…",
    "searchPhrase": "macbook",
    "serialNumber": "C02XL0AAJGH5",
    "size": 20,
    "status": 422,
    "streetLine1": "Invalidenstraße 1",
    "streetLine2": "2nd floor",
    "supportedCountries": "DE",
    "subtype": "PRO_14",
    "title": "Unprocessable Entity",
    "tokenType": "Bearer",
    "totalElements": 1,
    "totalPages": 1,
    "vatId": "DE123456789",
}
_BY_FORMAT = {
    "uuid": _ID,
    "date-time": "2026-11-29T09:00:00Z",
    "date": "2026-11-29",
    "email": "lena.wolf@acme.example",
    "binary": "Serial;Model",
    "uri": "https://app.example.com/files/1",
}
_TEXTS = ["text", "DE", "EUR", "1299.00", "jamf:4711"]
_DEEPEST = 12


def add(document: dict[str, Any]) -> None:
    components = document.get("components", {}).get("schemas", {})
    for path in document["paths"].values():
        for operation in path.values():
            for media in _bodies(operation):
                if "example" not in media and "examples" not in media:
                    media["example"] = of_schema(media["schema"], components)


def _bodies(operation: dict[str, Any]) -> list[dict[str, Any]]:
    found = list(operation.get("requestBody", {}).get("content", {}).values())
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            found += response.get("content", {}).values()
    return found


def of_schema(
    schema: Mapping[str, Any],
    components: Mapping[str, Any],
    name: str = "",
    depth: int = 0,
) -> Any:
    if "$ref" in schema:
        inner = components[schema["$ref"].rpartition("/")[2]]
        return of_schema(inner, components, name, depth)
    for word in ("allOf", "oneOf", "anyOf"):
        if word in schema:
            return of_schema(schema[word][0], components, name, depth)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = kind[0]
    if kind == "object" or "properties" in schema:
        return _object(schema, components, depth)
    if kind == "array":
        if depth > _DEEPEST:
            return []
        return [of_schema(schema["items"], components, name, depth + 1)]
    if kind == "boolean":
        return bool(schema.get("default", True))
    return _plain(schema, kind, name)


def _object(
    schema: Mapping[str, Any], components: Mapping[str, Any], depth: int
) -> Any:
    if depth > _DEEPEST:
        return {}
    properties = schema.get("properties", {})
    found = {
        name: of_schema(inner, components, name, depth + 1)
        for name, inner in properties.items()
    }
    extra = schema.get("additionalProperties")
    if not properties and isinstance(extra, Mapping):
        found["memory"] = of_schema(extra, components, "", depth + 1)
    return found


def _plain(schema: Mapping[str, Any], kind: str | None, name: str) -> Any:
    if (form := schema.get("format")) in _BY_FORMAT:
        return _BY_FORMAT[form]
    known = _BY_NAME.get(name)
    if kind in {"integer", "number"}:
        if isinstance(known, int):
            return known
        return schema.get("default", max(1, int(schema.get("minimum", 1))))
    longest, pattern = schema.get("maxLength", 1_000), schema.get("pattern", "")
    tried = [known, *_TEXTS] if isinstance(known, str) else _TEXTS
    fitting = (x for x in tried if len(x) <= longest and re.search(pattern, x))
    return next(fitting, "text"[:longest])
