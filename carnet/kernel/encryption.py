"""Texts that the site must read again, and that nobody reads in a copy of its database: encrypted by the library
`cryptography`, with keys that are derived from the site's secret key.

What was encrypted says at its head by which version of this module, so that a later one can still read it.
"""

import base64
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from carnet.kernel.refused import Refused

VERSION = "1"


class EncryptedOtherwise(Refused):
    """None of the site's present keys opens it: the secret key was changed, or the text was damaged."""

    code = "kernel.encrypted_otherwise"


def encrypt(text: str, *, purpose: str) -> str:
    """The text so that only this site reads it; each purpose has a key of its own."""
    return f"{VERSION}:{_keys(purpose).encrypt(text.encode()).decode()}"


def decrypt(encrypted: str, *, purpose: str) -> str:
    """The text again. Refuses `EncryptedOtherwise`, and says nothing of what it could not read."""
    version, _colon, token = encrypted.partition(":")
    if version != VERSION:
        raise EncryptedOtherwise
    try:
        return _keys(purpose).decrypt(token.encode()).decode()
    except InvalidToken:
        raise EncryptedOtherwise from None


def _keys(purpose: str) -> MultiFernet:
    """The first one encrypts; those of former secret keys still decrypt."""
    secret_keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_derived(one, purpose)) for one in secret_keys])


@cache
def _derived(secret_key: str, purpose: str) -> bytes:
    info = f"carnet.kernel.encryption {VERSION} {purpose}".encode()
    derived = HKDF(SHA256(), length=32, salt=None, info=info).derive(secret_key.encode())
    return base64.urlsafe_b64encode(derived)
