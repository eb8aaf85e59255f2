"""XML of our own 目录文件: what it cannot carry is written out, and each document names its schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from pdf import schemas
from pdf.verifier import FORMAT

NOT_IN_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LOCATION = f"{{{schemas.INSTANCE}}}noNamespaceSchemaLocation"


def clean(text: str) -> str:
    """What XML cannot carry is written out, as on paper."""
    if text.isprintable():
        return text
    return NOT_IN_XML.sub(lambda match: f"[U+{ord(match[0]):04X}]", text)


def root(name: str, schema: str) -> Any:
    """The root of a document, with the place of its schema as seen from where it lies."""
    return etree.Element(name, {LOCATION: schema, "格式": FORMAT}, nsmap={"xsi": schemas.INSTANCE})


def texts(parent: Any, found: Mapping[str, str]) -> None:
    """One child with a text each."""
    for name, text in found.items():
        etree.SubElement(parent, name).text = clean(text)


def row(parent: Any, name: str, facts: Mapping[str, object]) -> Any:
    """One child with attributes."""
    return etree.SubElement(parent, name, {key: clean(str(value)) for key, value in facts.items()})


def child(parent: Any, name: str) -> Any:
    """One child that holds others."""
    return etree.SubElement(parent, name)


def document(element: Any) -> bytes:
    """The bytes of a document that keeps to its schema."""
    schemas.check(element)
    content: bytes = etree.tostring(element, encoding="UTF-8", pretty_print=True, xml_declaration=True)
    return content
