"""Where a webhook may go. A seller names the address, our machine calls it: it must not become a way into our own net.

The name is looked up once and the connection goes to the address that was looked at: a name that answers differently the
second time (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from dure.config import load
from dure.sites.api.errors import BadAddress

NAT64 = ipaddress.ip_network("64:ff9b::/96")
PORTS = {None, 443, 8443}


def address_of(url: str) -> str:
    """The IP address to connect to. Raises BadAddress: no https, a private or reserved address, a name without one."""
    parts = urlsplit(url)
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise BadAddress(why="port") from error
    strict = load().mode == "production"
    if parts.scheme != "https" and (strict or parts.scheme != "http"):
        raise BadAddress(why="https")
    if not host or parts.username or parts.password or (strict and port not in PORTS):
        raise BadAddress(why=parts.netloc[:80])
    found = _look_up(host)
    if strict and not all(_is_public(address) for address in found):
        raise BadAddress(why=host)
    return found[0]


def _look_up(host: str) -> list[str]:
    try:
        answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise BadAddress(why=host) from error
    return [str(answer[4][0]) for answer in answers]


def _is_public(address: str) -> bool:
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inside = ip.ipv4_mapped or ip.sixtofour
        if ip in NAT64:
            inside = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        ip = inside or ip
    return ip.is_global and not ip.is_multicast
