"""Fetches what the façade tells of a child and reads every resource with the models of fhir.resources (R4B)."""

import importlib

import requests

from steps import BASE, KEY, NHS_NUMBER, NHS_NUMBERS, amoxicillin, asthma, step, weight

session = requests.Session()
session.headers["X-API-Key"] = KEY


def model(resource):
    """The resource as an instance of its model."""
    kind = resource["resourceType"]
    return getattr(importlib.import_module(f"fhir.resources.R4B.{kind.lower()}"), kind).model_validate(resource)


def answer(path, **query):
    answered = session.get(f"{BASE}/{path}", params=query)
    answered.raise_for_status()
    return answered.json()


def entries(bundle):
    """The resources of a Bundle, each in its model."""
    return [model(entry["resource"]) for entry in bundle.get("entry", [])]


with step("search"):
    bundle = answer("Patient", identifier=f"{NHS_NUMBERS}|{NHS_NUMBER}")
    model(bundle)
    (patient,) = entries(bundle)

with step("resources built of models are created"):
    for resource in [asthma, amoxicillin, lambda of: weight(of, 31.5)]:
        built = model(resource(f"Patient/{patient.id}"))
        created = session.post(
            f"{BASE}/{built.get_resource_type()}",
            data=built.model_dump_json(),
            headers={"Content-Type": "application/fhir+json"},
        )
        assert created.status_code == 201, created.text
        model(created.json())

with step("everything"):
    read, path = [], f"Patient/{patient.id}/$everything?_count=3"
    while path:
        bundle = answer(path)
        model(bundle)
        read += entries(bundle)
        following = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
        path = following[0].removeprefix(f"{BASE}/") if following else None
    kinds = {it.get_resource_type() for it in read}
    assert {"Patient", "Condition", "AllergyIntolerance", "Observation", "EpisodeOfCare", "Flag"} <= kinds, kinds

with step("summary"):
    bundle = answer(f"Patient/{patient.id}/$summary")
    model(bundle)
    read = entries(bundle)
    assert read[0].get_resource_type() == "Composition" and len(read) > 3

with step("history"):
    bundle = answer(f"Patient/{patient.id}/_history")
    model(bundle)
    assert entries(bundle)

with step("capabilities"):
    model(answer("metadata"))

with step("outcome"):
    refusal = session.get(f"{BASE}/Patient/17")
    assert refusal.status_code == 404
    assert model(refusal.json()).issue[0].code == "not-found"
