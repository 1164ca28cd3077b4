import pytest

from carnet.kernel import encryption

SECRET = "EClient-secret_é"


def test_what_was_encrypted_is_read_again_and_says_its_version():
    encrypted = encryption.encrypt(SECRET, purpose="one")
    assert encrypted.startswith("1:")
    assert "EClient" not in encrypted
    assert encryption.decrypt(encrypted, purpose="one") == SECRET
    assert encryption.encrypt(SECRET, purpose="one") != encrypted


def test_another_purpose_has_another_key():
    with pytest.raises(encryption.EncryptedOtherwise):
        encryption.decrypt(encryption.encrypt(SECRET, purpose="one"), purpose="another")


def test_a_former_secret_key_still_reads_and_no_longer_encrypts(settings):
    settings.SECRET_KEY = "the first"
    before = encryption.encrypt(SECRET, purpose="one")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the second", ["the first"]
    assert encryption.decrypt(before, purpose="one") == SECRET
    after = encryption.encrypt(SECRET, purpose="one")
    settings.SECRET_KEY_FALLBACKS = []
    assert encryption.decrypt(after, purpose="one") == SECRET
    with pytest.raises(encryption.EncryptedOtherwise) as refused:
        encryption.decrypt(before, purpose="one")
    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("damaged", ["", "1:", "1:é", "2:abc", "1", "no text of ours"])
def test_what_was_not_encrypted_here_is_refused(damaged):
    with pytest.raises(encryption.EncryptedOtherwise):
        encryption.decrypt(damaged, purpose="one")


def test_one_character_less_is_refused():
    with pytest.raises(encryption.EncryptedOtherwise):
        encryption.decrypt(encryption.encrypt(SECRET, purpose="one")[:-1], purpose="one")
