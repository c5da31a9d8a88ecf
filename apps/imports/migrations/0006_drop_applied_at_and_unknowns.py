from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("imports", "0005_fill_lines_and_unknowns")]

    operations = [
        migrations.RemoveIndex(model_name="batchrow", name="batch_row_to_apply"),
        migrations.RemoveField(model_name="batch", name="unknowns"),
        migrations.RemoveField(model_name="batchrow", name="applied_at"),
    ]
