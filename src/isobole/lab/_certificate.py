"""The certificate that tablets need: read, checked, and how one is made."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from isobole.lab import _clock
from isobole.results import DataError, OptionError, Problem

LOOPBACK = ("localhost",)
ANY = ("0.0.0.0", "::", "")


def is_loopback(host: str) -> bool:
    """Say whether only this machine reaches an address.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("192.168.1.20")
    (True, True, False)
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in LOOPBACK


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate with its key, and the names it vouches for."""

    cert: Path
    key: Path
    names: tuple[str, ...]


def read_certificate(cert: Path | None, key: Path | None) -> Certificate | None:
    """Return the certificate to serve with; None if neither file is given.

    Raises
    ------
    OptionError
        If one of the two files is missing.
    DataError
        If they cannot be read, do not belong together, or the certificate is not
        valid today or names no address.
    """
    if cert is None and key is None:
        return None
    if cert is None or key is None:
        msg = "Give both --tls-cert and --tls-key: the certificate and its private key"
        raise OptionError(msg)
    for path in (cert, key):
        try:
            path.read_bytes()
        except OSError as error:
            raise _unusable(path, error.strerror or str(error)) from error
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # A key under a passphrase would ask on the terminal; it is refused instead.
        context.load_cert_chain(cert, key, password="")
    except (ssl.SSLError, ValueError, OSError) as error:
        why = "they are not a certificate and its own unencrypted key in PEM form"
        raise _unusable(cert, why) from error
    return Certificate(cert.resolve(), key.resolve(), _names(cert))


def _names(path: Path) -> tuple[str, ...]:
    from cryptography import x509

    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    now = _clock.moment()
    if not (certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc):
        said = certificate.not_valid_after_utc.strftime("%Y-%m-%d")
        raise _unusable(path, f"it is not valid today; it ends on {said}")
    try:
        found = certificate.extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        ).value
    except x509.ExtensionNotFound:
        raise _unusable(
            path, "it has no subjectAltName, which browsers require"
        ) from None
    addresses = [str(ip) for ip in found.get_values_for_type(x509.IPAddress)]
    named = found.get_values_for_type(x509.DNSName)
    return (
        *(f"[{ip}]" if ":" in ip else ip for ip in addresses),
        # Django writes "any name below" with a dot alone.
        *(name.removeprefix("*") for name in named),
    )


def how_to_make_one(host: str) -> str:
    """Return the two commands that make a certificate for an address of this machine.

    The first makes the lab's own authority, whose ca.pem tablets are told to trust;
    the second makes the server's certificate, signed by it.
    """
    names = ",".join(_subject(host))
    return "\n".join(
        [
            "openssl req -x509 -newkey rsa:3072 -sha256 -nodes -days 3650 "
            '-subj "/CN=isobole lab authority" '
            '-addext "keyUsage=critical,keyCertSign,cRLSign" '
            "-keyout ca-key.pem -out ca.pem",
            "openssl req -x509 -newkey rsa:3072 -sha256 -nodes -days 800 "
            '-subj "/CN=isobole lab" -CA ca.pem -CAkey ca-key.pem '
            f'-addext "subjectAltName={names}" '
            '-addext "basicConstraints=critical,CA:FALSE" '
            '-addext "extendedKeyUsage=serverAuth" '
            "-keyout lab-key.pem -out lab-cert.pem",
        ]
    )


def _subject(host: str) -> list[str]:
    address = own_address() if host in ANY else host
    try:
        ip_address(address)
        names = [f"IP:{address}"]
    except ValueError:
        names = [f"DNS:{address}"]
    own = f"DNS:{socket.gethostname()}"
    return [*names, *([own] if own not in names else []), "DNS:localhost"]


def own_address() -> str:
    """Return this machine's address in its network; its name if it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # for documentation only; nothing is sent
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()


def refuse_without_tls(host: str) -> OptionError:
    """Return why an address in the network needs a certificate, and how to make one."""
    return OptionError(
        f"host {host} is reached from other machines, and without a certificate "
        "passwords would cross the network readable; tablets also keep their screen "
        "on and work offline only over HTTPS. Make one with these two commands:\n"
        f"{how_to_make_one(host)}\n"
        "then add --tls-cert lab-cert.pem --tls-key lab-key.pem, and let each tablet "
        "trust ca.pem"
    )


def _unusable(path: Path, why: str) -> DataError:
    return DataError(
        [
            Problem(
                "certificate",
                f"The certificate or its key cannot be used: {why}",
                file=str(path),
                remedy="Name both files with --tls-cert and --tls-key; isobole serve "
                "--host ADDRESS without them prints the commands that make them",
            )
        ]
    )
