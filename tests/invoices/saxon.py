"""Runs the official rules of e-invoices over one document after the other; a process of its own, as Saxon brings its
own virtual machine along. Each line that it reads is a stylesheet's number and the path of a document; each that it
writes, as JSON, what is wrong with that one.
"""

import json
import sys
import xml.etree.ElementTree as ET

from saxonche import PySaxonProcessor

SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def main():
    with PySaxonProcessor(license=False) as processor:
        compiler = processor.new_xslt30_processor()
        sheets = [compiler.compile_stylesheet(stylesheet_file=path) for path in sys.argv[1:]]
        for request in sys.stdin:
            number, path = request.rstrip("\n").split(" ", 1)
            report = ET.fromstring(sheets[int(number)].transform_to_string(source_file=path))
            wrong = [
                f"{one.get('id', '')} {' '.join(''.join(one.itertext()).split())}"
                for name in ("failed-assert", "successful-report")
                for one in report.iter(f"{SVRL}{name}")
            ]
            print(json.dumps({"fired": sum(1 for _ in report.iter(f"{SVRL}fired-rule")), "wrong": wrong}), flush=True)  # noqa: T201


main()
