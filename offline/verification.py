"""
`verify`: a certificate given to the independent verifier, and its claim held against the configuration.

The verifier is run as a program of a process of its own: nothing of this code takes part in what it says. What is added is only whether
the claim, if it is proved, is as much as the configuration asks for.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from bucketpolicy.goal import Goal, Target
from bucketpolicy.semantics.tokens import lower_ascii
from crossguard.pack.rule import Rule
from crossguard.pack.settings import Settings
from offline.certificates import REFUSED, write_goal
from offline.check import EXPECTED, MOST_BYTES, is_json
from offline.configuration import Configuration
from offline.files import read_text
from offline.pack_info import ROOT
from offline.run import Failure

VERIFIER = ROOT / "verifier" / "verify.py"
_MOST_BYTES = 8 * 2**20
_EXPECTED = "a certificate that `--certificates` has written"
_WEAKER = 1
_NO_CERTIFICATE = 2


class Verified(NamedTuple):
    """What the verifier printed and what was found besides, and the exit status."""

    lines: tuple[str, ...]
    status: int


def verify(certificate: Path, policy: Path | None, configuration: Configuration) -> Verified | Failure:
    """What the verifier says of a certificate; status 1 as well where it is accepted, and claims less than the configuration asks for."""
    text = read_text(str(certificate), _MOST_BYTES, _EXPECTED)
    if isinstance(text, Failure):
        return text
    refused = None if policy is None else _refuse_policy(policy)
    if refused is not None:
        return refused
    if not VERIFIER.is_file():
        return Failure(f"{VERIFIER}: is not there; expected: a whole checkout, whose `verifier` it is")
    files = [str(path.absolute()) for path in (certificate, policy) if path is not None]
    ended = subprocess.run([sys.executable, "-I", str(VERIFIER), *files], capture_output=True, check=False)
    said = tuple(ended.stdout.decode(errors="replace").splitlines())
    if ended.returncode == _NO_CERTIFICATE:
        return Failure(f"{certificate}: {' '.join(said)}; expected: {_EXPECTED}")
    if ended.returncode:
        return Verified((*said, *ended.stderr.decode(errors="replace").splitlines()[-1:]), ended.returncode)
    weaker = tuple(find_weaker(json.loads(text), configuration))
    told = tuple(f"weaker than the configuration: {line}" for line in weaker) or ("The claim is what the configuration asks for.",)
    return Verified((*said, *told), _WEAKER if weaker else 0)


def _refuse_policy(policy: Path) -> Failure | None:
    """What is wrong with the file of the policy, which the verifier would call a wrong certificate."""
    text = read_text(str(policy), MOST_BYTES, EXPECTED)
    if isinstance(text, Failure):
        return text
    return None if is_json(text) else Failure(f"{policy}: not JSON; expected: {EXPECTED}")


def find_weaker(certificate: Mapping[str, Any], configuration: Configuration) -> Iterator[str]:
    """Where the claim of an accepted certificate is less than the policy that it names asks for; a line for each."""
    name = certificate.get("policy")
    configured = next((each for each in configuration.policies if each.rule.name == name), None)
    if configured is None or not isinstance(configured.rule, Rule):
        yield "it names no policy of this pack that judges documents"
        return
    settings, partition = configured.settings, certificate["partition"]
    if settings.partition not in (None, partition):
        yield f"the partition is {partition}, and {settings.partition} is configured"
    goal = configured.rule.goal(certificate["bucket"], partition, settings)
    yield from _compare_targets(certificate["goal"]["targets"], goal)
    yield from (f"it exempts {name}" for name in certificate["goal"]["exempt"] if not _is_exempt(name, goal.exempt))
    yield from _compare_assumptions(certificate["assumptions"], settings)
    yield from _compare_control_policies(certificate["control_policies"], settings)


def _compare_targets(claimed: list[Any], goal: Goal) -> Iterator[str]:
    for target, written in zip(goal.targets, write_goal(goal)["targets"], strict=True):
        missing = [action for action in target.actions if not any(_covers(one, action, written) for one in claimed)]
        if missing:
            where = " and ".join(f"{one['key']} is {' '.join((one['is'], *one.get('values', ())))}" for one in written["where"])
            more = f" and {len(missing) - 1} other actions" if len(missing) > 1 else ""
            yield f"it does not claim that {missing[0]}{more} on the {_name(target)} is denied where {where or 'anything'}"


def _name(target: Target) -> str:
    return "bucket itself" if target.on == "bucket" else "objects"


def _covers(claimed: Mapping[str, Any], action: str, wanted: Mapping[str, Any]) -> bool:
    """Whether a target of the claim holds every request of this action that another one, as the configuration has it, holds."""
    if claimed["on"] != wanted["on"] or action not in claimed["actions"]:
        return False
    return all(any(_is_implied(one, by) for by in wanted["where"]) for one in claimed["where"])


def _is_implied(restriction: Mapping[str, Any], by: Mapping[str, Any]) -> bool:
    """Whether every request that fits the one fits the other."""
    if lower_ascii(restriction["key"]) != by["key"]:
        return False
    kinds, values, others = (restriction["is"], by["is"]), set(restriction.get("values", ())), set(by.get("values", ()))
    match kinds:
        case ("absent-or-other", "absent"):
            return True
        case ("absent-or-other", "absent-or-other"):
            return values <= others
        case ("equal", "equal"):
            return values >= others
        case ("below", "below"):
            return max(map(float, values)) >= max(map(float, others))
        case (one, other):
            return bool(one == other)


def _is_exempt(name: str, configured: Iterable[str]) -> bool:
    """Whether the configuration exempts somebody, alone or with all of the account."""
    return name in configured or any(account.isdigit() and f"::{account}:" in name for account in configured)


def _compare_assumptions(used: list[str], settings: Settings) -> Iterator[str]:
    given = {name.replace("_", "-") for name, value in settings.assumptions._asdict().items() if value}
    yield from (f"it assumes {name}, which is not configured" for name in used if name not in {*given, REFUSED})
    if REFUSED in given and REFUSED not in used:
        yield "it says nothing about a document that S3 refuses"


def _compare_control_policies(used: list[Any], settings: Settings) -> Iterator[str]:
    known = [json.loads(policy.text) for policy in settings.resource_control_policies]
    for policy in used:
        if json.loads(policy["document"]) not in known:
            yield f"it rests on the resource control policy {policy['name']}, which is not configured"
