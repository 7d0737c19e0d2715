"""Drives the façade with fhirpy as it is, in both of its manners."""

import asyncio
import ssl

import fhirpy
from fhirpy.base.exceptions import (
    AuthorizationError,
    ForbiddenError,
    MultipleResourcesFound,
    OperationOutcome,
    ResourceNotFound,
)

from steps import (
    AUTHORITY_FILE,
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

# Neither is held when the script starts.
NEW_NHS_NUMBER = "9000000017"
OTHER_NHS_NUMBER = "9000000025"
UNKNOWN = "00000000-0000-8000-8000-000000000000"

client = fhirpy.SyncFHIRClient(
    BASE, extra_headers={"X-API-Key": KEY}, requests_config={"verify": AUTHORITY_FILE}
)


def new_patient(client, number=NEW_NHS_NUMBER):
    return client.resource(
        "Patient",
        identifier=[{"system": NHS_NUMBERS, "value": number}],
        name=[{"use": "official", "family": "Alder", "given": ["Robin"]}],
        gender="female",
        birthDate="2015-02-03",
    )


def resource(of):
    return client.resource(of.pop("resourceType"), **of)


with step("search by NHS number"):
    found = client.resources("Patient").search(identifier=f"{NHS_NUMBERS}|{NHS_NUMBER}").fetch()
    assert len(found) == 1, found
    patient = found[0]
    assert patient.get_by_path(["identifier", {"system": NHS_NUMBERS}, "value"]) == NHS_NUMBER

with step("first"):
    first = client.resources("Patient").search(identifier=f"{NHS_NUMBERS}|{NHS_NUMBER}").first()
    assert first.id == patient.id
    assert client.resources("Patient").search(identifier=f"{NHS_NUMBERS}|9000000009").first() is None

with step("get of a search"):
    assert client.resources("Patient").search(_id=patient.id).get().id == patient.id
    with refused(ResourceNotFound):
        client.resources("Patient").search(identifier=f"{NHS_NUMBERS}|9000000009").get()

with step("read"):
    assert client.get("Patient", patient.id) == patient.serialize()
    assert client.reference("Patient", patient.id).to_resource() == patient

with step("refresh of what has not changed"):
    patient.refresh()

observations = client.resources("Observation").search(patient=patient.id)

with step("pages of one"):
    one_by_one = [it.id for it in observations.limit(1)]
    assert len(one_by_one) > 1 and len(set(one_by_one)) == len(one_by_one), one_by_one
    assert one_by_one == [it.id for it in observations.fetch_all()]
    of_subject = client.resources("Observation").search(subject=patient.to_reference()).limit(1)
    assert one_by_one == [it.id for it in of_subject]

with step("count"):
    assert observations.count() == len(one_by_one)

with step("get or create: created, then found"):
    patients = client.resources("Patient").search(identifier=f"{NHS_NUMBERS}|{NEW_NHS_NUMBER}")
    created, is_new = patients.get_or_create(new_patient(client))
    assert is_new and created["name"][0]["family"] == "Alder", created
    again, is_new = patients.get_or_create(new_patient(client))
    assert not is_new and again.id == created.id, again

with step("get or create of a child that the authority holds"):
    held = client.resources("Patient").search(identifier=f"{NHS_NUMBERS}|{NHS_NUMBER}")
    theirs, is_new = held.get_or_create(new_patient(client))
    assert not is_new and theirs.id == patient.id

of_patient = f"Patient/{patient.id}"

with step("create and read back an Observation"):
    observation = resource(weight(of_patient, 31.5)).save()
    assert observation.id and observation["meta"]["versionId"], observation
    read = client.get("Observation", observation.id)
    assert read == observation.serialize()
    assert read["valueQuantity"]["value"] == 31.5 and read["subject"]["reference"] == of_patient, read

with step("create and read back a Condition"):
    condition = resource(asthma(of_patient)).save()
    read = client.get("Condition", condition.id)
    assert read["code"]["coding"][0]["code"] == "195967001" and read["onsetDateTime"] == "2024-03-05", read

with step("create and read back an AllergyIntolerance"):
    allergy = resource(amoxicillin(of_patient)).save()
    read = client.get("AllergyIntolerance", allergy.id)
    assert read["code"]["coding"][0]["code"] == "294505008", read

with step("what was created is found"):
    for kind, one in [("Observation", observation), ("Condition", condition), ("AllergyIntolerance", allergy)]:
        assert one.id in [it.id for it in client.resources(kind).search(patient=patient.id)], kind

with step("update"):
    version = observation["meta"]["versionId"]
    observation["valueQuantity"]["value"] = 32.25
    same = observation.id
    observation.save()
    assert observation.id == same and observation["meta"]["versionId"] != version
    assert client.get("Observation", same)["valueQuantity"]["value"] == 32.25

with step("refresh of what has changed"):
    elsewhere = client.reference("Observation", observation.id).to_resource()
    elsewhere["valueQuantity"]["value"] = 32.5
    elsewhere.save()
    observation.refresh()
    assert observation["valueQuantity"]["value"] == 32.5

with step("conditional update"):
    changed = asthma(of_patient) | {"note": [{"text": "Better in summer"}]}
    matching = client.resources("Condition").search(_id=condition.id)
    after, is_new = matching.update(resource(changed))
    assert not is_new and after.id == condition.id

with step("a patch is refused"):
    with refused(OperationOutcome) as told:
        client.patch("Condition", condition.id, onsetDateTime="2024-03-06")
    assert told[0].resource["issue"][0]["code"] == "not-supported", told
    with refused(OperationOutcome) as told:
        condition.save(fields=["code"])
    assert told[0].resource["issue"][0]["code"] == "not-supported", told

with step("validate"):
    assert resource(asthma(of_patient)).is_valid()
    faulty = resource(asthma(of_patient) | {"onsetDateTime": "2024-02-31"})
    assert not faulty.is_valid()

with step("an invalid resource is refused with an outcome"):
    with refused(OperationOutcome) as told:
        resource(asthma(of_patient) | {"onsetDateTime": "2024-02-31"}).save()
    issue = told[0].resource["issue"][0]
    assert issue["severity"] == "error" and issue["expression"][0].startswith("Condition."), issue
    with refused(OperationOutcome):
        resource({"resourceType": "Condition", "favouriteColour": "green"}).save()

with step("several matches of a condition are told"):
    with refused(MultipleResourcesFound):
        client.resources("Observation").search(patient=patient.id).get_or_create(resource(weight(of_patient, 33)))

with step("what another says is not changed"):
    theirs = client.reference("Observation", one_by_one[0]).to_resource()
    with refused(ForbiddenError):
        theirs.save()
    with refused(ForbiddenError):
        theirs.delete()

with step("without a key that is known nothing is told"):
    stranger = fhirpy.SyncFHIRClient(
        BASE, extra_headers={"X-API-Key": KEY[:-1]}, requests_config={"verify": AUTHORITY_FILE}
    )
    with refused(AuthorizationError):
        stranger.resources("Patient").search(identifier=f"{NHS_NUMBERS}|{NHS_NUMBER}").fetch()

with step("everything of a patient"):
    bundle = patient.execute("$everything", method="get")
    kinds = {entry["resource"]["resourceType"] for entry in bundle["entry"]}
    assert {"Patient", "Condition", "AllergyIntolerance", "Observation"} <= kinds, kinds

with step("delete, and gone"):
    for one in [observation, condition, allergy]:
        one.delete()
        with refused(ResourceNotFound):
            client.get(one.resource_type, one.id)
        assert one.id not in [it.id for it in client.resources(one.resource_type).search(patient=patient.id)]
        one.delete()

with step("unknown ids"):
    with refused(ResourceNotFound):
        client.get("Observation", UNKNOWN)
    with refused(ResourceNotFound):
        client.get("Patient", "17")


async def in_the_other_manner():
    config = {"ssl": ssl.create_default_context(cafile=AUTHORITY_FILE)}
    client = fhirpy.AsyncFHIRClient(BASE, extra_headers={"X-API-Key": KEY}, aiohttp_config=config)
    with step("asynchronously: search, pages and count"):
        found = await client.resources("Patient").search(identifier=f"{NHS_NUMBERS}|{NHS_NUMBER}").first()
        assert found.id == patient.id
        observations = client.resources("Observation").search(patient=patient.id)
        assert [it.id async for it in observations.limit(1)] == one_by_one
        assert await observations.count() == len(one_by_one)
    with step("asynchronously: of many who create one child at once one does"):
        patients = client.resources("Patient").search(identifier=f"{NHS_NUMBERS}|{OTHER_NHS_NUMBER}")
        asked = (patients.get_or_create(new_patient(client, OTHER_NHS_NUMBER)) for _ in range(8))
        answers = await asyncio.gather(*asked)
        assert [is_new for _, is_new in answers].count(True) == 1, answers
        assert len({one.id for one, _ in answers}) == 1, answers
    with step("asynchronously: get or create, save and delete"):
        patients = client.resources("Patient").search(identifier=f"{NHS_NUMBERS}|{NEW_NHS_NUMBER}")
        again, is_new = await patients.get_or_create(new_patient(client))
        assert not is_new and again.id == created.id
        of = amoxicillin(of_patient)
        allergy = await client.resource(of.pop("resourceType"), **of).save()
        await allergy.delete()
        with refused(ResourceNotFound):
            await client.get("AllergyIntolerance", allergy.id)


asyncio.run(in_the_other_manner())
