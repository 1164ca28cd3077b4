"""A history of money that goes back, told to the program and to `money_model`, which knows only the rules."""

import datetime
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Sum

from carnet.books.models import Line
from carnet.catalogue import actions as catalogue
from carnet.catalogue.models import Edition
from carnet.cheques.models import PaidAgain
from carnet.invoices.models import Invoice
from carnet.kernel.refused import Refused
from carnet.ledger.models import Lot
from carnet.orders import tasks as order_tasks
from carnet.orders.actions import waiting
from carnet.orders.models import Activation, Order
from carnet.orders.queries import amounts, sales
from carnet.payments.models import CreditAccount, Dispute, Payment
from carnet.payments.rules.online import RefundFound
from carnet.people.models import Person
from carnet.repayments.actions import sending
from carnet.repayments.models import Repayment
from carnet.repayments.rules import BankAccount
from carnet.till import tasks
from carnet.till.actions import bouncing, refunding, returning, withdrawing
from carnet.till.actions.refunding import SentTo
from carnet.till.models import Refund, Withdrawal
from tests.factories.catalogue import TEST
from tests.factories.online import capture_told, pay_online
from tests.factories.orders import IBAN, pay, place
from tests.factories.tickets import form_key
from tests.till.money_model import MoneyShop
from tests.till.paypal_model import NotPossibleError, day_of
from tests.till.units_told import UnitsTold

BOOKS = ("sale", "payment", "credit", "refund")


