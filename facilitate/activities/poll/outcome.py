"""Owns how the restitution tells a poll: a chart with its table for each way of answering, and its sentence."""

from facilitate.activities.poll.figures import Phrase, Result, Row
from facilitate.activities.poll.forms import Asked
from facilitate.core.activity import Policy
from facilitate.core.counts import WAYS
from facilitate.core.tree import Chart
from facilitate.core.words import N_


def drawn(poll: Asked, result: Result, policy: Policy, *, apart: bool) -> Chart:
    """One way of answering; ``apart``: there are several, each says which it is."""
    rows = tuple((_label(poll, one, policy), float(one.count), _value(one, policy)) for one in result.rows)
    heads = {"gradient": N_("Degree of agreement"), "scale": N_("Degree"), "number": N_("Number")}
    label = policy.say(heads.get(poll.form, N_("Answer")))
    caption = policy.say(N_("How many people gave each answer"))
    caption = f"{caption} · {policy.say(WAYS[result.by])}" if apart or result.by else caption
    return Chart(caption, label, policy.say(N_("People")), rows, sentence(poll, result, policy), most=result.people)


def in_brief(result: Result, policy: Policy) -> str:
    """How many took part, and not a word of what they chose."""
    people = _said("", result.said[0], policy)
    return f"{policy.say(WAYS[result.by])}. {people}" if result.by else people


def sentence(poll: Asked, result: Result, policy: Policy) -> str:
    """What the figures say, in one line."""
    return " ".join(_said(poll.unit, one, policy) for one in result.said)


def _said(unit: str, one: Phrase, policy: Policy) -> str:
    if one.many:
        return policy.count(one.text, one.many, one.count)
    figures = {name: with_unit(getattr(one, name), unit, policy) for name in ("mean", "median", "low", "high")}
    return policy.say(one.text, share=policy.figure(one.share), label=policy.say(one.label) if one.label else "", **figures)


def with_unit(value: float, unit: str, policy: Policy) -> str:
    """'12,5 km', which no line breaks."""
    return f"{policy.figure(value)}\u00a0{unit}" if unit else policy.figure(value)


def _value(one: Row, policy: Policy) -> str:
    return f"{policy.figure(one.count)} {policy.say(N_('(%(share)s%%)'), share=policy.figure(one.percent))}"


def _label(poll: Asked, one: Row, policy: Policy) -> str:
    text = policy.say(one.text) if one.text else ""
    if one.gone:
        return policy.say(N_("%(answer)s (no longer proposed)"), answer=text)
    if one.low is None:
        return text
    if one.high is not None:
        bounds = {"low": policy.figure(one.low), "high": with_unit(one.high, poll.unit, policy)}
        return policy.say(N_("%(low)s to %(high)s") if one.up else N_("%(low)s to less than %(high)s"), **bounds)
    return ", ".join(part for part in (with_unit(one.low, poll.unit, policy), text) if part)
