"""An import finds devices, people and models by keys as they are written today. One
stored before with two blanks, or an accent apart from its letter, would be found by
nobody, and a second thing be made beside it."""

from django.db import migrations

from apps.core.clean import one_line
from apps.core.rewriting import rewrite


def write_as_today(apps, _schema_editor):
    rewrite(
        apps.get_model("catalog", "Product"),
        {"name": one_line, "model_number": one_line},
    )


class Migration(migrations.Migration):
    atomic = False  # a row at a time, so that nobody waits

    dependencies = [("catalog", "0013_kits_of_tags")]

    # Nobody needs the blanks again.
    operations = [migrations.RunPython(write_as_today, migrations.RunPython.noop)]
