"""Owns the leaflet of the rules: what it says of a sheet's game, on two pages that anyone understands in five minutes."""

from collections.abc import Mapping
from typing import Any

from facilitate.activities.exchange.balance import SENTENCES, TIMES
from facilitate.activities.exchange.game import WEIGHTS
from facilitate.activities.exchange.rounds import ROUNDS, Round, Timed, rounds
from facilitate.core.words import N_, Say

LEAFLET = N_("The rules, two pages")

_DONE: Mapping[Round, str] = {
    "rules": N_("We read this sheet. Each team decides who holds the pen and who travels."),
    "inventory": N_("Write what you offer and what you need: three to six things of each, as precise as you can."),
    "negotiation": N_("Envoys leave, tables receive them. Bargain aloud, then write what you propose; the other team answers."),
    "balancing": N_("Read where you stand. Given much and received little? Propose what is missing: these are the last exchanges."),
    "signature": N_("Nothing new is proposed. With the other team, read your basket again, then sign it."),
    "debrief": N_("What surprised us? What cannot be exchanged? Which basket could really start?"),
}
_AGAIN = N_("The same, with others: whom have you not met yet?")
_SEATED: Mapping[str, str] = {
    "chosen": N_("You choose it as the game begins."),
    "welcome": N_("You play your own."),
}
_GIVEN = N_("You are told which one you play.")
_OPTIONS: Mapping[str, tuple[str, str]] = {
    "circles": (
        N_("Circles"),
        N_("Nobody to give to and get from at once? Look for a third: A gives to B, B gives to C, C gives to A. All three must agree."),
    ),
    "quantities": (
        N_("Quantities"),
        N_("Say how much: 200 meals, 3 days. More can never be promised than was offered: whoever agrees first has it."),
    ),
    "money": (N_("Money"), N_("A sum in euros may complete an exchange. It weighs nothing in the balance: only goods and services do.")),
    "events": (
        N_("Events"),
        N_("The facilitator may read out a card, a drought for example. Then look at your exchanges again: what changes?"),
    ),
}
_LONGEST, _MANY = 80, 40  # signs of a name, and families, that there is room for


def leaflet(settings: Mapping[str, Any], known: list[tuple[str, str]], goods: list[tuple[str, list[str]]], say: Say) -> dict[str, Any]:
    """``known``: the territories, each (name, who lives there); ``goods``: the families, each (name, goods)."""
    timed = rounds(settings)
    named = [(_short(name), ones) for name, ones in goods[:_MANY]]
    ours = not settings["catalogue"]
    return {
        "head": say(LEAFLET),
        "lead": say(
            N_(
                "Each team plays a territory. Say what you can offer and what you need, bargain aloud with the other teams, and agree on"
                " exchanges that suit both."
            )
        )
        + " "
        + (
            say(N_("All that two territories exchange makes their basket, which both sign at the end."))
            if any(one.kind == "signature" for one in timed)
            else say(N_("All that two territories exchange makes their basket."))
        ),
        "aim": say(N_("Nobody wins alone: a good game is one where each has given, has received, and would sign again.")),
        "who": (say(N_("Who plays")), _who(settings, say)),
        "teams": (say(N_("The territories")), [(_short(name), about) for name, about in known]),
        "rounds": (
            say(N_("The rounds")),
            [say(N_("Round")), say(N_("Minutes")), say(N_("What we do"))],
            [(_called(one, say), one.minutes, say(_done(one))) for one in timed],
            say(N_("In all")),
            sum(one.minutes for one in timed),
        ),
        "how": (say(N_("An exchange, step by step")), _steps({one.kind for one in timed}, say)),
        "example": _example({one.kind for one in timed}, say),
        "balance": _balance(say),
        "options": (say(N_("Also today")), [(say(name), say(text)) for key, (name, text) in _OPTIONS.items() if settings[key]]),
        "families": (
            say(N_("What may be exchanged")),
            say(N_("Pick from these, or write something else: it need not be on any list.")),
            [(name, ones[:3] if ours else ones) for name, ones in named],
            "…" if len(goods) > _MANY else "",
        ),
    }


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST]}…"


def _who(settings: Mapping[str, Any], say: Say) -> list[tuple[str, str]]:
    seated = say(_SEATED.get(settings["how"], _GIVEN))
    return [
        (say(N_("The territory")), say(N_("Your team, one to eight people. %(seated)s"), seated=seated)),
        (
            say(N_("The pen")),
            say(N_("One person writes, answers and signs for all, on a phone or on paper. The pen may change hands at any moment.")),
        ),
        (say(N_("The envoy")), say(N_("Goes from table to table and bargains. A large team may send several."))),
        (say(N_("Whoever stays")), say(N_("Receives the envoys of others, and keeps count of what you have promised."))),
        ("", say(N_("In a small team one person does several of these."))),
    ]


