import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_money_of_any_currency"),
    ]

    operations = [
        migrations.AddField(
            model_name="product",
            name="ean",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=14, verbose_name="EAN"
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="image_url",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=2000
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="is_orderable",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="It can be ordered where it has a price.",
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="published_from",
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="product",
            name="sku",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=64, verbose_name="SKU"
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="subtype",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="A code of the company's own below the category: ULTRABOOK.",
                max_length=64,
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="updated_at",
            field=models.DateTimeField(
                auto_now=True, db_default=django.db.models.functions.datetime.Now()
            ),
        ),
    ]
