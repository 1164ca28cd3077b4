from carnet.audit.models import Entry
from carnet.mail.models import OutgoingMail
from carnet.tickets.actions import messages
from carnet.tickets.models import Message
from tests.factories.people import signed_in
from tests.factories.tickets import close, form_key, give_tokens, make_ticket, moment


def test_only_the_team_reads_it(martins, claire, awa):
    give_tokens(martins)
    ticket = make_ticket(claire)
    mails = OutgoingMail.objects.count()
    form = {"key": form_key(), "text": "Try the port.", "way": "note"}
    for _click in range(2):
        assert signed_in(awa).post(f"/desk/tickets/{ticket.pk}/answer/", form).status_code == 302
    note = Message.objects.get(kind="note")
    assert (note.author, note.text) == (awa, "Try the port.")
    assert "Try the port." in signed_in(awa).get(f"/desk/tickets/{ticket.pk}/").content.decode()
    assert "Try the port." not in signed_in(claire).get(f"/my/tickets/{ticket.pk}/").content.decode()
    assert OutgoingMail.objects.count() == mails
    ticket.refresh_from_db()
    assert (ticket.state, ticket.first_answer_at) == ("open", None)
    assert Entry.objects.get(code="ticket.note_written").details == {"message": note.pk}


def test_to_a_closed_ticket_too(martins, claire, awa):
    ticket = close(make_ticket(claire, means="none"), at=moment(5))
    note = messages.write_note(ticket=ticket, text="For later.", key=form_key(), by=awa.as_actor(), at=moment(9))
    assert note.at == moment(9)
