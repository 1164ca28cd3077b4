"""Putting an e-mail together from its templates, and handing it to the mail server."""

import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation

from carnet.mail import rules
from carnet.mail.models import OutgoingMail
from carnet.provider import queries as provider


class DeliveryError(Exception):
    """The mail server did not take a mail; `permanent` if it never will, however often it is asked."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Composed:
    """An e-mail in words: a subject of one line, plain text, and HTML with its styles written into each element."""

    subject: str
    text: str
    html: str


# Styles come from the layout alone; nothing is fetched.
_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False, keep_at_rules=True)


def compose(kind: str, *, language: str, context: Mapping[str, Any]) -> Composed:
    """Render `<app>/mail/<name>` for the kind `<app>/<name>` in this language: .subject.txt, .txt and .html."""
    app, name = kind.split("/")
    with translation.override(language):
        contact_url = settings.SITE_URL + reverse("tickets:write_contact_message")
    known = {
        # Until mail comes in, where an answer is read: of a ticket its page, else the contact form.
        "contact_url": contact_url,
        "ticket_url": "",
        **context,
        "language": language,
        "site_url": settings.SITE_URL,
        "company": provider.company(),
        "is_demo": settings.IS_DEMO,
    }
    with translation.override(language):
        subject = rules.subject_line(_rendered(f"{app}/mail/{name}.subject.txt", known, is_html=False))
        text = rules.plain_text(_rendered(f"{app}/mail/{name}.txt", known, is_html=False))
        html = _rendered(f"{app}/mail/{name}.html", {**known, "subject": subject}, is_html=True)
    return Composed(subject, text, _INLINER.inline(html.replace("\0", "")))


def domain() -> str:
    """The domain of the address that mails come from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]


def send(mail: OutgoingMail) -> None:
    """Hand the mail to the mail server of the settings; DeliveryError if it is not taken. No transaction may be open.

    What is wrong with the recipient or the mail itself is permanent; what is wrong with the network, the server or our
    sign-in is not: somebody will mend it, and the mail goes out then.
    """
    message = EmailMultiAlternatives(
        mail.subject, mail.text, settings.DEFAULT_FROM_EMAIL, [mail.to], headers=mail.headers
    )
    message.attach_alternative(mail.html, "text/html")
    for one in mail.attachments.order_by("pk"):
        message.attach(one.name, bytes(one.content), one.content_type)
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        raise DeliveryError(_sentence(code, words), permanent=code >= 500) from error
    except smtplib.SMTPDataError as error:
        raise DeliveryError(_sentence(error.smtp_code, error.smtp_error), permanent=error.smtp_code >= 500) from error
    except smtplib.SMTPResponseException as error:
        raise DeliveryError(_sentence(error.smtp_code, error.smtp_error), permanent=False) from error
    except UnicodeError as error:  # a domain that can't be written in the letters of the Internet
        raise DeliveryError(f"{mail.to}: {error}", permanent=True) from error
    except OSError as error:  # the network, and the rest of smtplib's family
        raise DeliveryError(f"{type(error).__name__}: {error}", permanent=False) from error


def _rendered(name: str, context: dict[str, Any], *, is_html: bool) -> str:
    return get_template(name).template.render(Context(context, autoescape=is_html))  # type: ignore[attr-defined]


def _sentence(code: int, words: bytes | str) -> str:
    return f"{code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"
