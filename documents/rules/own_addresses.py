"""Addresses of our own 站内地址: where a browser may be sent that says itself where it wants to go."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_own(address: str) -> bool:
    r"""Whether a browser that is sent there stays on this server.

    Browsers drop tabs and line breaks and read `\` as `/`; of both, addresses of ours have none.
    """
    if not address.startswith("/") or "\\" in address or not address.isprintable():
        return False
    try:
        parts = urlsplit(address)
    except ValueError:  # a bracket where a host would be
        return False
    return not parts.scheme and not parts.netloc and not address.startswith("//")
