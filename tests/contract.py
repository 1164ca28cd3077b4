"""PayPal's own contract: whether a request may be sent so, and whether an answer may look so.

`tests/paypal-openapi.json` is not loaded before it is asked for (1.3 seconds, 60 MB), and once in a process. PayPal's
schemas allow any further name in an object; here a name that the contract doesn't know is refused, too: nearly always
it is misspelt.
"""

import functools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

FILE = Path(__file__).parent / "paypal-openapi.json"
HOST = "http://127.0.0.1:4020"  # as the contract names its server


class ContractBroken(AssertionError):
    """PayPal would not understand this request, or never give this answer."""


def check_request(method: str, path: str, *, query: str, headers: Mapping[str, str], body: bytes) -> None:
    """Raises ContractBroken for an address, a parameter, a header or a content that PayPal doesn't know. `query` is as
    it stands in the address. Each call is signed in: by the client's id and secret for a token, else by a token.
    """
    given = {name.lower(): value for name, value in headers.items()}
    scheme = given.get("authorization", "").partition(" ")[0]
    if scheme != ("Basic" if path == "/v1/oauth2/token" else "Bearer"):
        raise ContractBroken(f"{method} {path}: signed in by {scheme or 'nothing'}")
    request = _request(method, path, query=query, headers=given, body=body)
    _raise_first(f"{method} {path}", _contract().iter_request_errors(request))
    known = {one["name"] for one in _parameters(method, path) if one["in"] == "query"}
    _refuse_unknown(f"{method} {path}", (name for name, _ in parse_qsl(query) if name not in known))
    if given.get("content-type", "").startswith("application/json"):
        schema = _resolved(_operation(method, path)["requestBody"])["content"]["application/json"]["schema"]
        _refuse_unknown(f"{method} {path}", _unknown(json.loads(body), schema))


def check_answer(method: str, path: str, *, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Raises ContractBroken for an answer to that request which PayPal would not give."""
    from openapi_core.testing import MockResponse

    content_type = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    response = MockResponse(body, status_code=status, headers=dict(headers), content_type=content_type)
    request = _request(method, path, query="", headers={}, body=b"")
    whose = f"{status} to {method} {path}"
    _raise_first(whose, _contract().iter_response_errors(request, response))
    responses = _operation(method, path)["responses"]
    content = _resolved(responses.get(str(status), responses.get("default"))).get("content", {})
    if content and body:
        _refuse_unknown(whose, _unknown(json.loads(body), content["application/json"]["schema"]))
    elif content and status != 204:
        raise ContractBroken(f"{whose}: no content")


@functools.cache
def read() -> dict[str, Any]:
    return json.loads(FILE.read_text())


@functools.cache
def _contract() -> Any:
    from openapi_core import OpenAPI

    contract = json.loads(FILE.read_text())
    # Who is signed in is looked at above; openapi-core warns that it can't look into this kind.
    for operations in contract["paths"].values():
        for operation in operations.values():
            if isinstance(operation, dict):
                operation.pop("security", None)
    # The next page of disputes is still reached by a parameter that is deprecated, of which there would be a warning.
    for parameter in contract["components"]["parameters"].values():
        parameter.pop("deprecated", None)
    # Nobody may write a notice but PayPal, says the contract, and has it sent back as it came to be verified.
    for written in contract["components"]["schemas"]["wh_event"]["properties"].values():
        written.pop("readOnly", None)
    return OpenAPI.from_dict(contract)


def _request(method: str, path: str, *, query: str, headers: Mapping[str, str], body: bytes) -> Any:
    from openapi_core.testing import MockRequest

    content_type = headers.get("content-type", "")
    arguments = dict(parse_qsl(query, keep_blank_values=True))
    return MockRequest(HOST, method, path, args=arguments, headers=dict(headers), data=body, content_type=content_type)


def _raise_first(whose: str, errors: Iterator[Exception]) -> None:
    for error in errors:
        causes = getattr(error.__cause__, "schema_errors", None) or [error.__cause__ or error]
        words = "; ".join(
            f"{'/'.join(map(str, getattr(one, 'path', ())))} {one}".split("\n")[0][:300] for one in causes
        )
        raise ContractBroken(f"{whose}: {words}")


def _refuse_unknown(whose: str, names: Iterator[str]) -> None:
    if unknown := sorted(names):
        raise ContractBroken(f"{whose}: unknown to PayPal: {', '.join(unknown)}")


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        found: Any = read()
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name.replace("~1", "/").replace("~0", "~")]
        part = found
    return part


def _template(path: str) -> str:
    """The path of the contract that a real path is of."""
    pieces = path.split("/")
    for template in read()["paths"]:
        theirs = template.split("/")
        if len(theirs) == len(pieces) and all(
            one == other or one.startswith("{") for one, other in zip(theirs, pieces, strict=True)
        ):
            return template
    raise ContractBroken(f"no such path: {path}")


def _operation(method: str, path: str) -> dict[str, Any]:
    return read()["paths"][_template(path)][method.lower()]


def _parameters(method: str, path: str) -> list[dict[str, Any]]:
    of_path = read()["paths"][_template(path)].get("parameters", [])
    return [_resolved(one) for one in [*of_path, *_operation(method, path).get("parameters", [])]]


def _unknown(value: Any, schema: dict[str, Any], at: str = "") -> Iterator[str]:
    """The names in a value that its schema doesn't have, with their places."""
    if isinstance(value, list):
        items = [part["items"] for part in _parts(schema) if "items" in part]
        for one in value:
            for item in items[:1]:
                yield from _unknown(one, item, f"{at}[]")
    elif isinstance(value, dict):
        parts = list(_parts(schema))
        known: dict[str, Any] = {}
        for part in parts:
            known = {**part.get("properties", {}), **known}
        if not known or any(part.get("additionalProperties") for part in parts):
            return  # an object of any kind, as the resource of a notice
        for name, inner in value.items():
            if name in known:
                yield from _unknown(inner, known[name], f"{at}.{name}")
            else:
                yield f"{at}.{name}"


def _parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A schema, and all that it is made of."""
    schema = _resolved(schema)
    yield schema
    for kind in ("allOf", "oneOf", "anyOf"):
        for one in schema.get(kind, ()):
            yield from _parts(one)
