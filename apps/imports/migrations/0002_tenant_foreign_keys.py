from django.db import migrations

from apps.core.tenancy import AddTenantForeignKey


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_initial")]

    operations = [
        AddTenantForeignKey("Batch", "file"),
        AddTenantForeignKey("Batch", "default_address"),
        AddTenantForeignKey("BatchRow", "batch"),
    ]
