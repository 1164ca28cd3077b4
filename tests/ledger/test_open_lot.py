import pytest

from carnet.audit.models import Entry
from carnet.kernel.refused import KeyReused
from carnet.ledger import queries
from carnet.ledger.actions import lots
from carnet.ledger.models import CustomerLedger, Lot, LotNote, Movement
from carnet.provider import actions as provider
from tests.factories.ledger import TEST, buckets, day, give, give_trial, lines, moment, new_key, sell, take, ticket


def test_L1_a_lot_is_usable_at_once_and_its_units_are_available(martins, claire):
    lot = sell(martins, 20, at="2027-03-09 10:00")
    assert (lot.number, lot.activated_on, lot.last_day) == (1, day("2027-03-09"), day("2028-03-09"))
    assert buckets(lot) == {"available": 20}
    assert lines(list(queries.movements_of(martins))) == [("opened", "L1", 1, 20)]
    assert take(claire, martins, at="2027-03-09 10:00")


def test_L2_validity_runs_from_activation_on_the_calendar_of_the_zone(martins):
    assert sell(martins, months=6, at="2026-08-31 12:00").last_day == day("2027-02-28")
    # 23:30 UTC on 28 February is already 29 February in Paris.
    assert sell(martins, months=12, at="2028-02-29 00:30").last_day == day("2029-02-28")


def test_numbers_count_per_customer(martins, robledo):
    assert [sell(martins).number, give(martins).number, sell(robledo).number] == [1, 2, 1]


def test_the_lot_keeps_what_was_agreed(martins, claire):
    pack = lots.Pack(
        unit="minute",
        quantity=300,
        shared=False,
        person=claire,
        validity_months=12,
        token_minutes=20,
        price_cents=26_000,
        edition_id=7,
    )
    lot = lots.open_lot(
        customer=martins,
        content=pack,
        cause=ticket(3),
        by=TEST,
        at=moment("2027-01-11 12:00"),
        key="order:7",
    )
    lot = Lot.objects.get(pk=lot.pk)
    assert (lot.token_minutes, lot.price_cents, lot.edition_id, lot.person, lot.shared) == (
        20,
        26_000,
        7,
        claire,
        False,
    )
    assert (lot.revive_by, lot.early_renewal) == ("unit", "extends")
    assert not LotNote.objects.exists()
    movement = Movement.objects.get()
    assert (movement.cause_kind, movement.cause_id, movement.last_day_after) == ("ticket", 3, day("2028-01-11"))


def test_without_a_cause_the_lot_is_its_own(martins):
    lot = sell(martins)
    movement = Movement.objects.get()
    assert (movement.cause_kind, movement.cause_id) == ("lot", lot.pk)
    assert not LotNote.objects.exists()


def test_L5_dormant_units_come_back_with_the_new_last_day(martins, claire):
    a = sell(martins, 20, at="2026-01-10 12:00")
    take(claire, martins, quantity=14, at="2026-02-01 12:00")
    assert queries.balance_on(martins, day("2027-01-11")).tokens.dormant == 6
    sell(martins, 1, at="2027-03-05 12:00")
    a.refresh_from_db()
    assert (a.last_day, a.number, a.shared) == (day("2028-03-05"), 1, True)
    assert queries.balance_on(martins, day("2028-03-05")).tokens.available == 7
    take(claire, martins, 2, quantity=2, at="2027-04-01 12:00")
    assert queries.balance_on(martins, day("2028-03-06")).tokens.dormant == 5
    sell(martins, 1, at="2029-06-01 12:00")
    assert queries.balance_on(martins, day("2030-06-01")).tokens.available == 6
    revived = Movement.objects.filter(kind="last_day").order_by("sequence")
    assert [(line.rule, line.lot.number, line.last_day_after) for line in revived] == [
        ("L5", 1, day("2028-03-05")),
        ("L5", 1, day("2030-06-01")),
        ("L5", 2, day("2030-06-01")),
    ]


