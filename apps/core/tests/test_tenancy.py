from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, models

from apps.companies.models import Company
from apps.core.permissions import Permission
from apps.core.tenancy import TenantForeignKey, TenantModel, TenantQuerySet

TENANT_MODELS = [
    model
    for model in apps.get_models()
    if any(field.name == "company" for field in model._meta.concrete_fields)
]
REFERENCES = [
    (model, field)
    for model in TENANT_MODELS
    for field in model._meta.concrete_fields
    if isinstance(field, models.ForeignKey)
    and field.remote_field.model in TENANT_MODELS
]


SEEN = [m for m in apps.get_models() if hasattr(m._default_manager, "visible_to")]


def test_there_is_something_to_check():
    assert len(SEEN) > 10
    assert len(TENANT_MODELS) > 10
    assert len(REFERENCES) > 20


@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model.__name__)
def test_company_is_never_null(model):
    field = model._meta.get_field("company")
    assert field.remote_field.model is Company
    assert not field.null


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "field"), REFERENCES, ids=lambda x: getattr(x, "__name__", str(x))
)
def test_reference_between_rows_of_companies_is_composite(model, field):
    assert isinstance(field, TenantForeignKey)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT array_agg(source.attname::text ORDER BY ord) = %s,
                   array_agg(target.attname::text ORDER BY ord),
                   c.condeferrable, c.condeferred, c.convalidated
            FROM pg_constraint c
            CROSS JOIN LATERAL unnest(c.conkey, c.confkey)
                 WITH ORDINALITY AS k(source, target, ord)
            JOIN pg_attribute source
              ON source.attrelid = c.conrelid AND source.attnum = k.source
            JOIN pg_attribute target
              ON target.attrelid = c.confrelid AND target.attnum = k.target
            WHERE c.contype = 'f' AND c.conrelid = %s::regclass
              AND c.confrelid = %s::regclass
            GROUP BY c.oid, c.condeferrable, c.condeferred, c.convalidated
            """,
            [
                ["company_id", field.column],
                model._meta.db_table,
                field.remote_field.model._meta.db_table,
            ],
        )
        rows = cursor.fetchall()
    assert (True, ["company_id", "id"], True, True, True) in rows


@pytest.mark.parametrize(
    "model",
    [model for model in TENANT_MODELS if issubclass(model, TenantModel)],
    ids=lambda model: model.__name__,
)
def test_reads_begin_with_visible_to(model):
    """What pages and the API list can be narrowed to an actor."""
    parts = {"StorageAssignment", "TrackingEvent", "Claim", "Custody", "ReturnLine"}
    parts |= {"Invitation", "Erasure", "ApiSession", "UserTag"}
    parts |= {"IdempotencyKey", "OrderLine", "OrderUnit", "RedeploymentLine"}
    parts |= {"InvoiceLine", "UserExternalId", "AssetExternalId"}
    if model.__name__ not in parts:
        assert hasattr(model.objects, "visible_to")


@pytest.mark.parametrize("model", SEEN, ids=lambda model: model.__name__)
def test_what_is_visible_goes_by_the_table_of_rights(model):
    """One `visible_to`; only those that hide what was deleted narrow it further."""
    rows = model._default_manager.all()
    assert isinstance(rows, TenantQuerySet)
    assert isinstance(rows.reads, Permission)
    assert rows.reads.is_read
    is_own = type(rows).visible_to is not TenantQuerySet.visible_to
    assert is_own == (model.__name__ in {"Order", "Return"})
