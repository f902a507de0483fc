"""Names that resolve to this machine or a private network are not asked."""

import ipaddress
from typing import Any

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from kb.contract import LOOPBACK


def is_public(address: str) -> bool:
    """True for an address of the public internet; False for a private, local or special one."""
    try:
        return ipaddress.ip_address(address.strip("[]")).is_global
    except ValueError:
        return False


class PublicResolver(CachingThreadedResolver):
    """Refuses a public name that points inside: a site must not send us to our own network.

    The names of loopback itself resolve; whether they may be asked the declaration says.
    """

    def getHostByName(self, name: str, timeout: Any = ()) -> "Deferred[str]":  # noqa: N802
        """The address; DNSLookupError for one that is not public."""
        return super().getHostByName(name, timeout).addCallback(_checked, name)


def _checked(address: str, name: str) -> str:
    if name not in LOOPBACK and not is_public(address):
        raise DNSLookupError(f"{name!r} resolves to {address}, which is not public")
    return address
