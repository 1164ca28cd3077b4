"""The rules of the house that import-linter can't see (docs/architecture.md)."""

import ast
import importlib
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.account import forms as allauth
from django import forms
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.utils.module_loading import import_string

from carnet.kernel.refused import Refused
from carnet.people import forms as people_forms
from carnet.people.models import Person
from carnet.web.refusals import sentences

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(
    path for top in ("carnet", "demo") for path in (ROOT / top).rglob("*.py") if "migrations" not in path.parts
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def floors() -> dict[str, int]:
    """Each app's floor, from the contract in pyproject.toml, the lowest being 0."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contract = next(c for c in settings["tool"]["importlinter"]["contracts"] if c["id"] == "floors")
    return {app: floor for floor, line in enumerate(reversed(contract["layers"])) for app in re.split(r"\W+", line)}


FLOORS = floors()
APPS = sorted(path.parent.name for path in ROOT.glob("carnet/*/__init__.py"))


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, Function):
            yield node


def on_shelf(*names: str) -> list[Path]:
    return [path for path in SOURCES if {path.stem, path.parent.name} & set(names)]


def refusals(cls: type[Refused] = Refused) -> Iterator[type[Refused]]:
    for child in cls.__subclasses__():
        yield child
        yield from refusals(child)


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_every_module_can_be_imported(path):
    """Also what makes a file that no test uses show up in the coverage of bin/test."""
    assert importlib.import_module(name_of(path)).__name__ == name_of(path)


@pytest.mark.parametrize("app", APPS)
def test_an_app_says_its_noun_and_its_floor(app):
    line = importlib.import_module(f"carnet.{app}").__doc__
    assert re.fullmatch(rf".{{12,}} \(floor {FLOORS[app]}\)\.", line or ""), f"carnet/{app}/__init__.py: {line}"


def test_a_package_inside_an_app_re_exports_nothing():
    """Its `__init__` is empty; only an app's own says something, its noun and floor."""
    inner = [path for path in ROOT.glob("carnet/*/**/__init__.py") if path.parent.parent.name != "carnet"]
    assert {name_of(path) for path in inner if path.read_text("utf-8").strip()} == set()
    assert len(inner) > 30


def test_every_foreign_key_points_down():
    keys = [
        (model, field.name, field.related_model)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.concrete and field.related_model
    ]
    upward = [
        f"{model._meta.label}.{name} -> {target._meta.label}"
        for model, name, target in keys
        if model._meta.app_label in FLOORS
        and target._meta.app_label in FLOORS
        and target._meta.app_label != model._meta.app_label
        and FLOORS[target._meta.app_label] >= FLOORS[model._meta.app_label]
    ]
    assert upward == []
    assert len([name for model, name, _ in keys if model._meta.app_label in FLOORS]) > 30


def test_every_refusal_has_a_sentence_in_its_own_app():
    for path in SOURCES:
        importlib.import_module(name_of(path))
    raised = {(cls.__module__.split(".")[1], cls.code) for cls in refusals() if cls.__module__.startswith("carnet.")}
    declared = [
        (name_of(path).split(".")[1], code)
        for path in on_shelf("shown")
        for code in getattr(importlib.import_module(name_of(path)), "REFUSALS", ())
    ]
    assert sorted(raised) == sorted(declared)
    assert [code for app, code in declared if not code.startswith(f"{app}.") or code not in sentences(app)] == []
    assert len(declared) > 100


def test_no_function_is_over_70_lines():
    long = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        for path in SOURCES
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno >= 70
    ]
    assert long == []


def test_no_file_is_over_450_lines():
    assert [str(path.relative_to(ROOT)) for path in SOURCES if len(path.read_text("utf-8").splitlines()) > 450] == []


def test_actions_queries_and_rules_say_what_they_do():
    silent = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        for path in on_shelf("actions", "queries", "rules")
        for function in ast.parse(path.read_text("utf-8")).body
        if isinstance(function, Function) and not function.name.startswith("_") and not ast.get_docstring(function)
    ]
    assert silent == []


def test_actions_take_keywords():
    """What is done to what may go without a name; who does it, when, and everything else is named."""
    positional = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        for path in on_shelf("actions")
        for function in ast.parse(path.read_text("utf-8")).body
        if isinstance(function, Function)
        and not function.name.startswith("_")
        and (len(function.args.args) > 2 or {"by", "at"} & {argument.arg for argument in function.args.args})
    ]
    assert positional == []


MOST_ARGUMENTS = 8


