"""Every address that programs use, with what fits its description and with what does not: no error, no hang, an answer as described, and
what is refused changes nothing."""

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from harness.server import PATIENCE, Server
from harness.tally import LONG, Tally
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance
from web.http import Client, console, joined

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
HEAVY = (
    *("files.take", "documents.restitution", "documents.part", "documents.make_pack", "capitalisation.letter", "capitalisation.sheet"),
    *("shelf.over_all", "reception.paper", "reception.certificates", "ready.poster", "desks.", "publishing.change", "publishing.folder"),
    *("signing.certificate", "mydata.change"),
)
"""What takes a process or a second, or takes someone out of the day: in the long form alone."""
BESIDE = ("accesses", "found", "searched", "secrets", "settings", "alembic_version", "sqlite_")
"""Tables that anything may change: who of the staff looked, what can be read again, what a vote's pseudonyms are made of."""
SHEET = """---
title: A day
language: en
date: 2021-09-24
time: 9:00 - 17:00
attendance: phone
---
## Programme

### 20 min – Situations
- kind: situations

### 20 min – Vote
- kind: vote
- source: situations

### 20 min – Questions
- kind: questions

### 20 min – Decode
- kind: decode
- source: situations

### 20 min – Exchange
- kind: exchange

### 20 min – Evaluation
- kind: evaluation
"""


@dataclass
class Day:
    """A day under way, and what of it may stand in an address or a body."""

    server: Server
    keys: dict[str, str]
    ids: list[str]
    steps: list[str]

    def kept(self) -> str:
        """The digest of all that the database keeps, but for what stands beside it."""
        said = hashlib.sha256()
        with closing(sqlite3.connect(f"file:{self.server.data_dir}/facilitate.db?mode=ro", uri=True)) as link:
            tables = [name for (name,) in link.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in sorted(tables):
                if not table.startswith(BESIDE):
                    rows = link.execute(f'SELECT * FROM "{table}"').fetchall()  # noqa: S608 - a table's name
                    said.update(f"{table} {rows}".encode())
        return said.hexdigest()


@pytest.fixture(scope="module")
def day(lasting_server: Callable[..., Server]) -> Day:
    server = lasting_server(SHEET)
    lead = console(server)
    steps = [one["id"] for one in lead.ask("GET", f"/s/{server.code}/state?as=console").json["agenda"]]
    for step in steps:
        assert lead.act("open", step, {"beside": True}).status == 200
    people = [joined(server, name=f"Élue {n}", territory="Drôme") for n in range(2)]
    ids = []
    for one in people:
        ids.append(str(uuid4()))
        assert one.act("post", steps[0], {"title": "A card"}, id=ids[-1]).status == 200
    ids += list(lead.ask("GET", f"/reception/{server.code}/changes").json["rows"])
    office = dict.fromkeys(("editor", "reader", "administrator", "shelf"), server.keys["shelf"])
    keys = office | {name: server.keys[name] for name in ("wall", "console")} | {"participant": people[0].key, "": ""}
    return Day(server, keys, ids, steps)


def operations(day: Day) -> Iterator[Any]:
    told = Client(day.server).ask("GET", "/openapi.json").json
    schema = schemathesis.openapi.from_dict(told)
    for found in schema.get_all_operations():
        operation = found.ok()
        name = operation.definition.raw["operationId"]
        if LONG or not name.startswith(HEAVY):
            yield operation


def meant(day: Day, case: Case, place: int) -> None:
    """Most of the time what an address or a body names is there."""
    if place % 5 == 4:
        return
    for sent, names in ((case.path_parameters, ("code", "id", "step")), (case.body, ("on", "activity", "person", "participant"))):
        for name in names:
            if isinstance(sent, dict) and name in sent:
                known = [day.server.code] if name == "code" else day.steps if name in ("step", "activity") else [*day.ids, *day.steps]
                sent[name] = known[place % len(known)]


def test_no_request_breaks_the_program_and_a_refused_one_changes_nothing(day: Day, tally: Tally) -> None:
    done: Counter[str] = Counter()
    for operation in operations(day):
        asked = str(operation.definition.raw["description"])
        whose = [day.keys[name] for name in day.keys if name and name in asked] or [""]
        strategies = [operation.as_strategy(generation_mode=mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)]

        @settings(
            max_examples=12 if LONG else 3,
            derandomize=not LONG,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        @given(st.one_of(strategies), st.sampled_from([*whose * 3, *day.keys.values()]), st.integers(0, 999))
        def holds(case: Case, key: str, place: int) -> None:
            meant(day, case, place)
            case.headers.pop("Authorization", None)
            before = day.kept() if case.method == "POST" else ""
            answer = case.call(base_url=day.server.base, headers={"Authorization": f"Bearer {key}"} if key else {}, timeout=PATIENCE)
            done[str(answer.status_code)] += 1
            case.validate_response(answer, checks=CHECKS)
            if before and answer.status_code >= 400:
                assert day.kept() == before, f"refused, and yet something changed: {case.as_curl_command()}"

        holds()
    print(dict(done))
    tally("Requests of any form over HTTP", tries=done.total(), refused=done.total() - done["200"] - done["204"])


def test_the_description_is_served_whole_and_says_of_each_act_its_verbs(day: Day) -> None:
    told = Client(day.server).ask("GET", "/openapi.json").json
    act = told["paths"]["/s/{code}/act"]["post"]
    verbs = act["requestBody"]["content"]["application/json"]["schema"]["properties"]["do"]["enum"]
    assert {"post", "vote", "open", "erase", "scribe"} <= set(verbs)
    assert act["summary"].startswith("The one address of acts")
    assert len(json.dumps(told)) < 200_000
