from django.urls import URLPattern, path

from carnet.tickets.views import customer as for_customer
from carnet.tickets.views import notices, withdrawing
from carnet.tickets.views import public as for_public
from carnet.tickets.views.desk import contact, queue, ticket, work

public: list[URLPattern] = [
    path("try/", for_public.ask_first_question, name="ask_first_question"),
    path("try/sent/", for_public.first_question_sent, name="first_question_sent"),
    path("try/again/", for_public.send_link_again, name="send_link_again"),
    path("try/<str:token>/", for_public.confirm_first_question, name="confirm_first_question"),
    path("contact/", for_public.write_contact_message, name="write_contact_message"),
    path("contact/sent/", for_public.contact_message_sent, name="contact_message_sent"),
    path("withdraw/declare/", withdrawing.declare_withdrawal, name="declare_withdrawal"),
    path("withdraw/sent/", withdrawing.withdrawal_sent, name="withdrawal_sent"),
    path("withdraw/confirm/<str:token>/", withdrawing.confirm_withdrawal, name="confirm_withdrawal"),
    path("end-contract/declare/", notices.declare_ending, name="declare_ending"),
    path("notice/sent/", notices.notice_sent, name="notice_sent"),
]
customer: list[URLPattern] = [
    path("", for_customer.tickets, name="tickets"),
    path("new/", for_customer.open_ticket, name="open_ticket"),
    path("<int:ticket_id>/", for_customer.ticket, name="ticket"),
    path("<int:ticket_id>/message/", for_customer.write_message, name="write_message"),
    path("<int:ticket_id>/agree/", for_customer.agree_to_more, name="agree_to_more"),
    path("<int:ticket_id>/stop-at/", for_customer.stop_at, name="stop_at"),
    path("<int:ticket_id>/close/", for_customer.close_ticket, name="close_ticket"),
    path("<int:ticket_id>/unsolved/", for_customer.mark_unsolved, name="mark_unsolved"),
    path("<int:ticket_id>/rate/", for_customer.rate_ticket, name="rate_ticket"),
]
desk: list[URLPattern] = [
    path("", queue.front, name="front"),
    path("queue/", queue.queue, name="queue"),
    path("queue/<slug:view>/", queue.queue, name="queue"),
    path("tickets/<int:ticket_id>/", ticket.ticket, name="ticket"),
    path("tickets/<int:ticket_id>/answer/", ticket.answer_ticket, name="answer_ticket"),
    path("tickets/<int:ticket_id>/draft/", ticket.save_draft, name="save_draft"),
    path("tickets/<int:ticket_id>/assign/", ticket.assign_ticket, name="assign_ticket"),
    path("tickets/<int:ticket_id>/criticality/", ticket.change_criticality, name="change_criticality"),
    path("tickets/<int:ticket_id>/close/", ticket.close_ticket, name="close_ticket"),
    path("tickets/<int:ticket_id>/start/", work.start_work, name="start_work"),
    path("tickets/<int:ticket_id>/stop/", work.stop_work, name="stop_work"),
    path("tickets/<int:ticket_id>/go-on/", work.go_on_offered, name="go_on_offered"),
    path("tickets/<int:ticket_id>/time/", work.record_time, name="record_time"),
    path("tickets/<int:ticket_id>/time/<int:session_id>/", work.correct_session, name="correct_session"),
    path("tickets/<int:ticket_id>/reopen/", ticket.reopen_ticket, name="reopen_ticket"),
    path("tickets/<int:ticket_id>/split/", ticket.split_ticket, name="split_ticket"),
    path("tickets/<int:ticket_id>/merge/", ticket.merge_tickets, name="merge_tickets"),
    path("clock/", work.sign_of_life, name="sign_of_life"),
    path("contact/", contact.contact_messages, name="contact_messages"),
    path("contact/<int:message_id>/", contact.contact_message, name="contact_message"),
    path("contact/<int:message_id>/read/", contact.mark_contact_message_read, name="mark_contact_message_read"),
    path("contact/<int:message_id>/clear/", contact.clear_contact_message, name="clear_contact_message"),
    path("contact/<int:message_id>/answer/", contact.answer_contact_message, name="answer_contact_message"),
    path("contact/<int:message_id>/ticket/", contact.open_ticket_for_sender, name="open_ticket_for_sender"),
    path("contact/<int:message_id>/link/", contact.send_link_to_sender, name="send_link_to_sender"),
    path("contact/<int:message_id>/customer/", contact.create_customer_for_sender, name="create_customer_for_sender"),
]
