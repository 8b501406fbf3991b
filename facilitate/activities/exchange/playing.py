"""Owns how the basket game is rehearsed: what simulated teams offer, need, propose, answer and sign, and how their facilitator drives."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from facilitate.activities.exchange.catalogue import FAMILIES
from facilitate.core.activity import Gesture, Voice

_LIVES = (
    ("skills health culture waste jobs", "food landscape water wood tourism"),
    ("mobility jobs culture waste housing", "health food energy tourism solidarity skills"),
    ("food water tourism land", "mobility wood jobs waste culture energy"),
    ("energy food housing landscape", "health skills culture mobility wood solidarity"),
    ("wood landscape tourism water energy", "skills mobility health food jobs solidarity"),
)
"""What each of our territories has and lacks, in their order, so that what one lacks another has: keys of our families."""

_OFFERS, _NEEDS = (3, 6), (2, 4)
_PACES: Mapping[str, tuple[str, ...]] = {
    "rules": ("rules",),
    "inventory": ("goods",),
    "negotiation": ("goods", "flows"),
    "balancing": ("goods", "flows"),
    "signature": ("flows", "baskets"),
    "debrief": ("debrief",),
}
"""What the wall shows during a round, one after the other; then its end is announced, but that of the rules."""

Left = dict[str, int]
"""How much of each counted good there is, what was said since the screen was read taken off; nothing where goods are not counted."""


def rehearsed(view: Mapping[str, Any], voice: Voice) -> tuple[Gesture, ...]:
    """Chooses a territory; whoever holds the pen writes for all; each has their say in the debrief."""
    team, kind = view["team"], view["round"]["kind"]
    if kind == "debrief":
        return tuple(_debriefed(view, voice))
    if team is None:
        return tuple(_seated(view, voice))
    if not team["pen"]["mine"]:
        return tuple(_beside(view, voice))
    done = [*_inventory(view, voice)] if kind in ("inventory", "negotiation") else []
    if kind in ("negotiation", "balancing", "signature"):
        left: Left = {}
        if view["options"]["quantities"]:
            left = {one["id"]: one["left"] for one in (*view["offers"], *(one for other in view["others"] for one in other["offers"]))}
        done += _answered(view, voice, left)
        done += _signed(view, voice) if kind == "signature" else _proposed(view, voice, left)
    if kind == "balancing" and len(view["bound"]) > 2 and not view["ended"] and voice.chance(0.4):
        done.append(Gesture("leave", {"why": voice.says("deal left", 200)}, view["bound"][0]["id"]))
    heirs = [one["id"] for one in team["members"] if one["phone"] and not one["me"]]
    if done and heirs and voice.chance(0.05):
        done.append(Gesture("pen", {"to": voice.pick(heirs)}))
    return tuple(done)


def _seated(view: Mapping[str, Any], voice: Voice) -> Iterator[Gesture]:
    """Where one chooses: one's own territory, else any that has room."""
    free = [one for one in view["choices"] if not one["full"]]
    if free:
        own = [one for one in free if one["own"]]
        yield Gesture("play", {"team": voice.pick(own or free)["key"]})


def _beside(view: Mapping[str, Any], voice: Voice) -> Iterator[Gesture]:
    """Whoever does not write takes a pen that nobody holds, or that of whoever forgets to sign; or a role that nobody has."""
    team = view["team"]
    signs = view["round"]["kind"] == "signature" and not all(one["mine"] for one in view["baskets"]) and voice.chance(0.3)
    if signs or not team["pen"]["taken"]:
        yield Gesture("pen")
    if signs:
        yield from _signed(view, voice)
    if not team["role"] and voice.chance(0.5):
        roles = {one["role"] for one in team["members"]}
        free = [one for one in ("envoy", "keeper") if one not in roles]
        if free:
            yield Gesture("role", {"role": free[0]})


# The inventory


