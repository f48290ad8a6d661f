"""The verdict as it is shown: verified, and never a pass where the two readings differ."""

import json
import string
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.families import GOAL as HARD
from benchmarks.families import _sat
from bucketpolicy import judge as module
from bucketpolicy.document import Document, Principals, Problem
from bucketpolicy.goal import SSE, TRANSPORT, Absent, Assumptions, Equal, Goal, Target
from bucketpolicy.judge import judge, verify
from bucketpolicy.operators import BASE_NAMES
from bucketpolicy.parse import parse
from bucketpolicy.proof import compile as compiler
from bucketpolicy.proof.budget import TICKS, Budget
from bucketpolicy.proof.check import check_proof
from bucketpolicy.proof.decide import decide
from bucketpolicy.request import Anonymous, Identity, OriginAccessIdentity, Request
from bucketpolicy.shortest import shorten
from bucketpolicy.verdict import Counterexample, Denied, Undecided, Verdict

Json = dict[str, object]

DENY: Json = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::b/*",
    "Condition": {"Null": {SSE: "true"}},
}
HEADERLESS = Goal("b", "aws", (Target(("s3:PutObject",), "object", (Absent(SSE),)),))
INSECURE = Goal("b", "aws", (Target(("s3:PutObject",), "object", (Equal(TRANSPORT, "false"),)),))
ORIGIN = OriginAccessIdentity("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE")
UPLOAD = Request(Anonymous(), "s3:PutObject", "arn:aws:s3:::b/k", ())


def ask_anew(document: Document, goal: Goal) -> Verdict:
    """The verdict, whatever was found before."""
    found: Verdict = module._judge.__wrapped__(document, goal, 12, TICKS)
    return found


def read(*statements: object) -> Document:
    """The document of these statements."""
    document = parse(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
    assert isinstance(document, Document)
    return document


DISAGREEMENT = Undecided((Problem("$", "internal disagreement: the two readings of this document differ; please report it"),))


def test_a_verdict_with_sound_evidence_passes() -> None:
    """Proof and counterexample are shown as they are."""
    denied, refuted = judge(read(DENY), HEADERLESS), judge(read(DENY), INSECURE)
    assert isinstance(denied, Denied)
    assert denied.statements == (1,)
    assert isinstance(refuted, Counterexample)
    assert refuted.request.action == "s3:PutObject"
    assert verify(read(DENY), HEADERLESS, denied) is denied
    assert verify(read(DENY), INSECURE, refuted) is refuted


@pytest.mark.parametrize("operator", ["NumericLessThan", "NumericGreaterThan", "DateLessThan"])
def test_a_witness_has_its_epoch_time_in_seconds(operator: str) -> None:
    """`aws:EpochTime` is compared as a number and as a date: a counterexample holds in both readings."""
    verdict = judge(read({**DENY, "Condition": {"Null": {SSE: "true"}, operator: {"aws:EpochTime": "1800000000"}}}), HEADERLESS)
    assert isinstance(verdict, Counterexample)
    assert (verdict.request.context[0][1][0] > "1800000000") == (operator != "NumericGreaterThan")


def test_a_witness_has_no_epoch_time_that_could_be_a_year() -> None:
    """Four digits are read as a year by some: a request that needs them is not shown."""
    denies = [{**DENY, "Condition": {"Null": {SSE: "true"}, "NumericNotEquals": {"aws:EpochTime": "2026"}}}]
    verdict = judge(read(*denies), HEADERLESS)
    assert isinstance(verdict, Undecided)
    assert verdict != DISAGREEMENT


@pytest.mark.parametrize(
    ("key", "text"), [("aws:username", "John Doe"), ("aws:PrincipalArn", "arn:aws:iam::111122223333:user/John\u3000Doe")]
)
def test_nobody_has_white_space_in_a_name(key: str, text: str) -> None:
    """A statement that spares only a name that IAM refuses is undecided, and says so."""
    condition = {"Null": {SSE: "true"}, "StringNotEquals": {key: text}}
    verdict = judge(read({**DENY, "Condition": condition}), HEADERLESS)
    assert isinstance(verdict, Undecided)
    assert Problem("$.Statement[0].Condition.StringNotEquals", "no user or role has white space in its name") in verdict.reasons


def test_a_proof_of_another_document_is_no_proof() -> None:
    """Whatever `decide` claims: without a proof that the checker follows it is not compliant."""
    denied = judge(read(DENY), HEADERLESS)
    assert isinstance(denied, Denied)
    for document in (
        read({**DENY, "Effect": "Allow"}),
        read({**DENY, "Resource": "arn:aws:s3:::c/*"}),
        read({**DENY, "Action": "s3:Get*"}),
    ):
        assert verify(document, HEADERLESS, denied) == DISAGREEMENT
    assert verify(read(DENY), INSECURE, denied) == DISAGREEMENT


@pytest.mark.parametrize(
    "request_",
    [
        UPLOAD,
        UPLOAD._replace(resource="arn:aws:s3:::c/k"),
        UPLOAD._replace(resource="arn:aws:s3:::b/"),
        UPLOAD._replace(context=((SSE, ("AES256",)),)),
        UPLOAD._replace(action="s3:GetObject"),
        UPLOAD._replace(principal=Identity("user", "1", "arn:aws:iam::1:user/x")),
    ],
)
def test_a_counterexample_must_be_one(request_: Request) -> None:
    """A request that is denied, or none of the goal's, is not shown."""
    assert verify(read(DENY), HEADERLESS, Counterexample(request_, ())) == DISAGREEMENT


def test_a_counterexample_on_open_ground_is_not_shown() -> None:
    """Where `evaluate` cannot tell, `decide` may not claim to."""
    document = read({**DENY, "Resource": "arn:*:s3:::b/*"})
    assert verify(document, HEADERLESS, Counterexample(UPLOAD, ())) == DISAGREEMENT
    assert isinstance(judge(document, HEADERLESS), Undecided)


def test_judge_verifies_what_decide_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong `decide`, either way, ends in nothing being claimed."""
    goal = HEADERLESS._replace(exempt=("999999999999",))
    proof = judge(read(DENY), goal)
    for document, lie in ((read({**DENY, "Effect": "Allow"}), proof), (read(DENY), Counterexample(UPLOAD, ()))):
        monkeypatch.setattr(module, "decide", lambda *_, lie=lie: lie)
        assert ask_anew(document, goal) == DISAGREEMENT


def test_an_undecided_verdict_stays_undecided() -> None:
    """Its reasons point at the document."""
    verdict = judge(read({**DENY, "Resource": "arn:*:s3:::b/*"}), HEADERLESS)
    assert isinstance(verdict, Undecided)
    assert {problem.path for problem in verdict.reasons} == {"$.Statement[0].Resource"}


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("*", Denied),
        ("arn:aws:s3:::*", Denied),
        ("arn:aws:s3:::b/*", Undecided),
        ("arn:aws:s3:::b*", Undecided),
        ("arn:aws-cn:s3:::b/*", Counterexample),
        ("arn:aws:s3:::b", Counterexample),
    ],
)
def test_without_a_name_the_answer_must_hold_for_every_name(resource: str, expected: type[Verdict]) -> None:
    """Denied on all buckets, not denied on any, or not known yet."""
    assert isinstance(judge(read({**DENY, "Resource": resource}), HEADERLESS._replace(bucket=None)), expected)


NAME_UNKNOWN = Undecided((Problem("$", "the answer depends on the bucket's name, which is not known"),))


@pytest.mark.parametrize("resource", ["arn:aws:s3:::b/*", "arn:aws:s3:::b*", "arn:aws:s3:::*b/*", "arn:aws:s3:::b?/*", "arn:aws:s3:::?/*"])
def test_a_counterexample_on_one_name_is_not_one_on_all(resource: str) -> None:
    """It is replayed on every bucket that the document names, wildcards filled in."""
    elsewhere = Counterexample(UPLOAD._replace(resource="arn:aws:s3:::some-other-name/k"), ())
    document = read({**DENY, "Resource": ["arn:aws:s3:::c/logs/*", resource]})
    assert verify(document, HEADERLESS._replace(bucket=None), elsewhere) == NAME_UNKNOWN
    assert verify(document, HEADERLESS._replace(bucket="some-other-name"), elsewhere) is elsewhere


def test_a_counterexample_on_all_names_stands() -> None:
    """Names that a document speaks of without denying are in nobody's way; a lone wildcard is some name."""
    request = UPLOAD._replace(resource="arn:aws:s3:::some-other-name/k", context=((SSE, ("AES256",)),))
    goal = Goal(None, "aws", (Target(("s3:PutObject",), "object", ()),))
    for resource in ("arn:aws:s3:::b/*", "arn:aws:s3:::*/*", "arn:aws:s3:::*"):
        assert verify(read({**DENY, "Resource": resource}), goal, Counterexample(request, ())) == Counterexample(request, ())
    unnamed = {**DENY, "Condition": {"Null": {SSE: "false"}}, "Resource": "arn:aws:s3:::*"}
    assert verify(read(unnamed), goal, Counterexample(request, ())) == DISAGREEMENT


