"""A history told twice: to the program and PayPal beside it, and to `tests.till.paypal_model`, which knows only the
rules.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from carnet.audit.actors import WORKER
from carnet.books.models import Line
from carnet.catalogue import actions as catalogue
from carnet.catalogue.models import Edition
from carnet.invoices.models import Invoice
from carnet.kernel.refused import Refused
from carnet.ledger.models import Lot
from carnet.orders import tasks as order_tasks
from carnet.orders.actions import changing, waiting
from carnet.orders.actions.placing import Item
from carnet.orders.models import Order
from carnet.payments.actions import comparing
from carnet.payments.models import Checkout, CreditAccount, Difference, Dispute, OnlineNotice, OnlineRefund, Payment
from carnet.payments.rules.notices import Sent, kept_headers
from carnet.payments.rules.online import ServiceFailed
from carnet.people.models import Person
from carnet.till import tasks
from carnet.till.actions import checkouts, crediting, notices
from demo.paypal.account import event
from tests.factories.breaks import Broken, StopFrom
from tests.factories.catalogue import TEST
from tests.factories.orders import pay, place
from tests.factories.tickets import form_key
from tests.paypal import PaypalBeside
from tests.till.paypal_model import AwayError, Home, NotPossibleError, Shop
from tests.till.units_told import UnitsTold

BOOKS = ("sale", "payment", "credit", "refund", "fee")


class StopInside(StopFrom):
    """Within the transaction of a test, each of the program's begins and ends by a statement; these go through."""

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK TO")):
            return execute(sql, params, many, context)
        return super().__call__(execute, sql, params, many, context)


