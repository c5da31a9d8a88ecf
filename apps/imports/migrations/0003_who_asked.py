from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0002_tenant_foreign_keys")]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="requested_by",
            field=models.UUIDField(
                help_text="Who asked for the present step; the worker acts as them.",
                null=True,
            ),
        ),
    ]
