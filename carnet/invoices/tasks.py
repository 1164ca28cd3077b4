from carnet.invoices import actions
from carnet.jobs.declare import task
from carnet.kernel import clock


@task
def make_document(invoice_id: int) -> None:
    actions.make_document(invoice_id, at=clock.now())
