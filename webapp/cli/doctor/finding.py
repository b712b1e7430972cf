"""What the doctor finds, and how a look is guarded."""

from collections.abc import Callable
from dataclasses import dataclass

from webapp.cli.sentences import sentence_for


@dataclass(frozen=True)
class Finding:
    """`mend` is empty when nothing is to be done. Only `wrong` findings fail the doctor."""

    what: str
    said: str = "ok"
    mend: str = ""
    wrong: bool = False


def guarded(what: str, look: Callable[[], Finding]) -> Finding:
    """What a look raises is the finding."""
    try:
        return look()
    except Exception as problem:
        said = sentence_for(problem) or f"{type(problem).__name__}: {problem}"
        return Finding(what, said.splitlines()[0], wrong=True)
