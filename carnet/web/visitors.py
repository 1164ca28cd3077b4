"""From which address a request came: the visitor's, also behind proxies that the operator trusts."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def address_of(request: HttpRequest) -> str | None:
    """The visitor's IP address in its normal form; None if the web server named none.

    Each proxy adds at the end of X-Forwarded-For whom it heard, and anybody can send the beginning. So it is read from
    the end, and only as far as the speakers are `CARNET_TRUSTED_PROXIES`: the first other address is the visitor's.
    What is no address is not believed: then the last one that is counts.
    """
    found = _parsed(request.META.get("REMOTE_ADDR", ""))
    for said in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        if found is None or not _is_trusted(found):
            break
        before = _parsed(said)
        if before is None:
            break
        found = before
    return None if found is None else str(found)


def _is_trusted(address: Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)


def _parsed(text: str) -> Address | None:
    """One address, with or without a port; an IPv4 address that came by IPv6 is the IPv4 address."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address
