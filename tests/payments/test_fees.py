import pytest

from carnet.payments.rules import fees
from tests.factories.online import capture_told, refund_told


@pytest.mark.parametrize(
    ("fee_cents", "net_cents", "kept"),
    [
        (851, 23_149, 851),
        (851, None, 851),
        (None, 23_149, 851),
        (None, None, None),
        (0, 24_000, 0),
        (851, 23_000, 1_000),
    ],
)
def test_what_a_service_keeps_is_what_did_not_arrive(fee_cents, net_cents, kept):
    assert fees.fee_of(capture_told(fee_cents=fee_cents, net_cents=net_cents)) == kept


@pytest.mark.parametrize(
    ("fee_cents", "net_cents", "given"),
    [(0, None, 0), (816, None, 816), (816, 23_184, 816), (0, 24_000, 0), (0, 25_600, -1_600)],
)
def test_what_a_service_gives_back_of_its_fee_or_takes_beyond_the_amount(fee_cents, net_cents, given):
    assert fees.given_back(refund_told(fee_cents=fee_cents, net_cents=net_cents)) == given


@pytest.mark.parametrize(
    ("gone_cents", "cents", "currency", "may"),
    [(0, 24_000, "EUR", True), (0, 24_001, "EUR", False), (23_999, 1, "EUR", True),
     (23_999, 2, "EUR", False), (0, 1, "USD", False)],
)  # fmt: skip
def test_O9_never_more_goes_back_than_came(gone_cents, cents, currency, may):
    told = refund_told(cents=cents, currency=currency)
    assert fees.may_go_back(paid_cents=24_000, gone_cents=gone_cents, refund=told) == may
