"""From a question to a ticket: a visitor's first one, confirmed by a link, and those of people who have an account."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum

from carnet.audit import actions as audit
from carnet.audit.actors import WORKER, Actor
from carnet.files import actions as files
from carnet.kernel import once
from carnet.kernel import text as text_of
from carnet.kernel.refused import Refused
from carnet.limits import actions as limits
from carnet.mail import actions as mail
from carnet.people import queries as people_queries
from carnet.people.actions import customers, persons
from carnet.people.models import Customer, Person
from carnet.tickets import mails, rules
from carnet.tickets.actions import audit_trail, whose_turn
from carnet.tickets.actions.contact import count_page
from carnet.tickets.actions.messages import add_message
from carnet.tickets.models import Attachment, Criticality, FirstQuestion, FirstQuestionFile, Message, Ticket
from carnet.work.actions import covers
from carnet.work.rules.ways_to_pay import Chosen

LINK_LASTS = datetime.timedelta(days=7)
HOUR = datetime.timedelta(hours=1)
QUESTIONS_AN_HOUR = 5
# A second click on «confirm» within this time leads to where the first one led.
SAME_CLICK = datetime.timedelta(minutes=10)
# A second click on «send again» sends nothing.
RESEND_AFTER = datetime.timedelta(seconds=60)


class TooManyQuestions(Refused):
    """Each first question sends a mail, so one address can't be made to get many."""

    code = "tickets.too_many_questions"


class NoRoomForFiles(Refused):
    """So much was sent by this visitor, or waits for confirmation altogether, that no file is taken now."""

    code = "tickets.no_room_for_files"
    field = "files"


class LinkExpired(Refused):
    """The link was opened after its seven days; the question is kept."""

    code = "tickets.link_expired"


class LinkUsed(Refused):
    """The question is a ticket already."""

    code = "tickets.link_used"


class AccountExists(Refused):
    """The address has an account by now, and the question can be sent from there."""

    code = "tickets.account_exists"


