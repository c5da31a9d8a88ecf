from django.db import migrations, models

from apps.accounts.sort_keys import DOWN, UP


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0020_keys_as_written"),
        ("core", "0001_fold_function"),
    ]

    operations = [
        migrations.AddField(
            "user",
            "sort_key",
            models.TextField(
                blank=True, db_collation="C", db_default="", default="", editable=False
            ),
        ),
        migrations.RunSQL(UP, DOWN),
    ]
