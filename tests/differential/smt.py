"""
The question "is some request of the goal not denied?" as SMT-LIB text, for z3 and cvc5.

Two formulas, as AWS's texts leave corners open: in the lower a Deny counts only where it surely fires, in the upper wherever it may.
The lower one unsatisfiable means `Denied`, the upper one satisfiable `Counterexample`, anything else `Undecided`.
Documents with policy variables and goals without a bucket's name are left to the other oracles.
"""

import ipaddress
import re
from fractions import Fraction
from typing import NamedTuple

from bucketpolicy.goal import TLS_VERSION, TRANSPORT, Absent, Below, Equal, Goal, Restriction, Target
from bucketpolicy.request import Anonymous, Identity, OriginAccessIdentity, Principal, Service, Unmodelled
from bucketpolicy.tables.keys import applies
from tests.differential.formulas import (
    ALWAYS,
    NEVER,
    OPEN,
    Span,
    all_spans,
    any_span,
    both,
    either,
    exact,
    given,
    name_of,
    negate,
    quote,
    real,
    regex,
)
from tests.differential.naive import FRESH, KIND, MULTIVALUED, Json, acts, glob, listed, moment, number, principal_is, text
from tests.differential.naive import either as any_truth

# Named tuples of equal fields are equal, whatever their classes.
_ORIGIN, _OTHER = OriginAccessIdentity(f"{FRESH}:origin"), Unmodelled(f"arn:aws:sts::{FRESH}:other")
_SLOTS = 3
_SEGMENT = '(re.* (re.diff re.allchar (str.to_re ":"))) (str.to_re ":")'
_NAMES = '(str.to_re "root") (re.++ (re.union (str.to_re "user/") (str.to_re "role/")) re.allchar re.all)'
_NOT_COLON = '(re.diff re.allchar (str.to_re ":"))'


class Question(NamedTuple):
    """The two formulas, each a whole SMT-LIB script without `check-sat`."""

    lower: str
    upper: str


def encode(document: Json, goal: Goal) -> Question | None:
    """The two scripts, or None where the encoding has nothing exact to say."""
    variables = document.get("Version") == "2012-10-17"
    if goal.bucket is None or re.search(r"\$\{" if not variables else r"\$\{(?![*?$]\})", str(document)):
        return None
    world = World(document, goal, variables=variables)
    spans = [world.fires(statement) for statement in listed(document["Statement"]) if statement["Effect"] == "Deny"]
    asked = either(world.aims_at(target) for target in goal.targets)
    lower, upper = (either(span[side] for span in spans) for side in (0, 1))
    head = "\n".join([*world.declarations(), *(f"(assert {axiom})" for axiom in (*world.axioms(), asked))])
    known = both(f"(not (= caller {index}))" for index, caller in enumerate(world.callers) if isinstance(caller, Unmodelled))
    return Question(f"{head}\n(assert (not {lower}))", f"{head}\n(assert (and {known} (not {upper})))")


