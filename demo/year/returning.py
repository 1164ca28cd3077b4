"""What goes back in the demo's year: a household withdraws, the owner refunds a part, and what was too much is sent
back.
"""

import datetime

from carnet.kernel import calendar, keys
from carnet.orders.models import Order
from carnet.people.models import Person
from carnet.repayments.actions import sending
from carnet.repayments.models import Repayment
from carnet.till.actions import refunding, repaying, withdrawing
from carnet.till.actions.refunding import SentTo
from carnet.till.models import Refund
from demo.year.story import DAY, DEMO, HOUR, Story

REFUND_REASON = "Geste commercial : une partie du carnet ne servira plus."
IBAN = "FR7630006000011234567890189"  # of the examples of banks: nobody has it


def arrange(story: Story) -> None:
    """Plan the owner's refund, and what of it the payment service is asked."""
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
    repaying.look_at_due(by=DEMO, at=at)