def _called(one: Timed, say: Say) -> str:
    return say(ROUNDS[one.kind]) + (f" {one.number}" if one.of > 1 else "")


def _done(one: Timed) -> str:
    return _DONE[one.kind] if one.number == 1 else _AGAIN


def _steps(kinds: set[Round], say: Say) -> list[tuple[str, str]]:
    leave = (
        N_("Until the debrief a team may still leave an exchange, and says why. What it had promised is free again.")
        if "debrief" in kinds
        else N_("Until the end a team may still leave an exchange, and says why. What it had promised is free again.")
    )
    return [
        (
            say(N_("Propose")),
            say(
                N_(
                    "“We give … for …”: one to four things each way; for how long, on what conditions, what to watch."
                    " A gift is welcome: say why."
                )
            ),
        ),
        (say(N_("Reply")), say(N_("The other team accepts, declines, or proposes something else, as often as it takes."))),
        (
            say(N_("Weigh")),
            say(
                N_(
                    "As you accept, say what giving costs you, the effort, and what receiving is worth to you, the usefulness:"
                    " small, medium or large."
                )
            ),
        ),
        (say(N_("Agree")), say(N_("It is agreed once both have accepted the same words. Not before."))),
        *(
            [(say(N_("Sign")), say(N_("At the end, both teams read their whole basket again and sign it.")))]
            if "signature" in kinds
            else []
        ),
        (say(N_("Leave")), say(leave)),
    ]


def _example(kinds: set[Round], say: Say) -> dict[str, Any]:
    """Firewood for a doctor's visits, as on the wall: from the inventory to the basket."""
    _, once, twice, *_ = map(say, TIMES)
    named, owed = {kind: say(name) for kind, name in ROUNDS.items()}, SENTENCES["owed"]
    parts = [
        (
            named["inventory"],
            [
                (say(N_("The forest offers")), say(N_("firewood; school classes outdoors"))),
                (say(N_("The forest looks for")), say(N_("a doctor"))),
                (say(N_("The town offers")), say(N_("a doctor’s visits; a repair workshop"))),
                (say(N_("The town looks for")), say(N_("heat for its school"))),
            ],
        ),
        (
            say(N_("Propose")),
            [
                (
                    say(N_("The forest to the town")),
                    say(
                        N_(
                            "“We give firewood for your school. We get a doctor, two days a month. For one year."
                            " To watch: wood dries slowly.”"
                        )
                    ),
                )
            ],
        ),
        (
            say(N_("Reply")),
            [
                (say(N_("The town to the forest")), say(N_("“Two days is a lot. Would you also host two of our classes in spring?”"))),
                (say(N_("The forest")), say(N_("“Accepted.” Both have agreed to the same words."))),
            ],
        ),
        (
            say(N_("Weigh")),
            [
                (say(N_("The forest")), ", ".join((say(WEIGHTS[1][0]), say(WEIGHTS[3][1])))),
                (say(N_("The town")), ", ".join((say(WEIGHTS[2][0]), say(WEIGHTS[3][1])))),
            ],
        ),
    ]
    if "balancing" in kinds:
        parts.append(
            (
                named["balancing"],
                [
                    (say(N_("The forest reads")), say(owed, given=twice, received=once)),
                    (say(N_("The town proposes")), say(N_("“We mend your tools in our workshop.” “Gladly.”"))),
                ],
            )
        )
    return {
        "head": say(N_("An example")),
        "parts": parts,
        "basket": {
            "head": say(N_("The basket of the forest and the town")),
            "sides": [
                (say(N_("The forest gives")), [say(N_("firewood for the school")), say(N_("two classes in spring"))]),
                (
                    say(N_("The town gives")),
                    [say(N_("a doctor, two days a month")), *([say(N_("tools mended in its workshop"))] if "balancing" in kinds else [])],
                ),
            ],
            "foot": say(N_("For one year. To watch: wood dries slowly."))
            + (" " + say(N_("Signed by both.")) if "signature" in kinds else ""),
        },
    }


def _balance(say: Say) -> tuple[str, str, list[str], str]:
    said = [say(SENTENCES[key], given=say(TIMES[2]), received=say(TIMES[2])) for key in ("unrewarded", "indebted", "even")]
    return (
        say(N_("Reading the balance")),
        say(N_("No points and no ranking. A sentence tells where you stand, and whom to look for:")),
        said,
        say(N_("Only what is agreed counts. You want an exchange to be uneven? That is allowed: say why."))
        + " "
        + say(N_("Efforts and usefulness are for the debrief and the report: is it even there too?")),
    )
