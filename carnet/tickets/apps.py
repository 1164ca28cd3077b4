from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "carnet.tickets"
    label = "tickets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from carnet.files import rights
        from carnet.tickets.queries import threads

        rights.register(threads.may_see_file)
