import random
import statistics
from collections import Counter

import pytest

from facilitate.core.agenda import Agenda
from facilitate.core.words import clean
from facilitate.rehearsal.people import TOPICS, TYPES, people_of, topic_of

AGENDA = Agenda("Villes et campagnes")
ABOUT = ("title", "context", "done", "results", "watch", "benefits", "keys", "reuse", "question", "useful", "keep", "will", "text")


def test_the_same_seed_gives_the_same_people_and_words_in_whatever_order_they_act():
    first, second = people_of(AGENDA, 30, 7), people_of(AGENDA, 30, 7)
    said = {one.place: [(one.says(about, 280), one.quiet(1), one.whole(0, 4)) for about in ABOUT] for one in first}
    random.Random(1).shuffle(second)
    for one in second:
        assert [(one.says(about, 280), one.quiet(1), one.whole(0, 4)) for about in ABOUT] == said[one.place]
    assert [one.profile for one in people_of(AGENDA, 60, 7)][:30] == [one.profile for one in first]
    assert [one.profile for one in people_of(AGENDA, 30, 8)] != [one.profile for one in first]


@pytest.mark.parametrize("limit", [1, 12, 40, 120, 280, 600])
def test_no_text_is_empty_blank_at_its_edges_or_over_the_limit(limit):
    for one in people_of(AGENDA, 150, 3):
        for about in (*ABOUT, "territory", "ou-le-trouver", "no such field"):
            text = one.says(about, limit)
            assert 0 < len(text) <= limit
            assert text == clean(text)


def test_a_long_text_ends_between_two_words_close_to_the_limit():
    texts = [one.says("vigilance", 280) for one in people_of(AGENDA, 300, 1)]
    near = [text for text in texts if len(text) > 250]
    whole = Counter(word.strip(".,;: ") for one in people_of(AGENDA, 300, 1) for word in one.says("vigilance", 5000).split())
    assert near
    assert all(text.split()[-1].strip(".,;: ") in whole for text in near)


def test_a_room_of_150_seldom_writes_the_same_sentence_twice():
    people = people_of(AGENDA, 150, 1)
    for about in ("title", "watch", "keys", "benefits", "reuse", "keep", "will", "useful", "expectation"):
        texts = [one.says(about, 280) for one in people]
        assert len(set(texts)) > 0.85 * len(texts), about


def test_twenty_people_tell_twenty_situations_and_someone_now_and_then_the_neighbour_s():
    stories = [{one.says("title", 280).casefold()[:40] for one in people_of(AGENDA, 20, seed)} for seed in range(20)]
    assert statistics.mean(map(len, stories)) > 19
    same = [people_of(AGENDA, 150, seed) for seed in range(3)]
    assert any(Counter(one.says("title", 280) for one in room).most_common(1)[0][1] > 1 for room in same)


def test_texts_are_as_long_as_people_write():
    lengths = [len(one.says(about, 600)) for one in people_of(AGENDA, 150, 1) for about in ABOUT]
    assert 60 < statistics.median(lengths) < 120
    assert 90 < statistics.median(len(one.says("title", 280)) for one in people_of(AGENDA, 150, 1)) < 160


def test_texts_hold_what_breaks_pages_and_what_people_type():
    said = " ".join(one.says(about, 600) for one in people_of(AGENDA, 300, 1) for about in ABOUT)
    for part in ("<b>", "{{", "&", "*", "’", "'", "🙂", "« "):
        assert part in said
    assert "{deux|" not in said
    assert ".." not in said


def test_a_card_stays_with_its_subject():
    about_food = ("cantine", "repas", "producteurs", "foyers se servent", "maraîchage")
    told = [(one.says("title", 280), one.says("results", 600)) for seed in range(5) for one in people_of(AGENDA, 150, seed)]
    moving = [results for title, results in told if "minibus" in title or "covoiturage" in title or "pédibus" in title]
    assert len(moving) > 5
    assert not any(word in results for results in moving for word in about_food)


@pytest.mark.parametrize(
    ("about", "topic"),
    [
        ("title", "situation"),
        ("what_to_watch", "vigilance"),
        ("what_we_did", "done"),
        ("what_we_offer", "offer"),
        ("vigilance", "vigilance"),
        ("question", "question"),
        ("l-experience-en-une-ou-deux-phrases", "situation"),
        ("qui-a-participe-et-comment", "who"),
        ("ce-que-cela-a-change", "result"),
        ("ce-qui-a-ete-difficile", "vigilance"),
        ("a-quoi-on-la-reconnait-sur-le-terrain", "sign"),
        ("Ce que nous pouvons apporter", "offer"),
        ("Avec quel territoire en parler", "territory"),
        ("Qu’attendez-vous de cette journée ?", "expectation"),
        ("gives wood, offer", "gives wood"),
        ("gives landscape, offer", "gives landscape"),
        ("lacks eau-et-assainissement, need", "lacks water"),
        ("gives silence, offer", "offer"),
        ("deal why", "deal why"),
        ("game whom", "game whom"),
        ("text", "remark"),
    ],
)
def test_a_field_gets_what_it_asks_for(about, topic):
    assert topic_of(about) == topic


def test_every_topic_has_its_own_words_in_both_languages():
    for seed in range(40):
        one = people_of(AGENDA, 1, seed)[0]
        remarks = {one.says("no such field", 5000) for _ in range(40)}
        for topic, stems in TOPICS.items():
            assert one.says(stems.split(", ")[0], 5000) not in remarks, topic


def test_people_are_a_mixed_room_of_made_up_labels():
    people = people_of(AGENDA, 300, 1)
    profiles = [one.profile for one in people]
    assert all(any(sign.isdecimal() for sign in one["name"]) for one in profiles if one["name"])
    assert all(any(sign.isdecimal() for sign in one["structure"]) for one in profiles if one["structure"])
    assert {one["type"] for one in profiles} == set(TYPES)
    assert 30 < sum(not one["name"] for one in profiles) < 75
    assert 20 < sum(not one["structure"] for one in profiles) < 60
    assert 150 < sum(one["named"] for one in profiles) < 210
    assert 8 < sum(one.language == "en" for one in people) < 40
    most, *_, least = [count for _, count in Counter(one["territory"] for one in profiles).most_common()]
    assert most > 4 * least
    kept = {one["territory"].strip().casefold() for one in profiles}
    assert len(kept) < len({one["territory"] for one in profiles})


def test_most_write_in_the_language_of_the_day_and_a_few_in_the_other():
    for language, other in (("fr", "en"), ("en", "fr")):
        spoken = Counter(one.language for one in people_of(Agenda("A day", language=language), 300, 1))
        assert 8 < spoken[other] < 40
        assert spoken[language] == 300 - spoken[other]


def test_people_say_what_the_sheet_proposes():
    agenda = Agenda("Jour", territories=("Ain", "Savoie"), structure_types=("Commune ou intercommunalité", "Groupe d’action locale"))
    profiles = [one.profile for one in people_of(agenda, 40, 1)]
    assert {one["type"] for one in profiles} == set(agenda.structure_types)
    assert {one["territory"].strip().casefold() for one in profiles} == {"ain", "savoie"}


def test_some_let_a_round_pass_and_few_send_twice():
    people = people_of(AGENDA, 500, 1)
    assert 100 < sum(one.quiet(0) for one in people) < 200
    assert 200 < sum(one.quiet(1) for one in people) < 300
    assert 5 < sum(one.impatient() for one in people) < 45
