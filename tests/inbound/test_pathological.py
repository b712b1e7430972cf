"""One megabyte of malice, each read in under a second (section 5 of the inbound spec, rebuilt).

The bound of a second is the promise; it is measured in processor time, so that a busy machine
does not break it, and the child process counts.
"""

import resource
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from inbound.classify import classify
from inbound.parse import limited, read_email
from inbound.trim import trim
from inbound.understand import understand
from tests.conventions.reading import ROOT
from tests.inbound.pathological import PAGES, TEXTS, as_mails

WHOLE = as_mails()
MEMORY_BYTES = 300_000_000


def processor_time() -> float:
    """Of this process, and of the children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


@pytest.fixture(autouse=True)
def a_child_of_its_own() -> Iterator[None]:
    limited.end()
    yield
    limited.end()


@pytest.mark.parametrize("name", TEXTS)
def test_trust_T26_a_body_is_trimmed_within_a_second(name: str) -> None:
    start = time.process_time()
    trim("hello\n" + TEXTS[name], parent=TEXTS[name][:50_000])
    understand(TEXTS[name])
    assert time.process_time() - start < 1


@pytest.mark.parametrize("name", PAGES)
def test_trust_T26_a_page_is_read_within_a_second(name: str) -> None:
    start = time.process_time()
    trim("", html=PAGES[name])
    assert time.process_time() - start < 1


@pytest.mark.parametrize("name", WHOLE)
def test_trust_T24_T25_a_mail_is_read_within_a_second(name: str) -> None:
    start = processor_time()
    incoming = read_email(WHOLE[name])
    classify(incoming, WHOLE[name], ours=lambda _: False)
    trim(incoming.text, incoming.html)
    limited.end()
    assert processor_time() - start < 1
    assert "too_odd" not in incoming.warnings


def test_trust_T24_all_of_them_are_read_within_300_MB() -> None:
    program = f"""
import resource
from inbound.parse.message import read_message
from inbound.trim import trim
from tests.inbound.pathological import as_mails
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY_BYTES}, {MEMORY_BYTES}))
for raw in as_mails().values():
    incoming = read_message(raw, None, ())
    trim(incoming.text, incoming.html)
"""
    done = subprocess.run((sys.executable, "-c", program), cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2_000:]
