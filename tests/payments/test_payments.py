from functools import partial

import pytest
from django.db import DatabaseError, transaction

from carnet.audit.models import Entry
from carnet.books.models import Line
from carnet.kernel import append_only
from carnet.kernel.keys import Cause
from carnet.kernel.refused import KeyReused
from carnet.payments import queries
from carnet.payments.actions import credit, receiving
from carnet.payments.models import CreditAccount, CreditMovement, Payment
from carnet.payments.rules.received import Received
from tests.factories.ledger import TEST, day, moment, new_key
from tests.factories.orders import MONEY
from tests.factories.processes import all_at_once
from tests.proofs import every_fault

AT = moment("2027-03-05 12:00")
ORDER = Cause("order", 3)


def receive(customer, cents=24_000, **changed):
    money = {
        "means": "cheque", "amount_cents": cents, "received_on": day("2027-03-05"), "payer": " Claire ",
        "bank": "Banque", "document_number": "12",
    }  # fmt: skip
    money |= {name: changed.pop(name) for name in MONEY if name in changed}
    given = {"money": Received(**money), "cause": ORDER, "by": TEST, "at": AT, "key": new_key()}
    payment, _is_new = receiving.receive_payment(customer=customer, **(given | changed))
    return payment


def add(customer, cents=1_000, **changed):
    given = {"reason": "surplus", "cause": ORDER, "by": TEST, "at": AT, "key": new_key()}
    return credit.add_credit(customer=customer, amount_cents=cents, **(given | changed))


def use(customer, cents=1_000, **changed):
    return credit.use_credit(
        customer=customer, amount_cents=cents, cause=ORDER, by=TEST, at=AT, **({"key": new_key()} | changed)
    )


def faults():
    return every_fault("payments", "credit")


@pytest.mark.django_db
def test_money_is_recorded_with_its_line_in_the_books(martins):
    payment = receive(martins)
    assert (payment.details.payer, payment.details.document_number, payment.cause) == ("Claire", "12", ORDER)
    line = Line.objects.get()
    assert (line.kind, line.gross_cents, line.means, line.on) == ("payment", 24_000, "cheque", day("2027-03-05"))
    assert Entry.objects.filter(code="payment.received").get().subject_id == payment.pk
    with pytest.raises(DatabaseError), transaction.atomic():
        Payment.objects.update(amount_cents=1)


@pytest.mark.django_db
def test_L12_the_same_key_again_gives_the_first(martins):
    payment = receive(martins, key="once")
    assert receive(martins, key="once") == payment
    with pytest.raises(KeyReused):
        receive(martins, 1, key="once")
    assert Line.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_L12_the_same_key_at_once_is_recorded_once(martins):
    results = all_at_once([partial(receive, martins, key="double click") for _ in range(10)])
    assert results == [Payment.objects.get()] * 10
    assert Line.objects.count() == 1


@pytest.mark.django_db
def test_money_of_tomorrow_is_refused(martins):
    with pytest.raises(receiving.ReceivedInFuture):
        receive(martins, received_on=day("2027-03-06"))
    with pytest.raises(ValueError, match="no money"):
        receive(martins, 0)
    assert not Payment.objects.exists()


@pytest.mark.django_db
def test_L1_a_cheque_is_cleared_once(martins):
    payment = receive(martins)
    clear = partial(receiving.clear_cheque, payment=payment, by=TEST, at=moment("2027-03-09 12:00"))
    clearing = clear(cleared_on=day("2027-03-08"))
    assert clear(cleared_on=day("2027-03-09")) == clearing
    assert Entry.objects.filter(code="cheque.cleared").count() == 1
    for wrong in ("2027-03-04", "2027-03-10"):
        with pytest.raises(receiving.ClearedBeforeReceived):
            clear(cleared_on=day(wrong))
    with pytest.raises(receiving.NotACheque):
        receiving.clear_cheque(payment=receive(martins, means="transfer"), cleared_on=day("2027-03-05"), by=TEST, at=AT)


@pytest.mark.django_db
def test_credit_comes_and_goes(martins):
    payment = receive(martins)
    added = add(martins, payment=payment, key="a")
    assert add(martins, payment=payment, key="a") == added
    used = use(martins, 400)
    assert (queries.credit_cents(martins), used.balance_after_cents, used.reason) == (600, 600, "used")
    assert list(queries.credit_movements(martins)) == [used, added]
    assert [line.gross_cents for line in Line.objects.filter(kind="credit").order_by("id")] == [1_000, -400]
    assert list(Entry.objects.filter(code__startswith="credit.").order_by("id").values_list("code", flat=True)) == [
        "credit.added",
        "credit.used",
    ]
    assert faults() == []


