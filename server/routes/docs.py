# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The API's own description: as an OpenAPI document for programs, and as a page for people."""

import base64
import hashlib
import html
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web

from server.errors import PAGE_STYLE
from server.routes.health import version

_DOCUMENT = Path(__file__).resolve().parent.parent / "openapi.yaml"
_METHODS = ("get", "head", "post", "put", "patch", "delete", "options")

Node = Mapping[str, Any]
"""A part of the document. It is ours: tests check its form, so nobody needs to here."""

_STYLE = PAGE_STYLE + (
    "body{max-width:60rem;margin:3rem auto}table{border-collapse:collapse;width:100%}pre{overflow:auto}"
    "th,td{border-bottom:1px solid #8886;padding:.35rem .75rem .35rem 0;text-align:start;vertical-align:top}"
    "h2{margin-top:3rem;font-size:1.2rem}code,pre{font-size:.9em}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    f"style-src 'sha256-{_STYLE_HASH}'"
)


def routes() -> list[web.RouteDef]:
    """The addresses of the description."""
    return [web.get("/api/openapi.json", show_document), web.get("/api/docs", show_page)]


async def show_document(_: web.Request) -> web.Response:
    """The OpenAPI document."""
    return web.json_response(openapi(), headers={"Cache-Control": "no-cache"})


async def show_page(_: web.Request) -> web.Response:
    """The same on a page. It needs no script and nothing from elsewhere."""
    return web.Response(
        text=page(),
        content_type="text/html",
        headers={"Cache-Control": "no-cache", "Content-Security-Policy": _POLICY},
    )


@cache
def openapi() -> Node:
    """The document as it was written, with this program's version."""
    document: dict[str, Any] = yaml.safe_load(_DOCUMENT.read_text(encoding="utf-8"))
    document["info"]["version"] = version()
    return document


@cache
def page() -> str:
    """The document as HTML."""
    document = openapi()
    operations = [
        _operation(document, method, path, item)
        for path, item in document["paths"].items()
        for method in _METHODS
        if method in item
    ]
    info = document["info"]
    schemas = "".join(
        f'<h3 id="{_text(name)}">{_text(name)}</h3>\n<pre>{_text(json.dumps(schema, indent=2))}</pre>\n'
        for name, schema in document["components"]["schemas"].items()
    )
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{_text(info["title"])}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>{_STYLE}</style>\n<h1>{_text(info['title'])} {_text(info['version'])}</h1>\n"
        f"{_prose(info['description'])}"
        '<p>For programs: <a href="/api/openapi.json">openapi.json</a>.</p>\n'
        f"{''.join(operations)}<h2>Schemas</h2>\n{schemas}</html>\n"
    )


def _operation(document: Node, method: str, path: str, item: Node) -> str:
    operation = item[method]
    parameters = [
        _resolved(document, one) for one in (*item.get("parameters", ()), *operation.get("parameters", ()))
    ]
    body = _resolved(document, operation["requestBody"]) if "requestBody" in operation else None
    responses = {status: _resolved(document, response) for status, response in operation["responses"].items()}
    return (
        f'<h2 id="{_text(operation["operationId"])}"><code>{method.upper()} {_text(path)}</code></h2>\n'
        f"<p><strong>{_text(operation['summary'])}</strong></p>\n{_prose(operation.get('description', ''))}"
        f"{_table(('Parameter', 'In', 'Form', 'Meaning'), map(_parameter_cells, parameters))}"
        f"{_table(('Body', 'Form'), _content_cells(body or {}))}"
        f"{_table(('Status', 'Meaning', 'Content'), map(_response_cells, responses.items()))}"
    )


def _parameter_cells(parameter: Node) -> tuple[str, ...]:
    name = parameter["name"] + (" (required)" if parameter.get("required") else "")
    return (name, parameter["in"], _form(parameter["schema"]), parameter.get("description", ""))


def _response_cells(response: tuple[str, Node]) -> tuple[str, ...]:
    status, content = response
    kinds = [": ".join(cells) for cells in _content_cells(content)]
    return (status, content["description"], "; ".join(kinds))


def _content_cells(content: Node) -> Iterator[tuple[str, ...]]:
    for kind, media in content.get("content", {}).items():
        yield kind, _form(media.get("schema", {}))


def _form(schema: Node) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    kind = schema.get("type", "")
    return str(kind) if isinstance(kind, str) else " | ".join(kind)


def _resolved(document: Node, node: Node) -> Node:
    """What a reference within the document stands for."""
    if "$ref" not in node:
        return node
    found: Any = document
    for step in str(node["$ref"]).removeprefix("#/").split("/"):
        found = found[step]
    resolved: Node = found
    return resolved


def _table(heads: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = ["".join(f"<td>{_text(cell)}</td>" for cell in row) for row in rows]
    if not lines:
        return ""
    head = "".join(f'<th scope="col">{_text(cell)}</th>' for cell in heads)
    body = "\n".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n"


def _prose(text: str) -> str:
    return "".join(f"<p>{_text(paragraph)}</p>\n" for paragraph in text.split("\n\n") if paragraph.strip())


def _text(text: str) -> str:
    return html.escape(str(text).strip())
