from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "carnet.tickets"

    def ready(self) -> None:
        from carnet.files import rights
        from carnet.tickets.queries import threads

        rights.register(threads.may_see_file)
