from django.db import migrations

from apps.core.tenancy import AddTenantForeignKey


class Migration(migrations.Migration):
    dependencies = [("saved_views", "0001_initial")]

    operations = [AddTenantForeignKey("savedview", "owner")]