class World:
    """The unknown request: a caller among representatives, an action, a name, and the keys that the document or the goal mention."""

    def __init__(self, document: Json, goal: Goal, *, variables: bool) -> None:
        """Collect the keys and callers that matter."""
        self.goal, self.variables = goal, variables
        self.actions = sorted({action for target in goal.targets for action in target.actions})
        self.keys = {one.key.lower() for target in goal.targets for one in target.restrictions}
        entries = list(goal.exempt)
        for statement in listed(document["Statement"]):
            self.keys |= {key.lower() for keys in statement.get("Condition", {}).values() for key in keys}
            who = statement.get("Principal", statement.get("NotPrincipal"))
            entries += [] if who == "*" else [entry for texts in who.values() for entry in listed(texts)]
        self.callers = representatives(entries, goal.partition)

    def declarations(self) -> list[str]:
        """All constants of the script."""
        lines = ["(declare-const caller Int)", "(declare-const action Int)", "(declare-const name String)"]
        lines += ["(declare-const account String)", "(declare-const path String)"]
        for key in sorted(self.keys):
            lines.append(f"(declare-const {name_of('has ' + key)} Bool)")
            if key in MULTIVALUED:
                lines += [
                    f"(declare-const {name_of(f'{part}{slot} {key}')} {sort})"
                    for slot in range(_SLOTS)
                    for part, sort in (("in", "Bool"), ("value", "String"))
                ]
                continue
            sort = {"Bool": "Bool", "Numeric": "Real", "Date": "Real", "Ip": "Int"}.get(KIND.get(key, "String"), "String")
            lines.append(f"(declare-const {name_of(key)} {sort})")
            if sort == "Int":
                lines.append(f"(declare-const {name_of('v6 ' + key)} Bool)")
        return lines

    def has(self, key: str) -> str:
        """The key is in the request."""
        return name_of("has " + key)

    def axioms(self) -> list[str]:
        """What is true of every request that S3 can see."""
        assume = self.goal.assumptions
        lines = [f"(<= 0 caller {len(self.callers) - 1})", f"(<= 0 action {len(self.actions) - 1})"]
        if self.keys & {"aws:principalarn", "aws:principalaccount"}:
            lines += [
                '(str.in_re account ((_ re.^ 12) (re.range "0" "9")))',
                '(str.in_re path (re.+ (re.diff re.allchar (str.to_re ":"))))',
            ]
            lines += [
                f"(not (= account {quote(one)}))" for one in sorted({c.account for c in self.callers if isinstance(c, Identity)} - {FRESH})
            ]
        lines += [fact for key in sorted(self.keys) for fact in self.well_formed(key)]
        if TRANSPORT in self.keys and assume.secure_transport_present:
            lines.append(self.has(TRANSPORT))
        if {TRANSPORT, TLS_VERSION} <= self.keys and assume.tls_version_absent_on_http:
            lines.append(f"(=> (and {self.has(TRANSPORT)} (not {name_of(TRANSPORT)})) (not {self.has(TLS_VERSION)}))")
        if TLS_VERSION in self.keys and assume.tls_versions_are_known:
            known = either(f"(= {name_of(TLS_VERSION)} {real(Fraction(one))})" for one in ("1.0", "1.1", "1.2", "1.3"))
            lines.append(f"(=> {self.has(TLS_VERSION)} {known})")
        if {"aws:sourceip", "aws:sourcevpce"} <= self.keys and assume.source_ip_or_vpc_endpoint:
            lines.append(f"(xor {self.has('aws:sourceip')} {self.has('aws:sourcevpce')})")
        for index, caller in enumerate(self.callers):
            lines.append(f"(=> (= caller {index}) {both(self.facts(caller))})")
        if assume.inapplicable_keys_absent:
            lines += [
                f"(=> (= action {index}) (not {self.has(key)}))"
                for index, action in enumerate(self.actions)
                for key in sorted(self.keys)
                if not applies(action, key)
            ]
        return lines

    def well_formed(self, key: str) -> list[str]:
        """The value of a key is one of its kind."""
        kind, value = KIND.get(key, "String"), name_of(key)
        if key in MULTIVALUED:
            return [f"(= {self.has(key)} {either(name_of(f'in{slot} {key}') for slot in range(_SLOTS))})"]
        if kind == "Ip":
            return [f"(and (<= 0 {value}) (ite {name_of('v6 ' + key)} (< {value} {1 << 128}) (< {value} {1 << 32})))"]
        return [f'(not (= {value} ""))'] if kind in {"String", "Arn"} else []

    def facts(self, caller: Principal) -> list[str]:
        """What is true of the keys when this caller calls."""
        assume, lacks, facts = self.goal.assumptions, set[str](), list[str]()
        if caller == Anonymous() and assume.anonymous_has_no_identity:
            lacks = {"aws:principalarn", "aws:principalorgid", "aws:principalisawsservice"}
        if assume.service_principal_keys:
            facts += self.service_facts(caller)
            lacks |= set() if isinstance(caller, Service) else {"aws:principalservicename"}
        if assume.principal_keys_agree:
            facts += self.identity_facts(caller) if isinstance(caller, Identity) else []
            facts += self.other_facts(caller) if isinstance(caller, OriginAccessIdentity | Unmodelled) else []
            lacks |= {"aws:principalarn"} if isinstance(caller, Service) else set()
            if isinstance(caller, Service) and "aws:principalaccount" in self.keys:
                named = sorted({one.account for one in self.callers if isinstance(one, Identity)} - {FRESH})
                facts += [f"(not (= {name_of('aws:principalaccount')} {quote(one)}))" for one in named]
            if caller == Anonymous() and "aws:principalaccount" in self.keys:
                facts.append(f"(=> {self.has('aws:principalaccount')} (= {name_of('aws:principalaccount')} {quote('anonymous')}))")
        return facts + [f"(not {self.has(key)})" for key in sorted(lacks & self.keys)]

    def service_facts(self, caller: Principal) -> list[str]:
        """A service says that it is one, and which; nobody else does."""
        facts, name = list[str](), name_of("aws:principalservicename")
        if "aws:principalisawsservice" in self.keys:
            serves = f"(and {self.has('aws:principalisawsservice')} {name_of('aws:principalisawsservice')})"
            facts.append(serves if isinstance(caller, Service) else f"(not {serves})")
        if "aws:principalservicename" in self.keys and isinstance(caller, Service):
            facts.append(self.has("aws:principalservicename"))
            others = [one.name for one in self.callers if isinstance(one, Service) and one.name not in {FRESH, caller.name}]
            facts += [f"(not (= {name} {quote(one)}))" for one in others]
            facts += [f"(= {name} {quote(caller.name)})"] if caller.name != FRESH else []
        return facts

    def identity_facts(self, caller: Identity) -> list[str]:
        """The keys that name the caller name this one."""
        arn, fresh, facts = name_of("aws:principalarn"), caller.arn.endswith(FRESH), list[str]()
        owner = "account" if caller.account == FRESH else quote(caller.account)
        if "aws:principalaccount" in self.keys:
            facts += [self.has("aws:principalaccount"), f"(= {name_of('aws:principalaccount')} {owner})"]
        if "aws:principalarn" in self.keys:
            tail = f"(str.++ {quote(f':{caller.kind}/')} path)" if fresh else quote(f":{caller.arn.split(':', 5)[5]}")
            facts += [self.has("aws:principalarn"), f"(= {arn} (str.++ {quote(f'arn:{self.goal.partition}:iam::')} {owner} {tail}))"]
            arns = [one.arn for one in self.callers if isinstance(one, Identity) and not one.arn.endswith(FRESH)]
            facts += [f"(not (= {arn} {quote(one)}))" for one in arns if fresh]
        return facts

    def other_facts(self, caller: OriginAccessIdentity | Unmodelled) -> list[str]:
        """A signed caller of no modelled account has an ARN and an account; the ARN is its own, or none of a modelled form."""
        arn, account, facts = name_of("aws:principalarn"), name_of("aws:principalaccount"), list[str]()
        exempt = [one for one in self.goal.exempt if one.isdigit()]
        if "aws:principalaccount" in self.keys:
            facts += [self.has("aws:principalaccount"), *(f"(not (= {account} {quote(one)}))" for one in exempt)]
        if "aws:principalarn" in self.keys:
            head = f"arn:{self.goal.partition}:"
            origin = f"(re.++ (str.to_re {quote(head + 'iam::cloudfront:user/')}) re.allchar re.all)"
            identity = f'(re.++ (str.to_re {quote(head + "iam::")}) ((_ re.^ 12) (re.range "0" "9")) (str.to_re ":") (re.union {_NAMES}))'
            every = f"(re.++ (str.to_re {quote(head)}) {_SEGMENT} {_SEGMENT} {_SEGMENT} re.all)"
            accounts = sorted({one.account for one in self.callers if isinstance(one, Identity)} - {FRESH})
            own = {
                one: f"(re.++ (str.to_re {quote(head)}) {_SEGMENT} {_SEGMENT} (str.to_re {quote(one + ':')}) re.all)" for one in accounts
            }
            others = [one.arn for one in self.callers if isinstance(one, OriginAccessIdentity) and one != _ORIGIN]
            facts.append(self.has("aws:principalarn"))
            if caller == _OTHER:
                facts.append(f"(str.in_re {arn} (re.diff {every} (re.union {' '.join([origin, identity, *own.values()])})))")
            elif isinstance(caller, Unmodelled):
                facts.append(f"(str.in_re {arn} (re.diff {own[caller.arn.split(':')[4]]} (re.union {origin} {identity})))")
            elif caller == _ORIGIN:
                facts += [f"(str.in_re {arn} {origin})", *(f"(not (= {arn} {quote(one)}))" for one in others)]
            else:
                facts.append(f"(= {arn} {quote(caller.arn)})")
        return facts

    def aims_at(self, target: Target) -> str:
        """The request belongs to this target of the goal."""
        bucket = self.goal.bucket or ""
        place = (
            f"(= name {quote(bucket)})"
            if target.on == "bucket"
            else f"(str.in_re name (re.++ (str.to_re {quote(bucket + '/')}) re.allchar re.all))"
        )
        parts = [place, self.among("action", [self.actions.index(action) for action in target.actions])]
        parts += [self.restricted(one) for one in target.restrictions]
        own = [i for i, action in enumerate(self.actions) if re.fullmatch("s3:(Get|Put|Delete)BucketPolicy", action)]
        for index, caller in enumerate(self.callers):
            names = {getattr(caller, name, "") for name in ("name", "arn", "account")}
            names |= set(caller.arn.split(":")[4:5]) if isinstance(caller, Unmodelled) else set()
            if names & set(self.goal.exempt):
                parts.append(f"(not (= caller {index}))")
            if isinstance(caller, Identity) and caller.kind == "root" and own:
                parts.append(f"(not (and (= caller {index}) {self.among('action', own)}))")
        return both(parts)

    def among(self, constant: str, indices: list[int]) -> str:
        """The constant is one of these numbers."""
        return either(f"(= {constant} {index})" for index in indices)

    def restricted(self, restriction: Restriction) -> str:
        """What the goal says of one key."""
        key = restriction.key.lower()
        value = name_of(key)
        match restriction:
            case Absent():
                return f"(not {self.has(key)})"
            case Equal(value=wanted):
                shown = {"true": value, "false": f"(not {value})"}.get(wanted, f"(= {value} {quote(wanted)})")
                return f"(and {self.has(key)} {shown})"
            case Below(bound=bound):
                return f"(and {self.has(key)} (< {value} {real(Fraction(bound))}))"
        return f"(or (not {self.has(key)}) {both(f'(not (= {value} {quote(one)}))' for one in restriction.accepted)})"

    def fires(self, statement: Json) -> Span:
        """The statement denies the request."""
        negated = "NotPrincipal" in statement
        who = any_span(
            all_spans([Span(f"(= caller {index})", f"(= caller {index})"), given(truth)])
            for index, caller in enumerate(self.callers)
            if (
                truth := principal_is(statement["NotPrincipal" if negated else "Principal"], caller, self.goal.assumptions, negated=negated)
            )
            is not False
        )
        if [] in (statement.get("NotAction"), statement.get("NotResource")):
            return NEVER
        patterns = listed(statement.get("Action", statement.get("NotAction")))
        found = [any_truth(acts(p.lower(), action.lower()) for p in patterns) for action in self.actions]
        what = Span(*(self.among("action", [i for i, truth in enumerate(found) if truth in wanted]) for wanted in ([True], [True, None])))
        where = any_span(self.covers(p) for p in listed(statement.get("Resource", statement.get("NotResource"))))
        conditions = [
            self.holds(operator, key.lower(), [text(value) for value in listed(values)])
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        ]
        return all_spans(
            [who, negate(what) if "NotAction" in statement else what, negate(where) if "NotResource" in statement else where, *conditions]
        )

    def covers(self, pattern: str) -> Span:
        """The pattern covers the ARN of the request."""
        head = f"arn:{self.goal.partition}:s3:::"
        *place, tail = pattern.split(":", 5)
        if pattern == "*":
            return ALWAYS
        if len(place) < 5 or re.search("[*?]", ":".join(place)):
            return Span("false", f"(str.in_re (str.++ {quote(head)} name) {regex(pattern, variables=self.variables)})")
        same = f"(str.in_re name {regex(tail, variables=self.variables)})"
        return Span(same, same) if ":".join((*place, "")) == head else NEVER

    def holds(self, operator: str, key: str, policy: list[str]) -> Span:
        """One line of a condition block."""
        quantifier, _, rest = operator.rpartition(":")
        base, if_exists, negated = rest.removesuffix("IfExists"), rest.endswith("IfExists"), "Not" in rest
        there, absent = Span(self.has(key), self.has(key)), Span(f"(not {self.has(key)})", f"(not {self.has(key)})")
        if base == "Null":
            wanted = {value.lower() for value in policy}
            if quantifier:
                return given(quantifier == "ForAllValues")
            return (
                OPEN
                if not wanted or wanted - {"true", "false"}
                else any_span([absent] * ("true" in wanted) + [there] * ("false" in wanted))
            )
        if not policy:
            if quantifier == "ForAnyValue":
                return OPEN if if_exists else NEVER
            return absent if quantifier or if_exists else OPEN
        if key not in MULTIVALUED:
            found = any_span(self.matches(base.replace("Not", ""), key, one, name_of(key)) for one in policy)
            found = all_spans([there, negate(found) if negated else found])
        else:
            slots = [self.slot(base.replace("Not", ""), key, policy, slot, negated=negated) for slot in range(_SLOTS)]
            if quantifier == "ForAnyValue":
                found = any_span(all_spans([inside, holds]) for inside, holds in slots)
            else:
                found = all_spans([there, *(any_span([negate(inside), holds]) for inside, holds in slots)])
                found = found if quantifier else all_spans([there, OPEN])
        if quantifier:
            empty = absent if quantifier == "ForAllValues" else all_spans([absent, OPEN]) if if_exists else NEVER
        else:
            empty = absent if if_exists or negated else NEVER
        return any_span([empty, found])

    def slot(self, base: str, key: str, policy: list[str], slot: int, *, negated: bool) -> tuple[Span, Span]:
        """Whether a slot of a multi-valued key is in use, and whether its value satisfies the operator."""
        inside = name_of(f"in{slot} {key}")
        found = any_span(self.matches(base, key, one, name_of(f"value{slot} {key}")) for one in policy)
        return Span(inside, inside), negate(found) if negated else found

    def matches(self, base: str, key: str, policy: str, value: str) -> Span:  # noqa: PLR0911 - one return a family
        """One value of the request under the positive operator."""
        kind = KIND.get(key, "String")
        family = next(name for name in ("String", "Numeric", "Date", "Bool", "Binary", "Ip", "Arn") if base.startswith(name))
        if family == "String" and kind == "Bool" and self.goal.assumptions.string_op_on_bool_key:
            yes, no = (glob(policy, word) if base == "StringLike" else policy == word for word in ("true", "false"))
            return exact(f"(ite {value} {str(yes).lower()} {str(no).lower()})")
        if family == "String" and kind in {"String", "Arn"}:
            fold = base.endswith("IgnoreCase")
            if fold and not policy.isascii():
                return OPEN
            source = policy if base == "StringLike" else re.sub(r"\$\{([*?$])\}", r"\1", policy) if self.variables else policy
            if base != "StringLike" and not fold:
                return exact(f"(= {value} {quote(source)})")
            plain = source if base == "StringLike" else re.sub(r"([*?])", r"${\1}", source)
            return exact(f"(str.in_re {value} {regex(plain, variables=self.variables or base != 'StringLike', fold=fold)})")
        if family != kind:
            return OPEN
        if family == "Bool":
            return OPEN if policy.lower() not in {"true", "false"} else exact(value if policy.lower() == "true" else f"(not {value})")
        if family == "Ip":
            return self.within(key, policy)
        if family == "Arn":
            segments = policy.split(":", 5)
            if len(segments) < 6:
                return OPEN
            parts = [
                regex(one, variables=self.variables, any_char=_NOT_COLON if index < 5 else "re.allchar")
                for index, one in enumerate(segments)
            ]
            joined = ' (str.to_re ":") '.join(parts)
            return exact(f"(str.in_re {value} (re.++ {joined}))")
        bound = number(policy) if family == "Numeric" else moment(policy)
        sign = {"Equals": "=", "LessThan": "<", "LessThanEquals": "<=", "GreaterThan": ">", "GreaterThanEquals": ">="}
        return OPEN if bound is None else exact(f"({sign[base.removeprefix(family)]} {value} {real(bound)})")

    def within(self, key: str, policy: str) -> Span:
        """The address lies in a range; a bare IPv6 address is at least itself and at most a /32."""
        try:
            network = ipaddress.ip_network(policy, strict=False)
        except ValueError:
            return OPEN
        wide = ipaddress.ip_network(f"{policy}/32", strict=False) if network.version == 6 and "/" not in policy else network
        v6 = name_of("v6 " + key) if network.version == 6 else f"(not {name_of('v6 ' + key)})"
        lower, upper = (f"(and {v6} (<= {int(one[0])} {name_of(key)} {int(one[-1])}))" for one in (network, wide))
        return Span(lower, upper)


