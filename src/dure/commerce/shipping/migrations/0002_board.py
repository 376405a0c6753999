import django.db.models.deletion
import dure.kit.clock
from django.conf import settings
from django.db import migrations, models

# The table of the many-to-many field becomes one with a quantity in it; the rows stay where they are.
KEEP_UNIQUE = """
DO $$ DECLARE old text; BEGIN
  SELECT conname INTO STRICT old FROM pg_constraint WHERE conrelid = 'shipping_parcel_lines'::regclass AND contype = 'u';
  EXECUTE format('ALTER TABLE shipping_parcel_lines RENAME CONSTRAINT %I TO line_once_in_a_parcel', old);
END $$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0002_board'),
        ('shipping', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(KEEP_UNIQUE, migrations.RunSQL.noop)],
            state_operations=[
                migrations.CreateModel(
                    name='ParcelLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contents', to='shipping.parcel')),
                        ('productorder', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='packed', to='orders.productorder')),
                    ],
                    options={
                        'db_table': 'shipping_parcel_lines',
                        'constraints': [models.UniqueConstraint(fields=('parcel', 'productorder'), name='line_once_in_a_parcel')],
                    },
                ),
                migrations.AlterField(
                    model_name='parcel',
                    name='lines',
                    field=models.ManyToManyField(related_name='parcels', through='shipping.ParcelLine', to='orders.productorder'),
                ),
            ],
        ),
        migrations.AddField(
            model_name='parcelline',
            name='quantity',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name='parcelline',
            constraint=models.CheckConstraint(condition=models.Q(('quantity', None), ('quantity__gte', 1), _connector='OR'), name='packed_quantity_positive'),
        ),
        migrations.AddField(
            model_name='parcel',
            name='method',
            field=models.CharField(choices=[('DELIVERY', '택배'), ('DIRECT_DELIVERY', '직접 배달'), ('VISIT_RECEIPT', '손님이 가지러 오심'), ('QUICK_SVC', '퀵서비스'), ('NOTHING', '보낼 물건 없음'), ('RETURN_DESIGNATED', '판매자가 부른 택배로 수거'), ('RETURN_INDIVIDUAL', '손님이 직접 보냄')], db_default='DELIVERY', default='DELIVERY', max_length=17, verbose_name='보내는 방법'),
        ),
        migrations.AddField(
            model_name='parcel',
            name='note',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name='전달 메모'),
        ),
        migrations.AddField(
            model_name='parcel',
            name='retired_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='parcel',
            name='carrier',
            field=models.CharField(blank=True, max_length=20, verbose_name='택배사'),
        ),
        migrations.AlterField(
            model_name='parcel',
            name='waybill',
            field=models.CharField(blank=True, max_length=30, verbose_name='운송장 번호'),
        ),
        migrations.RemoveConstraint(
            model_name='parcel',
            name='waybill_used_once',
        ),
        migrations.AddConstraint(
            model_name='parcel',
            constraint=models.UniqueConstraint(condition=models.Q(('retired_at', None), models.Q(('waybill', ''), _negated=True)), fields=('carrier', 'waybill'), name='waybill_in_use_once'),
        ),
        migrations.AddIndex(
            model_name='parcel',
            index=models.Index(condition=models.Q(('waybill', ''), _negated=True), fields=['waybill'], name='parcels_by_waybill'),
        ),
        migrations.CreateModel(
            name='WaybillChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('carrier', models.CharField(max_length=20)),
                ('waybill', models.CharField(max_length=30)),
                ('dropped', models.JSONField(default=list)),
                ('at', models.DateTimeField(default=dure.kit.clock.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='shipping.parcel')),
            ],
            options={'ordering': ['at', 'id']},
        ),
    ]
