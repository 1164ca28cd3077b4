from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "carnet.limits"
    label = "limits"
    default_auto_field = "django.db.models.BigAutoField"
