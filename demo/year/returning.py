"""What goes back in the demo's year: a household withdraws, the owner refunds a part, cheques go to the bank and
bounce.
"""

import datetime

from carnet.audit.actors import WORKER
from carnet.cheques import actions as depositing
from carnet.cheques import queries as cheques
from carnet.cheques.models import DepositSlip
from carnet.kernel import calendar, keys
from carnet.orders.models import Order
from carnet.payments.models import Payment
from carnet.people.models import Person
from carnet.repayments.actions import sending
from carnet.repayments.models import Repayment
from carnet.till.actions import bouncing, recording, refunding, repaying, withdrawing
from carnet.till.actions.refunding import SentTo
from carnet.till.models import Refund
from demo.year.story import DAY, HOUR, MONTHS, Story

MOST_ON_A_SLIP = 40
REFUND_REASON = "Geste commercial : une partie du carnet ne servira plus."
IBAN = "FR7630006000011234567890189"  # of the examples of banks: nobody has it


def arrange(story: Story) -> None:
    """Plan the owner's refund, what of it the payment service is asked, and the way to the bank each month."""
    for months in range(MONTHS - 1, 0, -1):
        story.plan(story.months_ago(months) + HOUR * 11, _take_cheques_to_the_bank, story)
    agreed = story.months_ago(2) + HOUR * 10
    story.plan(agreed, _refund_a_part, story)
    story.plan(agreed + HOUR, _look_at_repayments, asks_network=True)


def withdraw(at: datetime.datetime, story: Story, order: Order, holder: Person) -> None:
    """O11: on the fifth day its holder withdraws, signed in; the owner sends the rest back two days later."""
    declared = withdrawing.Declared(holder.name, holder.email, holder.language, SentTo(False, holder.name, IBAN))
    withdrawing.declare_withdrawal(
        order=order, declared=declared, person=holder, visitor="", by=holder.as_actor(), at=at, key=keys.new_key()
    )
    story.plan(at + DAY * 2, _send_back, story, order)


def _send_back(at: datetime.datetime, story: Story, order: Order) -> None:
    for repayment in Repayment.objects.filter(payment__cause_kind="order", payment__cause_id=order.pk, state="due"):
        sending.record_sent(
            repayment=repayment, sent_on=calendar.date_on(at, story.zone), means="transfer",
            by=story.owner.as_actor(), at=at,
        )  # fmt: skip


def _refund_a_part(at: datetime.datetime, story: Story) -> None:
    """O9: the owner agrees to take two unused tickets back; what was paid at PayPal goes back there."""
    order = Order.objects.with_lines().get(customer__name="Famille Koné")
    (activation,) = order.activations
    units = {activation.lot_id: min(2, activation.lot.available)}
    refunding.refund_order(
        order=order, units=units, reason=Refund.Reason.OWNER, to=SentTo(), note=REFUND_REASON,
        by=story.owner.as_actor(), at=at, key=keys.new_key(),
    )  # fmt: skip


def _look_at_repayments(at: datetime.datetime) -> None:
    repaying.look_at_due(by=WORKER, at=at)


def bounce(at: datetime.datetime, story: Story, order: Order) -> None:
    """O7: the bank sends the cheque back."""
    (cheque,) = Payment.objects.filter(cause_kind="order", cause_id=order.pk, means="cheque", bounce=None)
    bouncing.bounce_cheque(
        payment=cheque, bounced_on=calendar.date_on(at, story.zone), by=story.owner.as_actor(), at=at
    )


def _take_cheques_to_the_bank(at: datetime.datetime, story: Story) -> None:
    """What has come goes on a slip and to the bank; four days later the money is there."""
    waiting = cheques.cheques("to_deposit").values_list("pk", flat=True)
    if not waiting:
        return
    by = story.owner.as_actor()
    slip = depositing.make_deposit_slip(payments=list(waiting)[:MOST_ON_A_SLIP], by=by, at=at, key=keys.new_key())
    depositing.deposit_slip(slip=slip, deposited_on=calendar.date_on(at, story.zone), by=by, at=at)
    story.plan(at + DAY * 4, _clear, story, slip)


def _clear(at: datetime.datetime, story: Story, slip: DepositSlip) -> None:
    recording.clear_slip(slip=slip, cleared_on=calendar.date_on(at, story.zone), by=story.owner.as_actor(), at=at)
