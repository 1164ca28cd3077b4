"""The demo's mails and documents are there from the first minute on, and the worker begins with empty hands."""

from carnet.invoices import actions as invoices
from carnet.invoices.models import Invoice
from carnet.jobs.models import Job
from carnet.mail import actions as mail
from carnet.mail.models import OutgoingMail
from carnet.orders.actions import confirming
from carnet.orders.models import Order

DONE_HERE = (
    "carnet.mail.tasks.deliver", "carnet.invoices.tasks.make_document", "carnet.orders.tasks.send_confirmation",
)  # fmt: skip


def keep() -> None:
    """Do what the worker would have done with each mail when it was written; nothing leaves a demo.

    The jobs that were to nudge it are of no use any more, and would make the first visitor's mail wait.
    """
    for invoice in Invoice.objects.order_by("pk"):
        invoices.make_document(invoice.pk, at=invoice.at)
    for order in Order.objects.order_by("pk"):
        confirming.send_confirmation(order.pk, at=order.placed_at)
    for written in OutgoingMail.objects.filter(state=OutgoingMail.State.WAITING).order_by("pk"):
        mail.deliver_mail(written.pk, at=written.queued_at)
    Job.objects.live().filter(name__in=DONE_HERE).delete()
