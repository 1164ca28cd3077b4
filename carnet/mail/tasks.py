from carnet.jobs.declare import Every, task
from carnet.kernel import clock
from carnet.mail import actions


# Often enough that the mail's own limit of two days comes first.
@task(max_attempts=40)
def deliver(mail_id: int) -> None:
    actions.deliver_mail(mail_id, at=clock.now())


@task
def nudge() -> None:
    actions.nudge_mails(at=clock.now())


SCHEDULE = [Every(nudge, seconds=300)]
