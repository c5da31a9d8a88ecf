"""How many rows of a table a company has, and what they are worth, known without
counting them.

Triggers note each change of the number as a row of its own, in the transaction of the
change: nobody waits for anybody, what is rolled back was never counted, and the sum is
exact at every moment for whoever reads it. A task melts the notes together.

An app declares what it counts in its `counts.py`, and puts the triggers up by
`CountRows` in a migration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.migrations.operations.base import Operation
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from apps.core.api.conditions import Where
from apps.core.money import MOST_DIGITS

WHOLE = "''"
NO_AMOUNT = "0"


class RowCount(models.Model):
    """That the rows of a table in a company became more, or (below 0) fewer."""

    # No constraint: it is that of a row which has one.
    company = models.ForeignKey(
        "companies.Company",
        models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    table_name = models.CharField(max_length=63)
    bucket = models.CharField(max_length=32, blank=True)
    n = models.BigIntegerField()
    amount = models.DecimalField(
        max_digits=24, decimal_places=MOST_DIGITS, default=0, db_default=0
    )

    class Meta:
        verbose_name = _("number of rows")
        verbose_name_plural = _("numbers of rows")
        indexes = [
            # Read without the table.
            models.Index(
                fields=["company", "table_name", "bucket"],
                include=["n"],
                name="row_count_of_table",
            )
        ]

    def __str__(self) -> str:
        return f"{self.table_name} {self.bucket} {self.n:+}"


@dataclass(frozen=True, slots=True)
class Counted:
    """A table whose rows are counted by `bucket`: SQL over its columns, each written
    `{}.column`; NULL for a row that does not count. `amount` is what one is worth, in
    a currency that its bucket names."""

    table: str
    bucket: str
    amount: str = NO_AMOUNT

    def within(self, *buckets: str) -> Callable[[UUID], Where]:
        """What selects as `n` how many rows a company has in these buckets, or in
        all."""
        sql = (
            "SELECT coalesce(sum(n), 0)::bigint AS n FROM companies_rowcount "
            "WHERE company_id = %s AND table_name = %s"
        )
        if not buckets:
            return lambda company_id: Where(sql, (company_id, self.table))
        return lambda company_id: Where(
            f"{sql} AND bucket = ANY(%s)", (company_id, self.table, list(buckets))
        )


_declared: dict[str, Counted] = {}


def declare(table: str, bucket: str = WHOLE, amount: str = NO_AMOUNT) -> Counted:
    """`bucket` and `amount` say what the newest `CountRows` of the table says."""
    _declared[table] = Counted(table, bucket, amount)
    return _declared[table]


def rows_of(company_id: UUID, table: str, *buckets: str) -> int:
    found = RowCount.objects.filter(company_id=company_id, table_name=table)
    if buckets:
        found = found.filter(bucket__in=buckets)
    return found.aggregate(n=models.Sum("n"))["n"] or 0


_GROUPS_AT_ONCE = 1_000
_COMPACT = """
WITH crowded AS (
    SELECT company_id, table_name, bucket FROM companies_rowcount
    GROUP BY company_id, table_name, bucket HAVING count(*) > 1 LIMIT %s
), gone AS (
    DELETE FROM companies_rowcount WHERE id IN (
        SELECT r.id FROM companies_rowcount r
        JOIN crowded USING (company_id, table_name, bucket)
        FOR UPDATE OF r SKIP LOCKED
    )
    RETURNING company_id, table_name, bucket, n, amount
), melted AS (
    INSERT INTO companies_rowcount (company_id, table_name, bucket, n, amount)
    SELECT company_id, table_name, bucket, sum(n), sum(amount) FROM gone
    GROUP BY company_id, table_name, bucket HAVING sum(n) <> 0 OR sum(amount) <> 0
)
SELECT count(*) FROM gone
"""


def compact() -> int:
    """Melts the notes of each table of each company into one; how many there were.
    Nobody waits for it, and no sum changes."""
    total = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_COMPACT, [_GROUPS_AT_ONCE])
            (count,) = cursor.fetchone()
            total += count
            if count < _GROUPS_AT_ONCE:
                return total


_COMPARE = """
SELECT company_id, bucket, coalesce(there.n, 0), coalesce(noted.n, 0),
       coalesce(there.amount, 0), coalesce(noted.amount, 0)
FROM (
    SELECT company_id, {bucket} AS bucket, count(*) AS n, sum({amount}) AS amount
    FROM "{table}" WHERE ({bucket}) IS NOT NULL GROUP BY 1, 2
) there
FULL JOIN (
    SELECT company_id, bucket, sum(n) AS n, sum(amount) AS amount
    FROM companies_rowcount WHERE table_name = '{table}' GROUP BY 1, 2
) noted USING (company_id, bucket)
WHERE (coalesce(there.n, 0), coalesce(there.amount, 0))
    <> (coalesce(noted.n, 0), coalesce(noted.amount, 0))
