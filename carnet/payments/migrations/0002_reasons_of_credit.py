
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='creditmovement',
            name='reason',
            field=models.CharField(choices=[('surplus', 'Surplus'), ('paid_twice', 'Paid Twice'), ('too_late', 'Too Late'), ('too_little', 'Too Little'), ('used', 'Used'), ('returned', 'Returned'), ('no_order', 'No Order'), ('cancelled', 'Cancelled')], max_length=10),
        ),
    ]
