from django.db import migrations, models

import apps.core.actor


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_tenant_foreign_keys"),
    ]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="role",
            field=models.CharField(
                choices=[
                    ("EMPLOYEE", "Employee"),
                    ("COMPANY_ADMIN", "Company admin"),
                    ("STORAGE", "Warehouse worker"),
                    ("TEQUIPY_ADMIN", "Platform staff"),
                    ("INTERNAL_ADMIN", "Platform administrator"),
                    ("API_CLIENT", "API client"),
                    ("API_CLIENT_READONLY", "API client, reading only"),
                    ("AI_AGENT", "AI agent, reading only"),
                ],
                default=apps.core.actor.Role["EMPLOYEE"],
                max_length=32,
            ),
        ),
    ]
