"""Every setting ⚙ in words: what it is, what it does, its choices and values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from carnet.invoices.shown import invoice_words
from carnet.kernel import reading
from carnet.provider.models import TextVersion
from carnet.provider.rules import CRITICALITIES, LANGUAGES, Setting
from carnet.web import formats
from carnet.web.forms import CRITICALITY

Said = str | Promise


@dataclass(frozen=True, slots=True)
class SettingWords:
    """A setting as the owner reads it: what it is, what it does, and its choices if it has some."""

    label: Said
    help: Said
    choices: Mapping[str, Said] = field(default_factory=dict)


# In the groups and the order in which the desk shows them; a test compares them with what is declared.
SETTING_GROUPS: Sequence[tuple[Said, Mapping[str, SettingWords]]] = (
    (
        _("Time and queue"),
        {
            "time_zone": SettingWords(_("Time zone"), _("All business dates are in this time zone.")),
            "holidays_of": SettingWords(
                _("Public holidays for"),
                _("A country, such as FR, or a region with its own holidays: FR-57 for Moselle, FR-6AE for Alsace."),
            ),
            "targets": SettingWords(
                _("Response targets"),
                _("Minutes of opening hours after which a question is due. They sort the queue and are not a promise."),
            ),
        },
    ),
    (
        _("Carnets and hour packs"),
        {
            "cheque_activates_on": SettingWords(
                _("A cheque activates a pack"),
                _("When a purchase paid by cheque can be used."),
                {"receipt": _("when it is received"), "clearing": _("when the bank has cleared it")},
            ),
            "revive_by": SettingWords(
                _("Dormant tickets and minutes are revived by"),
                _("Which later purchase revives what is left after the last day."),
                {"unit": _("a pack of the same kind"), "any": _("any pack")},
            ),
            "early_renewal": SettingWords(
                _("A pack bought before the last day of older packs"),
                _("What it does to tickets and minutes left in older packs."),
                {"extends": _("extends them to its own last day"), "keeps": _("leaves their last day unchanged")},
            ),
            "indivisible_per": SettingWords(
                _("The first 30 minutes of an hour pack are charged in full"),
                _("Once per pack, or for each ticket."),
                {"lot": _("once for each pack"), "ticket": _("for each ticket")},
            ),
            "token_ceiling": SettingWords(
                _("Limit of tickets per question"),
                _("How many can be used without asking again."),
            ),
            "minute_ceiling": SettingWords(
                _("Limit of minutes per question"),
                _("How many minutes of an hour pack can be used without asking again."),
            ),
            "trial_days": SettingWords(_("Free minutes are valid for"), _("From their first use.")),
        },
    ),
    (
        _("Tickets"),
        {
            "close_after_days": SettingWords(
                _("A ticket with a proposed solution closes after"), _("If the customer does not reply.")
            ),
            "remind_after_days": SettingWords(
                _("The customer is reminded after"), _("Once, before the ticket closes automatically.")
            ),
            "reopen_days": SettingWords(
                _("Time to reopen a closed ticket"), _("For the same subject; counting continues.")
            ),
            "silent_customer_days": SettingWords(
                _("A ticket waiting for the customer closes after"),
                _("Time worked is charged; the customer is reminded halfway."),
            ),
            "wait_for_cover_days": SettingWords(
                _("A ticket that has run out of paid time is kept for"), _("Then it closes at its cost so far.")
            ),
            "wait_without_cover_days": SettingWords(
                _("A question that was never covered is kept for"), _("Then it closes at no cost.")
            ),
            "scope_minutes": SettingWords(
                _("Out-of-scope questions are free for up to"), _("If this is noticed within this much working time.")
            ),
            "idle_minutes": SettingWords(
                _("Without activity, the clock stops after"),
                _("It stops at the last sign of activity; later time is not counted."),
            ),
        },
    ),
    (
        _("Subscription"),
        {
            "renewal_notice_days": SettingWords(
                _("Next month’s order is placed in advance by"), _("For customers who pay by transfer or cheque.")
            ),
            "grace_days": SettingWords(
                _("In an unpaid month, new tickets are accepted for"),
                _("Open tickets continue until the end of the month."),
            ),
            "cover_after_end_days": SettingWords(
                _("After a subscription ends, open tickets stay covered for"),
                _("Work already done stays free in any case."),
            ),
            "hide_after_end": SettingWords(
                _("Hide closed tickets after a subscription ends"), _("Only tickets covered by the subscription.")
            ),
            "wait_counts_from": SettingWords(
                _("The three-month waiting period starts on"),
                _("Before a customer who ended a subscription can subscribe again."),
                {
                    "ending": _("the day it was ended"),
                    "first_day_without_access": _("the first day without access"),
                },
            ),
            "wait_after_unpaid": SettingWords(
                _("The waiting period also applies after an unpaid subscription"),
                _("They too must wait three months to subscribe again."),
            ),
        },
    ),
    (
        _("Orders and payments"),
        {
            "order_days": SettingWords(
                _("An unpaid order is kept for"), _("Then it expires; a late payment reinstates it.")
            ),
            "tolerance_cents": SettingWords(
                _("Tolerated shortfall"),
                _("In cents. An order short by no more than this counts as paid."),
            ),
            "notices_proven_by": SettingWords(
                _("PayPal notifications are verified"),
                _("Both are safe. Choose to ask PayPal if this server can’t reach PayPal’s certificates."),
                {"offline": _("by their signature and PayPal’s certificate"), "asked": _("by asking PayPal each time")},
            ),
            "invoice_due_days": SettingWords(
                _("Time to pay an invoice"),
                _("For a company that asks for its invoice before it pays. The law allows 60 days at most."),
            ),
            "bounced_days": SettingWords(
                _("Time to replace a bounced cheque"), _("Then unused tickets and minutes are cancelled.")
            ),
        },
    ),
    (
        _("VAT of orders from abroad"),
        {
            "vat_outside_eu_companies": SettingWords(
                _("Companies outside the European Union"),
                _("Ask your accountant. As long as it isn’t decided, they are asked to write to you."),
                {
                    "blocked": _("can’t order online"),
                    "outside_france": _("pay no VAT: outside French VAT"),
                    "export": _("pay no VAT: export"),
                },
            ),
            "vat_outside_eu_consumers": SettingWords(
                _("Households outside the European Union"),
                _("Support given by people is taxed in France in principle (exceptions: art. 259 B of the tax code)."),
                {"french": _("pay French VAT"), "outside_france": _("pay no VAT: outside French VAT")},
            ),
            "vat_overseas_consumers": SettingWords(
                _("Households in the overseas départements"),
                _("Companies there always have the VAT of their département."),
                {"overseas": _("pay the VAT of their département"), "mainland": _("pay the VAT of mainland France")},
            ),
        },
    ),
    (
        _("Mentions on invoices"),
        {
            "vat_on_debits": SettingWords(
                _("VAT falls due with the invoice"),
                _("Only if you told your tax office so (option pour les débits); otherwise it falls due on payment."),
            ),
            "mention_debits": SettingWords(
                _("That VAT falls due with the invoice"), _("Shown if you chose this above.")
            ),
            "mention_services": SettingWords(_("Category of operation"), _("On every invoice.")),
            "mention_franchise": SettingWords(_("VAT not charged"), _("If the company is below the VAT threshold.")),
            "mention_reverse_charge": SettingWords(
                _("Reverse charge"), _("For a business elsewhere in the EU whose VAT number was checked.")
            ),
            "mention_outside_france": SettingWords(
                _("Outside French VAT"), _("For a business outside the EU, as a service outside France.")
            ),
            "mention_export": SettingWords(_("Export"), _("For a business outside the EU, as an export.")),
            "mention_no_discount": SettingWords(_("Discount for early payment"), _("For businesses.")),
            "mention_late_penalties": SettingWords(_("Penalties for late payment"), _("For businesses.")),
            "mention_forty_euros": SettingWords(_("Compensation for recovery costs"), _("For businesses.")),
        },
    ),
    (
        _("People"),
        {
            "holder_reads_tickets": SettingWords(
                _("Account holders can read new members’ tickets"),
                _("The initial choice for new members; they can change it at any time."),
            ),
        },
    ),
)
SETTING_WORDS: Mapping[str, SettingWords] = {
    name: words for _title, group in SETTING_GROUPS for name, words in group.items()
}
YES_NO: Mapping[str, Said] = {"yes": _("yes"), "no": _("no")}


def value_in_words(setting: Setting, value: Any) -> str:
    """A value as the desk shows it: 7 days, 0.00 €, a choice in words."""
    language = reading.language()
    match setting.kind:
        case "choice":
            return str(SETTING_WORDS[setting.name].choices[value])
        case "yes_no":
            return str(YES_NO["yes" if value else "no"])
        case "targets":
            return " · ".join(
                named(CRITICALITY[one], formats.duration(value[one] * 60, language)) for one in CRITICALITIES
            )
        case "texts":
            return formats.typography(texts_of(setting, value)[language], language)
        case "whole" if setting.name == "tolerance_cents":
            return formats.money(value, language)
        case "whole":
            return formats.units(value, unit_of(setting), language)
        case _:
            return str(value)


def value_in_full(setting: Setting, value: Any) -> str:
    """The same, and a text in every language."""
    if setting.kind != "texts":
        return value_in_words(setting, value)
    return " · ".join(formats.typography(text, one) for one, text in texts_of(setting, value).items())


def texts_of(setting: Setting, value: Mapping[str, str]) -> dict[str, str]:
    """A mention in every language: as the provider words it, else as the program does."""
    code = setting.name.removeprefix("mention_")
    return {one: value.get(one) or cast(Mapping[str, str], invoice_words.MENTIONS[one])[code] for one in LANGUAGES}


def named(name: object, value: object) -> str:
    """A name and its value, with the language's own colon."""
    return gettext("%(name)s: %(value)s") % {"name": name, "value": value}


def unit_of(setting: Setting) -> str:
    """What a whole number of this setting counts: tokens, minutes or days."""
    if setting.name == "token_ceiling":
        return "token"
    return "minute" if "minute" in setting.name else "day"


# The texts without which nothing is sold, by the names of their pages.
TEXTS: Mapping[str, Said] = {
    TextVersion.Kind.TERMS: _("Terms of sale and use"),
    TextVersion.Kind.PRIVACY: _("Privacy"),
    TextVersion.Kind.WITHDRAWAL: _("Withdraw from the contract"),
}
