"""What is too large is refused before anybody reads it: fields, parts, bodies, and numbers of all of them."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient

from documents.upload import Draft
from tests.portal.conftest import SignIn

MEGABYTE = 1024 * 1024


@pytest.fixture
def clerk(sign_in: SignIn) -> FlaskClient:
    return sign_in("cd_clerk")


@pytest.mark.parametrize("kind", ["multipart/form-data", "application/x-www-form-urlencoded"])
def test_a_field_of_megabytes(clerk: FlaskClient, kind: str) -> None:
    answer = clerk.post("/drafts", data={"q_title": "长" * (2 * MEGABYTE)}, content_type=kind)
    assert answer.status_code == 413
    assert "提交的内容太大" in answer.text
    assert Draft.objects.count() == 0


def test_thousands_of_parts(clerk: FlaskClient) -> None:
    many = {f"q_{number}": "x" for number in range(4_100)}
    assert clerk.post("/drafts", data=many, content_type="multipart/form-data").status_code == 413
    files = {f"q_{number}": (io.BytesIO(b"x"), "x.txt") for number in range(4_100)}
    assert clerk.post("/uploads", data=files, content_type="multipart/form-data").status_code == 413


def test_a_body_that_says_how_large_it_is(clerk: FlaskClient) -> None:
    kinds = {"multipart/form-data; boundary=x": 61 * MEGABYTE, "application/json": 5 * MEGABYTE}
    for kind, size in kinds.items():
        given = {"CONTENT_LENGTH": str(size), "CONTENT_TYPE": kind}
        assert clerk.post("/look", environ_overrides=given).status_code in (302, 413)
        assert clerk.post("/uploads", environ_overrides=given).status_code == 413


def test_a_deep_json(clerk: FlaskClient) -> None:
    answer = clerk.post("/drafts", data="[" * 100_000, content_type="application/json")
    assert answer.status_code < 500


def test_numbers_without_end_and_characters_that_nobody_types_in_an_address(sign_in: SignIn) -> None:
    archivist = sign_in("archivist")
    assert archivist.get(f"/admin/disposal/?due={'9' * 40}").status_code == 200
    assert archivist.get("/admin/numbers/?words=%00").status_code == 200
