"""Lines of the sales journal to be written: a sale of twenty tokens, and the money for it."""

from carnet.books import actions, rules
from carnet.kernel.keys import Cause
from carnet.proof.replays import books
from tests.factories.ledger import TEST, day, moment
from tests.proofs import faults_in

AT = moment("2027-03-05 12:00")


def sale(cents=24_000, **changed):
    given = {
        "kind": "sale", "on": day("2027-03-05"), "customer_id": 7, "cause": Cause("order", 3), "label": "tokens-20",
        "net_cents": cents - 4_000, "vat_permille": 200, "vat_cents": 4_000, "gross_cents": cents,
        "document": "F2027-000001",
    }  # fmt: skip
    return rules.BookEntry(**(given | changed))


def money(cents=24_000, **changed):
    given = {
        "kind": "payment",
        "net_cents": cents,
        "vat_permille": 0,
        "vat_cents": 0,
        "means": "transfer",
        "payment_id": 5,
    }
    return sale(**(given | {"gross_cents": cents} | changed))


def mended(line_id, **changed):
    """The whole sale of twenty tokens taken back."""
    given = {"kind": "correction", "net_cents": -20_000, "vat_cents": -4_000, "corrects_id": line_id}
    return sale(-24_000, **(given | changed))


def write(*entries, at=AT):
    return actions.write_lines(entries=entries, by=TEST, at=at)


def found():
    """How many lines were read, and what is wrong with them."""
    portions = list(books.faults())
    return sum(count for count, _ in portions), faults_in(portions)
