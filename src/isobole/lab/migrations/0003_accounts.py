"""First passwords that must be changed, and the count of failed log-ins."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Accounts."""

    dependencies = [("lab", "0002_append_only")]  # noqa: RUF012
    operations = [  # noqa: RUF012
        migrations.AddField(
            model_name="user",
            name="must_change",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("scope", models.CharField(max_length=12)),
                ("name", models.CharField(max_length=64)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("last", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("scope", "name"), name="one_count_a_name"
                    )
                ],
            },
        ),
    ]
