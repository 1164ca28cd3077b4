"""Credit notes compared line by line with the invoice that each corrects, and with its sales in the books (O8, O9)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from carnet.books.models import Line
from carnet.invoices.models import Invoice, InvoiceLine
from carnet.kernel import snapshot
from carnet.proof.replays import calculating
from carnet.proof.rules import Fault, Found

CHECK = "credit notes"
PORTION = 300
SAME = ("code", "names", "vat_permille", "vat_category", "exemption")


def faults() -> Iterator[Found]:
    """All invoices that were corrected, in portions, each read as of one instant; then what corrects no invoice."""
    after = 0
    while True:
        with snapshot.at_rest():
            rows = Invoice.objects.filter(pk__gt=after, credit_notes__isnull=False).distinct().order_by("pk")
            portion = list(rows.prefetch_related("lines", "credit_notes__lines")[:PORTION])
            written = _written(portion)
        yield (
            sum(one.credit_notes.count() for one in portion),
            [fault for invoice in portion for fault in _faults_of(invoice, written)],
        )
        if len(portion) < PORTION:
            return
        after = portion[-1].pk


def _written(portion: Iterable[Invoice]) -> dict[str, list[Line]]:
    """What the books say of these invoices and of the credit notes that correct them, by number."""
    numbers = [number for invoice in portion for number in (invoice.number, *_numbers(invoice))]
    found: dict[str, list[Line]] = defaultdict(list)
    for line in Line.objects.filter(document__in=numbers, kind__in=("sale", "correction")).order_by("sequence"):
        found[line.document].append(line)
    return found


def _numbers(invoice: Invoice) -> list[str]:
    return [note.number for note in invoice.credit_notes.all()]


def _faults_of(invoice: Invoice, written: dict[str, list[Line]]) -> Iterator[Fault]:
    """The credit notes of one invoice, the first one first: together they are never more than it is."""
    sold = {line.position: line for line in invoice.lines.all()}
    sales = [line for line in written[invoice.number] if line.kind == "sale"]
    sale_of = {position: line.pk for position, line in zip(sorted(sold), sales, strict=False)}
    credited: dict[int, int] = defaultdict(int)
    for note in sorted(invoice.credit_notes.all(), key=lambda one: one.pk):
        yield from _note_faults(note, invoice)
        lines = sorted(note.lines.all(), key=lambda line: line.position)
        for line in lines:
            if line.position not in sold:
                yield Fault(CHECK, "invoice", note.number, "corrects_no_line", {"position": line.position})
                continue
            yield from _line_faults(note, line, sold[line.position], credited[line.position])
            credited[line.position] += line.gross_cents
        corrections = [line for line in written[note.number] if line.kind == "correction"]
        expected = Counter(
            (sale_of.get(one.position), -one.net_cents, -one.vat_cents, -one.gross_cents) for one in lines
        )
        found = Counter((one.corrects_id, one.net_cents, one.vat_cents, one.gross_cents) for one in corrections)
        if expected != found:
            yield Fault(CHECK, "invoice", note.number, "corrects_another_sale")


def _note_faults(note: Invoice, invoice: Invoice) -> Iterator[Fault]:
    if invoice.is_credit_note or note.customer_id != invoice.customer_id or note.currency != invoice.currency:
        yield Fault(CHECK, "invoice", note.number, "corrects_another", {"invoice": invoice.number})
    if note.issued_on < invoice.issued_on or note.at < invoice.at:
        yield Fault(CHECK, "invoice", note.number, "before_its_invoice", {"invoice": invoice.number})


def _line_faults(note: Invoice, line: InvoiceLine, sold: InvoiceLine, before_cents: int) -> Iterator[Fault]:
    """At the rate of the line that it corrects, never more than is left of it, and its part of the VAT to the cent."""

    def fault(code: str, **values: object) -> Fault:
        return Fault(CHECK, "invoice", note.number, code, {"position": line.position, **values})

    differing = calculating.first_that_differs((name, getattr(sold, name), getattr(line, name)) for name in SAME)
    if differing:
        yield fault("sold_otherwise", **differing)
    upto = before_cents + line.gross_cents
    if line.gross_cents <= 0 or upto > sold.gross_cents:
        yield fault("credited_too_much", found=upto, sold=sold.gross_cents)
        return
    vat_cents = _share(sold, upto) - _share(sold, before_cents)
    if (line.vat_cents, line.net_cents) != (vat_cents, line.gross_cents - vat_cents):
        yield fault("vat_differs", expected=vat_cents, found=line.vat_cents)


def _share(sold: InvoiceLine, gross_cents: int) -> int:
    """The VAT in this part of a line, half up."""
    return (2 * sold.vat_cents * gross_cents + sold.gross_cents) // (2 * sold.gross_cents) if sold.gross_cents else 0
