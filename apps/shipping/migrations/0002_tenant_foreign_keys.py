from django.db import migrations

from apps.core.tenancy import AddTenantForeignKey


class Migration(migrations.Migration):
    dependencies = [("shipping", "0001_initial")]

    operations = [
        AddTenantForeignKey("Shipment", "from_user"),
        AddTenantForeignKey("Shipment", "from_address"),
        AddTenantForeignKey("Shipment", "to_user"),
        AddTenantForeignKey("Shipment", "to_address"),
        AddTenantForeignKey("TrackingEvent", "shipment"),
    ]
