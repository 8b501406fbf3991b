"""Owns the contribution that a day sends: the text drafted together, as a letter of its own, without the day around it."""

from dataclasses import replace

from facilitate.core.activity import ActivityType, Kinds, Letter
from facilitate.core.state import SessionState, Step
from facilitate.core.tree import Document, Facts, Node, Paragraph, Section
from facilitate.core.words import N_
from facilitate.language import Language
from facilitate.restitution import typography
from facilitate.restitution.build import Building


def drafts(state: SessionState, kinds: Kinds) -> bool:
    """Whether a step of the day drafts one."""
    opened = (kinds.get(step.activity.kind) for step in state.ordered if step.opened)
    return any(type(kind).letter is not ActivityType.letter for kind in opened if kind)


def contribution(state: SessionState, kinds: Kinds, language: Language, step: str = "") -> Document | None:
    """To whom, from whom, the positions with how far all agree, what diverges, who signs. ``step`` the one that made it, the first one that
    did where none is named; None where no step of the day makes such a text."""
    made = Building(state, kinds, language)
    # The annex of the day is not sent along: no number of it either.
    made.policy = replace(made.policy, numbers={})
    for one in made.body.ordered:
        kind = kinds.get(one.activity.kind)
        if kind is not None and one.opened and step in ("", one.activity.id):
            sources = made.body.sources(one, kinds)
            if letter := kind.letter(one.activity, made.body.summaries[one.activity.id], sources, made.policy):
                return _sent(made, one, letter)
    return None


def _sent(made: Building, step: Step, letter: Letter) -> Document:
    say, agenda, edition, anchor = made.say, made.state.agenda, made.state.edition, f"step-{step.activity.id}"
    day = typography.date(agenda.date, made.language.name) if len(agenda.date) == 10 else agenda.date
    before = tuple(one for one in letter.children if not isinstance(one, Section))
    children: list[Node] = [Section(say(N_("Why this contribution")), "preamble", before)] if before else []
    children += [one for one in letter.children if isinstance(one, Section)]
    done = {"place": agenda.place, "date": day}
    closing = say(N_("Done in %(place)s on %(date)s."), **done) if agenda.place and day else ""
    signed = (*((Paragraph(closing),) if closing else ()), *letter.signatories)
    if not letter.signatories:
        signed = (*signed, Paragraph(say(N_("It bears no signature yet.")), "note"))
    children.append(Section(say(N_("Signatories")), "signatories", signed))
    note = say(N_("Degrees of agreement were given by each person alone, then shown together. The day’s report holds every amendment."))
    children.append(Section(say(N_("Method")), "method", (Paragraph(note),)))
    whole = made.plain()
    labels = (N_("Who"), N_("Version"))
    pairs = (
        (say(N_("To")), letter.to),
        (say(N_("From")), agenda.host),
        (say(N_("Prepared on")), ", ".join(filter(None, (day, agenda.place)))),
        *(pair for pair in whole.facts.pairs if pair[0] in map(say, labels)),
    )
    return replace(
        whole,
        title=edition.text(anchor, "title") or step.activity.title,
        subtitle=agenda.title,
        facts=Facts(tuple((label, text) for label, text in pairs if text)),
        children=tuple(one for one in children if isinstance(one, Section)),
        # What is said to those who write is no part of what they send.
        mentions=tuple(one for one in whole.mentions if one not in agenda.notices.values()),
        kind=say(N_("Joint contribution")),
    )
