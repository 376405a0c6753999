from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("kit", "0002_initial")]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("process", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
