"""Whom the limits on forms count: the network that a request came from."""

import ipaddress

from django.http import HttpRequest

from carnet.web import visitors

# A household with IPv6 has a whole network of addresses, and may change them as it likes.
IPV6_PREFIX = 64


def sender_of(request: HttpRequest) -> str:
    """The visitor's network address, of IPv6 its network; never empty."""
    address = visitors.address_of(request)
    if address is None:  # a Unix socket names none
        return "unknown"
    found = ipaddress.ip_address(address)
    if found.version == 6:
        return str(ipaddress.ip_network((int(found), IPV6_PREFIX), strict=False).network_address)
    return str(found)
