"""Judges NDJSON on standard input, a document of JSON-LD a line, by the SHACL shapes in the file that is named.

One line a fault, `line N: shape: what`, never content; then `lines: N, faults: M`. Exit code 0 without faults, 1 with.
"""

import sys

from pyshacl import validate
from rdflib import RDF, Graph, Namespace

SHACL = Namespace("http://www.w3.org/ns/shacl#")


def faults_of(line, shapes):
    try:
        data = Graph().parse(data=line, format="json-ld")
    except Exception as refused:  # whatever the reader raises is its verdict
        return [f"refused: {type(refused).__name__}"]
    if len(data) == 0:
        return ["refused: it says nothing"]
    _, results, _ = validate(data, shacl_graph=shapes)
    told = []
    for result in results.subjects(RDF.type, SHACL.ValidationResult):
        if results.value(result, SHACL.resultSeverity) == SHACL.Violation:
            path = str(results.value(result, SHACL.resultPath) or "the object").rsplit("/", 1)[-1]
            told.append(f"{path}: {str(results.value(result, SHACL.sourceConstraintComponent)).rsplit('#', 1)[-1]}")
    return sorted(told)


def main():
    shapes = Graph().parse(sys.argv[1], format="turtle")
    lines = faulty = 0
    for lines, line in enumerate(sys.stdin.buffer, start=1):
        told = faults_of(line, shapes)
        faulty += bool(told)
        for fault in told:
            print(f"line {lines}: {fault}")
    print(f"lines: {lines}, faults: {faulty}")
    sys.exit(1 if faulty else 0)


if __name__ == "__main__":
    main()
