"""What strangers wrote in the demo's contact form."""
# ruff: noqa: E501 (sentences stay whole)

import datetime
from dataclasses import dataclass

from carnet.audit.actors import VISITOR
from carnet.kernel import keys
from carnet.people.models import Person
from carnet.tickets.actions import contact
from carnet.tickets.models import ContactMessage
from carnet.tickets.rules import Sender
from demo.year.story import Story


@dataclass(frozen=True, slots=True)
class DemoMessage:
    """A message of so many days before now; what is read was read an hour later."""

    days_ago: float
    language: str
    name: str
    email: str
    subject: str
    text: str
    suspect: bool = False
    is_read: bool = False


MESSAGES = (
    DemoMessage(17, "fr", "Association Les Mésanges", "bureau@mesanges.example.org", "Un carnet pour une association ?",
                "Bonjour, nous sommes douze bénévoles et trois ordinateurs. Pouvons-nous partager un carnet de 20 tickets, et recevoir une facture au nom de l’association ?", is_read=True),
    DemoMessage(6, "en", "Fiona Marsh", "fiona.marsh@example.org", "Do you help with a NAS?",
                "Hello, we have a small network drive at home that nobody dares to touch. Is that something you do from a distance?", is_read=True),
    DemoMessage(2.2, "en", "Web Growth Team", "sales@growth.example.org", "FIRST PAGE GUARANTEED!!!",
                "Dear owner, we looked at your website and can bring it to the first page of every search engine within 7 days. https://growth.example.org https://growth.example.org/now", suspect=True),
    DemoMessage(1.1, "es", "Joaquín Beltrán", "joaquin.beltran@example.org", "¿Atienden desde Canarias?",
                "Buenos días, vivo en Tenerife. ¿Puedo llamarles por la tarde, con la hora de diferencia?"),
    DemoMessage(0.08, "fr", "Mireille Klein", "mireille.klein@example.org", "Combien de temps pour une réponse ?",
                "Ma mère a 84 ans et s’inquiète vite. Si elle vous écrit le matin, a-t-elle une réponse dans la journée ?"),
)  # fmt: skip


def arrange(story: Story) -> None:
    """Have the messages written, and the old ones read."""
    for written in MESSAGES:
        story.plan(story.until - datetime.timedelta(days=written.days_ago), _write, story, written)


def _write(at: datetime.datetime, story: Story, written: DemoMessage) -> None:
    message = contact.write_contact_message(
        sender=Sender(written.name, written.email, written.language), subject=written.subject, text=written.text,
        suspect=written.suspect, key=keys.new_key(), by=VISITOR, at=at,
    )  # fmt: skip
    if written.is_read:
        story.plan(at + datetime.timedelta(hours=1), _read, message, story.agents[1])


def _read(at: datetime.datetime, message: ContactMessage, reader: Person) -> None:
    contact.mark_contact_message_read(message=message, by=reader.as_actor(), at=at)
