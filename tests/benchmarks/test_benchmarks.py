"""The benchmarks do what they say on a small sample; their figures are for whoever runs them."""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parents[2]
# A scorer as small as its seam: the real one lies with the corpora, outside the repository.
SCORER = """
import json, pathlib, re
TOKEN = re.compile(r"\\w+")
norm = lambda text: " ".join((text or "").split())
wrap = lambda case, body: b"From: a@b.example\\r\\nSubject: Re: it\\r\\n\\r\\n" + body

def load(root, kinds, sources):
    lines = (pathlib.Path(root) / "cases.jsonl").read_text().splitlines()
    cases = [json.loads(line) for line in lines]
    return [case | {"_raw": case["raw"].encode()} for case in cases if case["kind"] in kinds]

def judge(expected, said):
    ok = norm(said.get("reply")) == norm(expected["reply"])
    return {"ok": ok, "either": ok, "strict": True, "f1": float(ok)}

JUDGES = {"reply": judge}
"""


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=HERE, capture_output=True, text=True, timeout=120
    )


def test_replies_prints_ours_beside_the_others(tmp_path: Path) -> None:
    (tmp_path / "score.py").write_text(SCORER)
    mail = "Yes, Saturday suits me.\n\nOn Mon, Nov 23, 2026 at 10:00 AM Maya wrote:\n> Could you come?\n"
    case = {"kind": "reply", "input": "text", "raw": mail, "expected": {"reply": "Yes, Saturday suits me."}}
    (tmp_path / "cases.jsonl").write_text(json.dumps(case))
    done = run("benchmarks.replies", str(tmp_path))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) < 60
    result = json.loads(lines[-1])
    assert (result["name"], result["ours"], result["n"]) == ("replies", 100.0, 1)
    assert {"quotequail", "mail-parser-reply", "email-reply-parser"} <= {line.split()[0] for line in lines}


def test_replies_says_where_it_looked_for_corpora(tmp_path: Path) -> None:
    done = run("benchmarks.replies", str(tmp_path / "nowhere"))
    assert done.returncode == 1
    assert f"There are no corpora at {tmp_path / 'nowhere'}" in done.stderr
    assert "Traceback" not in done.stderr


def test_receive_keeps_every_mail_that_it_accepts() -> None:
    done = run("benchmarks.receive", "1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("600 posts, 0 errors {'200': 200}, 600 mails in the database") == 2
    assert json.loads(done.stdout.splitlines()[-1])["name"] == "receive"
