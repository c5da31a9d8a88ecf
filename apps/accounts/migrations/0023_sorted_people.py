from django.contrib.postgres.operations import (
    AddIndexConcurrently,
    RemoveIndexConcurrently,
)
from django.db import migrations, models


def index(name, *fields):
    return models.Index(fields=["company", *fields, "sort_key", "id"], name=name)


class Migration(migrations.Migration):
    atomic = False  # so that writers don't wait
    dependencies = [("accounts", "0022_fill_sort_key")]

    operations = [
        AddIndexConcurrently("user", index("user_sorted")),
        AddIndexConcurrently("user", index("user_sorted_by_state", "state")),
        AddIndexConcurrently("user", index("user_sorted_by_role", "role")),
        AddIndexConcurrently("user", index("user_sorted_in_department", "department")),
        AddIndexConcurrently("user", index("user_sorted_in_country", "country")),
        RemoveIndexConcurrently("user", "user_by_name"),
        RemoveIndexConcurrently("user", "user_by_state"),
    ]
