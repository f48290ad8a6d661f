"""From an uncovered space to one request that a person can read: ordinary callers, HTTPS, absent keys, `example.txt` where they will do."""

from collections.abc import Iterator

from bucketpolicy.goal import TLS_VERSION, TRANSPORT, Assumptions, Target
from bucketpolicy.proof.axioms import (
    ENDPOINT,
    IS_SERVICE,
    PRINCIPAL_ACCOUNT,
    PRINCIPAL_ARN,
    SERVICE_NAME,
    SERVICE_NAMES,
    SOURCE_IP,
    USER_NAME,
)
from bucketpolicy.proof.compile import CompiledDocument
from bucketpolicy.proof.conditions import FALSE, TRUE
from bucketpolicy.proof.cubes import ACTION, OBJECT, PRINCIPAL, key_variable
from bucketpolicy.proof.domains import ABSENT, Domain, Literals, SetDomain, TextDomain, Value, find_any, holds
from bucketpolicy.proof.encoding import Encoding, Variable
from bucketpolicy.proof.written import CLOSED, EXAMPLES, write_cell
from bucketpolicy.request import Anonymous, Identity, OriginAccessIdentity, Principal, Request, Service

Point = tuple[Value, ...]

PLACEHOLDER = "example-bucket"
_VERSIONS = ("", "1.2", "1.3", "1.1", "1.0")
"""What is shown of TLS: no version, or the first of these."""


def pick(compiled: CompiledDocument, encoding: Encoding, space: tuple[Domain, ...]) -> Point:
    """Some point of a part of the encoding's space, then moved, variable by variable, to what reads best and still escapes every cube."""
    point = tuple(_any(domain, variable) for domain, variable in zip(space, encoding.variables, strict=True))
    places = {variable.name: place for place, variable in enumerate(encoding.variables)}
    for place, variable in sorted(enumerate(encoding.variables), key=lambda item: _rank(item[1].name)):
        for value in _preferences(variable, encoding.space[place]):
            if value == point[place]:
                break
            moved = (*point[:place], value, *point[place + 1 :])
            if variable.name == PRINCIPAL:
                moved = _rename(moved, value, compiled, encoding, places)
            if not any(contains(cube, moved) for cube in encoding.cubes):
                point = moved
                break
    return point


def _rename(point: Point, bit: Value, compiled: CompiledDocument, encoding: Encoding, places: dict[str, int]) -> Point:
    """The point with the identity keys of this caller, where they are among its variables."""
    assert isinstance(bit, int)  # noqa: S101 - finite
    caller = compiled.classes.all[bit.bit_length() - 1].principal
    keys: dict[str, Value] = dict.fromkeys((PRINCIPAL_ARN, PRINCIPAL_ACCOUNT, IS_SERVICE, SERVICE_NAME, USER_NAME), ABSENT)
    if isinstance(caller, Identity):
        keys |= {PRINCIPAL_ARN: caller.arn, PRINCIPAL_ACCOUNT: caller.account, IS_SERVICE: FALSE}
        keys |= {USER_NAME: caller.arn.rpartition("/")[2]} if caller.kind == "user" else {}
    elif isinstance(caller, Service):
        keys |= {IS_SERVICE: TRUE, SERVICE_NAME: caller.name}
    elif isinstance(caller, Anonymous):
        keys[PRINCIPAL_ACCOUNT] = "anonymous"
    else:
        keys |= {PRINCIPAL_ARN: caller.arn, IS_SERVICE: FALSE}
    result = list(point)
    for key, value in keys.items():
        place = places.get(key_variable(key))
        if place is not None:
            result[place] = _encode(encoding.variables[place], value)
    return tuple(result)


def _encode(variable: Variable, value: Value) -> Value:
    """A text as a value of this variable, which may be a choice."""
    if isinstance(value, str) and variable.kind == "choice":
        return 4 << (variable.texts.index(value) if value in variable.texts else len(variable.texts))
    return value


def contains(cube: Literals, point: Point) -> bool:
    """Whether every literal of the cube is true of the point."""
    return all(holds(literal, point[place]) for place, literal in cube)


def _rank(name: str) -> tuple[int, str]:
    order = (PRINCIPAL, ACTION, OBJECT, key_variable(TRANSPORT))
    return (order.index(name) if name in order else len(order), name)


def _any(domain: Domain, variable: Variable) -> Value:
    if isinstance(domain, int):
        return domain & -domain
    if domain.flags:
        return domain.flags & -domain.flags
    assert variable.language is not None  # noqa: S101 - only finite variables have none
    found = find_any(variable.language, domain)
    assert found is not None  # noqa: S101 - the search keeps no empty domain
    return found


def _preferences(variable: Variable, domain: Domain) -> Iterator[Value]:
    """Values of the domain, the most readable first."""
    if isinstance(domain, TextDomain | SetDomain):
        if domain.flags & ABSENT:
            yield ABSENT
        if isinstance(domain, TextDomain):
            assert variable.language is not None  # noqa: S101 - as above
            for text in (*EXAMPLES.get(variable.name, ()), *CLOSED.get(variable.name, ())):
                if variable.language.contains(text, domain.within, domain.without):
                    yield text
        return
    bits = [1 << bit for bit in range(domain.bit_length()) if domain >> bit & 1]
    if variable.name == key_variable(TRANSPORT):
        bits.sort(key=(TRUE, FALSE, ABSENT).index)
    if variable.name == key_variable(TLS_VERSION):
        texts = {bit: "" if bit == ABSENT else _text(variable, bit) for bit in bits}
        bits.sort(key=lambda bit: next((place for place, known in enumerate(_VERSIONS) if known == texts[bit]), len(_VERSIONS)))
    if variable.kind == "choice":
        # All others before those that the document names, but behind those that S3 is known to take.
        known = 2 + len(CLOSED.get(variable.name, ()))
        last = bits[-1]
        bits.sort(key=lambda bit: (bit.bit_length() > known and bit != last, bit))
    yield from bits


