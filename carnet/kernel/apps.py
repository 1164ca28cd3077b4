from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class KernelConfig(AppConfig):
    name = "carnet.kernel"

    def ready(self) -> None:
        from carnet.kernel import append_only, folding

        # Django's own signals, none between our apps: sent once per app after each migrate, and on each connection.
        post_migrate.connect(append_only.install_after_migrate, sender=self)
        folding.register()
        connection_created.connect(folding.teach_sqlite)
