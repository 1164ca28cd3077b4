from django.apps import AppConfig
from django.db.models.signals import post_migrate


class KernelConfig(AppConfig):
    name = "carnet.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from carnet.kernel import append_only

        # Django's own signal, not one between our apps: sent once per app after each migrate.
        post_migrate.connect(append_only.install_after_migrate, sender=self)
