"""The owner's pages of the company and of every setting ⚙, with their history."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from carnet.kernel import clock
from carnet.kernel.refused import Refused
from carnet.office import forms
from carnet.office import queries as office
from carnet.office.shown import access as access_words
from carnet.office.shown import settings as setting_words
from carnet.payments import queries as payments
from carnet.provider import actions, queries, rules
from carnet.web import access, refusals

SHOW_AND_SAVE = ["GET", "HEAD", "POST"]


@require_safe
@access.owner
def settings(request: HttpRequest) -> HttpResponse:
    shown = {one.declared.name: one for one in queries.settings_shown()}
    groups = [
        (
            title,
            [
                (words, shown[name], setting_words.value_in_words(shown[name].declared, shown[name].value))
                for name, words in group.items()
            ],
        )
        for title, group in setting_words.SETTING_GROUPS
    ]
    missing = queries.missing_for_sale()
    context = {
        "groups": groups,
        "company": queries.company(),
        "paypal": access_words.state_of(payments.access_kept()),
        "missing_fields": forms.company_labels(missing.fields),
        "missing_texts": [setting_words.TEXTS[kind] for kind in missing.texts],
    }
    return render(request, "office/desk/settings.html", context)


@require_http_methods(SHOW_AND_SAVE)
@access.owner
def change_company(request: Any) -> HttpResponse:
    form = forms.CompanyForm.of(queries.company(), request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.change_company(fields=form.company_fields, by=request.user.as_actor(), at=clock.now())
        except Refused as refused:
            refusals.tell(form, refused)
        else:
            messages.success(request, _("Company details saved."))
            return redirect("desk:office:settings")
    history = queries.company_history()
    names = office.names_of(entry.actor_id for entry in history)
    context = {
        "form": form,
        "history": [
            (entry, forms.company_labels(entry.details["fields"]), names.get(entry.actor_id, entry.actor_label))
            for entry in history
        ],
    }
    return render(request, "office/desk/change_company.html", context)


@require_http_methods(SHOW_AND_SAVE)
@access.owner
def change_setting(request: Any, name: str) -> HttpResponse:
    setting = rules.SETTINGS.get(name)
    if setting is None:
        raise Http404
    value = queries.setting(name)
    form = forms.SettingForm(setting, value, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.change_setting(name=name, value=form.value, by=request.user.as_actor(), at=clock.now())
        except Refused as refused:
            refusals.tell(form, refused)
        else:
            messages.success(request, _("Setting saved. Anything already sold or opened keeps its old value."))
            return redirect("desk:office:settings")
    changes = queries.setting_history(name)
    names = office.names_of(change.actor_id for change in changes)
    history = [
        (
            change,
            setting_words.value_in_full(setting, change.before),
            setting_words.value_in_full(setting, change.value),
            names.get(change.actor_id, change.actor_label),
        )
        for change in changes
    ]
    context = {
        "form": form,
        "words": setting_words.SETTING_WORDS[name],
        "rule": setting.rule,
        "default": "" if setting.kind == "texts" else setting_words.value_in_words(setting, setting.default),
        "history": history,
    }
    return render(request, "office/desk/change_setting.html", context)
