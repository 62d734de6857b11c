"""The key file: who gets what, encrypted under a passphrase."""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from isobole.results import DataError, OptionError, Problem
from isobole.studies._canonical import canonical_json
from isobole.studies._commitment import AllocationKey

FORMAT = "isobole-key/1"
SHORTEST = 8
# scrypt with 128 MiB: n = 2**17, r = 8, p = 1 (RFC 7914; OWASP recommendation).
_N, _R, _P = 2**17, 8, 1
_MOST_MEMORY = 1 << 30
_FIELDS = ("study_id", "nonce", "seed", "rules", "list", "groups")


def key_text(key: AllocationKey, passphrase: str) -> str:
    """Return a key encrypted: scrypt for the passphrase, AES-256-GCM for the content.

    Raises
    ------
    OptionError
        If the passphrase has fewer than 8 characters.
    """
    if len(passphrase) < SHORTEST:
        msg = (
            f"The passphrase has {len(passphrase)} characters; give {SHORTEST} or more"
        )
        raise OptionError(msg)
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    header: dict[str, Any] = {
        "format": FORMAT,
        "study_id": key.study_id,
        "kdf": {
            "name": "scrypt",
            "n": _N,
            "r": _R,
            "p": _P,
            "salt": _text(secrets.token_bytes(16)),
        },
        "cipher": {"name": "AES-256-GCM", "nonce": _text(secrets.token_bytes(12))},
    }
    content = canonical_json(
        {
            "study_id": key.study_id,
            "nonce": key.nonce,
            "seed": key.seed,
            "rules": dict(key.rules),
            "list": [dict(row) for row in key.list],
            "groups": dict(key.groups),
        }
    )
    sealed = AESGCM(_derived(passphrase, header["kdf"])).encrypt(
        _bytes(header["cipher"]["nonce"]),
        content.encode(),
        canonical_json(header).encode(),
    )
    return json.dumps({**header, "ciphertext": _text(sealed)}, indent=1) + "\n"


def write_key(key: AllocationKey, path: Path | str, passphrase: str) -> Path:
    """Write a key file that only its owner may read; never over another file.

    Raises
    ------
    OptionError
        If the passphrase is too short.
    DataError
        If the file exists or cannot be written.
    """
    return write_key_text(key_text(key, passphrase), path)


def write_key_text(text: str, path: Path | str) -> Path:
    """Write the text of a key to a file that only its owner may read."""
    path = Path(path)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise DataError([_not_written(path, error)]) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise DataError([_not_written(path, error)]) from error
    return path


def open_key(path: Path | str, passphrase: str) -> AllocationKey:
    """Open a key file.

    Raises
    ------
    DataError
        If the file is missing, is no key file, was cut short or changed, or the
        passphrase is wrong.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise _refused(
            str(path),
            "key-not-read",
            f"The key file cannot be read ({why})",
            "Give the path of the key that was written with the allocation",
        ) from error
    return key_from_text(text, passphrase, file=str(path))


def key_from_text(text: str, passphrase: str, *, file: str = "key") -> AllocationKey:
    """Open the text of a key, wherever it is kept; the text of a key file is the same.

    Parameters
    ----------
    text : str
        The encrypted key, such as `AllocationDraft.key_text`.
    passphrase : str
        Opens it.
    file : str
        What problems call it.

    Raises
    ------
    DataError
        If it is no key, was cut short or changed, or the passphrase is wrong.

    Examples
    --------
    >>> try:
    ...     key_from_text("{}", "correct horse battery")
    ... except DataError as error:
    ...     print(error.problems[0].message)
    This is not a whole key file of the format isobole-key/1
    """
    try:
        envelope = json.loads(text)
        known = isinstance(envelope, dict) and envelope.get("format")
    except (ValueError, RecursionError):
        envelope, known = {}, None
    if known != FORMAT:
        raise _refused(
            file,
            "no-key-file",
            f"This is not a whole key file of the format {FORMAT}",
            "Take the key that was written with the allocation, or a backup of it; "
            "it may have been cut short in copying",
        )
    content = _opened(file, envelope, passphrase)
    return AllocationKey(
        content["study_id"],
        content["nonce"],
        content["seed"],
        content["rules"],
        tuple(content["list"]),
        content["groups"],
    )


def _opened(file: str, envelope: Mapping[str, Any], passphrase: str) -> dict[str, Any]:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    header = {key: value for key, value in envelope.items() if key != "ciphertext"}
    try:
        content = AESGCM(_derived(passphrase, header["kdf"])).decrypt(
            _bytes(header["cipher"]["nonce"]),
            _bytes(envelope["ciphertext"]),
            canonical_json(header).encode(),
        )
        loaded: dict[str, Any] = json.loads(content)
        if not set(_FIELDS) <= set(loaded):
            raise KeyError
    except InvalidTag:
        raise _refused(
            file,
            "key-not-opened",
            "The passphrase is wrong, or the key file was changed",
            "Type the passphrase again; capitals matter. If it is right, restore the "
            "key file from a backup",
        ) from None
    except (KeyError, TypeError, ValueError, binascii.Error, DataError):
        raise _refused(
            file,
            "key-damaged",
            "The key file is damaged",
            "Restore it from a backup",
        ) from None
    return loaded


def _derived(passphrase: str, kdf: Mapping[str, Any]) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    n, r, p = (int(kdf[name]) for name in ("n", "r", "p"))
    # A foreign file may not ask for all the memory there is.
    if kdf["name"] != "scrypt" or min(n, r, p) < 1 or 128 * n * r * p > _MOST_MEMORY:
        raise ValueError
    scrypt = Scrypt(salt=_bytes(kdf["salt"]), length=32, n=n, r=r, p=p)
    # The same word typed on another keyboard may be composed otherwise.
    return scrypt.derive(unicodedata.normalize("NFC", passphrase).encode())


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _refused(file: str, code: str, message: str, remedy: str) -> DataError:
    return DataError([Problem(code, message, file=file, remedy=remedy)])


def _not_written(path: Path, error: OSError) -> Problem:
    if isinstance(error, FileExistsError):
        return Problem(
            "key-exists",
            "There is a key file already, and it is not written over",
            file=str(path),
            remedy="Give another path with --key, or move the old key away if its "
            "study is over",
        )
    return Problem(
        "key-not-written",
        f"The key cannot be written ({error.strerror or error})",
        file=str(path),
        remedy="Give a path with --key in a folder you may write to",
    )
