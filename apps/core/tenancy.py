"""Tenants that the database keeps apart.

Every row of a company carries `company_id`. Every reference between two rows of
companies is, in PostgreSQL, a composite foreign key
`(company_id, x_id) -> (company_id, id)`: Django's own constraint is off
(`db_constraint=False`) and the migration adds the composite one by
`AddTenantForeignKey`.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.migrations.operations.base import Operation
from django.db.models import Q

from .actor import Actor, Permission, Reach
from .ids import uuid7

Row = TypeVar("Row", bound=models.Model, covariant=True)
NOTHING = Q(pk__in=[])


class TenantQuerySet(models.QuerySet[Row]):
    """Rows of companies, and which of them an actor may see or change."""

    # What it takes to see rows.
    reads: ClassVar[Permission]
    # The column that names the company.
    tenant: ClassVar[str] = "company_id"

    def own(self, actor: Actor) -> Q:
        """What is the actor's own, inside their company."""
        return NOTHING

    def at_places(self, actor: Actor) -> Q:
        """What is, or arrives, where a warehouse worker works; platform workers work
        for several companies."""
        return NOTHING

    def visible_to(self, actor: Actor) -> Self:
        return self.within_reach(actor, self.reads)

    def within_reach(self, actor: Actor, permission: Permission) -> Self:
        """The rows of which the actor holds the permission."""
        held = actor.reaches(permission)
        if Reach.EVERYWHERE in held:
            return self.all()
        if Reach.COMPANY in held:
            return self.filter(**{self.tenant: actor.company_id})
        wanted = []
        if Reach.PLACES in held:
            wanted.append(self.at_places(actor))
        if Reach.OWN in held and actor.id is not None:
            wanted.append(self.own(actor) & Q(**{self.tenant: actor.company_id}))
        return self.filter(reduce(or_, wanted)) if wanted else self.none()


class SharedQuerySet(TenantQuerySet[Row]):
    """Reference data, which belongs to no company: who may read it reads all."""

    def within_reach(self, actor: Actor, permission: Permission) -> Self:
        return self.all() if actor.reaches(permission) else self.none()


class TenantForeignKey(models.ForeignKey):
    """A reference to a row of the same company."""

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> tuple:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        return name, path, args, kwargs


class TenantModel(models.Model):
    """A row of one company. Subclasses inherit Meta and add `tenant_key(name)`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(
        "companies.Company", models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        abstract = True

    def is_within_reach(self, actor: Actor, permission: Permission) -> bool:
        """Whether the actor holds the permission of this row, by the rules of its
        queryset. Rows without rules of their own are of nobody."""
        rows = type(self)._default_manager.all()
        if not isinstance(rows, TenantQuerySet):
            return False
        return rows.within_reach(actor, permission).filter(pk=self.pk).exists()


def tenant_key(table: str) -> models.UniqueConstraint:
    """The target of composite foreign keys; it also serves every tenant's look-up."""
    return models.UniqueConstraint(
        fields=["company", "id"], name=f"{table}_company_id_key"
    )


class AddTenantForeignKey(Operation):
    """Adds `(company_id, x_id) -> (company_id, id)`, checked at commit."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str, field_name: str) -> None:
        self.model_name = model_name
        self.field_name = field_name

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def _names(self, app_label: str, state: Any) -> dict[str, str]:
        model = state.apps.get_model(app_label, self.model_name)
        field = model._meta.get_field(self.field_name)
        table = model._meta.db_table
        return {
            "table": table,
            "column": field.column,
            "target": field.remote_field.model._meta.db_table,
            "name": f"{table}_{field.column}_tenant_fk"[:63],
        }

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        names = self._names(app_label, to_state)
        # NOT VALID + VALIDATE: the table stays writable while old rows are read.
        schema_editor.execute(
            "ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (company_id, "
            "{column}) REFERENCES {target} (company_id, id) "
            "DEFERRABLE INITIALLY DEFERRED NOT VALID".format(**names)
        )
        schema_editor.execute(
            "ALTER TABLE {table} VALIDATE CONSTRAINT {name}".format(**names)
        )

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        names = self._names(app_label, from_state)
        schema_editor.execute(
            "ALTER TABLE {table} DROP CONSTRAINT {name}".format(**names)
        )

    def describe(self) -> str:
        return f"Keep {self.model_name}.{self.field_name} inside its company"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.model_name}_{self.field_name}_tenant_fk"
