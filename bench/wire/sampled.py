"""Runs ``python -m facilitate …`` and says, at its end, where its processor time went: ``python sampled.py FILE run SHEET …``.

From the first SIGUSR1 to the second, every 4 ms of processor time, the stack of the running greenlet is noted. FILE then gets the functions
by their own time, then by the time of all they call, then the stacks themselves, folded, as flame graphs take them. It costs a few per
cent; what C does is told of its caller.
"""

import runpy
import signal
import sys
from collections import Counter
from pathlib import Path
from types import FrameType

_EVERY = 0.004
_ROWS = 40
stacks: Counter[tuple[str, ...]] = Counter()


def note(_: int, frame: FrameType | None) -> None:
    stack = []
    while frame is not None:
        code = frame.f_code
        stack.append(f"{Path(code.co_filename).parent.name}/{Path(code.co_filename).name}:{code.co_qualname}")
        frame = frame.f_back
    stacks[tuple(reversed(stack))] += 1


def turn(*_: object) -> None:
    on = signal.getitimer(signal.ITIMER_PROF) != (0.0, 0.0)
    signal.setitimer(signal.ITIMER_PROF, *(0, 0) if on else (_EVERY, _EVERY))


def told() -> str:
    total = max(1, sum(stacks.values()))
    own, whole = Counter[str](), Counter[str]()
    for stack, times in stacks.items():
        own[stack[-1]] += times
        for name in set(stack):
            whole[name] += times
    lines = [f"{total} samples, one each {1000 * _EVERY:g} ms of processor time"]
    for title, counted in (("own time", own), ("with all they call", whole)):
        lines += ["", f"{title}, %:"] + [f"{100 * times / total:6.1f}  {name}" for name, times in counted.most_common(_ROWS)]
    return "\n".join([*lines, "", *(f"{';'.join(stack)} {times}" for stack, times in stacks.most_common())])


def main() -> None:
    file = Path(sys.argv.pop(1))
    signal.signal(signal.SIGPROF, note)
    signal.siginterrupt(signal.SIGPROF, False)
    signal.signal(signal.SIGUSR1, turn)
    try:
        runpy.run_module("facilitate", run_name="__main__", alter_sys=True)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        file.write_text(told() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
