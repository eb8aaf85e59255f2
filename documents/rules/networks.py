"""Where a request comes from 来源网络, as it is counted: one line, not one of its countless addresses."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

# What a provider gives to one customer (RFC 6177): whoever has it may send from 2^64 addresses.
ONE_LINE: Final = 64


def network_of(address: str | None) -> str:
    """The address itself, of IPv6 its /64; what is no address stays as it is."""
    text = address or ""
    try:
        found = ip_address(text)
    except ValueError:
        return text
    if not isinstance(found, IPv6Address):
        return text
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((int(found), ONE_LINE), strict=False))
