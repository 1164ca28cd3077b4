"""bin/check_templates refuses templates with long lines, such as are not indented as their elements nest, and such as
choose between more than three branches.
"""

import importlib.util
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

LOADER = SourceFileLoader("check_templates", str(Path(__file__).resolve().parent.parent / "bin" / "check_templates"))


@pytest.fixture(scope="module")
def check_templates():
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("check_templates", LOADER))
    LOADER.exec_module(module)
    return module


def test_all_of_ours_are_in_form(check_templates) -> None:
    assert check_templates.main() == 0


def test_a_line_has_140_characters_at_most(check_templates) -> None:
    assert list(check_templates.faults("<p>" + "x" * 133 + "</p>")) == []
    assert list(check_templates.faults("<p>" + "x" * 134 + "</p>")) == [(1, "141 characters, 140 at most")]
    assert list(check_templates.faults("\n" + "x" * 141, is_html=False)) == [(2, "141 characters, 140 at most")]


@pytest.mark.parametrize("is_html", [True, False])
def test_a_choice_has_one_elif_at_most(check_templates, is_html) -> None:
    inner = "{% if x %}\n  x\n{% elif y %}\n  y\n{% endif %}\n"
    three = "{% if a %}\n  a\n{% elif b %}\n  b\n{% else %}\n  c\n{% endif %}\n"
    assert list(check_templates.faults(three + three, is_html=is_html)) == []
    nested = three.replace("  b\n", "".join(f"  {line}\n" for line in inner.splitlines()))
    assert list(check_templates.faults(nested, is_html=is_html)) == []
    long = three.replace("{% else %}", "{%elif c%}\n  d\n{% elif d %}\n  e\n{% else %}")
    fault = "a second elif: make this choice in the app's shown"
    assert list(check_templates.faults(nested + long, is_html=is_html)) == [(16, fault)]


@pytest.mark.parametrize(
    "source",
    [
        "<ul>\n  <li>one</li>\n  {% for one in all %}<li>{{ one }}</li>{% endfor %}\n</ul>\n",
        "{% if a %}\n  <p>\n    a\n  </p>\n{% elif b %}\n  <br>\n{% else %}\n  b\n{% endif %}",
        '<a class="button{% if x %} quiet{% endif %}"\n    href="{% url "home:front" %}">\n  home\n</a>\n',
        '<input type="text"\n    name="a > b">\n<p>next</p>',
        "{% block content %}\n<p>at the margin</p>\n{% endblock %}\n",
        "<p>{% blocktranslate trimmed count n=n %}\n  one\n{% plural %}\n  {{ n }}\n{% endblocktranslate %}, m</p>\n",
        "<ul><li>\n  one\n</li></ul>\n",
        "{# <p> in a comment #}\n<svg>\n  <use/>\n</svg>",
        "<textarea>\n as typed\n</textarea>",
    ],
)
def test_what_is_indented_as_it_nests_is_good(check_templates, source: str) -> None:
    assert list(check_templates.faults(source)) == []


@pytest.mark.parametrize(
    ("source", "line", "fault"),
    [
        ("<ul>\n<li>one</li>\n</ul>", 2, "0 blanks before it, 2 expected"),
        ("<ul>\n  <li>one</li>\n  </ul>", 3, "2 blanks before it, 0 expected"),
        ("{% if a %}\n  <p>a</p>\n  {% else %}\n  b\n{% endif %}", 3, "2 blanks before it, 0 expected"),
        ("{% for a in b %}\n    {{ a }}\n{% endfor %}", 2, "4 blanks before it, 2 expected"),
        ('<a\n  href="x">y</a>', 2, "2 blanks before it, 4 expected"),
        ("<p>a</p>\n  <p>b</p>", 2, "2 blanks before it, 0 expected"),
        ("<p>a</p> \n", 1, "blanks at its end"),
        ("<p>\n  {% if a %}</p>{% endif %}", 2, "</p> closes what was not opened here"),
        ("{% if a %}\n  <p>a\n", 2, "p is not closed"),
    ],
)
def test_what_is_not_is_found(check_templates, source: str, line: int, fault: str) -> None:
    assert next(check_templates.faults(source)) == (line, fault)
