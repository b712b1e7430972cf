"""Progress bars on long work; quiet lines where the output is not a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

LIVED = "Two weeks pass in River Neighbors"
Step = Callable[[int, int], None]  # how much is done, of how much


@contextmanager
def progress(what: str) -> Iterator[Step]:
    """Yields a function to be told how much is done. On stderr, so that output can be piped."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        if not console.is_terminal:
            console.print(f"{what} …")
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
