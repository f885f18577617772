"""The OpenAPI document, made from the route table and the schemas.

``python -m jupyter_orchest_jobs.api.openapi`` writes it beside this file; the TypeScript types
are generated from that. A test compares both with what the code says.
"""

import json
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from jupyter_orchest_jobs.api.operations import NAMESPACE, OPERATIONS, Operation
from jupyter_orchest_jobs.wire.schemas import ErrorAnswer

FILE = Path(__file__).with_name("openapi.json")
_REF = "#/components/schemas/{model}"


def document() -> dict[str, Any]:
    """The whole document, as OpenAPI 3.1."""
    models: set[type[BaseModel]] = {ErrorAnswer}
    requests: set[type[BaseModel]] = set()
    for operation in OPERATIONS:
        if operation.answer is not None:
            models.add(operation.answer.model())
        if operation.request is not None:
            requests.add(operation.request.model())
    inputs = [
        *((model, "serialization") for model in sorted(models, key=lambda m: m.__name__)),
        *((model, "validation") for model in sorted(requests, key=lambda m: m.__name__)),
    ]
    _, components = models_json_schema(inputs, ref_template=_REF)  # type: ignore[arg-type]
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        verbs = paths.setdefault(f"/{NAMESPACE}/{operation.path}", {})
        verbs[operation.method.lower()] = _describe(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Orchest Jobs for JupyterLab",
            "version": "1",
            "description": "Paths are below the Jupyter server's base URL.",
        },
        "paths": paths,
        "components": {"schemas": components["$defs"]},
    }


def text() -> str:
    """The document as it stands in the file."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _describe(operation: Operation) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", operation.path)
    ] + [
        {
            "name": query.name,
            "in": "query",
            "description": query.description,
            "schema": {"type": query.kind},
        }
        for query in operation.query
    ]
    answer: dict[str, Any] = {"description": "As asked."}
    if operation.answer is not None:
        answer["content"] = _content(operation.answer.model())
    failure = _content(ErrorAnswer)
    if operation.content != "application/json":
        kind = "object" if operation.content.endswith("+json") else "string"
        answer["content"] = {operation.content: {"schema": {"type": kind}}}
        failure = {"text/plain": {"schema": {"type": "string"}}}
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": parameters,
        "responses": {
            str(operation.status): answer,
            "default": {"description": "Refused or failed.", "content": failure},
        },
    }
    if operation.request is not None:
        described["requestBody"] = {
            "required": True,
            "content": _content(operation.request.model()),
        }
    return described


def _content(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _REF.format(model=model.__name__)}}}


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