def build(compiled: CompiledDocument, target: Target, encoding: Encoding, point: Point) -> Request:
    """The request at this point."""
    values = {variable.name: value for variable, value in zip(encoding.variables, point, strict=True)}
    variables = {variable.name: variable for variable in encoding.variables}
    context: dict[str, tuple[str, ...]] = {}
    for name, value in values.items():
        if name.startswith("=") and value != ABSENT:
            context[name[1:]] = value if isinstance(value, tuple) else (_text(variables[name], value),)
    bit = values[PRINCIPAL]
    action = values[ACTION]
    assert isinstance(bit, int)  # noqa: S101 - finite
    assert isinstance(action, int)  # noqa: S101 - finite
    caller = _identify(compiled.classes.all[bit.bit_length() - 1].members, context, compiled.setting.assumptions)
    for name, text in _always_sent(caller, compiled, context, absent=values.get(key_variable(SOURCE_IP)) == ABSENT):
        if key_variable(name) not in values:
            context[name] = (text,)
    key = values.get(OBJECT, "example.txt")
    arn = f"arn:{compiled.setting.partition}:s3:::{compiled.setting.bucket or PLACEHOLDER}"
    return Request(
        caller,
        target.actions[action.bit_length() - 1],
        f"{arn}/{key}" if target.on == "object" else arn,
        tuple(sorted(context.items())),
    )


def _always_sent(
    caller: Principal, compiled: CompiledDocument, context: dict[str, tuple[str, ...]], *, absent: bool
) -> Iterator[tuple[str, str]]:
    """What every such request has, where the target leaves it open: the transport, and what the document mentions elsewhere."""
    assumptions, mentioned = compiled.setting.assumptions, compiled.mentioned
    if assumptions.secure_transport_present:
        yield TRANSPORT, "true"
    if assumptions.source_ip_or_vpc_endpoint and SOURCE_IP not in context and ENDPOINT not in context:
        if absent:
            yield ENDPOINT, "vpce-0a1b2c3d"
        elif SOURCE_IP in mentioned:
            yield SOURCE_IP, "203.0.113.10"
    if assumptions.principal_keys_agree and isinstance(caller, Identity | OriginAccessIdentity):
        known = ((PRINCIPAL_ARN, caller.arn), *(((PRINCIPAL_ACCOUNT, caller.account),) if isinstance(caller, Identity) else ()))
        yield from ((key, text) for key, text in known if key in mentioned)
    if assumptions.service_principal_keys and isinstance(caller, Service):
        yield from ((key, text) for key, text in ((IS_SERVICE, "true"), (SERVICE_NAME, caller.name)) if key in mentioned)


def _identify(members: tuple[Principal, ...], context: dict[str, tuple[str, ...]], assumptions: Assumptions) -> Principal:
    """The caller, out of those that the document treats alike, that the identity keys of the request speak of, as far as they must."""
    caller = members[0]
    if isinstance(caller, Service):
        names = context.get(SERVICE_NAME, context.get(SERVICE_NAMES, (caller.name,)))
        return caller if caller.name in names or not assumptions.service_principal_keys else Service(names[0])
    if isinstance(caller, OriginAccessIdentity) and assumptions.principal_keys_agree:
        return OriginAccessIdentity(context.get(PRINCIPAL_ARN, (caller.arn,))[0])
    if not isinstance(caller, Identity) or not assumptions.principal_keys_agree:
        return caller
    identities = [member for member in members if isinstance(member, Identity)]
    if PRINCIPAL_ARN in context:
        arn = context[PRINCIPAL_ARN][0]
        account = arn.split(":")[4]
        return _choose(identities, arn, account)._replace(account=account, arn=arn)
    account = context.get(PRINCIPAL_ACCOUNT, (caller.account,))[0]
    member = _choose(identities, "", account)
    arn = member.arn.replace(f"::{member.account}:", f"::{account}:")
    if member.kind == "user" and arn.endswith(":user/example"):
        arn = arn.removesuffix("example") + context.get(USER_NAME, ("example",))[0]
    return member._replace(account=account, arn=arn)


def _choose(identities: list[Identity], arn: str, account: str) -> Identity:
    """The one of this ARN, else one of this account, else the first."""
    ranked = sorted(identities, key=lambda identity: (identity.arn != arn, identity.account != account))
    return ranked[0]


def _text(variable: Variable, value: Value) -> str:
    """What is sent for a value that is not absent."""
    if isinstance(value, str):
        return value
    assert isinstance(value, int)  # noqa: S101 - sets are texts already
    if variable.kind == "finite":
        return "true" if value == TRUE else "false"
    if variable.kind == "cells":
        written = write_cell(variable.name, variable.sort, variable.parts[value.bit_length() - 2])
        assert written is not None  # noqa: S101 - the upper run has no other cells
        return written
    place = value.bit_length() - 3
    if place < len(variable.texts):
        return variable.texts[place]
    candidates = (*EXAMPLES.get(variable.name, ()), "other", *(f"other{number}" for number in range(len(variable.texts) + 1)))
    return next(text for text in candidates if text not in variable.texts)
