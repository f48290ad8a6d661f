"""A document and a request as the evaluators inside S3 servers read them: the meaning that AWS gives them, in a spelling that is theirs."""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator

from bucketpolicy.request import Identity, OriginAccessIdentity, Principal, Request, Service, Unmodelled
from bucketpolicy.tables.keys import find_key
from tests.differential.documents import BUCKET_ACTIONS, OBJECT_ACTIONS
from tests.differential.naive import KIND, Json, listed, moment, text

_ACTIONS = {action.lower(): action for action in (*OBJECT_ACTIONS, *BUCKET_ACTIONS)}
_ELEMENTS_THAT_VERSITY_READS = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}


def translate(server: str, document: Json) -> Json | None:
    """The document in a server's dialect, or None where it has no word for an element and would pass over it."""
    plain: Json = document | {"Statement": [_spell(statement) for statement in listed(document["Statement"])]}
    if server == "minio":
        # No other version is known to these two. Which documents are thereby given variables, `deviations` says.
        return plain | {"Version": "2012-10-17", "Statement": _without_if_exists(plain)}
    if server == "seaweedfs":
        return plain | {"Version": "2012-10-17", "Statement": list(map(_write_values, _without_if_exists(plain)))}
    if any(statement.keys() - _ELEMENTS_THAT_VERSITY_READS for statement in plain["Statement"]):
        return None
    for statement in plain["Statement"]:
        statement["Action"] = ["s3:*" if pattern == "*" else pattern for pattern in statement["Action"]]
    return plain


def describe(request: Request) -> Json:
    """The request as the programs of `evaluators` take it."""
    bucket, _, key = request.resource.split(":", 5)[5].partition("/")
    context = {spell_key(key): list(map(_write_moment, values) if KIND.get(key) == "Date" else values) for key, values in request.context}
    caller = name_caller(request.principal)
    return {"principal": caller, "action": request.action, "bucket": bucket, "object": key, "context": context}


def name_caller(principal: Principal) -> str:
    """The one name by which such a server knows a caller; `*` is somebody without a name."""
    match principal:
        case Identity("role", account, arn, session):
            return f"arn:aws:sts::{account}:assumed-role/{arn.rsplit('/', 1)[1]}/{session}"
        case Identity(_, _, arn) | OriginAccessIdentity(arn) | Unmodelled(arn):
            return arn
        case Service(name):
            return name
        case _:
            return "*"


def spell_key(name: str) -> str:
    """A condition key as AWS documents it."""
    key = find_key(name.lower())
    return name.lower() if key is None else key.name


def _spell(statement: Json) -> Json:
    found = dict(statement)
    for element in {"Action", "NotAction"} & statement.keys():
        found[element] = [_ACTIONS.get(one.lower(), re.sub("^S3:", "s3:", one)) for one in _once(statement[element])]
    for element in {"Resource", "NotResource"} & statement.keys():
        found[element] = [_spell_variables(one) for one in _once(statement[element])]
    if "Condition" in statement:
        found["Condition"] = _each_line(statement, lambda values: [_spell_variables(one) for one in _once(values)])
    for operator, keys in found.get("Condition", {}).items():
        if operator.startswith("Date"):
            found["Condition"][operator] = {key: list(map(_write_moment, values)) for key, values in keys.items()}
    return found


def _each_line(statement: Json, write: Callable[[Json], Json]) -> Json:
    conditions = statement["Condition"].items()
    return {operator: {spell_key(key): write(values) for key, values in keys.items()} for operator, keys in conditions}


def _once(values: Json) -> Iterator[Json]:
    """No value twice, which MinIO refuses."""
    return iter({json.dumps(value): value for value in listed(values)}.values())


def _spell_variables(value: Json) -> Json:
    return re.sub(r"(?<=\$\{)[\w:/.-]+", lambda found: spell_key(found[0]), value) if isinstance(value, str) else value


def _without_if_exists(document: Json) -> list[Json]:
    return [written for statement in document["Statement"] for written in _spread(statement)]


def _spread(statement: Json) -> Iterator[Json]:
    """
    A statement as one without `IfExists` for each way to satisfy it: the operator itself holds, or the key is absent.

    A negated operator and `ForAllValues` hold of an absent key by themselves. What JSON has no room for is left to be refused.
    """
    found = next(_conditional(statement), None)
    if found is None:
        yield statement
        return
    operator, key, values, rest = found
    base = operator.removesuffix("IfExists")
    ways = [(base, values)] if "Not" in base or base.startswith("ForAll") else [(base, values), ("Null", ["true"])]
    for name, wanted in ways:
        yield from _spread(statement | {"Condition": rest | {name: rest.get(name, {}) | {key: wanted}}})


def _conditional(statement: Json) -> Iterator[tuple[str, str, Json, Json]]:
    """Each line with `IfExists` that can be written without: its operator, key and values, and the other lines."""
    conditions = statement.get("Condition", {})
    for operator, keys in conditions.items():
        base = operator.removesuffix("IfExists")
        for key, values in keys.items() if base != operator and not base.startswith("ForAny") else ():
            if key not in conditions.get(base, {}) and key not in conditions.get("Null", {}):
                others = {name: lines for name, lines in keys.items() if name != key}
                rest = {name: others if name == operator else lines for name, lines in conditions.items()}
                yield operator, key, values, {name: lines for name, lines in rest.items() if lines}


def _write_values(statement: Json) -> Json:
    """Numbers and booleans as strings, as AWS compares them."""
    return statement | ({"Condition": _each_line(statement, lambda values: list(map(text, values)))} if "Condition" in statement else {})


def _write_moment(value: str) -> str:
    """A time in the one form that all of them know; what is no time stays."""
    seconds = moment(value)
    return value if seconds is None else dt.datetime.fromtimestamp(int(seconds), dt.timezone.utc).isoformat().replace("+00:00", "Z")
