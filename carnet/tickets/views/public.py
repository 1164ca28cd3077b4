"""Without an account: the first question with its link, and the contact form."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from carnet.audit.actors import VISITOR
from carnet.kernel import clock, keys, reading, text
from carnet.kernel.refused import Refused
from carnet.people import queries as people
from carnet.schedule import queries as schedule
from carnet.tickets import rules
from carnet.tickets.actions import contact, questions
from carnet.tickets.forms.form_marks import shown_mark
from carnet.tickets.forms.public import ConfirmForm, ContactForm, FirstQuestionForm
from carnet.tickets.models import FirstQuestion
from carnet.web import access, refusals, senders

# In the visitor's session: the first question that was just sent, and the address that a contact message named.
SENT_QUESTION = "first_question"
SENT_CONTACT = "contact_message"


@require_http_methods(["GET", "HEAD", "POST"])
@access.public
def ask_first_question(request: Any) -> HttpResponse:
    if request.user.is_authenticated and not request.user.is_team:
        return redirect("my:tickets:open_ticket")
    at = clock.now()
    form = FirstQuestionForm(
        request.POST or None, request.FILES or None, initial={"shown": shown_mark(int(at.timestamp()))}
    )
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            question = questions.ask_first_question(
                sender=rules.Sender(typed["name"], typed["email"], reading.language()),
                customer_kind=typed["customer_kind"],
                customer_name=typed["customer_name"],
                question=questions.Question(typed["subject"], typed["text"], typed["criticality"], typed["files"]),
                visit=rules.Visit(senders.sender_of(request), typed["shown"]),
                key=typed["key"],
                by=VISITOR,
                at=at,
            )
        except Refused as refused:
            _tell(form, refused)
        else:
            request.session[SENT_QUESTION] = question.pk
            return redirect("tickets:first_question_sent")
    return render(request, "tickets/public/ask_first_question.html", {"form": form, "status": schedule.status(at)})


@require_safe
@never_cache
@access.public
def first_question_sent(request: Any) -> HttpResponse:
    question = FirstQuestion.objects.filter(pk=request.session.get(SENT_QUESTION)).first()
    if question is None:
        return redirect("tickets:ask_first_question")
    return render(request, "tickets/public/first_question_sent.html", {"question": question})


@require_http_methods(["GET", "HEAD", "POST"])
@access.public
def send_link_again(request: Any) -> HttpResponse:
    """For the question of this visitor's session, or for the one whose link was opened too late."""
    if request.method != "POST":
        return redirect("tickets:first_question_sent")
    token = request.POST.get("token", "")
    known = FirstQuestion.objects.with_token(token) if token else FirstQuestion.objects.all()
    question = known.filter(**({} if token else {"pk": request.session.get(SENT_QUESTION)})).first()
    if question is None:
        return redirect("tickets:ask_first_question")
    questions.send_link_again(question=question, visitor=senders.sender_of(request), by=VISITOR, at=clock.now())
    request.session[SENT_QUESTION] = question.pk
    messages.success(request, _("The link has been sent again."))
    return redirect("tickets:first_question_sent")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@access.public
def confirm_first_question(request: Any, token: str) -> HttpResponse:
    """GET shows, POST confirms: programs that look at links in mails must not confirm anything.

    Whoever has the link reads the question, so no cache and no search engine keeps the page, and once the link was used
    it only leads to sign-in.
    """
    question = FirstQuestion.objects.with_token(token).select_related("ticket").first()
    if question is None:
        response = render(request, "tickets/public/link_unknown.html", status=404)
    elif request.method == "POST":
        response = _confirm(request, question)
    else:
        response = _show_link(request, question)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _show_link(request: Any, question: FirstQuestion, refused: Refused | None = None) -> HttpResponse:
    at = clock.now()
    if question.ticket_id:
        if not request.user.is_authenticated:
            messages.info(request, refusals.sentence(questions.LinkUsed()))
        return redirect("my:tickets:ticket", question.ticket_id)  # by way of signing in
    if people.person_with_address(question.email):
        state = "known"
    else:
        state = "expired" if at >= question.expires_at else "fresh"
    theirs = request.user.is_authenticated and request.user.email == question.email
    if theirs and state == "known":
        return redirect(f"{settings.FORCE_SCRIPT_NAME or ''}/my/tickets/new/?question={question.token}")
    context = {
        "question": question,
        "state": state,
        "key": keys.new_key(),
        "files": question.files.count(),
        "refused": refusals.sentence(refused) if refused else "",
    }
    return render(request, "tickets/public/confirm_first_question.html", context, status=409 if refused else 200)


def _confirm(request: Any, question: FirstQuestion) -> HttpResponse:
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _show_link(request, question)
    try:
        ticket = questions.confirm_first_question(
            question=question, key=form.cleaned_data["key"], by=VISITOR, at=clock.now()
        )
    except Refused as refused:
        question.refresh_from_db()
        return _show_link(request, question, refused)
    login(request, ticket.asked_by, backend=settings.AUTHENTICATION_BACKENDS[0])
    messages.success(request, _("Your address is confirmed, and we have received your question."))
    return redirect("my:tickets:ticket", ticket.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@access.public
def write_contact_message(request: Any) -> HttpResponse:
    at = clock.now()
    seconds = int(at.timestamp())
    if request.method == "POST":
        form = ContactForm(request.POST)
        if form.is_valid():
            typed = form.cleaned_data
            try:
                message = contact.write_contact_message(
                    sender=rules.Sender(typed["name"], typed["email"], reading.language()),
                    subject=typed["subject"],
                    text=typed["text"],
                    suspect=form.is_suspect(seconds),
                    visit=rules.Visit(senders.sender_of(request), typed["shown"]),
                    key=typed["key"],
                    by=VISITOR,
                    at=at,
                )
            except Refused as refused:
                _tell(form, refused)
            else:
                request.session[SENT_CONTACT] = message.email
                return redirect("tickets:contact_message_sent")
    else:
        known = request.user if request.user.is_authenticated else None
        form = ContactForm(
            initial={
                "shown": shown_mark(seconds),
                "subject": text.one_line(request.GET.get("q", ""))[:200],
                "name": known.name if known else "",
                "email": known.email if known else "",
            }
        )
    return render(request, "tickets/public/write_contact_message.html", {"form": form, "status": schedule.status(at)})


@require_safe
@never_cache
@access.public
def contact_message_sent(request: Any) -> HttpResponse:
    email = request.session.get(SENT_CONTACT)
    if not email:
        return redirect("tickets:write_contact_message")
    return render(request, "tickets/public/contact_message_sent.html", {"email": email})


def _tell(form: FirstQuestionForm | ContactForm, refused: Refused) -> None:
    refusals.tell(form, refused)
    if isinstance(refused, contact.PageUsedUp):
        form.renew_mark()
