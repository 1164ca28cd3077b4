"""What a demo that starts again still knows."""

import pytest
from django.core.management import CommandError, call_command

from carnet.kernel import clock
from demo.paypal import keeping
from demo.paypal.account import PaypalAccount
from demo.paypal.server import PaypalStandIn
from tests.demo.paypal.asking import PaypalAsked
from tests.paypal import PaypalBeside


def test_nothing_is_lost(paypal, asked, tmp_path):
    paypal.stand_in.file = tmp_path / "paypal.json"
    capture_id = asked.captured("100.00")
    paypal.refund(capture_id, 1000)
    paypal.end_dispute(paypal.dispute(capture_id), won=True)
    asked.post("/v2/checkout/orders", b"", key="refused")
    again = PaypalAccount()
    keeping.load(again, tmp_path / "paypal.json")
    for name in (*keeping.THINGS, "events"):
        assert getattr(again, name) == getattr(paypal.account, name), name
    assert [path.name for path in tmp_path.iterdir() if "paypal" in path.name] == ["paypal.json"]
    paypal.calls.clear()


def test_the_next_one_answers_as_the_first_did(paypal_key, tmp_path):
    told = []
    for _start in range(2):
        stand_in = PaypalStandIn(now=clock.now, key=paypal_key, file=tmp_path / "paypal.json", delivers=False)
        stand_in.start()
        try:
            asked = PaypalAsked(PaypalBeside(stand_in))
            told.append(asked.order(key="k1"))
        finally:
            stand_in.stop()
    assert told[0] == told[1]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
def test_it_listens_on_this_machine_only(host):
    with pytest.raises(ValueError, match="listens on this machine only"):
        PaypalStandIn(now=clock.now, host=host)
    with pytest.raises(CommandError, match="listens on this machine only"):
        call_command("paypal_stand_in", host=host)


def test_the_command_refuses_a_live_site(settings):
    settings.MODE = "live"
    with pytest.raises(CommandError, match="live site"):
        call_command("paypal_stand_in")
