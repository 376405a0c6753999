from django.db import migrations, models

# What is remembered may be lost, and is packed already.
LIGHT = """
ALTER TABLE kit_page SET UNLOGGED;
ALTER TABLE kit_page ALTER COLUMN body SET STORAGE EXTERNAL;
"""


class Migration(migrations.Migration):
    dependencies = [("kit", "0004_guards")]
    operations = [
        migrations.CreateModel(
            name="Page",
            fields=[
                ("key", models.BinaryField(max_length=16, primary_key=True, serialize=False)),
                ("stamp", models.TextField()),
                ("until", models.FloatField()),
                ("etag", models.CharField(max_length=40)),
                ("headers", models.TextField()),
                ("body", models.BinaryField()),
            ],
        ),
        migrations.RunSQL(LIGHT, migrations.RunSQL.noop),
    ]