@pytest.mark.django_db
def test_credit_never_goes_below_zero(martins):
    with pytest.raises(credit.NotEnoughCredit):
        use(martins)
    with pytest.raises(KeyReused):
        [add(martins, cents, key="a") for cents in (1, 2)]
    for act in (add, use):
        with pytest.raises(ValueError, match="no credit"):
            act(martins, 0)
    with pytest.raises(ValueError, match="no credit"):
        credit.take_back_credit(
            payment=receive(martins), amount_cents=0, reason="disputed", cause=Cause("dispute", 1), by=TEST,
            at=AT, key=new_key(),
        )  # fmt: skip
    with pytest.raises(KeyReused):
        use(martins, 1, key="a")
    assert (queries.credit_cents(martins), faults()) == (1, [])


@pytest.mark.django_db
def test_what_cannot_become_credit(martins, robledo):
    for reason in ("used", "found in the street"):
        with pytest.raises(ValueError, match="no credit"):
            add(martins, reason=reason)
    with pytest.raises(ValueError, match="is not of customer"):
        add(robledo, payment=receive(martins))
    assert not CreditMovement.objects.exists()


@pytest.mark.django_db
def test_credit_never_goes_back_in_time(martins):
    first, second = add(martins), add(martins, at=moment("2027-03-04 12:00"))
    assert (first.at, second.at) == (AT, AT)
    assert {line.at for line in Line.objects.all()} == {AT}


@pytest.mark.django_db(transaction=True)
def test_the_last_euro_goes_to_one_of_ten(martins):
    add(martins, 100)
    results = all_at_once([partial(use, martins, 100) for _ in range(10)])
    assert sorted(type(result).__name__ for result in results) == ["CreditMovement"] + ["NotEnoughCredit"] * 9
    assert (queries.credit_cents(martins), faults()) == (0, [])


@pytest.mark.django_db
@pytest.mark.parametrize("tamper", [
    lambda: CreditAccount.objects.update(credit_cents=7),
    lambda: CreditMovement.objects.filter(sequence=1).update(amount_cents=7),
])  # fmt: skip
def test_a_credit_that_does_not_add_up_is_found(martins, robledo, tamper):
    for customer in (martins, robledo):
        add(customer)
    append_only.remove()
    tamper()
    append_only.install()
    assert len(faults()) == 2


@pytest.mark.django_db
def test_a_credit_that_is_missing_is_found(martins, robledo):
    for customer in (martins, robledo):
        add(customer)
        add(customer)
    CreditAccount.objects.filter(pk=robledo.pk).delete()
    assert faults() == [
        f"customer {robledo.pk}: the credit of its changes is missing",
        f"customer {robledo.pk}: only the books know of its credit",
    ]


@pytest.mark.django_db
def test_O5_the_same_money_is_recorded_twice_only_if_somebody_says_so(martins):
    receive(martins)
    with pytest.raises(receiving.SameMoneyAgain):
        receive(martins)
    for other in ({"cents": 7_000}, {"means": "transfer"}, {"received_on": day("2027-03-04")}, {"is_another": True}):
        receive(martins, **other)
    assert (Payment.objects.count(), faults()) == (5, [])


@pytest.mark.django_db
def test_a_list_of_payments_takes_one_query(martins, django_assert_num_queries):
    for rows in (1, 3):
        while Payment.objects.count() < rows:
            receive(martins, is_another=True)
        with django_assert_num_queries(1):
            shown = [(one.customer.name, one.details.payer, hasattr(one, "clearing")) for one in queries.payments()]
        assert shown == [("Famille Martin", "Claire", False)] * rows


@pytest.mark.django_db
def test_payments_are_found_by_name_and_amount(martins, robledo):
    first, second = receive(martins), receive(robledo, 7_000, payer="Inés")
    assert list(queries.payments()) == [second, first]
    for words, found in (
        ("fam", [first]),
        ("inés", [second]),
        ("70,00", [second]),
        (" fam ", [first]),
        ("rien", []),
        ("1 €", []),
    ):
        assert list(queries.payments(words)) == found
    assert list(queries.payments_of(martins)) == [first]