def test_the_same_question_is_answered_once() -> None:
    """The cache is bounded and gives the very same value."""
    assert judge(read(DENY), HEADERLESS) is judge(read(DENY), HEADERLESS)
    assert judge.cache_info().maxsize == 64


KEYS = (SSE, "aws:SecureTransport", "s3:TlsVersion", "aws:SourceIp", "aws:PrincipalArn", "aws:TagKeys", "aws:CurrentTime", "custom:key")
ORDINARY = ["true", "false", "AES256", "1.2", "10.0.0.0/8", "arn:aws:iam::111122223333:role/*"]
ODD = ["*", "a?", "${aws:username}", "${", "2020", "", "\x00"]
TEXTS = st.sampled_from(ORDINARY + ODD) | st.text(max_size=4)
NAMES = st.builds(
    lambda quantifier, name, suffix: quantifier + name + ("" if name == "Null" else suffix),
    st.sampled_from(["", "ForAllValues:", "ForAnyValue:"]),
    st.sampled_from(BASE_NAMES),
    st.sampled_from(["", "IfExists"]),
)
CONDITIONS = st.dictionaries(NAMES, st.dictionaries(st.sampled_from(KEYS), st.lists(TEXTS, max_size=3), max_size=2), max_size=3)
RESOURCES = st.sampled_from(
    ["*", "arn:aws:s3:::b/*", "arn:aws:s3:::b", "arn:*:s3:::b/*", "arn:aws:s3:::b/${aws:username}", "arn:aws-cn:s3:::b/*", "b"]
)
CALLERS = st.sampled_from(["*", "111122223333", "arn:aws:iam::111122223333:role/a", "s3.amazonaws.com"])
PRINCIPALS = st.just("*") | st.dictionaries(
    st.sampled_from(["AWS", "Service", "Federated", "CanonicalUser"]),
    st.lists(CALLERS | st.text(string.printable, max_size=5)),
    max_size=2,
)
STATEMENTS = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny", "Deny"]), "Condition": CONDITIONS},
).flatmap(
    lambda base: st.tuples(
        st.sampled_from(["Principal", "NotPrincipal"]),
        PRINCIPALS,
        st.sampled_from(["Action", "NotAction"]),
        st.sampled_from(["s3:PutObject", "s3:*", "*", "s3:Get*"]),
        st.sampled_from(["Resource", "NotResource"]),
        st.lists(RESOURCES, max_size=2),
    ).map(lambda rest: {**base, rest[0]: rest[1], rest[2]: rest[3], rest[4]: rest[5]})
)
SWITCHES = st.builds(Assumptions, *([st.booleans()] * len(Assumptions._fields)))


