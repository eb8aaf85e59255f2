"""What a file says about itself 文件属性: title and dates for everybody, and what an archive asks of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from xml.sax.saxutils import escape

from documents.rules.volume import VolumeContent

NAMESPACE = "urn:juanzong:archive#"

# Properties beyond those that PDF/A knows; a file that uses them describes them (ISO 19005).
PROPERTIES = {
    "archiveNumber": "档号 Archive number",
    "cases": "卷内案件编号 Numbers of the cases inside",
    "eventChains": "办理经过哈希链末条 Head of the event chain of each case",
    "originalCharacters": "被代替的原字符 What stood where the pages show a stand-in, as JSON",
    "madeWith": "制作软件与字体 Software and typefaces on which the bytes depend",
}


@dataclass(frozen=True)
class ArchiveFacts:
    """What only the archive asks of a file 归档元数据."""

    archive_number: str = ""
    cases: tuple[str, ...] = ()
    event_chains: tuple[str, ...] = ()
    original_characters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Imprint:
    """What a file says about itself; nothing in it depends on the day of rendering."""

    title: str
    author: str
    subject: str
    made_at: datetime
    identity: str  # distinguishes files of equal title
    facts: ArchiveFacts = ArchiveFacts()

    @property
    def identifier(self) -> bytes:
        """The PDF identifier, a digest of what the file is."""
        text = "\0".join((self.title, self.author, self.subject, self.made_at.isoformat(), self.identity))
        return sha256(text.encode()).hexdigest()[:32].encode()


def imprint_of(content: VolumeContent, facts: ArchiveFacts = ArchiveFacts()) -> Imprint:
    """What the file of a volume, or of a part of it, says about itself."""
    return Imprint(
        title=content.title,
        author=content.fonds_name,
        subject=content.volume_number,
        made_at=content.sealed_at,
        identity=content.case_number,
        facts=facts,
    )


def described(facts: ArchiveFacts, made_with: tuple[str, ...]) -> bytes:
    """The facts and the 制作环境 as RDF, with the description of their properties that PDF/A wants."""
    values = {
        "archiveNumber": (facts.archive_number,) if facts.archive_number else (),
        "cases": facts.cases,
        "eventChains": facts.event_chains,
        "originalCharacters": facts.original_characters,
        "madeWith": made_with,
    }
    given = {name: rows for name, rows in values.items() if rows}
    body = "".join(f"<jz:{name}>{_sequence(rows)}</jz:{name}>" for name, rows in given.items())
    own = f'<rdf:Description rdf:about="" xmlns:jz="{NAMESPACE}">{body}</rdf:Description>'
    return (_extension(given) + own).encode()


def _sequence(rows: Iterable[str]) -> str:
    return "<rdf:Seq>" + "".join(f"<rdf:li>{escape(row)}</rdf:li>" for row in rows) + "</rdf:Seq>"


def _extension(names: Iterable[str]) -> str:
    properties = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>seq Text</pdfaProperty:valueType>"
        "<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{PROPERTIES[name]}</pdfaProperty:description></rdf:li>"
        for name in names
    )
    return (
        '<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" '
        'xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" '
        'xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>'
        '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>卷宗归档元数据 Archive of Juanzong'
        f"</pdfaSchema:schema><pdfaSchema:namespaceURI>{NAMESPACE}</pdfaSchema:namespaceURI>"
        "<pdfaSchema:prefix>jz</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property></rdf:li>"
        "</rdf:Bag></pdfaExtension:schemas></rdf:Description>"
    )
