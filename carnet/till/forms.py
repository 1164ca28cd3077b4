from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from carnet.kernel import keys
from carnet.ledger.models import Lot
from carnet.orders import rules
from carnet.orders.models import OrderMeans
from carnet.orders.queries import sales
from carnet.payments.rules import received as payments
from carnet.people.models import Customer, Membership, Person
from carnet.web.forms import Cards, KeyField, OneLineField, WholeNumberField, name_for_browsers
from carnet.web.time_fields import DayField

MEANS = {
    OrderMeans.PAYPAL.value: "PayPal",
    OrderMeans.TRANSFER.value: _("Bank transfer"),
    OrderMeans.CHEQUE.value: _("Cheque"),
}
# PayPal's money records itself.
MEANS_RECORDED = [(means, words) for means, words in MEANS.items() if means != OrderMeans.PAYPAL]
MEANS_HINTS = {
    OrderMeans.PAYPAL.value: _("Ready at once: you pay on PayPal’s page, by card or from your PayPal account."),
    OrderMeans.TRANSFER.value: _("You get our bank details, a reference and a code for your bank’s app."),
    OrderMeans.CHEQUE.value: _("You get our address and a reference to write on the back of the cheque."),
}
COUNTRIES = (
    ("FR", _("France")),
    ("AT", _("Austria")),
    ("BE", _("Belgium")),
    ("BG", _("Bulgaria")),
    ("HR", _("Croatia")),
    ("CY", _("Cyprus")),
    ("CZ", _("Czechia")),
    ("DK", _("Denmark")),
    ("EE", _("Estonia")),
    ("FI", _("Finland")),
    ("DE", _("Germany")),
    ("GR", _("Greece")),
    ("HU", _("Hungary")),
    ("IE", _("Ireland")),
    ("IT", _("Italy")),
    ("LV", _("Latvia")),
    ("LT", _("Lithuania")),
    ("LU", _("Luxembourg")),
    ("MT", _("Malta")),
    ("NL", _("Netherlands")),
    ("PL", _("Poland")),
    ("PT", _("Portugal")),
    ("RO", _("Romania")),
    ("SK", _("Slovakia")),
    ("SI", _("Slovenia")),
    ("ES", _("Spain")),
    ("SE", _("Sweden")),
    ("CH", _("Switzerland")),
    ("GB", _("United Kingdom")),
)
SIREN_NEEDED = _(
    "The invoice of a company in France needs its SIREN, which has 9 digits. An association without one ticks the"
    " box below."
)
AMOUNT_PROBLEMS = {
    "empty": _("Enter an amount, such as 240 or 240.50."),
    "no_number": _("This is not an amount. Enter it like 240 or 240.50."),
    "negative": _("Enter an amount greater than zero."),
    "zero": _("Enter an amount greater than zero."),
    "too_many_decimals": _("Use two decimal places at most."),
    "too_large": _("This amount is too large."),
    "ambiguous": _("This amount is ambiguous. Add the decimals, as in 1234.00."),
}


ADDRESS_TOKENS = {
    "street": "address-line1",
    "postcode": "postal-code",
    "city": "address-level2",
    "country": "country",
    "siren": "off",
    "vat_number": "off",
}


class BuyerFields(forms.Form):
    """Who is named on the invoice, and how it will be paid."""

    street = OneLineField(label=_("Street and number"), max_length=200, required=False, autocomplete="address-line1")
    postcode = OneLineField(label=_("Postcode"), max_length=20, required=False, autocomplete="postal-code")
    city = OneLineField(label=_("Town or city"), max_length=120, required=False, autocomplete="address-level2")
    country = forms.ChoiceField(label=_("Country"), choices=COUNTRIES)
    siren = OneLineField(
        label=_("SIREN"), max_length=20, required=False, help_text=_("Nine digits, for companies in France.")
    )
    has_no_siren = forms.BooleanField(label=_("An association that has no SIREN"), required=False)
    vat_number = OneLineField(
        label=_("VAT number"), max_length=24, required=False,
        help_text=_("A company elsewhere in the European Union pays no French VAT with a valid one."),
    )  # fmt: skip
    means = forms.ChoiceField(label=_("How will you pay?"), widget=Cards(MEANS_HINTS, across=True))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_for_browsers(self, ADDRESS_TOKENS)
        means = self.fields["means"]
        assert isinstance(means, forms.ChoiceField)
        means.choices = [(one, MEANS[one]) for one in sales.means_on_offer()]


