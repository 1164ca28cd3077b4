import re

import pytest

from carnet.kernel import keys


def test_a_key_is_random():
    first, second = keys.new_key(), keys.new_key()
    assert re.fullmatch("[0-9a-f]{32}", first)
    assert first != second


def test_a_secret_fits_in_an_address_and_only_its_digest_is_stored():
    first, second = keys.new_secret(), keys.new_secret()
    assert re.fullmatch("[A-Za-z0-9_-]{43}", first)
    assert first != second
    assert keys.digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_cause_is_a_value():
    assert keys.Cause("ticket", 12) == keys.Cause("ticket", 12)
    assert len({keys.Cause("ticket", 12), keys.Cause("ticket", 12), keys.Cause("order", 12)}) == 2
    with pytest.raises(AttributeError):
        keys.Cause("ticket", 12).id = 13  # type: ignore[misc]
