"""The key file: opened by its passphrase alone, and whole or not at all."""

from __future__ import annotations

import base64
import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from allocated_studies import PASSPHRASE
from isobole.results import DataError, OptionError
from isobole.studies import AllocationKey, open_key, write_key

KEY = AllocationKey(
    "PTZ-01",
    "ab" * 32,
    "seed",
    {"method": "complete", "runs": 2},
    ({"animal_id": "M1", "group": "CANARY-TREATMENT"},),
    {"XA": "CANARY-TREATMENT"},
)


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = write_key(KEY, tmp_path_factory.mktemp("keys") / "a.key", PASSPHRASE)
    assert path.stat().st_mode & 0o777 == 0o600
    return path.read_text(encoding="utf-8")


def put(place: Path, text: str) -> Path:
    path = place / "b.key"
    path.write_text(text, encoding="utf-8")
    return path


def code(path: Path, passphrase: str = PASSPHRASE) -> str:
    with pytest.raises(DataError) as error:
        open_key(path, passphrase)
    (problem,) = error.value.problems
    assert problem.remedy
    assert "CANARY" not in str(problem)
    return problem.code


def test_round_trip(text: str, tmp_path: Path) -> None:
    assert open_key(put(tmp_path, text), PASSPHRASE) == KEY
    assert KEY.group_of("M1") == "CANARY-TREATMENT"
    assert KEY.group_of("M2") is None
    assert "CANARY" not in repr(KEY)


def test_nothing_secret_is_in_clear(text: str) -> None:
    envelope = json.loads(text)
    sealed = base64.b64decode(envelope["ciphertext"])
    # Random bytes in base64 hold short words by chance.
    clear = text
    for noise in (
        envelope["ciphertext"], envelope["kdf"]["salt"], envelope["cipher"]["nonce"]
    ):  # fmt: skip
        clear = clear.replace(noise, "")
    for secret in ("CANARY", "seed", "abab", "M1", "XA", PASSPHRASE):
        assert secret not in clear
    for secret in ("CANARY", "seed", "abab", PASSPHRASE):
        assert secret.encode() not in sealed
    assert envelope["format"] == "isobole-key/1"
    assert envelope["kdf"]["n"] >= 2**15


def test_opened_by_an_independent_reading_of_the_format(text: str) -> None:
    """The envelope read with hashlib's scrypt and the header as associated data."""
    import base64
    import hashlib

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    envelope = json.loads(text)
    kdf = envelope["kdf"]
    secret = hashlib.scrypt(
        PASSPHRASE.encode(),
        salt=base64.b64decode(kdf["salt"]),
        n=kdf["n"],
        r=kdf["r"],
        p=kdf["p"],
        maxmem=2**28,
        dklen=32,
    )
    header = {k: v for k, v in envelope.items() if k != "ciphertext"}
    content = AESGCM(secret).decrypt(
        base64.b64decode(envelope["cipher"]["nonce"]),
        base64.b64decode(envelope["ciphertext"]),
        json.dumps(header, sort_keys=True, separators=(",", ":")).encode(),
    )
    assert json.loads(content)["groups"] == {"XA": "CANARY-TREATMENT"}


def test_two_keys_of_the_same_list_differ(text: str, tmp_path: Path) -> None:
    other = write_key(KEY, tmp_path / "c.key", PASSPHRASE).read_text(encoding="utf-8")
    assert json.loads(other)["ciphertext"] != json.loads(text)["ciphertext"]


def test_wrong_passphrase(text: str, tmp_path: Path) -> None:
    path = put(tmp_path, text)
    assert code(path, PASSPHRASE.upper()) == "key-not-opened"
    assert code(path, "") == "key-not-opened"


@pytest.mark.parametrize("part", ["start", "middle", "end"])
def test_cut_short(text: str, tmp_path: Path, part: str) -> None:
    cut = {"start": 0, "middle": len(text) // 2, "end": len(text) - 4}[part]
    assert code(put(tmp_path, text[:cut])) == "no-key-file"


def _with(text: str, *path: str, value: Any) -> str:
    envelope = json.loads(text)
    place = envelope
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return json.dumps(envelope)


def test_damaged_or_changed(text: str, tmp_path: Path) -> None:
    sealed = json.loads(text)["ciphertext"]
    flipped = ("A" if sealed[0] != "A" else "B") + sealed[1:]
    for path, value, due in (
        (("ciphertext",), flipped, "key-not-opened"),
        (("ciphertext",), "not base64!", "key-damaged"),
        (("ciphertext",), 7, "key-damaged"),
        (("study_id",), "PTZ-99", "key-not-opened"),
        (("kdf", "n"), 2**40, "key-damaged"),
        (("kdf", "n"), "many", "key-damaged"),
        (("kdf", "n"), 3, "key-damaged"),
        (("kdf", "name"), "md5", "key-damaged"),
        (("kdf",), None, "key-damaged"),
        (("cipher",), {}, "key-damaged"),
        (("format",), "isobole-key/2", "no-key-file"),
    ):
        assert code(put(tmp_path, _with(text, *path, value=value))) == due, path


@pytest.mark.parametrize("content", ["", "{}", "[]", "null", "animal_id,group\n", "7"])
def test_other_files_are_no_keys(tmp_path: Path, content: str) -> None:
    assert code(put(tmp_path, content)) == "no-key-file"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert code(tmp_path / "absent.key") == "key-not-read"
    assert code(tmp_path) == "key-not-read"
    binary = tmp_path / "binary.key"
    binary.write_bytes(b"\xff\xfe\x00")
    assert code(binary) == "key-not-read"


def test_never_over_a_file_and_never_weak(tmp_path: Path) -> None:
    taken = put(tmp_path, "mine")
    with pytest.raises(DataError, match="not written over"):
        write_key(KEY, taken, PASSPHRASE)
    assert taken.read_text(encoding="utf-8") == "mine"
    with pytest.raises(OptionError, match="8 or more"):
        write_key(KEY, tmp_path / "d.key", "short")
    assert not (tmp_path / "d.key").exists()
    with pytest.raises(DataError, match="folder you may write to"):
        write_key(KEY, tmp_path / "no" / "d.key", PASSPHRASE)


def test_a_passphrase_composed_otherwise_is_the_same(tmp_path: Path) -> None:
    composed = unicodedata.normalize("NFC", "naïve phrase é")
    apart = unicodedata.normalize("NFD", composed)
    assert composed != apart
    assert open_key(write_key(KEY, tmp_path / "e.key", composed), apart) == KEY