def arguments(function: Function) -> list[str]:
    """What a caller can give; of a method, not the object itself."""
    named = [one.arg for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
    return [name for place, name in enumerate(named) if place or name not in ("self", "cls")]


def test_no_function_takes_more_than_eight_arguments():
    """What belongs together is a value with a name of its own: a buyer, a letter, an amount with its means."""
    wide = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        for path in SOURCES
        if path.is_relative_to(ROOT / "carnet")
        for function in functions(path)
        if len(arguments(function)) > MOST_ARGUMENTS
    ]
    assert wide == []


def test_decorators_of_views_stand_in_one_order():
    """Which methods, whether it is kept, who may see it (`access.…`), which policy: docs/style.md."""
    order = (
        ("require_safe", "require_POST", "require_http_methods"),
        ("never_cache", "requires_csrf_token", "csrf_exempt", "sensitive_post_parameters"),
        ("access",),
        ("csp",),
    )
    rank = {name: number for number, names in enumerate(order) for name in names}
    views = [function for path in on_shelf("views", "desk") for function in functions(path) if function.decorator_list]
    found = [
        (function.name, [re.split(r"\W", ast.unparse(decorator))[0] for decorator in function.decorator_list])
        for function in views
    ]
    assert [
        (name, of)
        for name, of in found
        if [rank.get(one, -1) for one in of] != sorted({rank.get(one, -2) for one in of})
    ] == []
    assert len(found) > 80


def test_no_model_overrides_save():
    found = [
        str(path) for path in on_shelf("models") for function in functions(path) if function.name in {"save", "delete"}
    ]
    assert found == []


def test_what_has_no_name_has_no_place():
    nameless = {"utils", "util", "helpers", "common", "services", "managers", "misc", "signals"}
    assert [
        str(path.relative_to(ROOT)) for path in SOURCES if nameless & {path.stem, *path.relative_to(ROOT).parts}
    ] == []
    called_by_django = {"process_exception", "process_view", "process_template_response"}
    empty_verbs = re.compile(r"_?(do|process|handle|manage)_")
    assert [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        for path in SOURCES
        for function in functions(path)
        if empty_verbs.match(function.name) and function.name not in called_by_django
    ] == []


def test_a_class_name_occurs_once():
    """Whoever searches for a class finds one; only Django's commands are all called `Command`."""
    places = defaultdict(list)
    for path in SOURCES:
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and path.parent.name != "commands":
                places[node.name].append(name_of(path))
    assert {name: modules for name, modules in places.items() if len(modules) > 1} == {}
    assert len(places) > 500


# Django's fields for what somebody types, and what stands in their place.
TYPED_BARE = {
    "CharField", "EmailField", "URLField", "RegexField", "SlugField", "IntegerField", "FloatField", "DecimalField",
    "DateField", "DateTimeField", "TimeField", "DurationField", "GenericIPAddressField", "UUIDField", "JSONField",
}  # fmt: skip
INPUT_LAYER = {ROOT / "carnet/web/forms.py", ROOT / "carnet/web/time_fields.py"}


def test_case_A3_what_is_typed_goes_through_one_input_layer():
    """Fields of carnet.web.forms and carnet.web.time_fields clean it; one of Django's own would store it as it came."""
    bare = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.attr}"
        for path in SOURCES
        if path not in INPUT_LAYER
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in TYPED_BARE
        and isinstance(node.value, ast.Name)
        and node.value.id in ("forms", "django_forms")
    ]
    assert bare == []


WITH_PERSON = (allauth.UserForm, people_forms.NewPasswordForm, people_forms.ReauthenticateForm)


def test_case_A3_so_do_the_forms_of_packages():
    """Also what a form takes over from django-allauth or from a model; passwords are left as they are typed."""
    for path in SOURCES:
        importlib.import_module(name_of(path))
    of_packages = list(map(import_string, settings.ACCOUNT_FORMS.values()))
    ours = [form for form in subclasses(forms.BaseForm) if form.__module__.startswith("carnet.")]
    classes = [form for form in ours if form not in of_packages and form is not people_forms.OnePasswordForm]
    fields = [(form.__name__, name, field) for form in classes for name, field in form.base_fields.items()]
    for form in of_packages:
        shown = form(user=Person()) if issubclass(form, WITH_PERSON) else form()
        fields += [(form.__name__, name, field) for name, field in shown.fields.items()]
    bare = [
        f"{form}.{name}"
        for form, name, field in fields
        if type(field).__name__ in TYPED_BARE and type(field).__module__.startswith("django.")
    ]
    assert (bare, len(fields) > 80) == ([], True)


def subclasses(cls: Any) -> Iterator[Any]:
    for child in cls.__subclasses__():
        yield child
        yield from subclasses(child)


@pytest.mark.django_db
def test_no_migration_is_missing():
    assert call_command("makemigrations", check=True, dry_run=True, verbosity=0) is None