class PaypalTold(UnitsTold):
    """The same history told to both."""

    def __init__(
        self, shop: Shop, people: list[Person], editions: list[Edition], beside: PaypalBeside, clock: Any
    ) -> None:
        self.shop, self.people, self.editions, self.beside, self.clock = shop, people, editions, beside, clock
        self.customers = [one.memberships.get().customer for one in people]
        self.orders: list[Order] = []
        self.disputes: list[str] = []
        self.log: list[str] = []
        self._lose_answers()

    def _lose_answers(self) -> None:
        """PayPal does what it is asked, and the answer gets lost: once, when `loses` says so."""
        stand_in = self.beside.stand_in
        answer = stand_in.answer_of_api
        self.loses = False

        def answered(request: Any) -> Any:
            found = answer(request)
            acts = request.method == "POST" and request.path.startswith("/v2/checkout/orders")
            # Not the one that asks for another token.
            if self.loses and acts and found and found.status not in (401, 503):
                self.loses = False
                return None
            return found

        stand_in.answer_of_api = answered  # type: ignore[method-assign]

    def tell(self, what: str, *args: Any, breaks: int | None = None) -> str:
        """What came of it: done, refused, or away; both must agree on that, and on how all stands afterwards.

        With `breaks` each thing that the program does is broken off after so many statements, and done again.
        """
        broken = "" if breaks is None else f", broken off after {breaks} statements"
        self.log.append(f"{self.at:%d %b %Y %H:%M} {what}{args}{broken}")
        self.breaks = breaks
        unknown = self._may_differ()
        found = self._came_of(lambda: getattr(self, f"_{what}")(*args))
        expected = self._came_of(lambda: getattr(self, f"_{what}_at_home")(*args))
        self.log[-1] += "" if found == "done" else f": {found}"
        assert found == expected, self.story(f"The program: {found}; the model: {expected}.")
        self.compare()
        told = set(Difference.objects.filter(mended_at=None).values_list("external_id", flat=True))
        if (what, found) == ("night", "done"):
            assert told <= unknown, self.story(f"told to differ: {told - unknown}")
        return found

    @staticmethod
    def _came_of(act: Callable[[], object]) -> str:
        try:
            act()
        except (ServiceFailed, AwayError, checkouts.PaymentServiceAway):
            return "away"
        except (Refused, NotPossibleError):
            return "refused"
        return "done"

    def story(self, what: str) -> str:
        return "\n".join(["", *self.log, what])

    def _safely(self, act: Callable[[], object]) -> None:
        """Broken off, if the history says so, and done again."""
        if self.breaks is not None:
            try:
                with connection.execute_wrapper(StopInside(self.breaks)):
                    act()
            except Broken:
                transaction.set_rollback(False)  # what was not in a transaction of its own was one statement
            else:
                return
        act()

    def _moved(self, act: Callable[[], object]) -> None:
        def moved() -> None:
            with transaction.atomic():
                act()

        self._safely(moved)

    # Each thing that is done: to the program, and to the model

    def _pass(self, minutes: int) -> None:
        self.clock.shift(datetime.timedelta(minutes=minutes))

    def _pass_at_home(self, minutes: int) -> None:
        self.shop.now += datetime.timedelta(minutes=minutes)

    def _place(self, home: int, packs: tuple[int, ...], express: bool) -> None:
        more = [self._item(home, one) for one in packs[1:]]
        first, key, placed = self.editions[packs[0]], form_key(), []
        self._safely(
            lambda: placed.append(
                place(self.people[home], first, self.at, *more, means="paypal", express_request=express, key=key)
            )
        )
        self.orders.append(placed[-1])

    def _item(self, home: int, pack: int) -> Item:
        edition = self.editions[pack]
        return Item(edition, None if edition.shared else self.people[home])

    def _place_at_home(self, home: int, packs: tuple[int, ...], express: bool) -> None:
        self.shop.place(home, packs, express=express)

    def _change_means(self, order: int, means: str) -> None:
        self._safely(lambda: changing.change_means(order=self.orders[order], means=means, by=TEST, at=self.at))

    def _change_means_at_home(self, order: int, means: str) -> None:
        self.shop.change_means(self.shop.orders[order])

    def _cancel(self, order: int) -> None:
        self._safely(lambda: waiting.cancel_order(order=self.orders[order], by=TEST, at=self.at))

    def _cancel_at_home(self, order: int) -> None:
        self.shop.cancel(self.shop.orders[order])

    def _choose_credit(self, order: int) -> None:
        self._safely(lambda: crediting.choose_credit(order=self.orders[order], by=TEST, at=self.at))

    def _choose_credit_at_home(self, order: int) -> None:
        self.shop.choose_credit(self.shop.orders[order])

    def _withdraw(self, pack: int) -> None:
        self._safely(lambda: catalogue.withdraw_edition(edition=self.editions[pack], by=TEST, at=self.at))

    def _withdraw_at_home(self, pack: int) -> None:
        if pack in self.shop.withdrawn:
            raise NotPossibleError
        self.shop.withdrawn.add(pack)

    def _transfer(self, order: int, cents: int) -> None:
        key = form_key()
        self._safely(
            lambda: pay(self.orders[order], cents, self.at, means="transfer", is_another=True, is_old=True, key=key)
        )

    def _transfer_at_home(self, order: int, cents: int) -> None:
        self.shop.transfer(self.shop.orders[order], cents)

    def _begin(self, order: int) -> None:
        self._safely(lambda: checkouts.begin_checkout(order=self.orders[order], by=TEST, at=self.at))

    def _begin_at_home(self, order: int) -> None:
        self.shop.begin(self.shop.orders[order])

    def _approve(self, attempt: int) -> None:
        self.beside.approve(Checkout.objects.order_by("pk")[attempt].external_id or "")

    def _approve_at_home(self, attempt: int) -> None:
        self.shop.approve(self.shop.attempts[attempt])

    def _come_back(self, order: int) -> None:
        self._safely(lambda: checkouts.look_at_order(order=self.orders[order], by=TEST, at=self.at))

    def _come_back_at_home(self, order: int) -> None:
        self.shop.come_back(self.shop.orders[order])

    def _work(self) -> None:
        """What a worker does all day."""
        due = (
            order_tasks.follow_time, tasks.activate_orders, tasks.look_at_checkouts, tasks.follow_disputes,
        )  # fmt: skip
        for task in due:
            self._safely(task.call)

    def _work_at_home(self) -> None:
        self.shop.expire()
        self.shop.activate()
        self.shop.look_at_due()
        self.shop.follow_disputes()

    def _ask_for_disputes(self) -> None:
        self._safely(tasks.look_at_disputes.call)

    def _ask_for_disputes_at_home(self) -> None:
        self.shop.look_at_disputes(3 * datetime.timedelta(days=1))

    def _night(self) -> None:
        self._safely(lambda: comparing.compare_account(by=WORKER, at=self.at))
        self._safely(tasks.look_at_all_disputes.call)

    def _night_at_home(self) -> None:
        self.shop.night()
        self.shop.look_at_disputes(179 * datetime.timedelta(days=1))

    # PayPal, and what it tells

    def _down(self) -> None:
        self.beside.down()

    def _down_at_home(self) -> None:
        self.shop.is_down = True

    def _up(self) -> None:
        self.beside.up()

    def _up_at_home(self) -> None:
        self.shop.is_down = False

    def _lose(self) -> None:
        self.loses = True

    def _lose_at_home(self) -> None:
        self.shop.loses = True

    def _next(self, outcome: str) -> None:
        self.beside.account.next_outcomes.append(outcome)  # type: ignore[arg-type]

    def _next_at_home(self, outcome: str) -> None:
        self.shop.outcomes.append(outcome)

    def _end_pending(self, capture: int, well: bool) -> None:
        end = self.beside.settle_pending if well else self.beside.refuse_pending
        end(self.beside.capture_ids()[capture])

    def _end_pending_at_home(self, capture: int, well: bool) -> None:
        self.shop.end_pending(self.shop.captures[capture], well=well)

    def _refund(self, capture: int, cents: int) -> None:
        self.beside.refund(self.beside.capture_ids()[capture], cents)

    def _refund_at_home(self, capture: int, cents: int) -> None:
        self.shop.refund(self.shop.captures[capture], cents)

    def _dispute(self, capture: int, cents: int) -> None:
        self.disputes.append(self.beside.dispute(self.beside.capture_ids()[capture], cents=cents))

    def _dispute_at_home(self, capture: int, cents: int) -> None:
        self.shop.dispute(self.shop.captures[capture], cents)

    def _end_dispute(self, case: int, won: bool) -> None:
        self.beside.end_dispute(self.disputes[case], won=won)

    def _end_dispute_at_home(self, case: int, won: bool) -> None:
        self.shop.end_dispute(self.shop.cases[case], won=won)

    def _reopen_dispute(self, case: int) -> None:
        account = self.beside.account
        with account.lock:
            dispute = account.disputes[self.disputes[case]]
            dispute.is_resolved, dispute.outcome, dispute.updated_at = False, "", self.at
            event(account, "CUSTOMER.DISPUTE.UPDATED", dispute, "A dispute was updated", self.at)

    def _reopen_dispute_at_home(self, case: int) -> None:
        self.shop.reopen_dispute(self.shop.cases[case])

    def _deliver(self, number: int, times: int) -> None:
        """A notice, once or again."""
        for _ in range(times):
            self._safely(lambda: self._send(number))

    def _deliver_at_home(self, number: int, times: int) -> None:
        self.shop.deliver(self.shop.events[number])

    def _forge(self, number: int, place: int) -> None:
        """The same with one digit or letter changed."""
        self._safely(lambda: self._send(number, place))

    def _forge_at_home(self, number: int, place: int) -> None:
        raise NotPossibleError

    def _send(self, number: int, place: int | None = None) -> None:
        with self.beside.account.lock:
            signed = self.beside.stand_in.signed(self.beside.account.events[number])[0]
        body = bytearray(signed.body)
        if place is not None:
            places = [one for one, byte in enumerate(body) if chr(byte).isalnum()]
            body[places[place % len(places)]] ^= 1
        sent = Sent(bytes(body), kept_headers(signed.headers))
        notices.receive_notice(sent=sent, visitor="192.0.2.7", at=self.at)

    def _use_notices(self) -> None:
        for number in list(OnlineNotice.objects.filter(state="proven").order_by("pk").values_list("pk", flat=True)):
            self._came_of(lambda number=number: self._safely(lambda: self._use_notice(number)))  # type: ignore[misc]

    def _use_notice(self, number: int) -> None:
        notices.use_notice(number=number, by=WORKER, at=self.at)

    def _use_notices_at_home(self) -> None:
        self.shop.use_notices()

    # What must be the same

    def compare(self) -> None:
        found, expected = self.told(), self.shop.told()
        different = [
            f"{name}: {found.get(name)}, by the model {expected.get(name)}"
            for name in {**found, **expected}
            if found.get(name) != expected.get(name)
        ]
        assert not different, self.story("\n".join(different))

    def _may_differ(self) -> set[str]:
        """What the shop does not know yet, or PayPal's list; of nothing else the desk may be told that it differs."""
        account, shop = self.beside.account, self.shop
        captures = dict(zip(account.captures, shop.captures, strict=True))
        refunds = dict(zip(account.refunds, shop.refunds, strict=True))
        cases = dict(zip(self.disputes, shop.cases, strict=True))
        unknown = {one for one, capture in captures.items() if capture.sum is None}
        for taken in (one for one in shop.refunds if one.case and shop.is_unsettled(one)):
            unknown |= {one for one, refund in refunds.items() if refund.capture is taken.capture}
            unknown |= {one for one, case in cases.items() if case.capture is taken.capture}
        return unknown

    def told(self) -> dict[str, object]:
        """How the program stands, in the words of the model."""
        found: dict[str, object] = {}
        place_of = {order.pk: place for place, order in enumerate(self.orders)}
        for home, customer in zip(self.shop.homes, self.customers, strict=True):
            found |= self._told_of(home, customer.pk, place_of)
        found["attempts"] = list(Checkout.objects.order_by("pk").values_list("state", "amount_cents", "look_at"))
        found["disputes"] = list(
            Dispute.objects.order_by("pk").values_list(
                "state", "amount_cents", "order_cents", "credit_held_cents", "cancelled_cents"
            )
        )
        found["sent back"] = sorted(OnlineRefund.objects.values_list("amount_cents", flat=True))
        account = self.beside.account
        found["at PayPal"] = (len(account.captures), len(account.refunds), len(account.events))
        return found

    @staticmethod
    def _told_of(home: Home, customer_id: int, place_of: dict[int, int]) -> dict[str, object]:
        name, mine = f"customer {home.number}", {"customer": customer_id}
        orders = Order.objects.filter(**mine).order_by("pk").values_list("state", "credit_used_cents", "expires_at")
        lots = Lot.objects.filter(**mine).order_by("number").values_list(
            "unit", "quantity", "available", "reserved", "spent", "frozen", "refunded", "last_day"
        )  # fmt: skip
        paid = Payment.objects.filter(**mine).order_by("pk").values_list("means", "amount_cents", "cause_id")
        books: dict[str, list[int]] = defaultdict(list)
        for kind, cents in Line.objects.filter(customer_id=customer_id).values_list("kind", "gross_cents"):
            books[kind].append(cents)
        account = CreditAccount.objects.filter(**mine).first()
        return {
            f"{name}, orders": list(orders),
            f"{name}, lots": list(lots),
            f"{name}, credit": account.credit_cents if account else 0,
            f"{name}, money": [(means, cents, place_of[order_id]) for means, cents, order_id in paid],
            f"{name}, invoices": sorted(
                Invoice.objects.filter(kind="invoice", **mine).values_list("gross_cents", flat=True)
            ),
            **{f"{name}, books, {kind}": (len(books[kind]), sum(books[kind])) for kind in BOOKS},
        }