def representatives(entries: list[str], partition: str) -> list[Principal]:
    """One caller of each kind that the document's principals can tell apart; `@fresh@` stands for any name that is not listed."""
    found: list[Principal] = [Anonymous(), Service(FRESH), _ORIGIN, _OTHER]
    accounts = {FRESH}
    for entry in entries:
        if re.fullmatch(r"[a-z.0-9-]+\.amazonaws\.com", entry):
            found.append(Service(entry))
        if entry.startswith(f"arn:{partition}:iam::cloudfront:user/CloudFront Origin Access Identity "):
            found.append(OriginAccessIdentity(entry))
        head, _, path = entry.rpartition(":")
        account = head.rpartition(":")[2] if head else path
        if not re.fullmatch(r"\d{12}", account):
            continue
        accounts.add(account)
        kind, _, name = path.partition("/")
        if kind in {"role", "user"}:
            found.append(Identity("role", account, entry, "s") if kind == "role" else Identity("user", account, entry))
        if kind == "assumed-role":
            role, _, session = name.partition("/")
            roles = {other for other in entries if re.fullmatch(f"arn:[^:]*:iam::{account}:role/(.*/)?{re.escape(role)}", other)}
            found += [Identity("role", account, arn, session) for arn in sorted(roles | {f"arn:{partition}:iam::{account}:role/{role}"})]
    for account in sorted(accounts):
        base = f"arn:{partition}:iam::{account}"
        found += [Identity("role", account, f"{base}:role/{FRESH}", "s"), Identity("user", account, f"{base}:user/{FRESH}")]
        found.append(Identity("root", account, f"{base}:root"))
        found += [Unmodelled(f"arn:{partition}:sts::{account}:federated-user/{FRESH}")] if account != FRESH else []
    return list(dict.fromkeys(found))
