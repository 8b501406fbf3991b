"""How well suggested themes agree with people's: `python bench/themes.py [FILE.jsonl]`, or the file's path in THEMES_DATA.

Each line of the file is an answer: {"question", "text", "labels": {label: how many readers gave it}}. Questions with at least 30
answers count; answers labelled 'Z Autres' or 'Sans réponse…' are left out, and the label that most readers gave is the one to find (the
first in the alphabet where several come level). The figure is the adjusted mutual information (AMI): 0 for groups by chance, 1 for the
same groups. It prints a table; nothing is asserted.
"""

import json
import os
import random
import statistics
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

DATA = Path(__file__).parents[2] / "shared" / "data" / "labelled-french.jsonl"
LEFT_OUT = ("Z Autres", "Sans réponse")
DRAWS = 5

Question = tuple[list[str], list[str]]


def questions(file: Path) -> list[Question]:
    """(texts, labels) of each question."""
    answers = defaultdict(list)
    for line in file.read_text("utf-8").splitlines():
        one = json.loads(line)
        answers[one["question"]].append((one["text"], min(one["labels"], key=lambda label: (-one["labels"][label], label))))
    kept = ([one for one in ones if not one[1].startswith(LEFT_OUT)] for ones in answers.values() if len(ones) >= 30)
    return [([text for text, _ in ones], [label for _, label in ones]) for ones in kept]


def cold(found: list[Question], group: Callable[[list[str]], Sequence[int]]) -> list[float]:
    """For each question, groups made of the words alone against the labels."""
    from sklearn.metrics import adjusted_mutual_info_score

    return [float(adjusted_mutual_info_score(labels, group(texts))) for texts, labels in found]


def draws(found: list[Question]) -> Iterator[tuple[int, list[str], list[str], list[int], list[int]]]:
    """(which question, texts, labels, three cards of each label drawn by chance, the others), ``DRAWS`` times each question. A label with
    three answers or fewer is a theme too, of which nothing is left to guess."""
    for place, (texts, labels) in enumerate(found):
        by_label = defaultdict(list)
        for at, label in enumerate(labels):
            by_label[label].append(at)
        for seed in range(DRAWS):
            drawn = random.Random(seed)  # noqa: S311 - draws cards, guards nothing
            shown = sorted(at for _, ones in sorted(by_label.items()) for at in drawn.sample(ones, min(3, len(ones))))
            yield place, texts, labels, shown, [at for at in range(len(texts)) if at not in set(shown)]


def warm(found: list[Question], guess: Callable[[list[str], list[tuple[int, str]], list[int]], Sequence[str]]) -> tuple[list[float], float]:
    """For each question, how the themes guessed for the cards not placed agree with their labels; and the share of right guesses."""
    from sklearn.metrics import adjusted_mutual_info_score

    agreements, right, guessed = defaultdict(list), 0, 0
    for place, texts, labels, shown, free in draws(found):
        themes = list(guess(texts, [(at, labels[at]) for at in shown], free))
        truth = [labels[at] for at in free]
        agreements[place].append(float(adjusted_mutual_info_score(truth, themes)))
        right += sum(one == other for one, other in zip(themes, truth, strict=True))
        guessed += len(free)
    return [statistics.mean(ones) for ones in agreements.values()], right / guessed


def line(name: str, found: list[Question], agreements: list[float], more: str = "") -> None:
    mean = statistics.mean(agreements)
    weighted = statistics.fmean(agreements, [len(texts) for texts, _ in found])
    print(f"  {name:<44} {mean:.2f}   {weighted:.2f}   {more}")


