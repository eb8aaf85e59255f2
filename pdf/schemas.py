"""The XML schemas 模式 (XSD) of the catalogues: shipped in every package, and held against what we write."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lxml import etree

HERE = Path(__file__).parent / "schemas"
FOLDER = "其他/xsd/"  # in the package, below data/
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
# What a document is called, and where its schema lies beside this file.
NAMES = {
    "案卷目录": "volumes.xsd",
    "文件目录": "files.xsd",
    "编号清单": "numbers.xsd",
    "分包清单": "parts.xsd",
    "案卷元数据": "volume.xsd",
}


class SchemaBroken(Exception):
    """An XML document of ours breaks its own schema: our fault, so nothing is written."""


def content(name: str) -> bytes:
    """The schema of a document, as it is shipped."""
    return (HERE / NAMES[name]).read_bytes()


def check(document: etree._Element) -> None:
    """Raise SchemaBroken when a document of ours does not keep to its schema."""
    schema = _schema(document.tag)
    if not schema.validate(document):
        raise SchemaBroken(f"{document.tag}: {schema.error_log.last_error}")


def checked(name: str, content: bytes) -> bytes:
    """A document as it was written, read again: the same bytes, if they keep to the schema of that name."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    document = etree.fromstring(content, parser)
    if document.tag != name:
        raise SchemaBroken(f"{name}: {document.tag}")
    check(document)
    return content


@cache
def _schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(content(name)))
