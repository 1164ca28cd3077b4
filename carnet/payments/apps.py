from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "carnet.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"