class MayNotAsk(Refused):
    """The person does not belong to the customer, or as buyer opens no tickets."""

    code = "tickets.may_not_ask"


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks, how urgent it is, and its files; those of the first question that it was `kept_as` move to
    the ticket.
    """

    subject: str
    text: str
    criticality: str
    uploads: Sequence[UploadedFile] = ()
    kept_as: FirstQuestion | None = None


@transaction.atomic
def ask_first_question(
    *,
    sender: rules.Sender,
    customer_kind: str,
    customer_name: str,
    question: Question,
    visit: rules.Visit = rules.NO_VISIT,
    key: str,
    by: Actor,
    at: datetime.datetime,
) -> FirstQuestion:
    """Keep a visitor's first question and mail the link that makes it a ticket; the same key again is the first
    question.

    Whether the address has an account shows in the mail alone, never on the page. Refuses `KeyReused`, `PageUsedUp`,
    `TooManyQuestions` of one address in an hour or one visitor, `TooManyMails`, for each of them sends a mail, and
    `NoRoomForFiles`.
    """
    email = text_of.address(sender.email)
    typed = {
        "email": email,
        "name": sender.name,
        "customer_kind": customer_kind,
        "customer_name": customer_name,
        "subject": question.subject,
        "text": question.text,
        "criticality": question.criticality,
    }
    if once.was_done("ask_first_question", key=key, at=at, files=files.digests(question.uploads), **typed):
        return FirstQuestion.objects.get(key=key)
    _count_question(email, visit, question.uploads, at=at)
    moments = {"created_at": at, "sent_at": at, "expires_at": at + LINK_LASTS}
    kept = FirstQuestion.objects.create(key=key, language=sender.language, **typed, **moments)
    for upload in question.uploads:
        FirstQuestionFile.objects.create(question=kept, file=files.store_file(upload=upload, at=at))
    audit.record("first_question.asked", by=by, at=at, subject=("first_question", kept.pk))
    _send_link(kept, at=at)
    return kept


def _count_question(email: str, visit: rules.Visit, uploads: Sequence[UploadedFile], *, at: datetime.datetime) -> None:
    """What each of the limits has to say. Refused, the transaction rolls the counts back."""
    if FirstQuestion.objects.filter(email=email, created_at__gt=at - HOUR).count() >= QUESTIONS_AN_HOUR:
        raise TooManyQuestions
    count_page(visit, at=at)
    visitor = visit.visitor
    if visitor and not limits.spend(rules.QUESTIONS_AN_HOUR, visitor, at=at):
        raise TooManyQuestions
    size = sum(upload.size or 0 for upload in uploads)
    if visitor and size:
        waiting = FirstQuestionFile.objects.filter(question__ticket=None).aggregate(bytes=Sum("file__size_bytes"))
        has_room = limits.spend(rules.UPLOADED_A_DAY, visitor, at=at, amount=size)
        if not has_room or (waiting["bytes"] or 0) + size > rules.UNCONFIRMED_BYTES:
            raise NoRoomForFiles
    mail.count_asked(to=email, visitor=visitor, at=at)


@transaction.atomic
def remove_unconfirmed_files(*, question: FirstQuestion, at: datetime.datetime) -> FirstQuestion:
    """What was sent with a question that nobody has confirmed for a day is deleted; the question stays, and its page
    says so.
    """
    question = FirstQuestion.objects.select_for_update().get(pk=question.pk)
    if question.ticket_id or at - question.created_at < rules.UNCONFIRMED_FILES_LAST:
        return question
    found = list(question.files.select_related("file"))
    question.files_removed += len(found)
    question.save(update_fields=["files_removed"])
    for one in found:
        one.delete()
        files.delete_file(one.file)
    audit.record(
        "first_question.files_removed", by=WORKER, at=at, subject=("first_question", question.pk), count=len(found)
    )
    return question


@transaction.atomic
def send_link_again(*, question: FirstQuestion, by: Actor, at: datetime.datetime, visitor: str = "") -> FirstQuestion:
    """Mail the link once more, good for another seven days. Within a minute of the last mail nothing is sent. Refuses
    `LinkUsed`, `TooManyMails`.
    """
    question = FirstQuestion.objects.select_for_update().get(pk=question.pk)
    if question.ticket_id:
        raise LinkUsed
    if at - question.sent_at < RESEND_AFTER:
        return question
    mail.count_asked(to=question.email, visitor=visitor, at=at)
    question.sent_at = at
    question.expires_at = at + LINK_LASTS
    question.save(update_fields=["sent_at", "expires_at"])
    audit.record("first_question.sent_again", by=by, at=at, subject=("first_question", question.pk))
    _send_link(question, at=at)
    return question


@transaction.atomic
def confirm_first_question(*, question: FirstQuestion, key: str, by: Actor, at: datetime.datetime) -> Ticket:
    """Turn a confirmed first question into person, customer and ticket with the free minutes (F1).

    Whoever followed the link has shown that the address is theirs. `key` is of the page that asked: its second
    click finds the first one's ticket. Refuses `LinkUsed`, `LinkExpired`, and `AccountExists` if the address got an
    account meanwhile: then the question is sent from there and nothing is lost. Without free minutes (F4) the
    ticket waits for cover.
    """
    question = FirstQuestion.objects.select_for_update(of=("self",)).select_related("ticket").get(pk=question.pk)
    if question.ticket:
        if question.confirmed_key == key and at - question.ticket.opened_at < SAME_CLICK:
            return question.ticket
        raise LinkUsed
    if at >= question.expires_at:
        raise LinkExpired
    if people_queries.person_with_address(question.email):
        raise AccountExists
    person = persons.create_person(
        email=question.email, name=question.name, language=question.language, by=by, at=at, verified=True
    )
    by = person.as_actor()
    customer = customers.create_customer(
        kind=question.customer_kind,
        name=question.customer_name,
        language=question.language,
        person=person,
        by=by,
        at=at,
    )
    ticket = open_ticket(
        customer=customer,
        person=person,
        question=Question(question.subject, question.text, question.criticality, kept_as=question),
        chosen=Chosen("trial"),
        origin=Ticket.Origin.TRIAL,
        key=f"first_question:{question.pk}",
        by=by,
        at=at,
    )
    FirstQuestion.objects.filter(pk=question.pk).update(confirmed_key=key)
    return ticket


@transaction.atomic
def open_ticket(
    *,
    customer: Customer,
    person: Person,
    question: Question,
    chosen: Chosen,
    origin: Ticket.Origin = Ticket.Origin.WEB,
    key: str,
    by: Actor,
    at: datetime.datetime,
) -> Ticket:
    """Open a ticket for a question of `person`, paid with what they chose; the same key again is the first ticket.

    What pays is reserved now (T1, H4, F1; see `work.actions.covers.open_cover`). If nothing does, the question is kept
    as waiting for cover and its person told once what would cover it (T15). Refuses `MayNotAsk` to a person who may
    open no tickets for this customer, `KeyReused`, `CeilingOutOfRange` of `work`, and `LinkUsed` if the question was
    kept as a first question that is a ticket already.
    """
    refuse_unless_may_ask(person, customer)
    if once.was_done(
        "open_ticket", key=key, at=at, by=by.id, customer=customer, person=person, subject=question.subject,
        text=question.text, criticality=question.criticality, files=files.digests(question.uploads), chosen=chosen,
    ):  # fmt: skip
        return Ticket.objects.get(key=key)
    case = covers.open_cover(customer=customer, person=person, chosen=chosen, by=by, at=at)
    ticket = Ticket.objects.create(
        key=key,
        customer=customer,
        asked_by=person,
        cover=case.cover,
        origin=origin,
        subject=question.subject,
        language=person.language,
        criticality=Criticality(question.criticality),
        opened_at=at,
        waits_since=at,
        due_at=whose_turn.due_at(question.criticality, at),
    )
    message = add_message(
        ticket=ticket, kind=Message.Kind.QUESTION, text=question.text, uploads=question.uploads,
        key=f"opens:{key}"[:64], by=by, at=at,
    )  # fmt: skip
    if question.kept_as:
        _take_over(question.kept_as, ticket, message)
    opened = {"means": ticket.cover.means, "covered": not ticket.cover.is_waiting}
    audit.record_all([*case.entries, audit_trail.entry("ticket.opened", ticket, by=by, at=at, **opened)])
    if ticket.cover.is_waiting:
        mails.waiting_for_cover(ticket, at=at)
    else:
        mails.received(ticket, at=at)
    return ticket


def refuse_unless_may_ask(person: Person, customer: Customer) -> None:
    """Tickets are opened by holders and members, as long as they belong to the customer. Refuses `MayNotAsk`."""
    membership = people_queries.active_membership(person, customer)
    if membership is None or not membership.may_open_tickets:
        raise MayNotAsk


def _take_over(question: FirstQuestion, ticket: Ticket, message: Message) -> None:
    """The question has become this ticket: its link is used up, its files belong to the message. Refuses `LinkUsed`."""
    question = FirstQuestion.objects.select_for_update().get(pk=question.pk)
    if question.ticket_id:
        raise LinkUsed
    question.ticket = ticket
    question.save(update_fields=["ticket"])
    Attachment.objects.bulk_create(Attachment(message=message, file_id=one.file_id) for one in question.files.all())


def _send_link(question: FirstQuestion, *, at: datetime.datetime) -> None:
    mails.first_question_link(
        question, has_account=people_queries.person_with_address(question.email) is not None, at=at
    )
