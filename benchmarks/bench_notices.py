"""How quickly notices of the payment service are stored, proven by their signature, and handed to a worker."""

import http.client
import json
import os
import statistics
import threading
import time
from urllib.parse import urlsplit

from benchmarks.measure import RUNS, Site, benchmark
from carnet.kernel import clock
from carnet.payments.models import OnlineNotice
from demo.paypal.account import PaypalWebhook
from demo.paypal.server import PaypalStandIn
from tests import servers

CLIENTS, NOTICES = 4, 600
PATH = "/paypal/notices/"
Signed = tuple[bytes, dict[str, str]]


@benchmark("notices stored", at_least=200, unit="/s", on=("postgresql",))
@benchmark("notices stored, one writer at a time", unit="/s", on=("sqlite",))
def notices_stored(site: Site) -> float:
    """By four senders, to a web server that asks a PayPal of our own for its certificate, once."""
    stand_in = PaypalStandIn(now=clock.now, delivers=False)
    webhook = PaypalWebhook("BENCH", f"{site.address}{PATH}", ["*"])
    stand_in.account.webhooks[webhook.id] = webhook
    stand_in.start()
    access = {
        "CARNET_PAYPAL_STAND_IN": stand_in.url, "CARNET_PAYPAL_CLIENT_ID": "bench",
        "CARNET_PAYPAL_SECRET": stand_in.api.secret, "CARNET_PAYPAL_WEBHOOK_ID": webhook.id,
    }  # fmt: skip
    try:
        with servers.web_server("benchmarks.wsgi:application", {**os.environ, **access}) as address:
            _send(address, _signed(stand_in, -1, 40))
            rates = [_rate(address, _signed(stand_in, run, NOTICES)) for run in range(RUNS)]
    finally:
        stand_in.stop()
    proven = OnlineNotice.objects.filter(state=OnlineNotice.State.PROVEN).count()
    if proven != 40 + RUNS * NOTICES:
        raise RuntimeError(f"{proven} notices are proven")
    return statistics.median(rates)


def _signed(stand_in: PaypalStandIn, run: int, count: int) -> list[Signed]:
    """Notices as PayPal sends them, about 2 kB each."""
    made = []
    for number in range(count):
        event = {"id": f"WH-{run}-{number}", "event_type": "PAYMENT.CAPTURE.COMPLETED"}
        body = json.dumps({**event, "resource": {"id": f"CAPTURE-{number}"}, "summary": "x" * 2000}).encode()
        made.append((body, stand_in.signer.sign(body, webhook_id="BENCH", at=clock.now())))
    return made


def _rate(address: str, signed: list[Signed]) -> float:
    faults: list[Exception] = []

    def client(index: int) -> None:
        try:
            _send(address, signed[index::CLIENTS])
        except Exception as fault:  # noqa: BLE001 - raised again in the thread that counts
            faults.append(fault)

    threads = [threading.Thread(target=client, args=(index,)) for index in range(CLIENTS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return len(signed) / (time.perf_counter() - start)


def _send(address: str, signed: list[Signed]) -> None:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)
    for body, headers in signed:
        connection.request("POST", PATH, body, headers)
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise RuntimeError(f"a notice was answered {response.status}")
    connection.close()
