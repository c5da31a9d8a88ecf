import django.db.models.deletion
from django.db import migrations, models

import apps.core.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0012_keyboard_layouts"),
        ("companies", "0007_tags"),
    ]

    operations = [
        migrations.AddField(
            model_name="kit",
            name="tag",
            field=apps.core.tenancy.TenantForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="kits",
                to="companies.tag",
            ),
        ),
        migrations.AddConstraint(
            model_name="kit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("tag__isnull", False)),
                fields=("tag",),
                name="kit_one_per_tag",
            ),
        ),
        apps.core.tenancy.AddTenantForeignKey("kit", "tag"),
    ]
