from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0007_cost_centre"),
    ]

    operations = [
        migrations.AddField(
            model_name="asset",
            name="is_new",
            field=models.BooleanField(
                blank=True,
                null=True,
                help_text="Nobody has used it yet; empty: unknown.",
            ),
        ),
    ]
