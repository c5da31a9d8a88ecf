import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0004_language"),
    ]

    operations = [
        migrations.AddField(
            model_name="address",
            name="contact_email",
            field=models.EmailField(
                blank=True, db_default="", default="", max_length=254
            ),
        ),
        migrations.AddField(
            model_name="address",
            name="contact_name",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=257
            ),
        ),
        migrations.AddField(
            model_name="address",
            name="contact_phone",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=64
            ),
        ),
        migrations.AddField(
            model_name="address",
            name="is_order_supported",
            field=models.BooleanField(
                db_default=True,
                default=True,
                help_text="Whether orders are delivered here.",
            ),
        ),
        migrations.AddField(
            model_name="address",
            name="region",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=128
            ),
        ),
        migrations.AddField(
            model_name="address",
            name="street2",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=255
            ),
        ),
        migrations.AddField(
            model_name="address",
            name="supported_countries",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=2),
                blank=True,
                db_default=[],
                default=list,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="address",
            name="updated_at",
            field=models.DateTimeField(auto_now=True, db_default=Now()),
        ),
        migrations.AddField(
            model_name="warehouse",
            name="region",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=128
            ),
        ),
        migrations.AddField(
            model_name="warehouse",
            name="street2",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=255
            ),
        ),
        migrations.AddConstraint(
            model_name="address",
            constraint=models.CheckConstraint(
                condition=models.Q(type="INTERNAL") | models.Q(supported_countries=[]),
                name="address_shelf_serves_as_warehouse",
            ),
        ),
    ]
