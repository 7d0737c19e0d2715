"""Reads FHIR NDJSON on standard input with fhir.resources (R4B models, the nearest it has to R4).

One line on standard output for each fault, `line N: kind: path`, never content; then `lines: N, faults: M`. Exit code 0
without faults, 1 with.
"""

import importlib
import json
import sys

from pydantic import ValidationError


def once(pairs):
    """The members of an object; a name that stands twice is a fault."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate")
    return members


def judge(line):
    """What is wrong with a line, if anything."""
    try:
        resource = json.loads(line, object_pairs_hook=once)
    except ValueError:
        return ["not JSON"]
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if not isinstance(kind, str) or not kind.isalpha():
        return ["no resource"]
    try:
        model = getattr(importlib.import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)
    except (ImportError, AttributeError):
        return ["no resource"]
    try:
        model.model_validate(resource)
    except ValidationError as error:
        places = (".".join(str(step) for step in fault["loc"][:-1]) for fault in error.errors(include_input=False))
        return [f"{kind}.{place}" for place in places]
    except Exception as error:  # It has faults of its own, and each is a refusal.
        return [type(error).__name__]
    return []


def main():
    lines = faults = 0
    for line in sys.stdin.buffer:
        lines += 1
        for fault in judge(line):
            faults += 1
            print(f"line {lines}: {fault}")
    print(f"lines: {lines}, faults: {faults}")
    return 1 if faults else 0


sys.exit(main())
