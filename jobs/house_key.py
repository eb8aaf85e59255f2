"""The key of the house 检查点密钥: an Ed25519 key in a file, made at the first start or brought."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

RAW = serialization.Encoding.Raw, serialization.PublicFormat.Raw
PEM = serialization.Encoding.PEM


class KeyUnfit(Exception):
    """The file holds no key of the kind that is wanted."""


def private_key(path: Path) -> Ed25519PrivateKey:
    """The private key in this file; where there is none, one is made, readable by its owner only."""
    if not path.exists():
        _make(path)
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError) as error:
        raise KeyUnfit(str(path)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnfit(str(path))
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    draft.write_bytes(Ed25519PrivateKey.generate().private_bytes(PEM, *private))
    try:
        path.hardlink_to(draft)  # never overwrites: of two that start at once, one key wins
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def public_pem(key: Ed25519PrivateKey) -> str:
    """The public half, to be kept by whoever checks."""
    return key.public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def name_of(key: Ed25519PublicKey) -> str:
    """What a checkpoint calls the key: the first half of its SHA-256."""
    return hashlib.sha256(key.public_bytes(*RAW)).hexdigest()[:32]


class Keyring:
    """The public keys that are trusted 可信公钥."""

    def __init__(self, keys: Iterable[Ed25519PublicKey]) -> None:
        self._keys = {name_of(key): key for key in keys}

    @classmethod
    def of_files(cls, paths: Iterable[Path], own: Ed25519PrivateKey | None = None) -> Keyring:
        """The keys in these PEM files, and the house's own; raises KeyUnfit."""
        keys = [own.public_key()] if own else []
        for path in paths:
            try:
                key = serialization.load_pem_public_key(path.read_bytes())
            except ValueError as error:
                raise KeyUnfit(str(path)) from error
            if not isinstance(key, Ed25519PublicKey):
                raise KeyUnfit(str(path))
            keys.append(key)
        return cls(keys)

    def fits(self, name: str, signature: bytes, signed: bytes) -> bool | None:
        """Whether the signature is of this key; None when the key is not known."""
        if name not in self._keys:
            return None
        try:
            self._keys[name].verify(signature, signed)
        except InvalidSignature:
            return False
        return True
