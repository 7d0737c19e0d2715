"""What the scripts in Python share: where the gateway is, and steps that are told one JSON line each."""

import contextlib
import json
import os
import sys

NHS_NUMBERS = "https://fhir.nhs.uk/Id/nhs-number"
SNOMED = "http://snomed.info/sct"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"

BASE = os.environ["HOMEWARD_FHIR"]
KEY = os.environ["HOMEWARD_KEY"]
AUTHORITY_FILE = os.environ["HOMEWARD_CA"]
NHS_NUMBER = os.environ["HOMEWARD_NHS_NUMBER"]

# What a machine says of certificates and proxies for everybody goes before what a session says.
os.environ |= {"REQUESTS_CA_BUNDLE": AUTHORITY_FILE, "NO_PROXY": "localhost", "no_proxy": "localhost"}


@contextlib.contextmanager
def step(name):
    """Tells that a step went well; the first that does not ends the script."""
    try:
        yield
    except Exception as error:
        print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
        raise
    print(json.dumps({"step": name, "ok": True}), flush=True)


@contextlib.contextmanager
def refused(error):
    """What is within must be refused with this error, whose instance is told afterwards."""
    told = []
    try:
        yield told
    except error as raised:
        told.append(raised)
        return
    raise AssertionError(f"{error.__name__} was expected")


def coded(system, code, display):
    """A CodeableConcept."""
    return {"coding": [{"system": system, "code": code, "display": display}]}


def asthma(patient):
    """A Condition, as UK Core has it."""
    return {
        "resourceType": "Condition",
        "clinicalStatus": coded(f"{TERMINOLOGY}/condition-clinical", "active", "Active"),
        "verificationStatus": coded(f"{TERMINOLOGY}/condition-ver-status", "confirmed", "Confirmed"),
        "code": coded(SNOMED, "195967001", "Asthma"),
        "subject": {"reference": patient},
        "onsetDateTime": "2024-03-05",
    }


def amoxicillin(patient):
    """An AllergyIntolerance, as UK Core has it."""
    return {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": coded(f"{TERMINOLOGY}/allergyintolerance-clinical", "active", "Active"),
        "verificationStatus": coded(f"{TERMINOLOGY}/allergyintolerance-verification", "confirmed", "Confirmed"),
        "code": coded(SNOMED, "294505008", "Allergy to amoxicillin"),
        "patient": {"reference": patient},
    }


def weight(patient, kilograms):
    """An Observation of a body weight, as UK Core has it."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [coded(f"{TERMINOLOGY}/observation-category", "vital-signs", "Vital Signs")],
        "code": {
            "coding": [
                {"system": SNOMED, "code": "27113001", "display": "Body weight"},
                {"system": "http://loinc.org", "code": "29463-7", "display": "Body weight"},
            ]
        },
        "subject": {"reference": patient},
        "effectiveDateTime": "2026-05-11",
        "valueQuantity": {
            "value": kilograms,
            "unit": "kilogram",
            "system": "http://unitsofmeasure.org",
            "code": "kg",
        },
    }
