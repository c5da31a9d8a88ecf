from django.db import migrations

from apps.core.tenancy import AddTenantForeignKey


class Migration(migrations.Migration):
    dependencies = [("redeployments", "0001_initial")]

    operations = [
        AddTenantForeignKey("Redeployment", "user"),
        AddTenantForeignKey("Redeployment", "address"),
        AddTenantForeignKey("Redeployment", "entity"),
        AddTenantForeignKey("RedeploymentLine", "redeployment"),
        AddTenantForeignKey("RedeploymentLine", "asset"),
        AddTenantForeignKey("RedeploymentLine", "claim"),
        AddTenantForeignKey("RedeploymentLine", "shipment"),
    ]
