"""PostgreSQL that crashes, or hangs, while fifty phones post: each is asked to wait, and what they wrote arrives once when it is back."""

import asyncio

import pytest
from faults.phones import SHEET, Phones, posts
from harness.loop import run
from harness.tally import LONG, rounds
from web.http import Client, console, joined

SAID = "L’ordinateur de la salle ne peut pas enregistrer pour l’instant. Votre texte est gardé et partira seul."


@pytest.mark.parametrize("way", ["crashes", "hangs"])
def test_a_database_that_is_gone_has_acts_wait_and_none_lost(server, own_postgres, tally, way):
    own_postgres.start()
    day = server(SHEET, "--database-url", own_postgres())
    phones, tries = Phones(day, 50 if LONG else 16, 1, pause=0.15), 0
    anna = joined(day, name="Élue 1")
    go, come = (own_postgres.stop, own_postgres.start) if way == "crashes" else (own_postgres.hang, own_postgres.go_on)

    def look() -> None:
        """What needs no database answers, whoever else waits for it."""
        assert Client(day).get("/healthz").status == 200
        assert Client(day).get("/readyz").status == 503
        for page in (f"/s/{day.code}/region/now", f"/s/{day.code}/region/mine"):
            assert anna.get(page).status == 200
        assert console(day).get(f"/s/{day.code}/region/console").status == 200

    async def drive() -> None:
        nonlocal tries
        for _ in rounds(1, 6):
            before = len(phones.kept)
            await phones.until(lambda before=before: len(phones.kept) > before + 10)
            await asyncio.to_thread(go)
            before = len(phones.later)
            await phones.until(lambda before=before: len(phones.later) > before + 10)
            await asyncio.to_thread(look)
            await asyncio.to_thread(come)
            tries += 1

    run(phones.play(drive), 400)
    assert {(answer["later"], answer["code"]) for answer in phones.later} == {(SAID, "storage")}
    assert phones.refused == []
    assert (phones.cut, phones.silent) == (0, 0), "nobody is left without an answer, no line ends"
    tally(f"PostgreSQL {way}", tries=tries, acknowledged=phones.kept, kept=posts(day.where), refused=len(phones.later))
