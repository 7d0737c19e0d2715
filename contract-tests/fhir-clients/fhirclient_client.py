"""Drives the façade with fhirclient as it is."""

import requests
from fhirclient.client import FHIRClient
from fhirclient.models.allergyintolerance import AllergyIntolerance
from fhirclient.models.condition import Condition
from fhirclient.models.observation import Observation
from fhirclient.models.patient import Patient
from fhirclient.server import FHIRNotFoundException

from steps import (
    BASE,
    KEY,
    NHS_NUMBER,
    NHS_NUMBERS,
    amoxicillin,
    asthma,
    refused,
    step,
    weight,
)

client = FHIRClient(settings={"app_id": "homeward-tests", "api_base": BASE})
server = client.server
server.session.headers["X-API-Key"] = KEY

with step("capabilities"):
    assert client.prepare() and client.ready
    statement = server.capabilityStatement
    assert statement.fhirVersion == "4.0.1", statement.fhirVersion
    kinds = {resource.type for resource in statement.rest[0].resource}
    assert {"Patient", "Observation", "Condition", "AllergyIntolerance"} <= kinds, kinds

with step("search by NHS number"):
    found = list(Patient.where({"identifier": f"{NHS_NUMBERS}|{NHS_NUMBER}"}).perform_resources_iter(server))
    assert len(found) == 1
    patient = found[0]

with step("read"):
    read = Patient.read(patient.id, server)
    assert read.as_json() == patient.as_json()

with step("search by subject"):
    subject = {"subject": f"Patient/{patient.id}"}
    observations = list(Observation.where(subject).perform_resources_iter(server))
    assert observations and all(isinstance(it, Observation) for it in observations)

with step("pages of one"):
    one_by_one = list(Observation.where(subject | {"_count": "1"}).perform_resources_iter(server))
    assert len(one_by_one) > 1
    assert [it.id for it in one_by_one] == [it.id for it in observations]

of_patient = f"Patient/{patient.id}"

with step("create and read back a Condition"):
    condition = Condition(Condition(asthma(of_patient)).create(server))
    read = Condition.read(condition.id, server)
    assert read.code.coding[0].code == "195967001" and read.onsetDateTime.as_json() == "2024-03-05"
    assert condition.id in [it.id for it in Condition.where({"patient": patient.id}).perform_resources_iter(server)]

with step("update"):
    read.clinicalStatus.coding[0].code = "inactive"
    read.clinicalStatus.coding[0].display = "Inactive"
    updated = Condition(read.update())
    assert updated.id == condition.id
    assert updated.meta.versionId != condition.meta.versionId
    assert Condition.read(condition.id, server).clinicalStatus.coding[0].code == "inactive"

with step("create an Observation and an AllergyIntolerance"):
    observation = Observation(Observation(weight(of_patient, 31.5)).create(server))
    assert Observation.read(observation.id, server).valueQuantity.value == 31.5
    allergy = AllergyIntolerance(AllergyIntolerance(amoxicillin(of_patient)).create(server))
    assert AllergyIntolerance.read(allergy.id, server).patient.reference == of_patient

with step("an invalid resource is refused"):
    faulty = Condition(asthma(of_patient))
    faulty.clinicalStatus.coding[0].code = "perhaps"
    with refused(requests.HTTPError) as told:
        faulty.create(server)
    assert told[0].response.status_code == 400, told[0].response.status_code
    outcome = told[0].response.json()
    assert outcome["resourceType"] == "OperationOutcome" and outcome["issue"][0]["severity"] == "error", outcome

with step("delete, and gone"):
    for one in [updated, observation, allergy]:
        assert one.delete(server) is None
        with refused(requests.HTTPError) as told:
            type(one).read(one.id, server)
        assert told[0].response.status_code == 410

with step("unknown id"):
    with refused(FHIRNotFoundException):
        Patient.read("00000000-0000-8000-8000-000000000000", server)
