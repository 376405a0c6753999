"""A commission plan may be one seller's, ends, and never overlaps another of the same seller and category."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import BigIntegerField, F, Func, Value
from django.db.models.functions import Coalesce

# Until now the latest plan of a category counted: each ends where the next begins.
ENDS = """
UPDATE pricing_commissionplan p SET until = n.next_since
  FROM (SELECT id, lead(since) OVER (PARTITION BY category_id ORDER BY since) AS next_since FROM pricing_commissionplan) n
 WHERE n.id = p.id AND n.next_since IS NOT NULL
"""


def just(column):
    number = Coalesce(F(column), Value(0), output_field=BigIntegerField())
    return Func(number, number, Value("[]"), function="int8range")


class Migration(migrations.Migration):
    dependencies = [
        ("pricing", "0001_initial"),
        ("sellers", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint("commissionplan", "one_plan_per_day"),
        migrations.AddField(
            "commissionplan",
            "seller",
            models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="commission_plans", to="sellers.seller"
            ),
        ),
        migrations.AddField("commissionplan", "until", models.DateField(blank=True, null=True)),
        migrations.AddField("commissionplan", "note", models.CharField(blank=True, db_default="", max_length=200)),
        migrations.AddField(
            "commissionplan",
            "made_by",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField("commissionplan", "told_at", models.DateTimeField(null=True)),
        migrations.RunSQL(ENDS, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            "commissionplan",
            models.CheckConstraint(
                condition=models.Q(("until", None), ("until__gt", models.F("since")), _connector="OR"), name="plan_holds_a_day"
            ),
        ),
        migrations.AddConstraint(
            "commissionplan",
            django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (just("seller_id"), "&&"),
                    (just("category_id"), "&&"),
                    (Func(F("since"), F("until"), function="daterange"), "&&"),
                ],
                name="one_plan_at_a_time",
            ),
        ),
    ]
