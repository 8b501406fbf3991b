"""A module that answers as those behind suggestions do, for tests of their process: it gives back what it is asked."""

from typing import Any


def answer(question: Any) -> Any:
    if question == "break":
        raise ValueError(question)
    return question
