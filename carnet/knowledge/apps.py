from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "carnet.knowledge"
    label = "knowledge"
    default_auto_field = "django.db.models.BigAutoField"
