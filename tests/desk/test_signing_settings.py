"""With what is signed comes from the environment; only the demo signs with a test authority unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.settings import Settings


@pytest.mark.parametrize(
    ("given", "key", "authority"),
    [
        ({}, "test", "test"),
        ({"JUANZONG_DEMO": "0"}, "none", "none"),
        ({"MONGODB_URI": "mongodb://own/"}, "none", "none"),
        ({"JUANZONG_SIGNING_KEY": "/keys/house.p12"}, "/keys/house.p12", "none"),
        ({"JUANZONG_SIGNING_KEY": "none"}, "none", "none"),
        ({"JUANZONG_TIMESTAMP": "http://tsa.example/"}, "test", "http://tsa.example/"),
        ({"JUANZONG_DEMO": "0", "JUANZONG_SIGNING_KEY": "our.token:signer"}, "our.token:signer", "none"),
    ],
)
def test_who_signs_and_who_stamps(tmp_path: Path, given: dict[str, str], key: str, authority: str) -> None:
    found = Settings.from_environment({"JUANZONG_FOLDER": str(tmp_path), **given}).signing
    assert (found.key, found.authority) == (key, authority)
    assert found.is_plugin is (key == "our.token:signer")


def test_the_password_comes_from_a_file_and_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("geheim\n")
    given = {"JUANZONG_FOLDER": str(tmp_path), "JUANZONG_SIGNING_PASSWORD_FILE": str(tmp_path / "password")}
    settings = Settings.from_environment(given)
    assert settings.signing.password == "geheim"
    assert "geheim" not in repr(settings)
