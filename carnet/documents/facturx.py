"""A PDF for people that carries its XML for machines: Factur-X 1, profile EN 16931, in a PDF/A-3.

Typst attaches the XML as PDF/A-3 wants it; what it can't do is say in the metadata which standard that file follows.
"""

import io
from pathlib import Path
from typing import Any

import pikepdf
from lxml import etree

from carnet.documents import typesetting

NAME = "factur-x.xml"  # as the standard has it

_FX = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SCHEMAS = "{http://www.aiim.org/pdfa/ns/extension/}schemas"
_PROPERTIES = {
    "DocumentFileName": NAME, "DocumentType": "INVOICE", "Version": "1.0", "ConformanceLevel": "EN 16931",
}  # fmt: skip
# PDF/A wants every property of a foreign schema described.
_DESCRIBED = "".join(
    f"""<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>
    <pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>
    <pdfaProperty:description>{name} of the embedded XML</pdfaProperty:description></rdf:li>"""
    for name in _PROPERTIES
)
_SCHEMA = f"""<rdf:li rdf:parseType="Resource" xmlns:rdf="{_RDF}"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
    <pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>{_FX}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq>{_DESCRIBED}</rdf:Seq></pdfaSchema:property></rdf:li>"""


def pdf(template: Path, data: dict[str, Any], xml: bytes) -> bytes:
    """The document with its XML, the same bytes for the same values. The template attaches it as `factur-x.xml`; what
    Typst said of the document (PDF/A-3a, PDF/UA-1, its date) stays as it was.
    """
    with pikepdf.open(io.BytesIO(typesetting.pdf(template, data, attached=xml))) as document:
        metadata = document.Root.Metadata
        metadata.write(_described(metadata.read_bytes()))
        written = io.BytesIO()
        # Its identifier is made of its content, and nothing else is touched: no date, no producer.
        document.save(written, deterministic_id=True, fix_metadata_version=False)
    return written.getvalue()


def xml_in(document: bytes) -> bytes:
    """The XML of a document that was made here; ValueError if there is none."""
    with pikepdf.open(io.BytesIO(document)) as opened:
        if NAME not in opened.attachments:
            raise ValueError("no XML in this document")
        return opened.attachments[NAME].get_file().read_bytes()


def _described(packet: bytes) -> bytes:
    """The metadata (XMP), which now say, too, that an invoice in XML is embedded, and which one."""
    root = etree.fromstring(packet)
    (schemas,) = root.iter(_SCHEMAS)
    schemas[0].append(etree.fromstring(_SCHEMA))
    said = etree.SubElement(root[0], f"{{{_RDF}}}Description", {f"{{{_RDF}}}about": ""}, nsmap={"fx": _FX})
    for name, value in _PROPERTIES.items():
        etree.SubElement(said, f"{{{_FX}}}{name}").text = value
    begin, end = b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>', b'<?xpacket end="r"?>'
    return begin + etree.tostring(root, encoding="UTF-8", xml_declaration=False) + end
