"""What the scaffold writes is a policy at once: it is imported, judged, documented, and clean; and it stays one whatever it promises."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAME = "aws-s3-bucket-policy-denies-something"
#: The tests that look at every policy of the pack, or at what a pack says of everything; a telling part of the whole suite.
TELLING = (
    "tests/crossguard/test_pack.py",
    "tests/crossguard/test_judging.py",
    "tests/crossguard/test_configured.py",
    "tests/crossguard/test_frameworks.py",
    "tests/crossguard/test_linear.py",
    "tests/crossguard/test_render.py",
    "tests/crossguard/test_remediation.py",
    "tests/policies/test_docs.py",
    "tests/policies/test_cases.py",
    "tests/properties/test_pinned.py",
    "tests/offline/test_check.py",
    "tests/offline/test_fix.py",
    "tests/offline/test_testing.py",
)
#: Of the hundreds of case files those of the new policy.
CHOSEN = "something or not (test_case or test_what_is_said)"
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".*", "node_modules", "build")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what a policy consists of."""
    for folder in ("bucketpolicy", "crossguard", "policies", "offline", "tools", "docs"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=LEFT_OUT)
    for file in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / file, tmp_path)
    return tmp_path


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A copy of everything."""
    return Path(shutil.copytree(ROOT, tmp_path / "copy", ignore=LEFT_OUT))


def run(copy: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the copy."""
    return subprocess.run([sys.executable, *command], cwd=copy, capture_output=True, text=True, check=False)


def lint(copy: Path) -> None:
    """The linters have nothing to say."""
    for linter in (("ruff", "check", "policies"), ("ruff", "format", "--check", "policies"), ("mypy", "policies/denies_something.py")):
        process = run(copy, "-m", *linter)
        assert process.returncode == 0, process.stdout


def test_a_new_policy_works_at_once(copy: Path) -> None:
    """Its cases get the verdicts of their folders, it has a page and a line in the README, and the linters have nothing to say."""
    assert run(copy, "tools/new_policy.py", "denies_something").returncode == 0
    text = (copy / "policies" / "__init__.py").read_text(encoding="utf-8")
    imported = next(node for node in ast.parse(text).body if isinstance(node, ast.ImportFrom) and node.module == "policies")
    assert [alias.name for alias in imported.names] == sorted(path.stem for path in (copy / "policies").glob("[a-z]*.py"))
    assert "    denies_something.RULE,\n    has_policy.RULE,\n" in text
    judged = run(copy, "-c", JUDGE)
    assert (judged.stdout, judged.stderr) == ("compliant Compliant\nundecided CannotTell\nviolating NotDenied\n", "")
    assert run(copy, "tools/gen_docs.py").returncode == 0
    assert (copy / "docs" / "policies" / f"{NAME}.md").read_text(encoding="utf-8").startswith(f"# {NAME}\n")
    assert f"[{NAME}](docs/policies/{NAME}.md)" in (copy / "README.md").read_text(encoding="utf-8")
    lint(copy)


def test_a_second_new_policy_finds_its_place(copy: Path) -> None:
    """A line of imports that has become too long is wrapped as the formatter does, and read again."""
    before = int(run(copy, "-c", COUNT).stdout)
    for name in ("denies_requests_from_elsewhere", "denies_deletions_by_everyone_else"):
        assert run(copy, "tools/new_policy.py", name).returncode == 0
    assert int(run(copy, "-c", COUNT).stdout) == before + 2
    assert run(copy, "-m", "ruff", "format", "--check", "policies").returncode == 0


COUNT = "from policies import ALL; print(len(ALL))"
JUDGE = f"""
import json
from datetime import date
from pathlib import Path
from crossguard.judging.assess import assess
from crossguard.judging.finding import Subject
from crossguard.pack.settings import Settings
from crossguard.resources.source import Found
from policies.denies_something import RULE

for path in sorted(Path("tests/cases/{NAME}").glob("*/first.json")):
    text = json.dumps(json.loads(path.read_text())["document"])
    source = Found(text, "policy", "example-bucket", "eu-west-1")
    finding = assess(RULE, Settings(), Subject("urn", "type", "name"), source, date(2026, 11, 24))
    print(path.parent.name, type(finding).__name__)
"""