class MoneyTold(UnitsTold):
    """The same history told to both. What has a key is done twice with it."""

    def __init__(self, shop: MoneyShop, people: list[Person], editions: list[Edition], clock: Any) -> None:
        self.shop, self.people, self.editions, self.clock = shop, people, editions, clock
        self.customers = [one.memberships.get().customer for one in people]
        self.orders: list[Order] = []
        self.payments: list[Payment] = []
        self.log: list[str] = []

    def tell(self, what: str, *args: Any) -> str:
        """What came of it: done or refused; both must agree on that, and on how all stands afterwards."""
        self.log.append(f"{self.at:%d %b %Y %H:%M} {what}{args}")
        found = self._came_of(lambda: getattr(self, f"_{what}")(*args))
        expected = self._came_of(lambda: getattr(self, f"_{what}_at_home")(*args))
        self.log[-1] += "" if found == "done" else f": {found}"
        assert found == expected, self.story(f"The program: {found}; the model: {expected}.")
        assert self.shop.is_sound(), self.story("The model itself is not sound.")
        told, wanted = self.told(), self.shop.told()
        different = [f"{name}: {told.get(name)}, by the model {wanted[name]}" for name in wanted
                     if told.get(name) != wanted[name]]  # fmt: skip
        assert not different, self.story("\n".join(different))
        return found

    @staticmethod
    def _came_of(act: Callable[[], object]) -> str:
        try:
            with transaction.atomic():
                act()
        except (Refused, NotPossibleError) as refused:
            return "refused" if not isinstance(refused, AssertionError) else ""
        return "done"

    def story(self, what: str) -> str:
        return "\n".join(["", *self.log, what])

    # Each thing that is done: to the program, and to the model

    def _pass(self, minutes: int) -> None:
        self.clock.shift(datetime.timedelta(minutes=minutes))

    def _pass_at_home(self, minutes: int) -> None:
        self.shop.now += datetime.timedelta(minutes=minutes)

    def _place(self, home: int, pack: int, express: bool) -> None:
        given = {"means": "transfer", "express_request": express, "key": form_key()}
        self.orders.append(place(self.people[home], self.editions[pack], self.at, **given))

    def _place_at_home(self, home: int, pack: int, express: bool) -> None:
        self.shop.place(home, (pack,), express=express)

    def _off_sale(self, pack: int) -> None:
        catalogue.withdraw_edition(edition=self.editions[pack], by=TEST, at=self.at)

    def _off_sale_at_home(self, pack: int) -> None:
        if pack in self.shop.withdrawn:
            raise NotPossibleError
        self.shop.withdrawn.add(pack)

    def _receive(self, order: int, means: str, cents: int) -> None:
        given = {"at": self.at, "is_another": True, "is_old": True}
        if means == "paypal":
            capture = capture_told(f"CAPTURE-{len(self.payments)}", cents, fee_cents=None, net_cents=None, at=self.at)
            self.payments.append(pay_online(self.orders[order], capture, **given))
        else:
            self.payments.append(pay(self.orders[order], cents, means=means, **given))

    def _receive_at_home(self, order: int, means: str, cents: int) -> None:
        self.shop.receive(self.shop.orders[order], means, cents)

    def _cancel(self, order: int) -> None:
        waiting.cancel_order(order=self.orders[order], by=TEST, at=self.at)

    def _cancel_at_home(self, order: int) -> None:
        self.shop.cancel(self.shop.orders[order])

    @staticmethod
    def _to(as_credit: bool) -> SentTo:
        return SentTo(as_credit, "Claire Martin", IBAN)

    def _refund(self, order: int, units: int | None, as_credit: bool) -> None:
        lots = Activation.objects.filter(line__order=self.orders[order]).values_list("lot", flat=True)
        if units is not None and not lots:
            raise NotPossibleError  # the page offers none
        wanted = None if units is None else {lots[0]: units}
        key = form_key()
        for _ in range(2):
            refunding.refund_order(
                order=self.orders[order], units=wanted, reason=Refund.Reason.OWNER, to=self._to(as_credit),
                note="For a test.", by=TEST, at=self.at, key=key,
            )  # fmt: skip

    def _refund_at_home(self, order: int, units: int | None, as_credit: bool) -> None:
        self.shop.refund(self.shop.orders[order], units, as_credit=as_credit)

    def _withdraw(self, order: int, as_credit: bool) -> None:
        found = Order.objects.get(pk=self.orders[order].pk)
        person = self.people[self.shop.orders[order].home.number]
        declared = withdrawing.Declared(person.name, person.email, "en", self._to(as_credit))
        key = form_key()
        for _ in range(2):
            withdrawing.declare_withdrawal(
                order=found, declared=declared, person=person, visitor="", by=person.as_actor(), at=self.at, key=key
            )

    def _withdraw_at_home(self, order: int, as_credit: bool) -> None:
        self.shop.withdraw(self.shop.orders[order], as_credit=as_credit)

    def _return_credit(self, home: int) -> None:
        key = form_key()
        for _ in range(2):
            returning.return_credit(
                customer=self.customers[home], account=BankAccount("Claire Martin", IBAN), by=TEST, at=self.at, key=key
            )

    def _return_credit_at_home(self, home: int) -> None:
        self.shop.return_credit(self.shop.homes[home])

    def _bounce(self, payment: int) -> None:
        for _ in range(2):
            bouncing.bounce_cheque(payment=self.payments[payment], bounced_on=day_of(self.at), by=TEST, at=self.at)

    def _bounce_at_home(self, payment: int) -> None:
        self.shop.bounce(self.shop.sums[payment])  # type: ignore[arg-type]

    def _send(self, back: int) -> None:
        repayment = Repayment.objects.order_by("pk")[back]
        for _ in range(2):
            sending.record_sent(repayment=repayment, sent_on=day_of(self.at), by=TEST, at=self.at)

    def _send_at_home(self, back: int) -> None:
        self.shop.send(self.shop.backs[back])

    def _answer(self, back: int, outcome: str) -> None:
        repayment = Repayment.objects.order_by("pk")[back]
        refund = RefundFound(
            external_id=f"REFUND-{back}", state=outcome, amount_cents=repayment.amount_cents, currency="EUR",  # type: ignore[arg-type]
            at=self.at, capture_id="x",
        )  # fmt: skip
        for _ in range(2):
            sending.note_online(repayment=repayment, refund=refund, by=TEST, at=self.at)

    def _answer_at_home(self, back: int, outcome: str) -> None:
        self.shop.answer(self.shop.backs[back], outcome)

    def _work(self) -> None:
        """What a worker does all day."""
        for task in (
            order_tasks.follow_time, tasks.activate_orders, tasks.cancel_unpaid_bounces, tasks.follow_disputes,
            tasks.follow_refunds,
        ):  # fmt: skip
            task.call()

    def _work_at_home(self) -> None:
        self.shop.expire()
        self.shop.activate()
        self.shop.end_bounces()
        self.shop.follow_lost()
        self.shop.follow_refunds()

    # What must be the same

    def told(self) -> dict[str, object]:
        """How the program stands, in the words of the model."""
        found: dict[str, object] = {}
        for home, customer in enumerate(self.customers):
            found |= self._told_of(f"customer {home}", customer.pk)
        orders = [Order.objects.with_lines().get(pk=one.pk) for one in self.orders]
        found["orders"] = [(one.state, one.credit_used_cents, one.expires_at) for one in orders]
        found["pays"] = [self._pays(one) for one in orders]
        found["credited"] = [self._credited(one) for one in orders]
        found["refunds"] = [
            list(one.refunds.order_by("pk").values_list("unit_count", "amount_cents", "credit_cents")) for one in orders
        ]
        found["until"] = [sales.withdrawal_until(one) for one in orders]
        carried_out = set(Withdrawal.objects.exclude(carried_out_at=None).values_list("order", flat=True))
        found["withdrawn"] = [one.pk in carried_out for one in orders]
        place_of = {payment.pk: place for place, payment in enumerate(self.payments)}
        rows = Repayment.objects.order_by("pk").values_list("payment", "amount_cents", "means", "state")
        found["back"] = [(place_of[number], *row) for number, *row in rows]
        found["bounces"] = list(
            Dispute.objects.order_by("pk").values_list("state", "order_cents", "credit_held_cents", "cancelled_cents")
        )
        bounced = Line.objects.filter(kind="correction", label="bounced")
        found["corrections"] = bounced.aggregate(sum=Sum("gross_cents"))["sum"] or 0
        return found

    @staticmethod
    def _pays(order: Order) -> int:
        return amounts.paid_cents(order)

    @staticmethod
    def _credited(order: Order) -> int:
        notes = Invoice.objects.filter(kind="credit_note", corrects__cause_kind="order", corrects__cause_id=order.pk)
        return notes.aggregate(sum=Sum("gross_cents"))["sum"] or 0

    @staticmethod
    def _told_of(name: str, customer_id: int) -> dict[str, object]:
        lots = Lot.objects.filter(customer=customer_id).order_by("number").values_list(
            "unit", "quantity", "available", "reserved", "spent", "frozen", "refunded", "last_day"
        )  # fmt: skip
        books: dict[str, list[int]] = defaultdict(list)
        for kind, cents in Line.objects.filter(customer_id=customer_id).values_list("kind", "gross_cents"):
            books[kind].append(cents)
        account = CreditAccount.objects.filter(customer=customer_id).first()
        again = PaidAgain.objects.filter(payment__customer=customer_id, amount_cents__lte=0)
        assert not again.exists()
        return {
            f"{name}, lots": list(lots),
            f"{name}, credit": account.credit_cents if account else 0,
            **{f"{name}, books, {kind}": (len(books[kind]), sum(books[kind])) for kind in BOOKS},
        }
