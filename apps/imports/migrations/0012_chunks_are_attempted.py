from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0011_read_once"),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="is_begun",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="By a worker that is not known to be dead.",
            ),
        ),
        migrations.AlterField(
            model_name="batch",
            name="attempts",
            field=models.PositiveSmallIntegerField(
                db_default=0,
                default=0,
                help_text="How often its present step or chunk was begun.",
            ),
        ),
        migrations.AlterField(
            model_name="batch",
            name="requested_by",
            field=models.UUIDField(
                help_text="Requested the present step; the worker acts as them.",
                null=True,
            ),
        ),
    ]
