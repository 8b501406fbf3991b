"""Owns what people write in the game, and correct: the goods of their team; in the debrief, what surprised them and what could start."""

from typing import Any

from facilitate.activities.exchange.asking import MOST_QUANTITY, STALE, Asking, Stop, unreadable
from facilitate.activities.exchange.catalogue import families
from facilitate.activities.exchange.game import CANNOT, FIRST, OBSTACLE, SURPRISE, TEXT, UNIT, WHAT, WHOM
from facilitate.core.activity import Accepted, Contribution
from facilitate.core.contribution import may_change
from facilitate.core.entry import Refused
from facilitate.core.words import N_

MOST_GOODS = 40
"""Offers and needs of one team: more are no longer read."""


class Writing(Asking):
    """An act that writes."""

    def _post(self) -> Accepted:
        team = self._writer()
        mine = list(self.held.goods(team=team))
        if len(mine) >= MOST_GOODS:
            text = N_("Your inventory holds %(most)s lines already: take one out first. Your text stays here.")
            raise Stop(Refused("too-many", text, {"most": MOST_GOODS}, 409))
        return Accepted({**self._good(), "team": team})

    def _edit(self) -> Accepted:
        mine = self._changed()
        if mine.content.get("is") in ("offer", "need"):
            self._unlocked(mine)
            # A form that asks for the words only, among one's cards, leaves the rest as it is.
            was = {"what": f"{mine.content['family']}/{mine.content['good']}"}
            self.content = {**was, **{key: mine.content[key] for key in ("quantity", "unit") if key in mine.content}, **self.content}
            said = self._good(str(mine.content["is"]), str(mine.content["family"]))
            if said["is"] != mine.content["is"]:
                raise Stop(unreadable("side"))
            return Accepted({**said, "team": mine.content["team"]})
        if mine.content.get("is") == "debrief":
            return Accepted({**self._debrief(), "team": mine.content["team"]})
        if mine.content.get("is") == "start":
            self.content = {"basket": mine.content["basket"], **self.content}
            return Accepted({**self._begun(str(mine.content["basket"])), "team": mine.content["team"]})
        raise Stop(Refused("not-edited", N_("A proposal is not rewritten: propose something else in its place."), status=409))

    def _withdraw(self) -> Accepted:
        mine = self._changed()
        if mine.content.get("is") not in ("offer", "need", "debrief", "start"):
            raise Stop(Refused("not-edited", N_("A proposal is not rewritten: propose something else in its place."), status=409))
        self._unlocked(mine)
        return Accepted({"team": mine.content["team"]})

    def _changed(self) -> Contribution:
        """The contribution to change: a good by whoever holds its team's pen now, anything else by its author."""
        found = self.held.contributions.get(self.act.on)
        if found is not None and found.content.get("is") in ("offer", "need") and not self.staff and found.status == "shown":
            if self._writer() != found.content["team"]:
                raise Stop(Refused("not-yours", N_("This is another team's: it cannot be changed from here."), status=403))
            if self.act.base is not None and self.act.base != found.edited:
                raise Stop(Refused("stale", STALE, status=409))
            return found
        mine = may_change(self.act, self.actor, self.held.contributions)
        if isinstance(mine, Refused):
            raise Stop(mine)
        return mine

    def _unlocked(self, good: Contribution) -> None:
        if good.content.get("is") == "offer" and good.id in self.held.standing():
            text = N_("This offer stands in an exchange: its words are what was agreed. Add another line instead.")
            raise Stop(Refused("promised", text, status=409))

    def _good(self, side: str = "offer", kept: str = "") -> dict[str, Any]:
        """A good as it is written; ``kept``: a family that it has already, which a revised sheet may no longer name."""
        side = str(self.content.get("side", side))
        if side not in ("offer", "need"):
            raise Stop(unreadable("side"))
        what = self.content.get("what", "")
        family, _, good = what.partition("/") if isinstance(what, str) else ("?", "", "")
        if (family and family not in {kept, *(one.key for one in families(self.settings))}) or len(good) > 60:
            raise Stop(Refused("unknown-family", N_("Choose a family in the list, or none."), field="what"))
        texts = self._texts(TEXT, UNIT)
        text = texts.get("text", "")
        if not good and not text:
            raise Stop(Refused("empty", N_("Say what it is, in a few words."), field="text"))
        said: dict[str, Any] = {"is": side, "family": family, "good": good, "text": text}
        if self.settings["quantities"]:
            quantity = self._number("quantity", MOST_QUANTITY)
            if side == "offer" and not quantity:
                raise Stop(Refused("no-quantity", N_("Say how much you offer: a whole number."), field="quantity"))
            said |= {"quantity": quantity, "unit": texts.get("unit", "")}
        return said

    # The debrief

    def _tell(self) -> Accepted:
        return Accepted(self._debrief())

    def _debrief(self) -> dict[str, Any]:
        texts = self._texts(SURPRISE, CANNOT)
        if not texts:
            raise Stop(Refused("empty", N_("Nothing is written yet. A few words in one field are enough."), field="surprise"))
        return {"is": "debrief", "team": self._whose(), **texts}

    def _start(self) -> Accepted:
        return Accepted(self._begun())

    def _begun(self, kept: str = "") -> dict[str, Any]:
        """What could start; ``kept``: the basket it was said of, which someone may have left since."""
        texts = self._texts(WHAT, WHOM, FIRST, OBSTACLE)
        basket = self.content.get("basket", "")
        if basket and (not isinstance(basket, str) or basket not in {kept, *self.held.baskets()}):
            raise Stop(Refused("no-basket", N_("There is no such basket."), field="basket"))
        return {"is": "start", "team": self._whose(), "basket": basket or "", **texts}

    def _whose(self) -> str:
        """The team of whoever writes, '' where they have none: everyone has something to say at the end."""
        if self.staff:
            return self._mine() if self.content.get("team") else ""
        return self.held.seats.get(self.actor.participant, "")
