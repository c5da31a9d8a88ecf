from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0009_never_delivered_checked"),
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
