import io

import pikepdf
import pytest
from lxml import etree

from carnet.documents import facturx, typesetting

XML = "<Invoice>Müller & Œuvre 王 \u202f</Invoice>".replace("&", "&amp;").encode()
TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: "Facture", author: "Aide", date: datetime(year: 2027, month: 3, day: 5))
#set text(font: data.fonts, lang: "fr")
#pdf.attach(
  "factur-x.xml", bytes(sys.inputs.attached), relationship: "alternative", mime-type: "text/xml", description: "XML",
)
#data.text
"""


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "plain.typ"
    path.write_text(TEMPLATE)
    return path


def test_the_xml_is_inside_as_it_was_given(template):
    made = facturx.pdf(template, {"text": "Facture"}, XML)
    assert facturx.xml_in(made) == XML
    with pikepdf.open(io.BytesIO(made)) as document:
        (file,) = document.Root.AF
        assert document.Root.Names.EmbeddedFiles.Names[1].objgen == file.objgen
        assert (str(file.AFRelationship), str(file.UF), str(file.F)) == ("/Alternative", facturx.NAME, "factur-x.xml")
        assert (str(file.EF.F.Subtype), file.EF.F.read_bytes()) == ("/text/xml", XML)
        assert (int(file.EF.F.Params.Size), str(file.EF.F.Params.ModDate)) == (len(XML), "D:20270305000000Z")


def test_the_same_values_are_the_same_bytes(template):
    first = facturx.pdf(template, {"text": "Facture"}, XML)
    assert facturx.pdf(template, {"text": "Facture"}, XML) == first
    assert facturx.pdf(template, {"text": "Facture"}, XML.replace(b"Invoice", b"Another")) != first


def test_all_that_was_said_of_the_document_is_still_said(template):
    """A library that writes the metadata anew takes PDF/A-3 down to level b, and PDF/UA away."""
    plain = typesetting.pdf(template, {"text": "Facture"}, attached=XML)
    made = facturx.pdf(template, {"text": "Facture"}, XML)
    with pikepdf.open(io.BytesIO(plain)) as before, pikepdf.open(io.BytesIO(made)) as after:
        said = [facts_in(one.Root.Metadata.read_bytes()) for one in (before, after)]
        new = set(said[1]) - set(said[0])
        assert {one for one in said[0] if one not in said[1]} == set()
        assert {(name, value) for name, value in new if name.startswith("fx:")} == {
            ("fx:DocumentFileName", "factur-x.xml"), ("fx:DocumentType", "INVOICE"), ("fx:Version", "1.0"),
            ("fx:ConformanceLevel", "EN 16931"),
        }  # fmt: skip
        for mark in (("pdfaid:part", "3"), ("pdfaid:conformance", "A"), ("pdfuaid:part", "1")):
            assert mark in said[1]
        described = {value for name, value in new if name == "pdfaProperty:name"}
        assert described == {"DocumentFileName", "DocumentType", "Version", "ConformanceLevel"}
        assert "/Filter" not in after.Root.Metadata
        assert after.Root.MarkInfo.Marked
        assert after.Root.ViewerPreferences.DisplayDocTitle
        assert after.Root.StructTreeRoot.keys() == before.Root.StructTreeRoot.keys()
        assert after.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert dict(after.docinfo) == dict(before.docinfo)
        assert (after.pdf_version, str(after.Root.Lang), len(after.pages)) == ("1.7", "fr", 1)
        assert after.trailer.ID[0] == before.trailer.ID[0]


def facts_in(packet):
    """Every element of the metadata with its text."""
    root = etree.fromstring(packet)
    names = [(f"{one.prefix}:{etree.QName(one).localname}", (one.text or "").strip()) for one in root.iter()]
    return [one for one in names if one[1]]


def test_a_document_without_xml(template):
    template.write_text(TEMPLATE.replace("#pdf.attach", "#let unused = (..more) => none\n#unused"))
    with pytest.raises(ValueError, match="no XML"):
        facturx.xml_in(typesetting.pdf(template, {"text": "Brief"}))