def measured(found: list[Question]) -> None:
    import numpy as np
    from sklearn.cluster import KMeans
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    from facilitate.activities.themes import suggesting
    from facilitate.activities.themes.stopwords import STOPWORDS

    def means(texts: list[str], **words: list[str]) -> Sequence[int]:
        told = TfidfVectorizer(**words).fit_transform(texts)
        return list(KMeans(max(2, round(1.5 * len(texts) ** 0.5)), n_init=10, random_state=0).fit_predict(told))

    def ours(texts: list[str], examples: list[tuple[int, str]], free: list[int]) -> Sequence[str]:
        told = suggesting.placed(texts, examples, free, {}, suggesting._stemmer(texts), {})
        return [theme for _, theme, _, _ in told]

    def nearest(texts: list[str], examples: list[tuple[int, str]], free: list[int]) -> Sequence[str]:
        told = TfidfVectorizer().fit_transform(texts)
        near = (told[free] @ told[[at for at, _ in examples]].T).toarray()
        return [examples[int(np.argmax(row))][1] for row in near]

    def logistic(texts: list[str], examples: list[tuple[int, str]], free: list[int]) -> Sequence[str]:
        told = TfidfVectorizer().fit_transform(texts)
        return list(
            LogisticRegression(C=10, max_iter=300).fit(told[[at for at, _ in examples]], [one for _, one in examples]).predict(told[free])
        )

    print(f"  {'AMI against the most given label':<44} mean   weighted by answers")
    print("  cold")
    line("plain TF-IDF, k-means", found, cold(found, means))
    line("TF-IDF without stop words, k-means", found, cold(found, lambda texts: means(texts, stop_words=sorted(STOPWORDS))))
    line("as suggested", found, cold(found, lambda texts: suggesting.grouped(texts, suggesting._stemmer(texts))))
    print("  three cards of each theme placed, scored on the others")
    for name, guess in (("plain TF-IDF, nearest card", nearest), ("plain TF-IDF, logistic regression", logistic), ("as suggested", ours)):
        agreements, right = warm(found, guess)
        line(name, found, agreements, f"{right:.0%} right")
    threshold(found)


def threshold(found: list[Question]) -> None:
    """What is really proposed: the cards above a likelihood that share a word with the theme, and how many of these places are right."""
    from facilitate.activities.themes import suggesting

    told = [
        (how if words else 0, labels[at] == theme)
        for _, texts, labels, shown, free in draws(found)
        for at, theme, how, words in suggesting.placed(
            texts, [(each, labels[each]) for each in shown], free, {}, suggesting._stemmer(texts), {}
        )
    ]
    for least in sorted({0.15, 0.2, 0.25, 0.3, 0.4, suggesting.SURE}):
        sure = [right for how, right in told if how >= least]
        share, good = len(sure) / len(told), sum(sure) / max(1, len(sure))
        print(f"  likelihood {least:.2f}: {share:.0%} of the cards get a place, {good:.0%} right")


def timed(found: list[Question]) -> None:
    """Through the process, as the board asks: 300 cards."""
    from facilitate.suggestions import Suggestions

    texts = [text for one in sorted(found, key=lambda one: -len(one[0])) for text in one[0]][:300]
    cards = [{"id": str(at), "text": text[:600], "theme": "", "apart": []} for at, text in enumerate(texts)]
    themes = [{"id": f"t{n}", "name": f"Theme {n}"} for n in range(10)]
    some = [one | {"theme": f"t{at % 10}" if at < 30 else ""} for at, one in enumerate(cards)]
    process = Suggestions()
    for name, question in (
        ("the first question, the process's start included", {"cards": cards, "themes": [], "unwanted": []}),
        ("300 cards, none placed", {"cards": cards, "themes": [], "unwanted": ["x"]}),
        ("300 cards, 30 of them placed in 10 themes", {"cards": some, "themes": themes, "unwanted": []}),
    ):
        began = time.perf_counter()
        told = process.ask("facilitate.activities.themes.suggesting", question)
        print(f"  {name:<52} {time.perf_counter() - began:.2f} s  ({len(told['groups'])} groups, {len(told['places'])} places)")
    process.stop()


def main() -> None:
    os.environ["OMP_NUM_THREADS"] = "1"  # before the sums are loaded: the process of suggestions has one thread too
    file = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("THEMES_DATA", DATA))
    if not file.is_file():
        raise SystemExit(f"No labelled answers at {file}: give the path of the file as an argument, or in THEMES_DATA.")
    warnings.simplefilter("ignore")
    found = questions(file)
    print(f"{len(found)} questions, {sum(len(texts) for texts, _ in found)} answers, {DRAWS} draws", flush=True)
    measured(found)
    timed(found)


if __name__ == "__main__":
    main()
