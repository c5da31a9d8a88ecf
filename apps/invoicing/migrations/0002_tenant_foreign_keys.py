from django.db import migrations

from apps.core.tenancy import AddTenantForeignKey


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0001_initial")]

    operations = [
        AddTenantForeignKey("Invoice", "entity"),
        AddTenantForeignKey("Invoice", "order"),
        AddTenantForeignKey("Invoice", "ret"),
        AddTenantForeignKey("Invoice", "redeployment"),
        AddTenantForeignKey("Invoice", "credited"),
        AddTenantForeignKey("Invoice", "file"),
        AddTenantForeignKey("InvoiceLine", "invoice"),
    ]
