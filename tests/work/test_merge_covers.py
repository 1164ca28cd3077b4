import pytest

from carnet.work.actions import cover_endings
from tests.factories.ledger import TEST, buckets, give_trial, moment, sell
from tests.factories.work import agree, case_of, end, extend, open_cover, paid_seconds, work, worked
from tests.proofs import ledger_faults


def merge(source, target, source_work=(), target_work=(), at="2027-01-11 18:00"):
    with case_of(source) as one, case_of(target) as other:
        work(one, *source_work, at=at)
        work(other, *target_work, at=at)
        if source.customer_id == target.customer_id:
            other.account, other.entries = one.account, []
        cover_endings.merge(one, other, by=TEST, at=moment(at))
    return other.cover


def two(martins, claire, lengths, means="tokens", **more):
    """Two open covers on which so long was worked, with the stretches of each."""
    found = []
    for number, length in enumerate(lengths, 1):
        cover = open_cover(martins, claire, means, **more)
        minutes = int(length.split(":")[0])
        while minutes * 60 >= paid_seconds(cover) and minutes:
            cover = extend(cover, at="2027-01-11 13:00")
        found.append((cover, [worked(f"2027-01-11 1{number + 3}:05", length)]))
    return found


@pytest.mark.parametrize(
    ("lengths", "price"), [(("12:00", "14:00"), 1), (("20:00", "15:00"), 2), (("25:30", "25:30"), 2)]
)
def test_T10_two_open_tickets(martins, claire, lengths, price):
    lot = sell(martins, 8)
    (source, source_work), (target, target_work) = two(martins, claire, lengths)
    target = merge(source, target, source_work, target_work)
    source.refresh_from_db()
    target = end(target, *target_work, at="2027-01-12 12:00")
    assert (source.state, source.price_tokens + target.price_tokens) == ("ended", price)
    assert (buckets(lot), ledger_faults(martins)) == ({"available": 8 - price, "spent": price}, [])


def test_T10_30_30_twice_is_2_tokens(martins, claire):
    lot = sell(martins, 8)
    pairs = []
    for number in (1, 2):
        cover = extend(open_cover(martins, claire, ceiling=2), at="2027-01-11 13:00")
        pairs.append((cover, [worked(f"2027-01-11 1{number + 3}:05", "30:30")]))
    (source, source_work), (target, target_work) = pairs
    target = end(merge(source, target, source_work, target_work), *target_work, at="2027-01-12 12:00")
    assert buckets(lot) == {"available": 6, "spent": 2}


def test_T10_a_closed_one_gives_its_token_back(martins, claire):
    lot = sell(martins, 8)
    (source, source_work), (target, target_work) = two(martins, claire, ("12:00", "14:00"))
    source = end(source, *source_work, at="2027-01-11 16:00")
    assert buckets(lot) == {"available": 6, "reserved": 1, "spent": 1}
    target = merge(source, target, source_work, target_work)
    assert buckets(lot) == {"available": 7, "reserved": 1}
    assert end(target, *target_work, at="2027-01-12 12:00").price_tokens == 1


def test_T10_work_goes_on_with_what_both_have(martins, claire):
    sell(martins, 8)
    (source, source_work), (target, target_work) = two(martins, claire, ("12:00", "14:00"))
    target = merge(source, target, source_work, target_work)
    # 26 of 30 minutes are used: 4 are left for the target beside its own 14.
    assert paid_seconds(target) == (14 + 4) * 60
    more = worked("2027-01-11 19:00", "5:00")
    assert end(target, *target_work, more, at="2027-01-12 12:00").price_tokens == 1


def test_T10_minutes_8_59_and_8_59_are_16(martins, claire):
    pack = sell(martins, 300, unit="minute")
    end(open_cover(martins, claire, "minutes"), worked("2027-01-11 12:05", "30:00"), at="2027-01-11 13:00")
    (source, source_work), (target, target_work) = two(martins, claire, ("8:59", "8:59"), "minutes")
    target = end(merge(source, target, source_work, target_work), *target_work, at="2027-01-12 12:00")
    assert buckets(pack) == {"available": 254, "spent": 46}


def test_T10_the_indivisible_part_is_paid_once(martins, claire):
    pack = sell(martins, 300, unit="minute")
    (source, source_work), (target, target_work) = two(martins, claire, ("10:00", "45:00"), "minutes")
    target = end(merge(source, target, source_work, target_work), *target_work, at="2027-01-12 12:00")
    assert buckets(pack) == {"available": 245, "spent": 55}


def test_a_source_without_cover_just_ends(martins, claire):
    source = open_cover(martins, claire)
    lot = sell(martins, 8)
    target = open_cover(martins, claire)
    merge(source, target)
    source.refresh_from_db()
    assert (source.state, source.price_tokens, buckets(lot)) == ("ended", 0, {"available": 7, "reserved": 1})


def test_T10_only_one_kind_of_cover(martins, claire):
    give_trial(martins)
    sell(martins, 8)
    sell(martins, 300, unit="minute")
    tokens, minutes, free = (open_cover(martins, claire, m) for n, m in enumerate(("tokens", "minutes", "trial"), 1))
    for source, target in ((tokens, minutes), (minutes, tokens), (free, tokens)):
        with pytest.raises(cover_endings.OtherKindOfCover):
            merge(source, target)


def test_T10_only_one_customer(martins, claire, robledo, ines):
    sell(martins, 8)
    sell(robledo, 8)
    with pytest.raises(cover_endings.OtherKindOfCover):
        merge(open_cover(robledo, ines), open_cover(martins, claire))


def test_merged_once(martins, claire):
    sell(martins, 8)
    first, second, third = (open_cover(martins, claire) for number in (1, 2, 3))
    merge(first, second)
    for source, target in ((first, third), (second, third)):
        with pytest.raises(cover_endings.MergedAlready):
            merge(source, target)


def test_T10_two_closed_ones(martins, claire):
    lot = sell(martins, 8)
    (source, source_work), (target, target_work) = two(martins, claire, ("12:00", "14:00"))
    for cover, stretches in ((source, source_work), (target, target_work)):
        end(cover, *stretches, at="2027-01-11 16:00")
    assert buckets(lot) == {"available": 6, "spent": 2}
    assert merge(source, target, source_work, target_work).price_tokens == 1
    assert (buckets(lot), ledger_faults(martins)) == ({"available": 7, "spent": 1}, [])


def test_H5_T10_what_was_merged_and_is_mixed_later_can_be_closed(martins, claire):
    carnet, pack = sell(martins, 2), sell(martins, 120, unit="minute")
    (source, source_work), (target, target_work) = two(martins, claire, ("20:00", "20:00"))
    target = merge(source, target, source_work, target_work)
    target = extend(target, at="2027-01-11 19:00")
    target = agree(target, "minutes", 30, at="2027-01-11 19:30")
    more = worked("2027-01-11 19:40", "35:00")
    assert paid_seconds(target) == (2 * 30 - 20 + 30) * 60
    target = end(target, *target_work, more, at="2027-01-12 12:00")
    source.refresh_from_db()
    # 75 minutes together: two tokens in full, and 15 minutes.
    assert (source.price_tokens + target.price_tokens, target.price_minutes) == (2, 15)
    assert (buckets(carnet), buckets(pack), ledger_faults(martins)) == (
        {"spent": 2}, {"available": 105, "spent": 15}, [],
    )  # fmt: skip
