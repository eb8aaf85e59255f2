"""XML of our own 目录文件: what it cannot carry is written out, and each document names its schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree

from pdf import schemas
from pdf.verifier import FORMAT

NOT_IN_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LOCATION = f"{{{schemas.INSTANCE}}}noNamespaceSchemaLocation"
ElementTree.register_namespace("xsi", schemas.INSTANCE)


def clean(text: str) -> str:
    """What XML cannot carry is written out, as on paper."""
    return NOT_IN_XML.sub(lambda match: f"[U+{ord(match[0]):04X}]", text)


def root(name: str, schema: str) -> ElementTree.Element:
    """The root of a document, with the place of its schema as seen from where it lies."""
    return ElementTree.Element(name, {LOCATION: schema, "格式": FORMAT})


def texts(parent: ElementTree.Element, found: Mapping[str, str]) -> None:
    """One child with a text each."""
    for name, text in found.items():
        ElementTree.SubElement(parent, name).text = clean(text)


def row(parent: ElementTree.Element, name: str, facts: Mapping[str, object]) -> ElementTree.Element:
    """One child with attributes."""
    return ElementTree.SubElement(parent, name, {key: clean(str(value)) for key, value in facts.items()})


def document(element: ElementTree.Element) -> bytes:
    """The bytes of a document that keeps to its schema."""
    ElementTree.indent(element, " ")
    body = ElementTree.tostring(element, encoding="utf-8")
    return schemas.checked(element.tag, b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n")
