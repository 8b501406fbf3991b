"""Owns the rules of the game as they are told: five lines and a small example, the same on the wall and on paper."""

from facilitate.core.words import N_

RULES = (
    N_("You are a territory. One phone of the team holds the pen; one of you travels, the others receive."),
    N_("First the inventory: what we can offer, what we need."),
    N_("Then bargain aloud: “we give … for …”. An exchange counts once both sides agree to the same words."),
    N_("Whoever gives says the effort, whoever receives the usefulness: small, medium or large."),
    N_("Seek balance: give as much as you receive. A gift is welcome, with its reason. At the end, sign the baskets."),
)
EXAMPLE = (
    N_("The forest gives firewood: a small effort, of large usefulness for the town."),
    N_("The town gives a doctor’s visits: a medium effort, of large usefulness for the forest."),
    N_("Both agree: it is an exchange. Together with their others, it makes their basket."),
)
GAME = N_("It is a game: nothing here binds anyone’s institution.")
