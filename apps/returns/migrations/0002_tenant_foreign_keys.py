from django.db import migrations

from apps.core.tenancy import AddTenantForeignKey


class Migration(migrations.Migration):
    dependencies = [("returns", "0001_initial")]

    operations = [
        AddTenantForeignKey("Return", "user"),
        AddTenantForeignKey("Return", "address"),
        AddTenantForeignKey("ReturnLine", "ret"),
        AddTenantForeignKey("ReturnLine", "asset"),
        AddTenantForeignKey("ReturnLine", "claim"),
        AddTenantForeignKey("ReturnLine", "shipment"),
    ]