class StartOrderForm(BuyerFields):
    """What a visitor says of an order, beside who they are. What is agreed to comes later."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["has_no_siren"]
        for name in ("siren", "vat_number"):
            self.fields[name].help_text = _("Only for a company.")


class PlaceOrderForm(BuyerFields):
    """Who orders, how it will be paid, and what is agreed to; no box is ticked beforehand.

    It has two pages: one to fill in, and one on which all of it is checked and then confirmed (code civil 1127-2).
    `is_confirmed`: it comes from the second, where the terms have to be agreed to.
    """

    AGREED = ("express_request", "accept_terms")  # on the page where it is checked
    field_order = ("key", "edition", "terms", "person", "name", *BuyerFields.base_fields)
    key = KeyField()
    edition = WholeNumberField(widget=forms.HiddenInput)
    terms = WholeNumberField(widget=forms.HiddenInput)
    price = WholeNumberField(widget=forms.HiddenInput, required=False)  # in cents, as the page shows it
    with_vat = forms.BooleanField(
        label=_("Order with French VAT, without this VAT number."), required=False,
    )  # fmt: skip
    person = forms.ModelChoiceField(
        label=_("Who it is for"), help_text=_("It is for one person only."),
        queryset=Person.objects.none(), empty_label=None,
    )  # fmt: skip
    name = OneLineField(label=_("Name on the invoice"), max_length=160, autocomplete="name")
    express_request = forms.BooleanField(
        label=_(
            "I expressly ask you to start before the withdrawal period of 14 days ends. If I then withdraw, I pay for"
            " what was used until then, in proportion to the price. I acknowledge that I lose my right of withdrawal"
            " once everything has been provided."
        ),
        help_text=_("If you leave this unticked, your order becomes active when the 14 days are over."),
        required=False,
    )
    accept_terms = forms.BooleanField(
        label=_("I have read and agree to the terms of sale."),
        error_messages={"required": _("Please read the terms of sale and tick the box to place your order.")},
    )

    def __init__(
        self, *args: Any, customer: Customer, is_shared: bool, is_confirmed: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["accept_terms"].required = is_confirmed
        is_company = customer.kind == Customer.Kind.COMPANY
        name_for_browsers(self, {"name": "organization" if is_company else "name"})
        if customer.kind == Customer.Kind.HOUSEHOLD:
            for name in ("siren", "has_no_siren", "vat_number", "with_vat"):
                del self.fields[name]
        else:
            del self.fields["express_request"]
            # Offered only once VIES has refused the number.
            if not self["with_vat"].value():
                self.fields["with_vat"].widget = forms.HiddenInput()
            for name in ("street", "postcode", "city"):
                self.fields[name].required = True
            is_in_france = (self["country"].value() or "FR") == "FR"
            self.fields["siren"].required = is_in_france and not self["has_no_siren"].value()
            self.fields["siren"].error_messages["required"] = SIREN_NEEDED
        if is_shared:
            del self.fields["person"]
        else:
            person = self.fields["person"]
            assert isinstance(person, forms.ModelChoiceField)
            roles = (Membership.Role.HOLDER, Membership.Role.MEMBER)
            members = Membership.objects.active().filter(customer=customer, role__in=roles)
            person.queryset = Person.objects.filter(pk__in=members.values("person")).order_by("name", "pk")

    def unseen(self) -> "PlaceOrderForm":
        """Ready for the page on which it is checked: what was filled in is carried along."""
        for name, field in self.fields.items():
            if name not in self.AGREED:
                field.widget = forms.HiddenInput()
        return self

    @property
    def is_to_be_changed(self) -> bool:
        """Whether something that was filled in is wrong: the first page shows it beside its field."""
        return bool(set(self.errors) - {*self.AGREED, "__all__"})

    def place(self, customer: Customer) -> tuple[str, str]:
        """Country and postcode as they are filled in; the customer's country if that is none of those offered."""
        country = self["country"].value()
        return (country if country in dict(COUNTRIES) else customer.country), str(self["postcode"].value() or "")

    @property
    def country_name(self) -> str:
        return str(dict(COUNTRIES).get(self["country"].value(), ""))

    @property
    def means_name(self) -> str:
        return str(MEANS.get(self["means"].value(), ""))

    @property
    def person_name(self) -> str:
        """Whose a personal pack is (L9)."""
        person = self.fields["person"]
        assert isinstance(person, forms.ModelChoiceField)
        return str(person.queryset.filter(pk=self["person"].value()).first() or "") if person.queryset else ""

    def buyer(self, email: str) -> rules.Buyer:
        """Who is named on the invoice."""
        names = ("name", "street", "postcode", "city", "country", "siren", "vat_number")
        given = {name: self.cleaned_data.get(name) or "" for name in names}
        if self.cleaned_data.get("with_vat"):
            given["vat_number"] = ""
        return rules.Buyer(email=email, **given, has_no_siren=self.cleaned_data.get("has_no_siren", False))

    def offer_vat(self) -> None:
        """Show the way out of a VAT number that VIES refused: to order with VAT."""
        self.fields["with_vat"].widget = forms.CheckboxInput()


