"""An import finds devices, people and models by keys as they are written today. One
stored before with two blanks, or an accent apart from its letter, would be found by
nobody, and a second thing be made beside it."""

from django.db import migrations

from apps.core.clean import one_line, small_letters
from apps.core.rewriting import rewrite


def write_as_today(apps, _schema_editor):
    rewrite(
        apps.get_model("accounts", "User"),
        {
            "email": small_letters,
            "username": one_line,
            "employee_number": one_line,
        },
    )


class Migration(migrations.Migration):
    atomic = False  # a row at a time, so that nobody waits

    dependencies = [("accounts", "0019_count_tags")]

    # Nobody needs the blanks again.
    operations = [migrations.RunPython(write_as_today, migrations.RunPython.noop)]
