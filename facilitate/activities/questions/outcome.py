"""Owns what a restitution says of the questions: those answered, the answers to come, those still open, those set aside."""

from facilitate.activities.questions.asked import Asked, Reply
from facilitate.core.activity import Contribution, Policy
from facilitate.core.agenda import Activity
from facilitate.core.tree import Card, Node, Paragraph, Section, Table
from facilitate.core.words import N_

Group = tuple[list[Contribution], Reply]


def told_of(activity: Activity, held: Asked, policy: Policy) -> tuple[Node, ...]:
    """By what became of them, most support first; then, in a table, who still owes an answer, and when."""
    say, found = policy.say, list[Group]()
    for ones in held.groups():
        found.append((ones, held.reply(ones[0].id)))
    # Between two signed questions, the place of an anonymous one would be an hour: level ones stand by who signed, then by chance.
    found.sort(key=lambda one: (-len(held.supporters(one[0][0].id)), not one[0][0].by, one[0][0].n if one[0][0].by else 0, one[0][0].id))
    lede = (Paragraph(activity.settings["question"], "lede"),) if activity.settings["question"] else ()
    if not found:
        return (*lede, Paragraph(say(N_("No question was asked.")), "note"))
    of = {state: [one for one in found if one[1].state == state] for state in ("answered", "promised", "open", "aside")}
    parts: list[Node] = [*lede, Paragraph(_counts(len(found), len(of["answered"]), len(of["promised"]), policy))]
    titles = {
        "answered": N_("Answered questions"),
        "promised": N_("Answers to come"),
        "open": N_("Questions still open"),
        "aside": N_("Questions set aside"),
    }
    for state, title in titles.items():
        if of[state]:
            told = tuple(_card(ones, reply, held, policy) for ones, reply in of[state])
            parts.append(Section(say(title), f"{activity.id}-{state}", told))
    if unanswered := [*sorted(of["promised"], key=lambda one: one[1].date), *of["open"]]:
        head = (say(N_("Question")), say(N_("Who answers")), say(N_("By when")))
        rows = tuple(
            (_text(ones[0]), reply.who or held.put_to(ones[0].id) or "–", _day(reply, policy) or "–") for ones, reply in unanswered
        )
        table = Table(say(N_("Unanswered questions: who answers, when")), head, rows, said=(0,))
        parts.append(Section(say(N_("Unanswered questions")), f"{activity.id}-unanswered", (table,)))
    return tuple(parts)


def _counts(asked: int, answered: int, promised: int, policy: Policy) -> str:
    parts = [
        policy.count(N_("%(count)s question was asked"), N_("%(count)s questions were asked"), asked),
        policy.count(N_("%(count)s was answered"), N_("%(count)s were answered"), answered),
    ]
    if promised:
        parts.append(policy.count(N_("%(count)s answer is to come"), N_("%(count)s answers are to come"), promised))
    return ", ".join(parts) + "."


def _card(ones: list[Contribution], reply: Reply, held: Asked, policy: Policy) -> Card:
    say, first = policy.say, ones[0]
    fields: list[tuple[str, str]] = []
    if reply.state == "answered":
        label = say(N_("Answer by %(who)s"), who=reply.who) if reply.who else say(N_("Answer"))
        fields.append((label, reply.text or say(N_("Answered aloud; no note was taken."))))
    elif reply.state == "promised":
        fields += [(say(N_("Who answers")), reply.who), (say(N_("By when")), _day(reply, policy))]
    elif reply.state == "aside":
        fields.append((say(N_("Why it is set aside")), reply.text))
    if to := held.put_to(first.id) if reply.state in ("open", "aside") else "":
        fields.append((say(N_("To whom")), to))
    for one in ones[1:]:
        fields.append((say(N_("Asked too by %(name)s"), name=policy.signature(one)), _text(one)))
        # What had been answered to it before the two were united is not lost.
        own = held.replies.get(one.id)
        if own and own.state == "answered" and own.text:
            fields.append((say(N_("Answer by %(who)s"), who=own.who) if own.who else say(N_("Answer")), own.text))
    supports = policy.count(N_("%(count)s support"), N_("%(count)s supports"), len(held.supporters(first.id)))
    return Card(_text(first), tuple(fields), f"{policy.signature(first)} · {supports}", policy.number(first))


def _text(one: Contribution) -> str:
    return str(one.content.get("text", ""))


def _day(reply: Reply, policy: Policy) -> str:
    """'12 juillet 2023'."""
    return policy.day(reply.date) if reply.date else ""