def _inventory(view: Mapping[str, Any], voice: Voice) -> Iterator[Gesture]:
    """A few goods at a time, each of a family that has not been said yet."""
    counted = view["options"]["quantities"]
    for side, (least, most) in (("offer", _OFFERS), ("need", _NEEDS)):
        held = view[f"{side}s"]
        families = _families(view, side)
        known = {one["family"] for one in held}
        fresh = [one for one in families if one["key"] not in known]
        for place in range(3):
            if len(held) + place >= most or (len(held) + place >= least and not voice.chance(0.4)):
                break
            family = voice.pick(fresh or families)
            fresh = [one for one in fresh if one is not family]
            content = _good(side, family, voice)
            if counted:
                content |= {"quantity": voice.whole(3, 12) if side == "offer" else 0, "unit": voice.says("deal unit", 30)}
            yield Gesture("post", content)


def _families(view: Mapping[str, Any], side: str) -> list[Mapping[str, Any]]:
    """The families of which this team has something, or lacks it. Of a sheet's own, its territories share those there are."""
    keys, all = [one["key"] for one in view["teams"]], view["families"]
    place = keys.index(view["team"]["key"])
    if {one["key"] for one in all} == {one.key for one in FAMILIES}:
        mine = _LIVES[place % len(_LIVES)][side == "need"].split()
        return [one for one in all if one["key"] in mine]
    return [one for n, one in enumerate(all) if (n % min(len(all), 3) == place % min(len(all), 3)) == (side == "offer")] or all


def _good(side: str, family: Mapping[str, Any], voice: Voice) -> dict[str, Any]:
    """Of our families it is freely written; of a sheet's, one of the goods it names, said more precisely."""
    if family["goods"] and family["key"] not in {one.key for one in FAMILIES}:
        text = voice.says("deal precision", 140) if voice.chance(0.6) else ""
        return {"side": side, "what": f"{family['key']}/{voice.pick(family['goods'])[:60]}", "text": text}
    about = f"{'gives' if side == 'offer' else 'lacks'} {family['key']}, {side}"
    return {"side": side, "what": family["key"], "text": voice.says(about, 140)}


# Exchanges


def _answered(view: Mapping[str, Any], voice: Voice, left: Left) -> Iterator[Gesture]:
    """Agrees, mostly, and weighs; proposes something else, or declines and says why."""
    mine, bargaining = view["team"]["key"], view["round"]["kind"] != "signature"
    for deal in view["waiting"]:
        ours = deal["author"] == mine
        enough = all(line["quantity"] <= left.get(line["good"], 0) for line in _lines(deal)) if left else True
        if ours and not enough:
            yield _declined(deal, voice)
        elif enough and voice.chance(0.95 if ours else 0.8 if deal["number"] > 1 else 0.62):
            if all(one["agreed"] for one in deal["parties"] if one["key"] != mine):
                _take(_lines(deal), left)
            yield Gesture("agree", _weighed(deal, mine, voice), deal["version"])
        elif enough and bargaining and not (ours or deal["circle"]) and deal["number"] < 3 and voice.chance(0.5):
            yield Gesture("counter", _otherwise(deal, mine, voice), deal["id"])
        elif not ours and voice.chance(0.6):
            yield _declined(deal, voice)


def _declined(deal: Mapping[str, Any], voice: Voice) -> Gesture:
    return Gesture("decline", {"why": voice.says("deal why", 200)} if voice.chance(0.85) else {}, deal["version"])


