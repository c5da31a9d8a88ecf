from django.db import migrations

from apps.core.tenancy import AddTenantForeignKey


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        AddTenantForeignKey("StorageAssignment", "user"),
        AddTenantForeignKey("StorageAssignment", "address"),
    ]
