"""Asking a server outside (外发请求): https, no redirects, bounded in time and size, never this machine."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from documents.rules.ways_out import Request, check_url

SECONDS_SILENT = 10  # without a word from the other side
SECONDS_IN_ALL = 20
MOST_READ = 64 * 1024
PORTS = {"https": 443, "http": 80}
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
PROTOCOLS = ipaddress.ip_network("192.0.0.0/24")  # where some clouds tell machines their secrets
GATEWAYS = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
IN_USE = ipaddress.ip_network("2000::/3")  # of IPv6; all else is local, reserved or stands for IPv4
TRANSLATED = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "::/96")))  # NAT64; IPv4-compatible

__all__ = ["Answer", "Unreachable", "ask"]


class Unreachable(Exception):
    """The server could not be asked 无法连接, or broke off: the next message to it would fare no better."""


@dataclass(frozen=True)
class Answer:
    """What the server said 应答."""

    status: int
    body: bytes


class Line(HTTPConnection):
    """A connection to an address that was looked up and allowed before."""

    def __init__(self, host: str, port: int, *, address: str, encrypted: bool) -> None:
        super().__init__(host, port, timeout=SECONDS_SILENT)
        self.address, self.encrypted = address, encrypted
        self.broken_off = False

    def connect(self) -> None:
        """Connect to the very address that was checked: a name may lead elsewhere when asked again."""
        raw = socket.create_connection((self.address, self.port), self.timeout)
        if self.encrypted:
            raw = ssl.create_default_context().wrap_socket(raw, server_hostname=self.host)
        self.sock = raw

    def hang_up(self) -> None:
        """Break off, whatever the other side is doing."""
        self.broken_off = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def ask(request: Request, *, plain_hosts: frozenset[str] = frozenset()) -> Answer:
    """Send the request and read the answer. Raises RuleBroken for an address that may not be asked."""
    check_url(request.url, plain_hosts)
    parts = urlsplit(request.url)
    host, port = (parts.hostname or "").lower(), parts.port or PORTS[parts.scheme]
    try:
        address = _address(host, port, trusted=host in plain_hosts)
        line = Line(host, port, address=address, encrypted=parts.scheme == "https")
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        with _within(line, SECONDS_IN_ALL):
            line.request(request.method, target, body=request.body or None, headers=dict(request.headers))
            answer = line.getresponse()
            said = Answer(answer.status, answer.read(MOST_READ))
        if line.broken_off:
            raise TimeoutError(f"no whole answer within {SECONDS_IN_ALL} seconds")
        return said
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from error


def _address(host: str, port: int, *, trusted: bool) -> str:
    """The address of a host; raises Unreachable when one of them is no place for messages to go."""
    found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    refused = [address for address in found if not trusted and _is_inside(address)]
    if refused or not found:
        raise Unreachable(f"{host} leads to {', '.join(refused) or 'nowhere'}, which is not asked")
    return found[0]


def _is_inside(address: str) -> bool:
    """Whether it is no place on the internet; the private networks of IPv4 are where gateways stand."""
    ip: Address = ipaddress.ip_address(address.partition("%")[0])
    ip = _carried(ip) if isinstance(ip, ipaddress.IPv6Address) else ip
    if isinstance(ip, ipaddress.IPv6Address) and ip not in IN_USE:
        return True
    is_open = ip.is_global or any(ip in network for network in GATEWAYS)
    return not is_open or ip.is_multicast or ip in PROTOCOLS


def _carried(ip: ipaddress.IPv6Address) -> Address:
    """The IPv4 address at which an IPv6 address arrives that stands for one, otherwise itself."""
    if any(ip in network for network in TRANSLATED):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else ip)


@contextmanager
def _within(line: Line, seconds: float) -> Iterator[None]:
    """Hang up after so long: a server that says a byte now and then must not hold a worker."""
    timer = threading.Timer(seconds, line.hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        line.close()
