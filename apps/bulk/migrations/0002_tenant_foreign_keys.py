from django.db import migrations

from apps.core.tenancy import AddTenantForeignKey


class Migration(migrations.Migration):
    dependencies = [("bulk", "0001_initial")]

    operations = [AddTenantForeignKey("BulkRow", "job")]
