"""Whether PayPal signed a notice, found out without asking about it: by the certificate that the notice names.

What is signed is `transmission id|transmission time|our webhook's id|CRC-32 of the body`. The certificate is believed
since it is fetched by https from PayPal's own address: everything hangs on that address.
"""

import base64
import binascii
import datetime
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from carnet.payments.paypal import calls
from carnet.payments.rules.online import Access, ServiceFailed

ALGORITHM = "SHA256withRSA"
_HOSTS = {
    "live": ("https://api.paypal.com", "https://api-m.paypal.com"),
    "sandbox": ("https://api.sandbox.paypal.com", "https://api-m.sandbox.paypal.com"),
}
_FOLDER = "/v1/notifications/certs/"
_NAMES = {"live": ".paypal.com", "sandbox": ".paypal.com", "stand_in": ".paypal.example.org"}
_LARGEST_CERTIFICATE = 100_000
_MOST_CERTIFICATES = 20  # a notice names its certificate: a flood of forged ones must not fill the memory

# As the contract of PayPal's verifying call describes them; none of them can hold what parts them in what is signed.
_PATTERNS = {
    "auth_algo": re.compile(ALGORITHM),
    "cert_url": re.compile(r"[\x21-\x7e]{1,500}"),
    "transmission_id": re.compile(r"(?!\d+\Z)[A-Za-z0-9_-]{2,50}"),
    "transmission_sig": re.compile(r"[A-Za-z0-9+/=]{1,500}"),
    "transmission_time": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,30}(Z|[+-][0-9]{2}:[0-9]{2})"),
}

_certificates: dict[str, x509.Certificate] = {}


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a notice's headers say about its sending."""

    cert_url: str
    transmission_id: str
    transmission_sig: str
    transmission_time: str

    def as_asked(self) -> dict[str, str]:
        return {
            "auth_algo": ALGORITHM,
            "cert_url": self.cert_url,
            "transmission_id": self.transmission_id,
            "transmission_sig": self.transmission_sig,
            "transmission_time": self.transmission_time,
        }


def forget() -> None:
    _certificates.clear()


def stamp(access: Access, headers: Mapping[str, str]) -> Stamp | None:
    """The headers of PayPal's, if all are there and could be PayPal's; else None: the notice is not from there."""
    given = {name.lower(): value for name, value in headers.items()}
    found = {name: given.get(f"paypal-{name.replace('_', '-')}", "") for name in _PATTERNS}
    if not all(pattern.fullmatch(found[name]) for name, pattern in _PATTERNS.items()):
        return None
    if not _is_own_address(access, found["cert_url"]):
        return None
    del found["auth_algo"]
    return Stamp(**found)


def is_signed(access: Access, stamp: Stamp, body: bytes, *, at: datetime.datetime) -> bool:
    """Whether PayPal's key signed this body for our webhook. Raises ServiceFailed if its certificate can't be had."""
    try:
        signature = base64.b64decode(stamp.transmission_sig, validate=True)
    except binascii.Error:
        return False
    certificate = _certificate(access, stamp.cert_url, at)
    key = certificate.public_key() if certificate else None
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    signed = f"{stamp.transmission_id}|{stamp.transmission_time}|{access.webhook_id}|{zlib.crc32(body)}"
    try:
        key.verify(signature, signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _is_own_address(access: Access, url: str) -> bool:
    """Compared as text, not taken apart: what reads an address otherwise than we do can't be deceived by it."""
    hosts = (access.base_url,) if access.environment == "stand_in" else _HOSTS[access.environment]
    return any(re.fullmatch(re.escape(host + _FOLDER) + r"[A-Za-z0-9-]{1,100}", url) for host in hosts)


def _certificate(access: Access, url: str, at: datetime.datetime) -> x509.Certificate | None:
    """The certificate at that address if it is PayPal's and valid at that moment; such a one is kept."""
    kept = _kept(url, at)
    if kept is not None:
        return kept
    with calls.because_of_a_stranger(f"GET {_FOLDER}"):
        return _kept(url, at) or _fetched(access, url, at)


def _kept(url: str, at: datetime.datetime) -> x509.Certificate | None:
    found = _certificates.get(url)
    return found if found is not None and _is_valid(found, at) else None


def _fetched(access: Access, url: str, at: datetime.datetime) -> x509.Certificate | None:
    content = calls.fetch(access, url)
    if content is None:
        return None
    try:
        if len(content) > _LARGEST_CERTIFICATE:
            raise ValueError("size")
        found = x509.load_pem_x509_certificate(content)  # the first: those after it vouch for it
    except ValueError:
        raise ServiceFailed("not_understood", permanent=False, status=200, call=f"GET {_FOLDER}") from None
    if not _is_valid(found, at) or not _is_named(found, _NAMES[access.environment]):
        return None
    if len(_certificates) >= _MOST_CERTIFICATES:
        _certificates.clear()
    _certificates[url] = found
    return found


def _is_valid(certificate: x509.Certificate, at: datetime.datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def _is_named(certificate: x509.Certificate, domain: str) -> bool:
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return any(f".{name.value!s}".endswith(domain) for name in names)
