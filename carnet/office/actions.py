import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.invoices import actions as invoices
from carnet.jobs import actions as jobs
from carnet.jobs.models import Job
from carnet.mail.models import MailAttachment
from carnet.office import mails, queries, rules
from carnet.people.models import Customer, Membership, Person, SignUp
from carnet.tickets.models import (
    Attachment,
    ContactMessage,
    ContactReply,
    FirstQuestionFile,
    Message,
    Rating,
    Ticket,
    WorkReason,
)

# Of one kind in one night, so that no transaction holds the database for long.
PURGED_AT_ONCE = 2000


@transaction.atomic
def retry_job(*, job_id: int, by: Actor, at: datetime.datetime) -> Job:
    """Let a job that was given up run again. Refuses `JobNotFailed` and `JobAlreadyWaiting` of jobs."""
    job = jobs.retry_job(job_id, at=at)
    audit.record("job.retried", by=by, at=at, subject=("job", job.pk), name=job.name)
    return job


def purge(*, by: Actor, at: datetime.datetime, is_dry: bool = False) -> dict[str, int]:
    """Delete or empty what personal data may be kept no longer, kind by kind; how many rows of each (GDPR art. 5.1.e).

    `is_dry` only counts. What only grows (journals, books, audit) holds no names and is left alone, and so is what the
    law wants kept. Each kind is a transaction of its own; broken off, it goes on the next night.
    """
    done = {kind: _purge_kind(kind, by=by, at=at, is_dry=is_dry) for kind in queries.KINDS_OVER}
    done |= _purge_accounts(by=by, at=at, is_dry=is_dry)
    if not is_dry and any(done.values()):
        rows = {kind: count for kind, count in done.items() if count}
        audit.record("personal_data.purged", by=by, at=at, rows=rows)
    return done


@transaction.atomic
def _purge_kind(kind: str, *, by: Actor, at: datetime.datetime, is_dry: bool) -> int:
    over = queries.over(kind, at)
    if is_dry:
        return over.count()
    found = list(over.order_by("pk").values_list("pk", flat=True)[:PURGED_AT_ONCE])
    rows = over.model._default_manager.filter(pk__in=found)
    match kind:
        case "tickets":
            _empty_tickets(found)
        case "order_addresses":
            rows.update(ip=None)
        case "unpaid_orders" | "buyers":
            rows.update(name="", email="", street="", postcode="", city="", siren="", vat_number="", ip=None, salt="")
        case "payers":
            rows.update(payer="", bank="", document_number="", note="", undone_reason="")
        case "invoices":
            invoices.empty_invoices(found, by=by, at=at)
        case "mails":
            MailAttachment.objects.filter(mail__in=found).delete()
            rows.delete()
        case "unconfirmed_questions" | "confirmed_questions":
            FirstQuestionFile.objects.filter(question__in=found).delete()
            ContactMessage.objects.filter(first_question__in=found).update(first_question=None)
            rows.delete()
        case "spam" | "contact_messages" | "notices":
            ContactReply.objects.filter(message__in=found).delete()
            rows.delete()
        case _:
            rows.delete()
    return len(found)


def _empty_tickets(tickets: list[int]) -> None:
    """Words and files go; numbers, times and prices stay, by which the statement adds up. The files themselves belong
    to nothing now and are deleted with the next cleaning.
    """
    Attachment.objects.filter(message__ticket__in=tickets).delete()
    Message.objects.filter(ticket__in=tickets).update(text="")
    WorkReason.objects.filter(session__ticket__in=tickets).update(text="", correction="")
    Rating.objects.filter(ticket__in=tickets).update(comment="", may_publish=False)
    Ticket.objects.filter(pk__in=tickets).update(subject="")


def _purge_accounts(*, by: Actor, at: datetime.datetime, is_dry: bool) -> dict[str, int]:
    """Accounts that nobody used for three years: told first, emptied 30 days later."""
    told, emptied = 0, 0
    for person in queries.people_inactive(at)[:PURGED_AT_ONCE]:
        mail = queries.told_of_emptying(person)
        if mail is None:
            told += 1
            if not is_dry:
                mails.account_inactive(person, ends_at=at + datetime.timedelta(days=rules.TOLD_DAYS), at=at)
        elif mail.queued_at <= at - datetime.timedelta(days=rules.TOLD_DAYS):
            emptied += 1
            if not is_dry:
                _empty_account(person, by=by, at=at)
    return {"accounts_told": told, "accounts": emptied}


@transaction.atomic
def _empty_account(person: Person, *, by: Actor, at: datetime.datetime) -> None:
    """Name, addresses and sign-in go, and those of a customer to whom nobody belongs any more."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    EmailAddress.objects.filter(user=person).delete()
    person.name, person.phone, person.email, person.is_active = "", "", f"{person.pk}@erased.invalid", False
    person.set_unusable_password()
    person.save()
    SignUp.objects.filter(person=person).delete()
    theirs = list(Membership.objects.active().filter(person=person).values_list("customer", flat=True))
    Membership.objects.active().filter(person=person).update(ended_at=at)
    left = Membership.objects.active().filter(customer__in=theirs).values("customer")
    Customer.objects.filter(pk__in=theirs).exclude(pk__in=left).update(
        name="—", street="", postcode="", city="", siren="", vat_number=""
    )
    audit.record("person.emptied", by=by, at=at, subject=("person", person.pk))
