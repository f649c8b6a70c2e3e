"""The address of a server that the user named in the settings.

Knows: what an address may look like, whether it is this machine, and what localhost means there.
Does not know: what the server does.

Such a server is one of two exceptions to "nothing leaves the machine"; the other is
pulling a model.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from rag_app.errors import SettingsError
from rag_app.settings import Settings

OTHER_FAMILY = "::1"  # localhost to many browsers first, and never the page
LOCALHOST = ("127.0.0.1", OTHER_FAMILY)  # what the name may mean; a machine may know one of them only
_PORTS = {"http": 80, "https": 443}
_CHROMA = "http://localhost:8000"


@dataclass(frozen=True, slots=True)
class Address:
    """A server's address, checked; `path` has no slash at its end."""

    setting: str  # the variable that names it
    scheme: str
    host: str
    port: int
    path: str = ""

    @classmethod
    def parse(cls, setting: str, text: str, example: str) -> Address:
        """The address in `text`. Raises SettingsError, with an `example`, where there is none, or a
        name and password: those would be shown wherever the address is.
        """
        try:
            url = urlsplit(text.strip())
            port = url.port or _PORTS[url.scheme]
            if not url.hostname or url.username or url.query or url.fragment:
                raise ValueError
        except (ValueError, KeyError):
            raise SettingsError(
                f"{setting}={text} is no address of a server", f"set it like {example}"
            ) from None
        return cls(setting, url.scheme, url.hostname, port, url.path.rstrip("/"))

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"

    @property
    def loopback(self) -> bool:
        """Whether it is this machine. Names other than localhost count as other machines: they can change."""
        return self.host == "localhost" or is_loopback(self.host)

    def answering(self) -> Address:
        """This address, with localhost as the number at which something listens, if anything does.

        A certificate is for the name, so that https keeps it.
        """
        if self.host != "localhost" or self.scheme != "http":
            return self
        found = (host for host in LOCALHOST if listens(host, self.port))
        return replace(self, host=next(found, self.host))

    def ips(self) -> set[str]:
        """The IP addresses it has now; empty where its name is not known."""
        try:
            return {
                str(found[4][0])
                for found in socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
            }
        except OSError:
            return set()


def language_model(settings: Settings) -> Address | None:
    """The language model server that is set, if any. Raises SettingsError."""
    address = settings.llm_url and Address.parse("RAG_LLM_URL", settings.llm_url, "http://localhost:8080")
    return address or None


def vector_store(url: str) -> Address:
    """The Chroma server at `url`. Raises SettingsError."""
    place = Address.parse("RAG_CHROMA_URL", url, _CHROMA)
    if place.path:
        raise SettingsError(
            f"RAG_CHROMA_URL={url} has a path, which Chroma's client leaves out", f"set it like {_CHROMA}"
        )
    return place


def chosen(settings: Settings) -> list[Address]:
    """Every server that is set. Raises SettingsError."""
    store = vector_store(settings.chroma_url) if settings.chroma_url else None
    return [address for address in (language_model(settings), store) if address]


def listens(host: str, port: int) -> bool:
    """Whether something on this machine takes connections there."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def is_loopback(ip: str) -> bool:
    """Whether an IP address, perhaps with a zone, is of this machine; a name is none."""
    try:
        return ipaddress.ip_address(ip.partition("%")[0]).is_loopback
    except ValueError:
        return False