def promise_something_else(copy: Path) -> None:
    """Rewrite the scaffold as a policy about the header `x-amz-acl` of two actions, which remediates: by hand, as CONTRIBUTING says."""
    path = copy / "policies" / "denies_something.py"
    text = path.read_text(encoding="utf-8")
    for old, new in EDITS.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    for case in (copy / "tests" / "cases" / NAME).glob("*/first.json"):
        found = case.read_text(encoding="utf-8")
        for old, new in tuple(EDITS.items())[:5]:
            found = found.replace(old, new)
        case.write_text(found, encoding="utf-8")


EDITS = {
    '"Bool"': '"Null"',
    '"aws:SecureTransport": "true"': '"s3:x-amz-acl": "absent"',
    '"aws:SecureTransport": "false"': '"s3:x-amz-acl": "true"',
    '"s3:x-amz-acl": "absent"': '"s3:x-amz-acl": "false"',
    '"Action": "s3:PutObject"': '"Action": ["s3:PutObject", "s3:PutObjectAcl"]',
    '("s3:PutObject",), "object", (Equal(TRANSPORT, "false"),)': '("s3:PutObject", "s3:PutObjectAcl"), "object", (Absent("s3:x-amz-acl"),)',
    "import TRANSPORT, Equal, Goal, Target": "import Absent, Goal, Target",
    "remediates=False": "remediates=True",
}
PUBLISH = f"""
from tests.crossguard.documents import compliant
from tests.crossguard.pack import attach, make_double
from tests.crossguard.pack import POLICIES
from tests.crossguard import pack

pack.POLICIES = (*POLICIES, "{NAME}")
double = make_double()
answer = double.analyze(attach(compliant("data")))
print(answer.levels())
print(answer.of("{NAME}"))
double._call("Configure", pack.analyzer_pb2.ConfigureAnalyzerRequest(policyConfig={{
    "{NAME}": pack.analyzer_pb2.PolicyConfig(enforcementLevel=3)}}))
(after,) = double.remediate(attach(compliant("data"))).values()
again = double.analyze(attach(after["policy"]))
print([one.policy for one in again.said])
"""


def test_a_policy_may_promise_anything(whole: Path) -> None:
    """
    A fifth policy with a goal of its own is told of, repaired and remediated like its siblings.

    And the tests of the siblings stay green: they look their policies up by name, and what holds for all they derive from `policies.ALL`.
    """
    assert run(whole, "tools/new_policy.py", "denies_something").returncode == 0
    promise_something_else(whole)
    assert run(whole, "-m", "ruff", "format", "policies").returncode == 0
    lint(whole)
    assert run(whole, "tools/gen_docs.py").returncode == 0
    spoken = run(whole, "-c", PUBLISH)
    levels, request, *_, fix, again = spoken.stdout.splitlines()
    assert (levels, again, spoken.stderr) == (f"{{'{NAME}': 'advisory'}}", "[]", "")
    assert request.endswith("without the header `x-amz-acl` is not denied.")
    assert fix == "Fix: deny `s3:PutObject` and `s3:PutObjectAcl` on its objects (`/*`) where `s3:x-amz-acl` is absent."
    tested = run(whole, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", CHOSEN, *TELLING)
    assert tested.returncode == 0, tested.stdout


@pytest.mark.parametrize("arguments", [(), ("Denies",), ("denies",), ("denies_a", "denies_b"), ("../denies_a",), ("has_policy",)])
def test_a_name_that_is_none_is_refused(copy: Path, arguments: tuple[str, ...]) -> None:
    """One line says what is wrong, and nothing is written."""
    before = sorted(path.name for path in (copy / "policies").iterdir())
    process = run(copy, "tools/new_policy.py", *arguments)
    assert (process.returncode, len(process.stderr.splitlines())) == (2, 1)
    assert sorted(path.name for path in (copy / "policies").iterdir()) == before
