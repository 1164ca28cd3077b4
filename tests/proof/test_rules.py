from carnet.proof.rules import Fault, Findings


def fault(number=1, code="a", **values):
    return Fault("tickets", "ticket", number, code, values)


def test_the_same_faults_in_any_order_have_one_digest_whatever_values_they_bring():
    one, other, third = Findings(), Findings(), Findings()
    one.add(5, [fault(1, line=3), fault(2)])
    other.add(5, [fault(2), fault(1, line=4)])
    third.add(5, [fault(1), fault(3)])
    assert one.digest == other.digest != third.digest
    assert (Findings().digest, one.faulty_checks, one.fault_count) == ("", {"tickets"}, 2)


def test_a_fault_is_kept_as_a_row():
    assert Fault(**fault(7, "b", line=3).as_row()) == fault(7, "b", line=3)
