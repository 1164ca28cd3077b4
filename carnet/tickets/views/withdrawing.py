"""A consumer withdraws from an order, with or without signing in: the function that the law asks for, in two steps
with a summary between them (O11; CC L221-21). What belongs to no order of theirs is kept as a message to the desk.
"""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from carnet.audit.actors import VISITOR, Actor
from carnet.kernel import clock, reading
from carnet.kernel.refused import Refused
from carnet.people.models import Person
from carnet.tickets.actions import notices
from carnet.tickets.forms.public import WithdrawalForm
from carnet.tickets.models import ContactMessage
from carnet.tickets.rules import Sender
from carnet.tickets.views.notices import SENT_NOTICE
from carnet.till.actions import withdrawing
from carnet.till.actions.refunding import SentTo
from carnet.till.models import Withdrawal
from carnet.till.queries import withdrawals
from carnet.till.queries.withdrawals import WithdrawalPreview
from carnet.web import access, refusals, senders

# In the visitor's session: the withdrawal that was just declared.
SENT_WITHDRAWAL = "withdrawal"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@access.public
def declare_withdrawal(request: Any) -> HttpResponse:
    """First the form; then what was typed with what follows from it, to be confirmed; «change» leads back to the form.
    Only the confirmation writes.
    """
    known = request.user if request.user.is_authenticated else None
    if request.method != "POST":
        initial = {"name": known.name, "email": known.email} if known else {}
        form = WithdrawalForm(initial=initial | {"contract": request.GET.get("order", "")[:200]})
        return render(request, "tickets/public/declare_withdrawal.html", {"form": form})
    form, step = WithdrawalForm(request.POST), request.POST.get("step", "")
    if not form.is_valid():
        is_seen = step != "confirm" or bool(set(form.errors) & {*WithdrawalForm.CARRIED, "key"})
        return _asked(request, form) if is_seen else _checked(request, form, _preview(form, known))
    if step == "change":
        typed = {name: form.cleaned_data[name] for name in ("key", *WithdrawalForm.CARRIED)}
        return _asked(request, WithdrawalForm(initial=typed))
    preview = _preview(form, known)
    if step != "confirm" or (preview and preview.standing in ("company", "ended")):
        return _checked(request, form, preview)
    try:
        return _confirm(request, form, preview, known)
    except Refused as refused:
        refusals.tell(form, refused)
        return _checked(request, form, preview)


def _asked(request: Any, form: WithdrawalForm) -> HttpResponse:
    return render(request, "tickets/public/declare_withdrawal.html", {"form": form})


def _checked(request: Any, form: WithdrawalForm, preview: WithdrawalPreview | None) -> HttpResponse:
    return render(request, "tickets/public/check_withdrawal.html", {"form": form.unseen(), "preview": preview})


def _preview(form: WithdrawalForm, known: Person | None) -> WithdrawalPreview | None:
    typed = form.cleaned_data
    if not {"contract", "email"} <= typed.keys():
        return None
    order = withdrawals.order_to_withdraw_from(typed["contract"], email=typed["email"], person=known)
    return withdrawals.preview_withdrawal(order, at=clock.now()) if order else None


def _confirm(
    request: Any, form: WithdrawalForm, preview: WithdrawalPreview | None, known: Person | None
) -> HttpResponse:
    """Of an order in time it is declared; late, or of an order that is not theirs, it is a message to the desk."""
    typed, language, at = form.cleaned_data, reading.language(), clock.now()
    by: Actor = known.as_actor() if known else VISITOR
    visitor = senders.sender_of(request)
    if preview is None or preview.standing == "late":
        notice = notices.receive_notice(
            kind=ContactMessage.Kind.WITHDRAWAL, sender=Sender(typed["name"], typed["email"], language),
            contract=typed["contract"], text=typed["text"], visitor=visitor, key=typed["key"], by=by, at=at,
        )  # fmt: skip
        request.session[SENT_NOTICE] = notice.pk
        return redirect("tickets:notice_sent")
    declared = withdrawing.Declared(
        typed["name"], typed["email"], language,
        SentTo(typed["way"] == "credit", typed["account_holder"], typed["iban"]),
    )  # fmt: skip
    withdrawal = withdrawing.declare_withdrawal(
        order=preview.order, declared=declared, person=known, visitor=visitor, by=by, at=at, key=typed["key"]
    )
    request.session[SENT_WITHDRAWAL] = withdrawal.pk
    return redirect("tickets:withdrawal_sent")


@require_safe
@never_cache
@access.public
def withdrawal_sent(request: Any) -> HttpResponse:
    """The receipt, to be printed; the same went out by e-mail."""
    found = Withdrawal.objects.select_related("details", "order").filter(pk=request.session.get(SENT_WITHDRAWAL))
    withdrawal = found.first()
    if withdrawal is None:
        return redirect("home:withdraw")
    is_theirs = request.user.is_authenticated and withdrawals.may_withdraw(request.user, withdrawal.order)
    return render(request, "tickets/public/withdrawal_sent.html", {"withdrawal": withdrawal, "is_theirs": is_theirs})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@access.public
def confirm_withdrawal(request: Any, token: str) -> HttpResponse:
    """Where the link of the receipt leads: GET shows what follows, POST carries it out."""
    found = Withdrawal.objects.with_token(token).select_related("details", "order")
    withdrawal = get_object_or_404(found)
    refused = ""
    if request.method == "POST":
        try:
            withdrawing.carry_out_withdrawal(withdrawal=withdrawal, by=VISITOR, at=clock.now())
        except Refused as refusal:
            refused = refusals.sentence(refusal)
        else:
            return redirect("tickets:confirm_withdrawal", token)
    done = withdrawals.withdrawal_carried_out(withdrawal.order)
    preview = None
    if done is None:
        order = withdrawals.order_of(withdrawal)
        preview = withdrawals.preview_withdrawal(order, at=withdrawal.declared_at)
    context = {"withdrawal": withdrawal, "is_done": done is not None, "preview": preview, "refused": refused}
    response = render(request, "tickets/public/confirm_withdrawal.html", context, status=409 if refused else 200)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
