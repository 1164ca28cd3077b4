import pytest

from carnet.payments.actions import asking
from carnet.payments.models import FailedCall
from carnet.payments.rules.online import ServiceFailed

pytestmark = pytest.mark.django_db
CALL = "POST /v2/checkout/orders"


def refusing(*, permanent):
    raise ServiceFailed("UNPROCESSABLE_ENTITY", permanent=permanent, status=422, debug_id="f5f1", call=CALL)


def in_pages():
    yield 1
    raise ServiceFailed("timeout", permanent=False, call="GET /v1/reporting/transactions")


def test_the_answer_of_a_call_comes_back():
    assert asking.ask(max, 1, 2) == 2
    assert list(asking.ask(iter, [1, 2])) == [1, 2]
    assert not FailedCall.objects.exists()


def test_a_call_that_fails_is_kept_with_its_debug_id():
    with pytest.raises(ServiceFailed):
        asking.ask(refusing, permanent=True)
    kept = FailedCall.objects.get()
    assert (kept.call, kept.status, kept.code, kept.debug_id) == (CALL, 422, "UNPROCESSABLE_ENTITY", "f5f1")
    assert kept.permanent


def test_a_list_that_fails_on_its_second_page_is_kept_too():
    found = asking.ask(in_pages)
    assert next(found) == 1
    with pytest.raises(ServiceFailed):
        next(found)
    assert FailedCall.objects.get().code == "timeout"


def test_overlong_words_of_the_service_are_cut():
    def overlong():
        raise ServiceFailed("C" * 300, permanent=False, debug_id="d" * 300, call="GET /" + "p" * 300)

    with pytest.raises(ServiceFailed):
        asking.ask(overlong)
    kept = FailedCall.objects.get()
    assert (len(kept.code), len(kept.debug_id), len(kept.call)) == (80, 60, 200)
