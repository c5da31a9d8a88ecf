from django.db import migrations

from apps.companies.countries import rows


def add(apps, schema_editor):
    Country = apps.get_model("companies", "Country")
    Country.objects.bulk_create(
        [
            Country(code=code, name=name, currency=currency, time_zone=zone)
            for code, name, currency, zone in rows()
        ],
        ignore_conflicts=True,
    )
    Company = apps.get_model("companies", "Company")
    Company.objects.get_or_create(
        kind="PLATFORM", defaults={"name": "Tequipy", "slug": "tequipy"}
    )


class Migration(migrations.Migration):
    dependencies = [("companies", "0001_initial")]

    operations = [
        # Going back keeps them: rows of companies may name them.
        migrations.RunPython(add, migrations.RunPython.noop, elidable=False)
    ]
