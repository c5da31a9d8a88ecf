from django.db import migrations

from apps.core.tenancy import AddTenantForeignKey


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [
        AddTenantForeignKey("Order", "user"),
        AddTenantForeignKey("Order", "address"),
        AddTenantForeignKey("Order", "entity"),
        AddTenantForeignKey("OrderLine", "order"),
        AddTenantForeignKey("OrderLine", "product"),
        AddTenantForeignKey("OrderLine", "warranty"),
        AddTenantForeignKey("OrderUnit", "line"),
        AddTenantForeignKey("OrderUnit", "asset"),
        AddTenantForeignKey("OrderUnit", "claim"),
        AddTenantForeignKey("OrderUnit", "shipment"),
    ]