def test_L6_early_renewal_extends_live_units_and_never_shortens(martins, claire):
    a = sell(martins, 20, at="2026-01-10 12:00")
    take(claire, martins, quantity=14, at="2026-02-01 12:00")
    b = sell(martins, 1, at="2027-01-09 12:00")
    a.refresh_from_db()
    assert (a.last_day, b.last_day) == (day("2028-01-09"), day("2028-01-09"))
    c = sell(martins, 1, months=6, at="2027-03-01 12:00")
    a.refresh_from_db()
    assert (a.last_day, c.last_day) == (day("2028-01-09"), day("2027-09-01"))


def test_L5_L6_goodwill_and_trial_neither_change_others_nor_are_changed(martins):
    gift = give(martins, until="2027-02-01", at="2027-01-01 12:00")
    trial = give_trial(martins, at="2027-01-01 12:00")
    pack = sell(martins, months=6, at="2027-01-02 12:00")
    give(martins, until="2029-01-01", at="2027-03-01 12:00")
    for lot in (gift, trial, pack):
        lot.refresh_from_db()
    assert (gift.last_day, trial.last_day, pack.last_day) == (day("2027-02-01"), None, day("2027-07-02"))


def test_L5_L6_follow_the_settings_and_keep_to_them(martins):
    minutes = sell(martins, 60, unit="minute", at="2026-01-10 12:00")
    tokens = sell(martins, 5, at="2026-06-01 12:00")
    for name, value in (("revive_by", "any"), ("early_renewal", "keeps")):
        provider.change_setting(name=name, value=value, by=TEST, at=moment("2027-01-20 12:00"))
    new = sell(martins, 5, at="2027-02-01 12:00")
    minutes.refresh_from_db()
    tokens.refresh_from_db()
    assert (minutes.last_day, tokens.last_day) == (day("2028-02-01"), day("2027-06-01"))
    assert (new.revive_by, new.early_renewal) == ("any", "keeps")


def test_L12_the_same_key_opens_one_lot(martins):
    first = sell(martins, 20, key="order:1")
    again = sell(martins, 20, key="order:1", at="2027-02-01 12:00")
    assert (again.pk, Lot.objects.count(), Movement.objects.count()) == (first.pk, 1, 1)
    assert Entry.objects.filter(code="lot.opened").count() == 1
    with pytest.raises(KeyReused):
        sell(martins, 5, key="order:1")
    assert CustomerLedger.objects.get().lot_count == 1


def test_a_key_belongs_to_its_customer(martins, robledo):
    assert sell(martins, 20, key="order:1") != sell(robledo, 20, key="order:1")


def test_it_is_audited_without_the_reason(martins):
    lot = give(martins, 3)
    entry = Entry.objects.get(code="lot.opened")
    head = CustomerLedger.objects.get().head
    assert (entry.subject_kind, entry.subject_id, entry.customer_id) == ("lot", lot.pk, martins.pk)
    assert entry.details == {"origin": "goodwill", "unit": "token", "quantity": 3, "sequence": 1, "head": head}


def test_F1_a_customer_has_one_trial(martins):
    give_trial(martins)
    with pytest.raises(lots.TrialLotExists):
        give_trial(martins)


def test_the_journal_never_goes_back_in_time(martins):
    sell(martins, at="2027-01-11 12:00")
    late = give(martins, at="2027-01-01 12:00", until="2027-02-01")
    assert late.activated_at == moment("2027-01-11 12:00")


@pytest.mark.parametrize(
    "wrong",
    [
        lots.Pack("token", 0, validity_months=12),
        lots.Pack("token", 1, validity_months=12, token_minutes=0),
        lots.Trial(0, validity_days=30),
    ],
    ids=str,
)
def test_mistakes_of_the_caller_crash_and_leave_nothing(martins, wrong):
    with pytest.raises(ValueError, match="lot"):
        lots.open_lot(customer=martins, content=wrong, by=TEST, at=moment("2027-01-11 12:00"), key=new_key())
    assert (Lot.objects.count(), Movement.objects.count()) == (0, 0)
