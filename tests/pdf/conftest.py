"""The volume that many tests look at is rendered once."""

from __future__ import annotations

import shutil

import pytest

from documents.rules.volume import RenderedVolume
from pdf import fonts, volumes
from tests.pdf import samples
from tests.pdf.packing import Store


@pytest.fixture(scope="session", autouse=True)
def _typefaces():
    if fonts.missing():
        pytest.fail("typefaces are missing: run ./start --setup", pytrace=False)
    if shutil.which("pdftotext") is None:
        pytest.fail("pdftotext is missing: run ./start --setup", pytrace=False)


@pytest.fixture(scope="session")
def rendered() -> RenderedVolume:
    """The sample volume 案卷, rendered once."""
    return volumes.render(samples.volume())


@pytest.fixture
def store() -> Store:
    """Sealed files as a portal would hold them; packing fills it."""
    return Store()
