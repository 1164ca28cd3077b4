from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

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
    ("BE", _("Belgium")),
    ("CH", _("Switzerland")),
    ("DE", _("Germany")),
    ("ES", _("Spain")),
    ("GB", _("United Kingdom")),
    ("IE", _("Ireland")),
    ("IT", _("Italy")),
    ("LU", _("Luxembourg")),
    ("NL", _("Netherlands")),
    ("PT", _("Portugal")),
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
    vat_number = OneLineField(label=_("VAT number"), max_length=24, required=False)
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
    """Who orders, how it will be paid, and what is agreed to; no box is ticked beforehand."""

    field_order = ("key", "edition", "terms", "person", "name", *BuyerFields.base_fields)
    key = KeyField()
    edition = WholeNumberField(widget=forms.HiddenInput)
    terms = WholeNumberField(widget=forms.HiddenInput)
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

    def __init__(self, *args: Any, customer: Customer, is_shared: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_company = customer.kind == Customer.Kind.COMPANY
        name_for_browsers(self, {"name": "organization" if is_company else "name"})
        if customer.kind == Customer.Kind.HOUSEHOLD:
            del self.fields["siren"], self.fields["has_no_siren"], self.fields["vat_number"]
        else:
            del self.fields["express_request"]
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

    def buyer(self, email: str) -> rules.Buyer:
        """Who is named on the invoice."""
        names = ("name", "street", "postcode", "city", "country", "siren", "vat_number")
        given = {name: self.cleaned_data.get(name) or "" for name in names}
        return rules.Buyer(email=email, **given, has_no_siren=self.cleaned_data.get("has_no_siren", False))


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


class PaymentSearchForm(forms.Form):
    """What payments are looked for by."""

    q = OneLineField(label=_("Reference, name or amount"), max_length=200, required=False)


def initial_buyer(customer: Customer) -> dict[str, Any]:
    """What the customer's last order said, or what is known of them."""
    last = sales.last_buyer(customer)
    source: Any = last or customer
    names = ("name", "street", "postcode", "city", "country", "siren", "vat_number")
    return {name: getattr(source, name) for name in names}