@given(
    statements=st.lists(STATEMENTS, min_size=1, max_size=4), goal=st.sampled_from([HEADERLESS, INSECURE]), on=SWITCHES, named=st.booleans()
)
def test_no_document_raises_and_no_two_readings_differ(statements: list[Json], goal: Goal, on: Assumptions, *, named: bool) -> None:
    """Every document gets one of three verdicts, and none because of a disagreement."""
    verdict = judge(read(*statements), goal._replace(assumptions=on, bucket="b" if named else None))
    assert isinstance(verdict, Denied | Counterexample | Undecided)
    assert verdict != DISAGREEMENT


# One allowance for everything

SAT = json.dumps(_sat(13, 16))


def test_a_document_that_its_search_nearly_exhausts_gets_a_verdict() -> None:
    """The proof of what has been decided may cost more than was left: nothing raises, and the statement is pointed at."""
    document = parse(SAT)
    assert isinstance(document, Document)
    verdict = judge(document, HARD)
    assert isinstance(verdict, Undecided)
    ((path, reason),) = verdict.reasons
    assert path.startswith("$.Statement[")
    assert reason.startswith("the document is too complex")


@pytest.mark.parametrize("ticks", [0, 10, 100, 300, 500, 700, 900, 1_000, 1_200, 1_500, 2_000, 3_000, 100_000])
def test_search_check_and_probe_share_one_allowance(ticks: int) -> None:
    """Wherever it ends, there is a verdict, and it is a denial only where all three came to their end."""
    resources = [f"arn:aws:s3:::b/{letter}*" for letter in string.ascii_lowercase]
    split = [{**DENY, "Resource": resources}, {**DENY, "Resource": None, "NotResource": resources}]
    document = read(*({key: value for key, value in one.items() if value is not None} for one in split))
    budget = Budget(ticks)
    verdict = decide(document, HEADERLESS, budget)
    judged = judge(document, HEADERLESS, ticks=ticks)
    if isinstance(verdict, Denied) and isinstance(judged, Undecided):
        assert judged.reasons[0].reason.startswith("the document is too complex")
    else:
        assert judged == verdict or isinstance(judged, Undecided)
    assert isinstance(judge(document, HEADERLESS), Denied)


def test_a_probe_that_would_cost_more_than_is_left_is_not_begun() -> None:
    """Each request costs as much as the document is long."""
    document = read(DENY)
    assert isinstance(judge(document, HEADERLESS, probes=12), Denied)
    assert isinstance(judge(document, HEADERLESS, probes=10**6), Undecided)


