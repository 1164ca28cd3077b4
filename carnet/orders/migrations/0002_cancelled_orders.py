
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='order',
            name='state',
            field=models.CharField(choices=[('waiting', 'Waiting'), ('settled', 'Settled'), ('expired', 'Expired'), ('choosing', 'Choosing'), ('cancelled', 'Cancelled')], default='waiting', max_length=9),
        ),
    ]
