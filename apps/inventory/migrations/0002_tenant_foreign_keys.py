from django.db import migrations

from apps.core.tenancy import AddTenantForeignKey


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial")]

    operations = [
        AddTenantForeignKey("Asset", "product"),
        AddTenantForeignKey("Asset", "user"),
        AddTenantForeignKey("Asset", "address"),
        AddTenantForeignKey("Asset", "shipment"),
        AddTenantForeignKey("Custody", "asset"),
        AddTenantForeignKey("Custody", "user"),
        AddTenantForeignKey("Custody", "address"),
        AddTenantForeignKey("Custody", "shipment"),
        AddTenantForeignKey("Claim", "asset"),
    ]
