import dure.kit.clock
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_exchanged")]

    operations = [
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True, default=dure.kit.clock.now, verbose_name="계산한 때")),
                ("results", models.JSONField(verbose_name="결과")),
            ],
        ),
    ]
