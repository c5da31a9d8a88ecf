from django.db import migrations

from apps.catalog.layouts import rows


def add(apps, schema_editor):
    Layout = apps.get_model("catalog", "KeyboardLayout")
    Layout.objects.bulk_create(
        [Layout(code=code, name=name) for code, name in rows()], ignore_conflicts=True
    )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0011_kits")]

    operations = [
        # Going back keeps them: rows of companies may name them.
        migrations.RunPython(add, migrations.RunPython.noop, elidable=False)
    ]