class AmountField(OneLineField):
    """An amount as people type it, with comma or point; the clean value is whole cents."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_length=40, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        try:
            return payments.parse_amount(typed)
        except payments.NotAnAmount as wrong:
            raise forms.ValidationError(AMOUNT_PROBLEMS[wrong.problem], code=wrong.problem) from None


class RecordPaymentForm(forms.Form):
    """Money that came in, for an order or for none."""

    key = KeyField()
    means = forms.ChoiceField(label=_("Method"), choices=MEANS_RECORDED, widget=forms.RadioSelect)
    amount_cents = AmountField(label=_("Amount in euros"))
    received_on = DayField(
        label=_("Received on"), help_text=_("The day the bank booked the transfer, or the day the cheque arrived.")
    )
    payer = OneLineField(label=_("Payer"), max_length=160, required=False)
    bank = OneLineField(label=_("Bank"), max_length=120, required=False)
    document_number = OneLineField(label=_("Cheque or transfer number"), max_length=60, required=False)
    is_old = forms.BooleanField(label=_("This money really came more than a year ago."), required=False)
    is_another = forms.BooleanField(
        label=_("This is a separate payment, even though the same amount is already recorded for this day."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Of somebody else than who types.
        name_for_browsers(self, dict.fromkeys(("payer", "bank", "document_number"), "off"))
        # Asked only once the payment was refused for it.
        for name in ("is_old", "is_another"):
            if not self[name].value():
                self.fields[name].widget = forms.HiddenInput()

    def money(self) -> payments.Received:
        """What came in."""
        return payments.Received(**{name: typed for name, typed in self.cleaned_data.items() if name != "key"})

    def add_error(self, field: str | None, error: Any) -> None:
        if field in ("is_old", "is_another"):
            self.fields[field].widget = forms.CheckboxInput()
        super().add_error(field, error)


class ClearChequeForm(forms.Form):
    """The day on which a cheque's money was at the bank."""

    cleared_on = DayField(label=_("Cleared on"))


class BounceChequeForm(forms.Form):
    """The day on which the bank says that a cheque bounced."""

    bounced_on = DayField(label=_("Returned unpaid on"), help_text=_("The day on the bank’s statement."))


class DepositForm(forms.Form):
    """The day on which a deposit slip was handed in."""

    deposited_on = DayField(label=_("Handed in on"))


class DepositSlipForm(forms.Form):
    """The cheques that go on a deposit slip."""

    key = KeyField()
    payments = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        payments = self.fields["payments"]
        assert isinstance(payments, forms.TypedMultipleChoiceField)
        numbers = self.data.getlist("payments") if self.is_bound else []  # type: ignore[attr-defined]
        # Which of them fit is the action's to say.
        payments.choices = [(one, one) for one in numbers if one.isascii() and one.isdigit() and len(one) < 19]


