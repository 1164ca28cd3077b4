"""`manage.py paypal_stand_in`: the demo's PayPal, and its VIES beside it, until somebody stops them."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from carnet.kernel import clock
from carnet.payments import queries as payments
from demo import actions
from demo.paypal.server import PaypalStandIn
from demo.vies.server import ViesStandIn
from demo.year.story import DEMO


class Command(BaseCommand):
    help = "Runs a PayPal of the demo's own on this machine; it keeps its account in the demo's folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0 takes a free one")
        parser.add_argument("--vies-port", type=int, help="of a VIES beside it; 0 takes a free one")
        parser.add_argument("--host", default="127.0.0.1", help="an address of this machine alone")

    def handle(self, *args: Any, port: int, host: str, vies_port: int | None = None, **options: Any) -> None:
        if settings.MODE == "live":
            raise CommandError("This is a live site: the stand-in of PayPal has no place here.")
        try:
            stand_in = PaypalStandIn(now=clock.now, port=port, host=host, file=settings.VAR_DIR / "paypal.json")
            vies = None if vies_port is None else ViesStandIn(now=clock.now, port=vies_port, host=host)
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        asked_to_stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: asked_to_stop.set())
        stand_in.start()
        self.stdout.write(f"The demo's PayPal: {stand_in.url}")
        if vies:
            vies.start()
            self.stdout.write(f"The demo's VIES: {vies.url}")
        self.stdout.flush()
        try:
            self.connect(stand_in)
            asked_to_stop.wait()
        finally:
            stand_in.stop()
            if vies:
                vies.stop()

    def connect(self, stand_in: PaypalStandIn) -> None:
        """Carnet's side, if it asks this stand-in; where its notices went in an earlier demo they go no more."""
        if stand_in.url != settings.PAYPAL_STAND_IN:
            self.stderr.write(f"Carnet doesn't ask it: set CARNET_PAYPAL_STAND_IN={stand_in.url}")
            return
        notices_to = settings.SITE_URL + reverse("machines:receive_notice")
        known = payments.access_kept().webhook_id
        if stand_in.keep_webhooks_of(notices_to) != [known]:
            actions.connect_paypal(notices_to=notices_to, by=DEMO, at=clock.now())