def _lines(deal: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [line for flow in deal["flows"] for line in flow["lines"]]


def _take(lines: Sequence[Mapping[str, Any]], left: Left) -> None:
    for line in lines:
        if line["good"] in left:
            left[line["good"]] -= line["quantity"]


def _weighed(deal: Mapping[str, Any], mine: str, voice: Voice) -> dict[str, int]:
    """What giving costs and what receiving is worth, each where there is something."""
    there = [flow for flow in deal["flows"] if flow["lines"] or flow["money"]]
    gives, gets = (any(flow[way] == mine for flow in there) for way in ("from", "to"))
    return ({"effort": voice.pick((1, 1, 2, 2, 3))} if gives else {}) | ({"use": voice.pick((1, 2, 2, 3, 3))} if gets else {})


def _otherwise(deal: Mapping[str, Any], mine: str, voice: Voice) -> dict[str, Any]:
    """The same goods, said more precisely on one side, with conditions of our own."""
    content: dict[str, Any] = {key: deal[key] for key in ("conditions", "duration", "watch", "reason") if deal[key]}
    for flow in deal["flows"]:
        way = "give" if flow["from"] == mine else "get"
        content[way] = [{key: line[key] for key in ("good", "text", "quantity")} for line in flow["lines"]]
        content |= {f"{way}_money": flow["money"]} if flow["money"] else {}
    way = voice.pick([one for one in ("give", "get") if content[one]])
    content[way][0]["text"] = voice.says("deal precision", 140)
    about, limit = voice.pick((("condition", 280), ("watch", 280), ("duration", 80)))
    return content | {"conditions" if about == "condition" else about: voice.says(f"deal {about}", limit)}


def _proposed(view: Mapping[str, Any], voice: Voice, left: Left) -> Iterator[Gesture]:
    """What the suggestions say: a circle, else something to one or two territories with which nothing is on the table."""
    busy = {one["key"] for deal in (*view["waiting"], *view["sent"]) for one in deal["parties"]}
    circle = _circle(view, voice, left)
    if circle:
        yield Gesture("propose", circle | _terms(voice))
        return
    for _ in range(2 if voice.chance(0.4) else 1):
        content = _gift(view, busy, voice, left) or _swap(view, busy, voice, left)
        if content is None:
            return
        busy.add(content["to"])
        yield Gesture("propose", content | _terms(voice))


def _circle(view: Mapping[str, Any], voice: Voice, left: Left) -> dict[str, Any] | None:
    """A circle that would close and that nobody has proposed."""
    known = [{party["key"] for party in deal["parties"]} for deal in (*view["waiting"], *view["sent"])]
    for one in view["circles"]:
        if set(one["parties"]) not in known and all(_some(line["good"], left) for line in one["lines"]) and voice.chance(0.7):
            lines = {line["from"]: {"good": line["good"]} | ({"quantity": 1} if left else {}) for line in one["lines"]}
            _take([*lines.values()], left)
            return {"circle": one["parties"], "lines": lines}
    return None


def _suggested(view: Mapping[str, Any], key: str, busy: set[str], left: Left) -> list[Mapping[str, Any]]:
    return [one for one in view[key] if one["key"] not in busy and _some(one["offer"]["id"], left)]


def _gift(view: Mapping[str, Any], busy: set[str], voice: Voice, left: Left) -> dict[str, Any] | None:
    """What another needs and we have, for nothing: the more so where one has received more."""
    asked = _suggested(view, "asked", busy, left)
    if not asked or not voice.chance(0.3 if view["balance"]["key"] in ("indebted", "owing") else 0.07):
        return None
    one = voice.pick(asked)
    return {"to": one["key"], "give": [_line(one["offer"], voice, left)], "reason": voice.says("deal reason", 200)}


def _swap(view: Mapping[str, Any], busy: set[str], voice: Voice, left: Left) -> dict[str, Any] | None:
    """What we need for what they need, else for something we have; two things for one now and then."""
    wanted, asked = (_suggested(view, key, busy, left) for key in ("wanted", "asked"))
    met = {one["key"] for one in asked}
    both = [one for one in wanted if one["key"] in met]
    if not both and not (wanted and voice.chance(0.4)):
        return None
    one = voice.pick(both or wanted)
    back = {ask["offer"]["id"]: ask["offer"] for ask in asked if ask["key"] == one["key"]}
    give = list(back.values()) or [offer for offer in view["offers"] if offer["status"] == "shown" and _some(offer["id"], left)]
    if not give:
        return None
    uneven = len(back) > 1 and voice.chance(0.5)
    chosen = give[:2] if uneven else [voice.pick(give)]
    content = {
        "to": one["key"],
        "give": [_line(good, voice, left) for good in chosen],
        "get": [_line(one["offer"], voice, left)],
    }
    if view["options"]["money"] and voice.chance(0.3):
        content[voice.pick(("give_money", "get_money"))] = voice.whole(1, 12) * 500
    return content | ({"reason": voice.says("deal reason", 200)} if uneven else {})


def _some(good: str, left: Left) -> bool:
    return not left or left.get(good, 0) > 0


def _line(good: Mapping[str, Any], voice: Voice, left: Left) -> dict[str, Any]:
    line: dict[str, Any] = {"good": good["id"]}
    if voice.chance(0.35):
        line["text"] = voice.says("deal precision", 140)
    if left:
        line["quantity"] = voice.whole(1, min(4, left[good["id"]]))
        _take([line], left)
    return line


def _terms(voice: Voice) -> dict[str, str]:
    said = (("conditions", "deal condition", 280, 0.6), ("duration", "deal duration", 80, 0.7), ("watch", "deal watch", 280, 0.5))
    return {key: voice.says(about, limit) for key, about, limit, often in said if voice.chance(often)}


# Baskets and debrief


def _signed(view: Mapping[str, Any], voice: Voice) -> Iterator[Gesture]:
    """Most baskets; what has just changed is read again first."""
    if any(deal["status"] == "open" for deal in view["waiting"]):
        return
    for basket in view["baskets"]:
        if not basket["mine"] and voice.chance(0.85):
            yield Gesture("sign", {"deals": basket["joined"]}, basket["key"])


def _debriefed(view: Mapping[str, Any], voice: Voice) -> Iterator[Gesture]:
    if not view["told"] and voice.chance(0.5):
        texts = {key: voice.says(f"game {key}", 280) for key in ("surprise", "cannot") if voice.chance(0.7)}
        yield Gesture("tell", texts or {"surprise": voice.says("game surprise", 280)})
    if not view["started"] and voice.chance(0.35):
        said = (("whom", "game whom", 140, 0.8), ("first", "game first", 200, 0.8), ("obstacle", "game obstacle", 200, 0.6))
        content = {key: voice.says(about, limit) for key, about, limit, often in said if voice.chance(often)}
        baskets = view.get("baskets", ())
        if baskets and voice.chance(0.6):
            content["basket"] = voice.pick(baskets)["key"]
        yield Gesture("start", content | {"what": voice.says("game start", 280)})


# The facilitator


def conducted(view: Mapping[str, Any]) -> Gesture | None:
    """Seats whoever stands; goes through what the wall shows in each round, announces its end, then goes on to the next; plays one event
    card in the last negotiation."""
    if not any(view["people"].values()):
        return None
    seats = len(view["teams"]) > 1 and any(one["free"] for one in view["teams"])
    if view["unplaced"] and seats and (view["made"] or view["round"]["n"] or view["how"] not in ("chosen", "welcome")):
        return Gesture("form")
    now, kind = view["round"], view["round"]["kind"]
    if kind == "negotiation" and now["number"] == now["of"] and view["deck"] and not view["events"]:
        return Gesture("event", {"card": view["deck"][0]["n"]})
    if kind == "balancing" and view["event"]:
        return Gesture("event", {"off": True})
    paces = _PACES[kind]
    if not now["announced"]:
        place = paces.index(view["listing"]) + 1 if view["listing"] in paces else 0
        if place < len(paces):
            return Gesture("listing", {"as": paces[place]})
        if kind != "rules":
            return Gesture("ending", {"minutes": 2})
    return None if now["last"] else Gesture("round", {"round": now["n"] + 1})
