"""Of a holder, that it is nobody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0022_unused_columns_help"),
    ]

    operations = [
        migrations.AlterField(
            model_name="unknown",
            name="action",
            field=models.CharField(
                choices=[
                    ("CREATE", "Create it"),
                    ("USE", "Use an existing one"),
                    ("REFUSE", "Refuse its rows"),
                    ("NOBODY", "Nobody: the device is in stock"),
                ],
                max_length=16,
            ),
        ),
    ]