"""


def tables() -> list[str]:
    autodiscover_modules("counts")
    return sorted(_declared)


def problems() -> Iterator[str]:
    """Where a number is not that of the rows; each comparison is of one moment."""
    for table in tables():
        counted = _declared[table]
        with connection.cursor() as cursor:
            bucket, amount = _plain(counted.bucket), _plain(counted.amount)
            cursor.execute(_COMPARE.format(table=table, bucket=bucket, amount=amount))
            for company_id, name, there, noted, worth, noted_worth in cursor.fetchall():
                what = f"{there} rows, {noted} noted"
                if there == noted:
                    what = f"worth {worth}, {noted_worth} noted"
                yield f"{table} {name} of company {company_id}: {what}"


# --- Triggers ---------------------------------------------------------------

# A trigger with transition tables can't be one for certain columns (PostgreSQL): so
# what changes is looked at row by row, and only a row that changes its bucket costs
# anything.
_UP = """
CREATE FUNCTION {table}_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO companies_rowcount (company_id, table_name, bucket, n{column})
    SELECT company_id, '{table}', {bucket}, count(*){worth} FROM added
    WHERE ({bucket}) IS NOT NULL GROUP BY 1, 3;
    RETURN NULL;
END $$;
CREATE FUNCTION {table}_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO companies_rowcount (company_id, table_name, bucket, n{column})
    SELECT company_id, '{table}', {bucket}, -count(*){less} FROM removed
    WHERE ({bucket}) IS NOT NULL GROUP BY 1, 3;
    RETURN NULL;
END $$;
CREATE FUNCTION {table}_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO companies_rowcount (company_id, table_name, bucket, n{column})
    SELECT company_id, '{table}', bucket, n{column} FROM (VALUES
        (OLD.company_id, {old}, -1{old_less}), (NEW.company_id, {new}, 1{new_worth})
    ) AS moved (company_id, bucket, n{column}) WHERE bucket IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER {table}_count_added AFTER INSERT ON "{table}"
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_added();
CREATE TRIGGER {table}_count_removed AFTER DELETE ON "{table}"
    REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_removed();
CREATE TRIGGER {table}_count_moved AFTER UPDATE ON "{table}"
    FOR EACH ROW
    WHEN (OLD.company_id <> NEW.company_id OR {old} IS DISTINCT FROM {new}{revalued})
    EXECUTE FUNCTION {table}_moved();
INSERT INTO companies_rowcount (company_id, table_name, bucket, n{column})
    SELECT company_id, '{table}', {bucket}, count(*){worth} FROM "{table}"
    WHERE ({bucket}) IS NOT NULL GROUP BY 1, 3;
"""
_DOWN = """
DROP TRIGGER {table}_count_added ON "{table}";
DROP TRIGGER {table}_count_removed ON "{table}";
DROP TRIGGER {table}_count_moved ON "{table}";
DROP FUNCTION {table}_added();
DROP FUNCTION {table}_removed();
DROP FUNCTION {table}_moved();
DELETE FROM companies_rowcount WHERE table_name = '{table}';
"""


class CountRows(Operation):
    """Counts the rows of a table from now on, and those that are there: nobody writes
    to it meanwhile, for a second in a million rows. `bucket` as in Counted."""

    reduces_to_sql = True
    reversible = True

    def __init__(
        self, table: str, bucket: str = WHOLE, amount: str = NO_AMOUNT
    ) -> None:
        self.table, self.bucket, self.amount = table, bucket, amount

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        schema_editor.execute(self._sql(_UP))

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        schema_editor.execute(self._sql(_DOWN))

    def _sql(self, template: str) -> str:
        old, new = (f"({self.bucket.replace('{}', row)})" for row in ("OLD", "NEW"))
        return template.format(
            table=self.table,
            bucket=_plain(self.bucket),
            old=old,
            new=new,
            **self._amounts(),
        )

    def _amounts(self) -> dict[str, str]:
        """What stands in the statements of a table whose rows are worth something."""
        names = ("column", "worth", "less", "old_less", "new_worth", "revalued")
        if self.amount == NO_AMOUNT:
            return dict.fromkeys(names, "")
        one = _plain(self.amount)
        old, new = (f"({self.amount.replace('{}', row)})" for row in ("OLD", "NEW"))
        said = (
            ", amount",
            f", sum({one})",
            f", -sum({one})",
            f", -{old}",
            f", {new}",
            f" OR {old} IS DISTINCT FROM {new}",
        )
        return dict(zip(names, said, strict=True))

    def describe(self) -> str:
        return f"Count the rows of {self.table}"


class CountOtherwise(CountRows):
    """Counts a table in other buckets, or with other amounts, than `before` did."""

    def __init__(self, before: CountRows, bucket: str, amount: str = NO_AMOUNT) -> None:
        super().__init__(before.table, bucket, amount)
        self.before = before

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        schema_editor.execute(self._sql(_DOWN))
        schema_editor.execute(self._sql(_UP))

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        schema_editor.execute(self._sql(_DOWN))
        schema_editor.execute(self.before._sql(_UP))

    def describe(self) -> str:
        return f"Count the rows of {self.table} otherwise"


def _plain(bucket: str) -> str:
    return f"({bucket.replace('{}.', '')})"