class UndoPaymentForm(forms.Form):
    """Why a payment was recorded wrongly."""

    reason = OneLineField(
        label=_("Reason"), max_length=200, help_text=_("Kept with the correction, for you and your accountant.")
    )


class ReturnCreditForm(forms.Form):
    """Where credit goes back to (O4); what PayPal took needs no account."""

    key = KeyField()
    account_holder = OneLineField(label=_("Account name"), max_length=70, required=False)
    iban = OneLineField(
        label="IBAN", max_length=50, required=False,
        help_text=_("Not needed for what you paid with PayPal: that goes back through PayPal."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_for_browsers(self, {"account_holder": "name", "iban": "off"})


class RefundOrderForm(forms.Form):
    """What of an order goes back, why, and where its money goes (O9). `seen`: how many refunds of it the page knew."""

    seen = WholeNumberField(widget=forms.HiddenInput)
    what = forms.ChoiceField(
        label=_("What goes back"), widget=forms.RadioSelect,
        choices=[("all", _("Everything that is not used")), ("part", _("A part: as many as entered below"))],
    )  # fmt: skip
    note = OneLineField(label=_("Reason"), max_length=500, help_text=_("Kept with the refund, for you."))
    way = forms.ChoiceField(
        label=_("How the customer gets the money"), widget=forms.RadioSelect, initial="back",
        choices=[("back", _("The way it was paid")), ("credit", _("As credit for the next purchases"))],
    )  # fmt: skip
    account_holder = OneLineField(
        label=_("Account name"), max_length=70, required=False,
        help_text=_("For what was paid by bank transfer or cheque. Left empty, the customer is asked for it."),
    )  # fmt: skip
    iban = OneLineField(label="IBAN", max_length=50, required=False)

    def __init__(self, *args: Any, lots: list[Lot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lots = lots
        name_for_browsers(self, dict.fromkeys(("account_holder", "iban"), "off"))
        for lot in lots:
            most = lot.frozen if lot.frozen_at else lot.available
            label = (
                _("Hour pack no. %(number)s: minutes")
                if lot.unit == Lot.Unit.MINUTE
                else _("Carnet no. %(number)s: tickets")
            )
            self.fields[f"units_{lot.pk}"] = WholeNumberField(
                label=label % {"number": lot.number}, required=False, min_value=0, max_value=most, initial=most
            )
        if not lots:
            del self.fields["what"]
        self.order_fields(["seen", "what", *(f"units_{lot.pk}" for lot in lots)])

    def units(self) -> dict[int, int] | None:
        """How many of each lot go back, by its number in the database; None: all that can."""
        if self.cleaned_data.get("what", "all") == "all":
            return None
        typed = {lot.pk: self.cleaned_data[f"units_{lot.pk}"] or 0 for lot in self.lots}
        return {number: count for number, count in typed.items() if count}

    def wants_credit(self) -> bool:
        return bool(self.cleaned_data["way"] == "credit")

    def holder(self) -> str:
        """Empty without an account: the name stands there beforehand."""
        return str(self.cleaned_data["account_holder"]) if self.cleaned_data["iban"] else ""


class PaymentSearchForm(forms.Form):
    """What payments are looked for by."""

    q = OneLineField(label=_("Reference, name or amount"), max_length=200, required=False)


def initial_buyer(customer: Customer) -> dict[str, Any]:
    """What the customer's last order said, or what is known of them."""
    last = sales.last_buyer(customer)
    source: Any = last or customer
    names = ("name", "street", "postcode", "city", "country", "siren", "vat_number")
    known = {name: getattr(source, name) for name in names}
    return known | ({"means": last.order.means, "has_no_siren": not last.siren} if last else {})


def is_decided(initial: dict[str, Any], *, customer: Customer, is_shared: bool) -> bool:
    """Whether nothing is left to fill in: what is known of an earlier order, or was typed before, is complete."""
    known = {name: value for name, value in initial.items() if value not in ("", None, False)}
    form = PlaceOrderForm({"key": keys.new_key(), **known}, customer=customer, is_shared=is_shared, is_confirmed=False)
    return form.is_valid()
