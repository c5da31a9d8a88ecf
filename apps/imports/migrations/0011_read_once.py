from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0010_people_come_back"),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="attempts",
            field=models.PositiveSmallIntegerField(
                db_default=0,
                default=0,
                help_text="How often its present step was begun.",
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="samples",
            field=models.JSONField(
                db_default={},
                default=dict,
                help_text="What the columns page shows of the file: see samples.Kept.",
            ),
        ),
        migrations.AlterField(
            model_name="batch",
            name="kind",
            field=models.CharField(
                blank=True,
                choices=[("ASSETS", "Assets"), ("PEOPLE", "People")],
                help_text="Not known before its columns are read, unless it was said.",
                max_length=16,
            ),
        ),
    ]
