"""Tables whose rows only grow: the database itself refuses UPDATE and DELETE (and TRUNCATE on PostgreSQL) on them; of
some, UPDATE of the columns that are fixed.

`install` runs after every `migrate` and is idempotent: on SQLite an altered field remakes the table and drops its
triggers silently. A mistake in such a row is mended by another row. Names and free text lie in rows beside them, which
`office` empties when their time is over.
"""

from collections.abc import Callable
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = (
    "audit_entry",
    "provider_settingchange",
    "provider_textversion",
    "ledger_movement",
    "catalogue_edition",
    "catalogue_editionwithdrawal",
    "catalogue_vatcheck",
    "catalogue_vatcheckdetails",
    "books_line",
    "payments_payment",
    "payments_clearing",
    "payments_undonepayment",
    "cheques_bounce",
    "cheques_chequeannouncement",
    "cheques_paidagain",
    "cheques_depositedcheque",
    "payments_creditmovement",
    "payments_onlinereceipt",
    "payments_onlinefee",
    "payments_onlinerefund",
    "invoices_invoice",
    "orders_orderline",
    "invoices_invoiceline",
    "invoices_document",
    "invoices_invoicebuyer",
    "invoices_documentfile",
    "orders_settlement",
    "orders_revival",
    "orders_ordervatcheck",
    "orders_invoicerequest",
    "orders_activation",
    "orders_termsdocument",
    "till_refund",
    "work_paidtime",
    "work_mergedtime",
    "work_worksession",
    "schedule_publishedhours",
    "schedule_closeddays",
    "schedule_closeddayswithdrawal",
    "tickets_closure",
    "tickets_ratingchange",
    "proof_verificationrun",
)
# Of these, rows of names, and files that tell them: never changed, but deleted as a whole when their time is over.
EMPTIED = ("invoices_invoicebuyer", "invoices_documentfile", "catalogue_vatcheckdetails")

# Rows that live on, of which these columns are fixed for ever, and which are never deleted.
FIXED = {
    "orders_order": (
        "reference", "customer_id", "placed_by_id", "placed_at", "ordered_on",
        "language", "price_cents", "net_cents", "vat_cents", "terms_id",
        "express_request", "withdrawal_last_day", "tolerance_cents", "order_days", "cheque_activates_on",
        "buyer_digest", "key", "key_version", "seal",
    ),
    "payments_checkout": (
        "cause_kind", "cause_id", "customer_id", "reference", "amount_cents", "language", "environment", "client_id",
        "made_at", "actor_kind", "actor_id", "actor_label",
    ),
    "cheques_depositslip": (
        "year", "sequence", "number", "made_at", "made_on", "account_holder", "iban", "cheque_count", "total_cents",
        "key", "actor_kind", "actor_id", "actor_label",
    ),
    "repayments_repayment": (
        "cause_kind", "cause_id", "customer_id", "payment_id", "amount_cents", "reference", "made_at", "key",
        "actor_kind", "actor_id", "actor_label",
    ),
    "till_withdrawal": (
        "order_id", "declared_at", "language", "wants_credit", "key", "content", "actor_kind",
        "actor_id", "actor_label",
    ),
}  # fmt: skip
GUARDED = (*TABLES, *FIXED)
# Whose rows are counted outside the database, too.
NEVER_DELETED = tuple(table for table in GUARDED if table not in EMPTIED)


def install(using: str = "default") -> None:
    """Put the triggers on every table of `GUARDED` that exists and lacks them."""
    _carry_out(_create, using)


def remove(using: str = "default") -> None:
    """Take the triggers off: only for the flush of a test database, and for tests that tamper with rows on purpose."""
    _carry_out(_drop, using)


def _carry_out(statements: Callable[[BaseDatabaseWrapper, str], list[str]], using: str) -> None:
    """What `statements` says of each table of `GUARDED` that exists."""
    connection = connections[using]
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        for table in GUARDED:
            if table in existing:
                for statement in statements(connection, table):
                    cursor.execute(statement)


def unprotected(using: str = "default") -> list[str]:
    """The tables of `GUARDED` that are missing or lack a trigger, sorted; empty when all is well."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                "WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND pg_table_is_visible(c.oid)"
            )
        else:
            cursor.execute("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'")
        found = {(table, name) for table, name in cursor.fetchall()}
    return sorted({t for t in GUARDED for name in _names(connection, t) if (t, name) not in found})


def install_after_migrate(using: str, **_: Any) -> None:
    """Receiver of Django's own `post_migrate`."""
    install(using)


def _verbs(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    """What is refused."""
    verbs = ["UPDATE"] if table in EMPTIED else ["UPDATE", "DELETE"]
    return [*verbs, "TRUNCATE"] if connection.vendor == "postgresql" else verbs


def _names(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    return [f"{table}_no_{verb.lower()}" for verb in _verbs(connection, table)]


def _create(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    verbs = _verbs(connection, table)
    if connection.vendor == "postgresql":
        function = (
            "CREATE OR REPLACE FUNCTION carnet_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'append-only table %: % refused', TG_TABLE_NAME, TG_OP "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        return [
            function,
            *(
                f"CREATE OR REPLACE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"FOR EACH {'STATEMENT' if verb == 'TRUNCATE' else 'ROW'}"
                f"{_when(table, 'IS DISTINCT FROM') if verb == 'UPDATE' else ''} EXECUTE FUNCTION carnet_append_only()"
                for verb in verbs
            ),
        ]
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
        f"{_when(table, 'IS NOT') if verb == 'UPDATE' else ''} "
        f"BEGIN SELECT RAISE(ABORT, 'append-only table {table}: {verb} refused'); END"
        for verb in verbs
    ]


def _when(table: str, differs: str) -> str:
    """For what an UPDATE is refused: any, or a change of a fixed column."""
    if table not in FIXED:
        return ""
    return f" WHEN ({' OR '.join(f'OLD.{column} {differs} NEW.{column}' for column in FIXED[table])})"


def _drop(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    return [f"DROP TRIGGER IF EXISTS {name}{on}" for name in _names(connection, table)]
