from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from carnet.orders import queries, rules
from carnet.orders.models import Means
from carnet.payments import rules as payments
from carnet.people.models import Customer, Membership, Person
from carnet.web.forms import Cards, KeyField

MEANS = {Means.TRANSFER.value: _("Bank transfer"), Means.CHEQUE.value: _("Cheque")}
MEANS_HINTS = {
    Means.TRANSFER.value: _("You get our bank details, a reference and a code for your bank’s app."),
    Means.CHEQUE.value: _("You get our address and a reference to write on the back of the cheque."),
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
AMOUNT_PROBLEMS = {
    "empty": _("Enter an amount, such as 240 or 240.50."),
    "no_number": _("This is not an amount. Enter it like 240 or 240.50."),
    "negative": _("Enter an amount greater than zero."),
    "zero": _("Enter an amount greater than zero."),
    "too_many_decimals": _("Use two decimal places at most."),
    "too_large": _("This amount is too large."),
    "ambiguous": _("This amount is ambiguous. Add the decimals, as in 1234.00."),
}


class BuyerFields(forms.Form):
    """Who is named on the invoice, and how it will be paid."""

    street = forms.CharField(label=_("Street and number"), max_length=200, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    city = forms.CharField(label=_("Town or city"), max_length=120, required=False)
    country = forms.ChoiceField(label=_("Country"), choices=COUNTRIES)
    siren = forms.CharField(
        label=_("SIREN"), max_length=20, required=False, help_text=_("Nine digits, for companies in France.")
    )
    vat_number = forms.CharField(label=_("VAT number"), max_length=24, required=False)
    means = forms.ChoiceField(label=_("How will you pay?"), widget=Cards(MEANS_HINTS, across=True))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        means = self.fields["means"]
        assert isinstance(means, forms.ChoiceField)
        means.choices = [(one, MEANS[one]) for one in queries.means_on_offer()]


class StartOrderForm(BuyerFields):
    """What a visitor says of an order, beside who they are. What is agreed to comes later."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("siren", "vat_number"):
            self.fields[name].help_text = _("Only for a company.")


class PlaceOrderForm(BuyerFields):
    """Who orders, how it will be paid, and what is agreed to; no box is ticked beforehand."""

    field_order = ("key", "edition", "terms", "person", "name", *BuyerFields.base_fields)
    key = KeyField()
    edition = forms.IntegerField(widget=forms.HiddenInput)
    terms = forms.IntegerField(widget=forms.HiddenInput)
    person = forms.ModelChoiceField(
        label=_("Who it is for"), help_text=_("This carnet is personal: one person uses it."),
        queryset=Person.objects.none(), empty_label=None,
    )  # fmt: skip
    name = forms.CharField(label=_("Name on the invoice"), max_length=160)
    express_request = forms.BooleanField(
        label=_(
            "I ask you to start before my 14-day withdrawal period ends. If I withdraw during that "
            "time, I pay in proportion for what has already been used."
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
        if customer.kind == Customer.Kind.HOUSEHOLD:
            del self.fields["siren"], self.fields["vat_number"]
        else:
            del self.fields["express_request"]
            for name in ("street", "postcode", "city"):
                self.fields[name].required = True
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
        return rules.Buyer(email=email, **{name: self.cleaned_data.get(name) or "" for name in names})


class AmountField(forms.CharField):
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
    means = forms.ChoiceField(label=_("Method"), choices=list(MEANS.items()), widget=forms.RadioSelect)
    amount_cents = AmountField(label=_("Amount in euros"))
    received_on = forms.DateField(
        label=_("Received on"),
        help_text=_("The day the bank booked the transfer, or the day the cheque arrived."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"],
    )
    payer = forms.CharField(label=_("Payer"), max_length=160, required=False)
    bank = forms.CharField(label=_("Bank"), max_length=120, required=False)
    document_number = forms.CharField(label=_("Cheque or transfer number"), max_length=60, required=False)
    is_another = forms.BooleanField(
        label=_("This is a separate payment, even though the same amount is already recorded for this day."),
        required=False,
    )


class ClearChequeForm(forms.Form):
    """The day on which a cheque's money was at the bank."""

    cleared_on = forms.DateField(
        label=_("Cleared on"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"],
    )


class SearchForm(forms.Form):
    """What orders are looked for by."""

    q = forms.CharField(label=_("Reference, name or amount"), max_length=200, required=False)
    all = forms.BooleanField(required=False)


def initial_buyer(customer: Customer) -> dict[str, Any]:
    """What the customer's last order said, or what is known of them."""
    last = queries.last_buyer(customer)
    source: Any = last or customer
    names = ("name", "street", "postcode", "city", "country", "siren", "vat_number")
    return {name: getattr(source, name) for name in names}