def test_a_denial_through_which_a_request_gets_is_not_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second reading has the last word, whatever was proved."""
    document = read({**DENY, "Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}})
    proved = judge(read(DENY), HEADERLESS)
    monkeypatch.setattr(module, "decide", lambda *_: proved)
    monkeypatch.setattr(module, "check_proof", lambda *_: True)
    assert ask_anew(read(DENY), HEADERLESS) == proved
    assert ask_anew(document, HEADERLESS) == DISAGREEMENT


EVERYBODY = Principals(negated=False, everyone=True, entries=(), path="$")


@pytest.fixture
def forget() -> Iterator[None]:
    """Nothing that is compiled before a test is known in it, nor the other way round."""
    caches = (compiler.compile_document, compiler.compile_target, compiler._compile_cubes)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


@pytest.mark.usefixtures("forget")
@pytest.mark.parametrize(
    ("part", "misread", "hole"),
    [
        ("match_principals", lambda read, _, *rest, **more: read(EVERYBODY, *rest, **more), {"Principal": {"AWS": "111122223333"}}),
        ("select_actions", lambda read, names, *rest: read(names._replace(patterns=("s3:*",)), *rest), {"Action": "s3:putobjectx"}),
        (
            "select_objects",
            lambda read, names, *rest, **more: read(names._replace(patterns=("*",)), *rest, **more),
            {"Resource": "arn:aws:s3:::b/a*"},
        ),
        (
            "read_condition",
            lambda read, one, *rest, **more: read(one._replace(operator=one.operator._replace(if_exists=True)), *rest, **more),
            {"Condition": {"StringEquals": {"s3:x-amz-server-side-encryption": "AES256"}}},
        ),
    ],
)
def test_a_core_that_misreads_a_part_of_a_statement_is_stopped(
    part: str, misread: Callable[..., object], hole: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`check_proof` follows the wrong proof, for it reads with the same code; the search for a request that gets through does not."""
    document = read({**DENY, **hole})
    assert isinstance(judge(document, HEADERLESS), Counterexample)
    for cache in (compiler.compile_document, compiler.compile_target, compiler._compile_cubes):
        cache.cache_clear()
    monkeypatch.setattr(compiler, part, partial(misread, getattr(compiler, part)))
    wrong = decide(document, HEADERLESS)
    assert isinstance(wrong, Denied)
    assert check_proof(document, HEADERLESS, wrong.proof)
    assert ask_anew(document, HEADERLESS) == DISAGREEMENT


@pytest.mark.parametrize(
    "statement",
    [
        {"Principal": {"AWS": [f"arn:aws:sts::111122223333:assumed-role/r/s{number}" for number in range(60)]}},
        {"Action": [f"s3:*{number}*" for number in range(1_001)]},
    ],
)
def test_what_would_be_compiled_at_length_is_given_up_before(statement: Json) -> None:
    """A session of each of many roles with one name; more patterns of actions than S3 has actions."""
    roles = [f"arn:aws:iam::111122223333:role/p{number}/r" for number in range(60)]
    document = read({**DENY, "Principal": {"AWS": roles}}, {**DENY, **statement})
    verdict = judge(document, HEADERLESS)
    assert isinstance(verdict, Undecided)
    assert verdict.reasons[0].reason.startswith("the document is too complex")


def test_an_origin_access_identity_has_some_account() -> None:
    """Both readings take it so: neither objects to a denial of whoever has an account."""
    spares_users: Json = {**DENY, "Condition": {"Null": {SSE: "true"}, "ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}}}
    of_accounts: Json = {**DENY, "Condition": {"Null": {SSE: "true", "aws:PrincipalAccount": "false"}}}
    assert isinstance(judge(read(spares_users, of_accounts), HEADERLESS), Denied)


@pytest.mark.parametrize(
    "condition", [{"StringEquals": {"aws:PrincipalAccount": "111122223333"}}, {"Null": {"aws:PrincipalAccount": "true"}}]
)
def test_which_account_it_has_need_not_be_known_where_that_does_not_matter(condition: Json) -> None:
    """A statement about other requests speaks of accounts: whom the one about these spares gets through, and no account is said."""
    spares: Json = {**DENY, "Condition": {"Null": {SSE: "true"}, "ArnNotEquals": {"aws:PrincipalArn": ORIGIN.arn}}}
    document = read(spares, {**DENY, "Action": "s3:GetObject", "Condition": condition})
    verdict = judge(document, HEADERLESS)
    assert isinstance(verdict, Counterexample)
    assert verdict.request.principal == ORIGIN
    assert set(dict(verdict.request.context)) == {"aws:principalarn", TRANSPORT}
    assert {"aws:principalaccount", "aws:principalarn"} <= shorten(document, HEADERLESS, verdict.request).implied
