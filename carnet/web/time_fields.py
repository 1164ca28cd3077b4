"""Fields for days, moments and lengths of time. What can't be meant is refused beside the field: a year of another
century, a time that a clock on the wall never showed. What could be read in two ways is said back or asked.
"""

import datetime
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from carnet.kernel import calendar, durations, reading, text
from carnet.provider import queries as provider
from carnet.web import formats

FIRST_YEAR, LAST_YEAR = 2000, 2100
DAY_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"]
MOMENT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M", "%d.%m.%Y %H:%M"]
LANGUAGES = ("fr", "en", "es")


class DayInput(forms.DateInput):
    """A browser's own field. What was typed and is no date is shown as text: the browser would show nothing."""

    shown_format = "%Y-%m-%d"

    def __init__(self, **attrs: str) -> None:
        super().__init__(format=self.shown_format, attrs={"type": "date", **attrs})

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        if shown and _read(str(shown), [self.shown_format]) is None:
            context["widget"]["type"] = "text"
        return context


class MomentInput(DayInput):
    """The same for a day with its time."""

    shown_format = "%Y-%m-%dT%H:%M"

    def __init__(self) -> None:
        super().__init__(type="datetime-local")


class DayField(forms.DateField):
    """A day of our times, typed by hand or chosen; the clean value is a date."""

    widget = DayInput
    default_error_messages = {"invalid": _("This is not a valid date. Use the format 31/12/2027.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=DAY_FORMATS, **kwargs)

    def to_python(self, value: Any) -> datetime.date | None:
        day = super().to_python(text.one_line(value) if isinstance(value, str) else value)
        if day:
            _refuse_other_century(day.year)
        return day


class MomentField(forms.Field):
    """A day and a time on the provider's clock; the clean value is the instant. In a `TimesForm`, which asks where the
    clocks go back and the time comes twice.
    """

    widget = MomentInput
    default_error_messages = {"required": _("Choose a date and time."), "invalid": _("Choose a date and time.")}

    def to_python(self, value: Any) -> list[datetime.datetime]:
        """Every instant at which the clock shows it: one or two."""
        if value in self.empty_values:
            return []
        wall = _read(text.one_line(str(value)), MOMENT_FORMATS)
        if wall is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        _refuse_other_century(wall.year)
        instants = calendar.instants_of(wall, provider.time_zone())
        if not instants:
            raise forms.ValidationError(
                _("This time did not exist: that night the clocks went forward over it. Choose another one."),
                code="no_such_time",
            )
        return instants


class DurationField(forms.CharField):
    """A length of time, as `kernel.durations` reads it; the clean value is in seconds. In a `TimesForm`, which says
    back what it understood.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Like 12 min, 1 h 30 or 1:30 (hours and minutes)."))
        super().__init__(max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}), **kwargs)

    def clean(self, value: Any) -> Any:
        typed = super().clean(text.one_line(str(value or "")))
        seconds = durations.seconds_of(typed)
        if typed and seconds is None:
            words = _("Write a length of time like 12 min, 1 h 30, 1:30 (hours and minutes) or 1.5 h.")
            raise forms.ValidationError(words, code="invalid")
        return seconds


WHICH = [
    ("first", _("the first one, before the clocks went back")),
    ("second", _("the second one, after the clocks went back")),
]


class TimesForm(forms.Form):
    """A form with moments and lengths of time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in list(self.fields.items()):
            if self.is_bound and isinstance(field, MomentField) and self._comes_twice(name, field):
                self._ask_which(name)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, field in self.fields.items():
            if isinstance(field, MomentField) and name in cleaned:
                self._choose(name)
            elif isinstance(field, DurationField) and cleaned.get(name) is not None:
                self._say_back(name, cleaned[name])
        return self.cleaned_data

    def _comes_twice(self, name: str, field: MomentField) -> bool:
        try:
            return len(field.to_python(self[name].data)) > 1
        except forms.ValidationError:
            return False

    def _ask_which(self, name: str) -> None:
        self.fields[f"{name}_which"] = forms.ChoiceField(
            label=_("Which one?"),
            choices=WHICH,
            widget=forms.RadioSelect,
            error_messages={
                "required": _("That night the clocks went back, so this time came twice. Which one is it?")
            },
        )
        names = [one for one in self.fields if one != f"{name}_which"]
        names.insert(names.index(name) + 1, f"{name}_which")
        self.order_fields(names)

    def _choose(self, name: str) -> None:
        instants = self.cleaned_data.pop(name)
        which = self.cleaned_data.pop(f"{name}_which", None)
        if len(instants) == 1:
            self.cleaned_data[name] = instants[0]
        elif which:
            self.cleaned_data[name] = instants[0 if which == "first" else 1]
        elif not instants:
            self.cleaned_data[name] = None

    def _say_back(self, name: str, seconds: int) -> None:
        """What is typed as it is shown everywhere can't be misread. Anything else comes back in that form once."""
        typed = self[name].data
        if _squeezed(typed) in {_squeezed(formats.exact_duration(seconds, one)) for one in LANGUAGES}:
            return
        understood = formats.exact_duration(seconds, reading.language())
        shown = cast(QueryDict, self.data).copy()
        shown[self.add_prefix(name)] = understood
        self.data = shown
        words = _("We read this as %(duration)s. If that is right, send the form once more; if not, change it.")
        self.add_error(name, forms.ValidationError(words, code="understood", params={"duration": understood}))


def _read(typed: str, formats_tried: list[str]) -> datetime.datetime | None:
    for one in formats_tried:
        try:
            return datetime.datetime.strptime(typed, one)  # noqa: DTZ007
        except ValueError:
            continue
    return None


def _refuse_other_century(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        years = {"first": FIRST_YEAR, "last": LAST_YEAR}
        raise forms.ValidationError(_("Choose a year between %(first)s and %(last)s."), code="far_away", params=years)


def _squeezed(typed: str) -> str:
    return "".join(typed.split()).lower()
