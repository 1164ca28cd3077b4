"""Notices are signed as PayPal signs them, with a key and a certificate that the stand-in makes for itself."""

import base64
import binascii
import datetime
import hashlib
import uuid
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

ALGORITHM = "SHA256withRSA"
CERTIFICATES = "/v1/notifications/certs/"
# Valid on both sides of any clock that a demo or a test puts forward or back.
VALID_FROM = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
VALID_UNTIL = datetime.datetime(2045, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class SignedNotice:
    """What goes over the line; `url` is where to."""

    url: str
    headers: dict[str, str]
    body: bytes
    event: str  # PayPal's word
    event_id: str


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def new_certificate(
    key: rsa.RSAPrivateKey,
    *,
    valid_from: datetime.datetime = VALID_FROM,
    valid_until: datetime.datetime = VALID_UNTIL,
) -> bytes:
    """A certificate that the key signs for itself, as PEM."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "messageverificationcerts.paypal.example.org")])
    builder = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=valid_from,
        not_valid_after=valid_until,
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


class Signer:
    """One key, one certificate, and the address where the certificate can be fetched."""

    def __init__(self, base_url: str, key: rsa.RSAPrivateKey | None = None) -> None:
        self.key = key or new_key()
        self.certificate = new_certificate(self.key)
        self.path = f"{CERTIFICATES}CERT-{hashlib.sha256(self.certificate).hexdigest()[:16]}"
        self.url = f"{base_url}{self.path}"

    def sign(self, body: bytes, *, webhook_id: str, at: datetime.datetime) -> dict[str, str]:
        """The headers of a notice."""
        transmission_id = str(uuid.uuid4())
        time = at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        signature = self.key.sign(
            signed_text(transmission_id, time, webhook_id, body), padding.PKCS1v15(), hashes.SHA256()
        )
        return {
            "Content-Type": "application/json",
            "Paypal-Transmission-Id": transmission_id,
            "Paypal-Transmission-Time": time,
            "Paypal-Transmission-Sig": base64.b64encode(signature).decode(),
            "Paypal-Cert-Url": self.url,
            "Paypal-Auth-Algo": ALGORITHM,
        }

    def is_signed(self, text: bytes, signature: str) -> bool:
        try:
            self.key.public_key().verify(
                base64.b64decode(signature, validate=True), text, padding.PKCS1v15(), hashes.SHA256()
            )
        except (InvalidSignature, binascii.Error):
            return False
        return True


def signed_text(transmission_id: str, time: str, webhook_id: str, body: bytes) -> bytes:
    return f"{transmission_id}|{time}|{webhook_id}|{binascii.crc32(body)}".encode()
