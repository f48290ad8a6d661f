"""What conditions prove, refute and leave open."""

import pytest

from bucketpolicy.goal import SSE, TRANSPORT, Absent, Target
from bucketpolicy.verdict import Counterexample, Denied, Undecided
from tests.bucketpolicy.verdicts import NULL, Json, decide_on, denied, over_http, reasons, statement, uploads, witness


@pytest.mark.parametrize(
    ("condition", "path"),
    [
        ({"Bool": {TRANSPORT: "0"}}, "Bool"),
        ({"Null": {TRANSPORT: "no"}}, "Null"),
        ({"Null": {TRANSPORT: []}}, "Null"),
        ({"NumericEquals": {TRANSPORT: "1"}}, "NumericEquals"),
        ({"ArnNotEquals": {TRANSPORT: "arn:aws:s3:::b"}}, "ArnNotEquals"),
        ({"IpAddress": {"aws:SourceIp": "300.0.0.1"}}, "IpAddress"),
        ({"NumericLessThan": {"s3:max-keys": "many"}}, "NumericLessThan"),
        ({"NumericEquals": {"s3:max-keys": ["1", "many"]}}, "NumericEquals"),
        ({"DateLessThan": {"aws:CurrentTime": "2026"}}, "DateLessThan"),
        ({"StringEquals": {"s3:max-keys": "1"}}, "StringEquals"),
        ({"StringEquals": {"aws:TagKeys": "a"}}, "StringEquals"),
        ({"NumericEquals": {"aws:TagKeys": "1"}}, "NumericEquals"),
        ({"BinaryEquals": {"aws:UserAgent": "YQ=="}}, "BinaryEquals"),
        ({"ArnLike": {"aws:SourceVpce": "arn:aws:s3:::b"}}, "ArnLike"),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3"}}, "ArnLike"),
        ({"StringEqualsIgnoreCase": {"aws:UserAgent": "é"}}, "StringEqualsIgnoreCase"),
    ],
)
def test_a_condition_that_aws_leaves_open(condition: Json, path: str) -> None:
    """Of requests that satisfy every other condition nothing can be told, and the reason points at this one."""
    verdict = uploads(statement({**NULL, **condition} if "Null" not in condition else {"Null": {SSE: "true", **condition["Null"]}}))
    if isinstance(verdict, Counterexample):
        # An absent key is no match for a positive operator, whatever its value would be.
        rest = statement({"Null": {key: "true" for keys in condition.values() for key in keys} | {SSE: "true"}})
        verdict = uploads(statement({**NULL, **condition}), rest)
    assert f"$.Statement[0].Condition.{path}" in [where for where, _ in reasons(verdict)]


@pytest.mark.parametrize(
    "condition",
    [
        {"NumericNotEquals": {SSE: "AES256"}},
        {"DateNotEquals": {SSE: "AES256"}},
        {"NotIpAddress": {SSE: ["198.51.100.0/24", "AES256"]}},
        {"BoolIfExists": {SSE: "AES256"}},
        {"BinaryEqualsIfExists": {SSE: "no base 64"}},
        {"ArnNotEquals": {SSE: "AES256"}},
        {"ArnNotEquals": {SSE: "arn:aws:s3::b"}},
        {"NumericNotEquals": {SSE: ["1", "AES256"]}},
        {"StringNotEquals": {SSE: "${aws:username"}},
        {"ForAllValues:StringEquals": {SSE: "${}"}},
        {"StringNotEquals": {SSE: "${aws:TagKeys}"}},
    ],
)
def test_a_value_that_its_operator_cannot_take_proves_nothing(condition: Json) -> None:
    """Not even of an absent key: S3 may refuse the statement."""
    (name,) = condition
    assert reasons(uploads(statement(condition))) == (
        (f"$.Statement[0].Condition.{name}", f"`{name}` cannot be applied to one of its values"),
    )


@pytest.mark.parametrize(
    "condition",
    [
        {"NumericNotEquals": {SSE: "1"}},
        {"DateNotEquals": {SSE: "2026-01-01"}},
        {"NotIpAddress": {SSE: "198.51.100.0/24"}},
        {"BoolIfExists": {SSE: "TRUE"}},
        {"BinaryEqualsIfExists": {SSE: "YQ=="}},
        {"ArnNotEquals": {SSE: ["*", "arn:aws:s3:::b", "${aws:SourceArn}"]}},
        {"StringNotEquals": {SSE: "${aws:username}"}},
    ],
)
def test_an_absent_key_is_decided_by_the_operator_alone(condition: Json) -> None:
    """Whatever its type, where the values are such as the operator takes."""
    assert isinstance(uploads(statement(condition)), Denied)


FOR_ANY_IF_EXISTS = "AWS does not say what `ForAnyValue` with `IfExists` does about an absent key"


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ({"ForAnyValue:StringEqualsIfExists": {"s3:x-amz-acl": "private"}}, FOR_ANY_IF_EXISTS),
        ({"ForAnyValue:StringEqualsIfExists": {"s3:x-amz-acl": []}}, FOR_ANY_IF_EXISTS),
        ({"ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": "a"}}, FOR_ANY_IF_EXISTS),
        ({"ForAnyValue:BoolIfExists": {"s3:ObjectCreationOperation": "true"}}, FOR_ANY_IF_EXISTS),
        ({"ForAnyValue:NumericEqualsIfExists": {"s3:max-keys": "1"}}, FOR_ANY_IF_EXISTS),
        ({"ForAnyValue:IpAddressIfExists": {"aws:SourceIp": "10.0.0.0/8"}}, FOR_ANY_IF_EXISTS),
        ({"ForAnyValue:StringEqualsIfExists": {"s3:ObjectCreationOperation": "true"}}, FOR_ANY_IF_EXISTS),
    ],
)
def test_for_any_value_with_if_exists_is_open_about_an_absent_key(condition: Json, reason: str) -> None:
    """All that is left is the absent key, and what happens then is not documented."""
    ((name, keys),) = condition.items()
    (key,) = keys
    present = statement({"Null": {SSE: "true", key: "false"}})
    found = dict(reasons(uploads(statement({**NULL, **condition}), present)))
    assert found[f"$.Statement[0].Condition.{name}"] == reason


def test_a_text_operator_on_a_bool_key_compares_texts_unless_switched_off() -> None:
    """The assumption is named wherever a verdict rests on it, and without it the value is open."""
    texts = statement({"StringEquals": {TRANSPORT: "false"}})
    assert denied(over_http(texts)).assumptions == ("string-op-on-bool-key",)
    assert reasons(over_http(texts, string_op_on_bool_key=False)) == (
        ("$.Statement[0].Condition.StringEquals", "the operator does not fit the type of its key"),
    )
    assert denied(over_http(statement({"StringNotEquals": {TRANSPORT: "true"}}))).assumptions == ("string-op-on-bool-key",)
    assert denied(over_http(statement({"StringLike": {TRANSPORT: "f*"}}))).assumptions == ("string-op-on-bool-key",)
    verdict = over_http(statement({"StringEquals": {TRANSPORT: "true"}}))
    assert isinstance(verdict, Counterexample)
    assert verdict.assumptions == ("string-op-on-bool-key",)
    unaffected = over_http(statement({"StringEquals": {TRANSPORT: "true", SSE: "AES256"}}))
    assert isinstance(unaffected, Counterexample)
    assert unaffected.assumptions == ()


def test_a_value_of_a_bool_key_is_true_or_false() -> None:
    """So both together cover every request that has the key."""
    denied(decide_on(statement({"Bool": {TRANSPORT: ["true", "False"]}}), target=Target(("s3:PutObject",), "object", ())))
    verdict = decide_on(statement({"Bool": {TRANSPORT: [True, False]}}), target=Target(("s3:PutObject",), "object", ()))
    assert denied(verdict).assumptions == ("secure-transport-present",)
    alone = decide_on(
        statement({"Bool": {TRANSPORT: [True, False]}}), target=Target(("s3:PutObject",), "object", ()), secure_transport_present=False
    )
    assert TRANSPORT not in dict(witness(alone).context)


def test_several_elements_of_a_set() -> None:
    """Two `ForAnyValue` at once need a value each; `ForAllValues` rules elements out."""
    key = "s3:RequestObjectTagKeys"
    both = [
        statement({"Null": {SSE: "true", key: "true"}}),
        statement({**NULL, "ForAllValues:StringNotEquals": {key: "a"}}),
        statement({**NULL, "ForAllValues:StringNotLike": {key: "b*"}}),
    ]
    assert set(dict(witness(uploads(*both)).context)[key.lower()]) == {"a", "b"}
    rest = statement({**NULL, "ForAnyValue:StringLike": {key: "b*"}})
    denied(uploads(*both, rest))
    assert dict(witness(uploads(both[0], both[1], rest)).context)[key.lower()] == ("a",)
    always = statement({**NULL, "ForAllValues:Null": {key: "true"}})
    denied(uploads(always))
    witness(uploads(statement({**NULL, "ForAnyValue:Null": {key: "true"}})))
    denied(uploads(statement({**NULL, "ForAllValues:StringEquals": {key: []}}), statement({"Null": {SSE: "true", key: "false"}})))
    storage = {"s3:x-amz-storage-class": "STANDARD"}
    several = [
        statement({**NULL, "ForAnyValue:StringLike": {key: glob}, "StringEquals": storage, "StringNotEquals": {"s3:x-amz-acl": acl}})
        for glob in ("a*", "b*", "?*")
        for acl in ("private", "public-read")
    ]
    assert witness(uploads(*several))
    covering = statement({"Null": {SSE: "true", key: "true"}, "StringEquals": storage})
    rest = [statement({**NULL, "StringNotEquals": storage}), statement({**NULL, "StringEquals": {"s3:x-amz-acl": "x"}})]
    denied(uploads(*several, covering, *rest, statement({"Null": {SSE: "true", "s3:x-amz-acl": "true"}}), statement(NULL)))


def test_an_empty_value_may_count_as_null() -> None:
    """Where a client may send one, the two readings of `Null` must both be covered."""
    key = "aws:Referer"
    parts = [
        statement({"StringNotEquals": {key: "a"}, "Null": {SSE: "true", key: "false"}}),
        statement({**NULL, "StringEqualsIfExists": {key: "a"}}),
    ]
    assert reasons(uploads(*parts)) == (("$", "only requests that nobody is known to send get through"),)
    denied(uploads(*parts, statement({"StringEquals": {key: ""}, "Null": {SSE: "true"}}), statement({"Null": {SSE: "true", key: "true"}})))
    other = "aws:username"
    denied(
        uploads(
            statement({"StringNotEquals": {other: "a"}, "Null": {SSE: "true", other: "false"}}),
            statement({**NULL, "StringEqualsIfExists": {other: "a"}}),
        )
    )


def test_network_keys_of_a_vpc_endpoint() -> None:
    """An address or an endpoint, never both, never neither; and a VPC comes with an endpoint only."""
    parts = [statement({"Null": {SSE: "true", "aws:SourceVpce": "false"}}), statement({"Null": {SSE: "true", "aws:SourceIp": "false"}})]
    assert denied(uploads(*parts)).assumptions == ("source-ip-or-vpc-endpoint",)
    witness(uploads(*parts, source_ip_or_vpc_endpoint=False))
    vpc = statement({"Null": {SSE: "true", "aws:SourceVpc": "false"}})
    assert dict(witness(uploads(vpc, parts[0])).context).keys() == {TRANSPORT}
    assert reasons(uploads(vpc, parts[1], statement({"Null": {SSE: "true", "aws:SourceVpce": "true"}})))
    both = statement({**NULL, "StringEquals": {"aws:SourceVpc": "a", "aws:SourceVpce": "b"}})
    witness(uploads(both))
    nowhere = [statement({"Null": {SSE: "true", "aws:SourceVpc": "false"}}), parts[1]]
    assert reasons(uploads(*nowhere))


def test_keys_that_an_action_does_not_know() -> None:
    """They may be there for all a proof knows, unless the switch says that they are not."""
    target = Target(("s3:GetObject",), "object", ())
    header = statement({"Null": {SSE: "true"}}, Action="s3:GetObject")
    assert reasons(decide_on(header, target=target)) == (
        ("$.Statement[1].Condition.Null", "whether a request carries a key that its action is not documented to know is open"),
    )
    assert denied(decide_on(header, target=target, inapplicable_keys_absent=True)).assumptions == ("inapplicable-keys-absent",)


def test_other_keys_of_an_endpoint_come_with_it() -> None:
    """They need not come with every one."""
    key = "aws:VpceAccount"
    without = statement({"Null": {SSE: "true", key: "true"}})
    assert key.lower() in dict(witness(uploads(without)).context)
    gone = statement({"Null": {SSE: "true", "aws:SourceVpce": "false"}})
    assert reasons(uploads(without, gone))
    request = witness(
        uploads(statement({"Null": {SSE: "true", key: "false"}}), statement({"Null": {SSE: "true", "aws:SourceVpce": "true"}}))
    )
    assert dict(request.context).keys() == {TRANSPORT, "aws:sourcevpce"}


@pytest.mark.parametrize("key", [SSE, TRANSPORT, "s3:tlsversion", "aws:currenttime", "aws:sourceip", "aws:tagkeys"])
def test_null_with_another_value_proves_nothing(key: str) -> None:
    """Not of an absent key and not of a present one, whatever the key's type; and nothing surely gets through."""
    odd = statement({"Null": {key: "no"}})
    for target in (Target(("s3:PutObject",), "object", (Absent(key),)), Target(("s3:PutObject",), "object", ())):
        verdict = decide_on(odd, target=target, secure_transport_present=False)
        assert ("$.Statement[1].Condition.Null", "`Null` takes `true` or `false`") in reasons(verdict)


def test_a_key_that_s3_is_not_known_to_send_is_compared_as_a_text() -> None:
    """Or as a set of texts where a set operator asks for it: what is so and what is not so are everything."""
    key = "corp:team"
    denied(uploads(statement({**NULL, "StringEquals": {key: "a"}}), statement({**NULL, "StringNotEquals": {key: "a"}})))
    every = statement({**NULL, "ForAllValues:StringEquals": {key: "a"}})
    denied(uploads(every, statement({**NULL, "ForAnyValue:StringNotEquals": {key: "a"}})))
    assert reasons(uploads(every, statement({**NULL, "StringNotEquals": {key: "a"}})))


def test_an_empty_list_and_an_empty_set() -> None:
    """Every element of an empty set is in an empty list, and none is: `ForAllValues` holds of it, `ForAnyValue` does not."""
    key = "s3:RequestObjectTagKeys"
    filled = statement({**NULL, "ForAnyValue:StringLike": {key: "*"}})
    denied(uploads(statement({**NULL, "ForAllValues:StringEquals": {key: []}}), filled))
    none = statement({**NULL, "ForAnyValue:StringEquals": {key: []}})
    assert isinstance(uploads(none, filled, statement({"Null": {SSE: "true", key: "true"}})), Undecided)


def test_an_empty_list_and_an_empty_text() -> None:
    """Whether `ForAllValues` with an empty list holds of a header without a value is open."""
    key = "aws:UserAgent"
    operators: list[Json] = [{"ForAllValues:StringEquals": {key: []}}, {"StringNotEquals": {key: ""}}, {"StringEquals": {key: ""}}]
    assert isinstance(uploads(*(statement({**NULL, **operator}) for operator in operators)), Undecided)


@pytest.mark.parametrize("key", ["s3:x-amz-acl", "s3:ObjectCreationOperation", "aws:MultiFactorAuthAge", "aws:TagKeys"])
def test_an_empty_list_without_a_quantifier_is_open_about_every_request(key: str) -> None:
    """Of those that have the key and of those that have not: neither kind gets through, and neither is denied."""
    empty = statement({**NULL, "StringEquals": {key: []}})
    for presence in ("true", "false"):
        found = reasons(uploads(empty, statement({"Null": {SSE: "true", key: presence}})))
        assert ("$.Statement[0].Condition.StringEquals", "the list of values is empty") in found


@pytest.mark.parametrize("operator", ["StringEqualsIfExists", "ForAnyValue:StringEquals", "ForAllValues:StringEquals"])
def test_an_empty_list_with_a_quantifier_or_if_exists_lets_a_present_key_through(operator: str) -> None:
    """There is no value that it could be equal to."""
    acl = "s3:x-amz-acl"
    request = witness(uploads(statement({**NULL, operator: {acl: []}}), statement({"Null": {SSE: "true", acl: "true"}})))
    assert acl in dict(request.context)


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ({"ForAllValues:StringEquals": {"aws:TagKeys": "${aws:username}"}}, None),
        ({"ForAllValues:StringNotEquals": {"aws:TagKeys": "${aws:username}"}}, None),
        ({"StringEquals": {TRANSPORT: "${aws:username}"}}, None),
        ({"StringNotEquals": {TRANSPORT: "${aws:username}"}}, "the value of a policy variable is not known"),
        ({"StringEquals": {"aws:UserAgent": "${aws:username}"}, "Null": {"aws:username": "false"}}, None),
    ],
)
def test_a_value_that_is_not_known_proves_nothing(condition: Json, reason: str | None) -> None:
    """Of sets, of texts that stand for booleans, and of texts: a request with a value of our choice may get through."""
    named = {"Null": {"aws:username": "true"}}
    verdict = decide_on(statement(condition), statement(named), target=Target(("s3:PutObject",), "object", ()))
    if reason is None:
        assert isinstance(verdict, Counterexample)
    else:
        assert reason in [found for _, found in reasons(verdict)]


def test_a_text_on_a_bool_key_is_one_of_two() -> None:
    """One of several values is enough, and what is neither `true` nor `false` is in nobody's way."""
    denied(over_http(statement({"StringEquals": {TRANSPORT: ["no", "false"]}})))
    denied(over_http(statement({"StringNotEquals": {TRANSPORT: ["no", "true"]}})))
    verdict = over_http(statement({"StringNotEquals": {TRANSPORT: ["no", "false"]}}))
    assert isinstance(verdict, Counterexample)
    both = Target(("s3:PutObject",), "object", ())
    assert denied(decide_on(statement({"StringEquals": {TRANSPORT: ["true", "false"]}}), target=both)).statements == (2,)


def test_an_absent_key_is_not_looked_at_as_a_text() -> None:
    """Whatever a text operator means on a boolean, it does not hold of an absent key, and no assumption is needed to say so."""
    absent = Target(("s3:PutObject",), "object", (Absent(TRANSPORT),))
    verdict = decide_on(statement({"StringEquals": {TRANSPORT: "false"}}), target=absent, secure_transport_present=False)
    assert isinstance(verdict, Counterexample)
    assert verdict.assumptions == ()


def test_null_with_both_values_always_holds() -> None:
    """A key is absent or present."""
    denied(uploads(statement({"Null": {SSE: "true", "s3:x-amz-acl": ["true", "false"]}})))


def test_an_address_of_ipv6_without_a_prefix_surely_means_itself() -> None:
    """And perhaps a whole network: what lies between the two is open."""
    address, network, v4 = "2001:db8::1", "2001:db8::/32", "0.0.0.0/0"
    inside = statement({**NULL, "IpAddress": {"aws:SourceIp": [v4, address]}})
    outside = {"Null": {SSE: "true", "aws:SourceIp": "false"}}
    reason = "AWS does not say how many addresses an IPv6 address without a prefix stands for"
    none = statement({"Null": {SSE: "true", "aws:SourceIp": "true"}})
    found = reasons(uploads(inside, none, statement({**outside, "NotIpAddress": {"aws:SourceIp": [v4, network]}})))
    assert ("$.Statement[0].Condition.IpAddress", reason) in found
    denied(uploads(inside, none, statement({**outside, "NotIpAddress": {"aws:SourceIp": [v4, f"{address}/128"]}})))


def test_reasons_are_of_open_conditions_only() -> None:
    """What a set operator says of its key is settled, though another condition is not."""
    key = "aws:TagKeys"
    filled = statement({**NULL, "ForAnyValue:StringLike": {key: "*"}})
    empty = statement({"Null": {SSE: "true", key: "true"}, "StringEquals": {"s3:x-amz-acl": []}})
    paths = [path for path, _ in reasons(uploads(filled, empty))]
    assert "$.Statement[0].Condition.ForAnyValue:StringLike" not in paths
    assert "$.Statement[1].Condition.StringEquals" in paths


def test_of_several_texts_the_empty_one_counts() -> None:
    """Whether a header without a value has one of the values is open where the empty text is among them."""
    values = {"aws:UserAgent": ["", "a"]}
    assert reasons(uploads(statement({**NULL, "StringNotEquals": values}), statement({**NULL, "StringEquals": values})))
    other = {"aws:UserAgent": ["a", "b"]}
    denied(uploads(statement({**NULL, "StringNotEquals": other}), statement({**NULL, "StringEquals": other})))


def test_a_value_with_a_variable_matches_nothing_without_its_key() -> None:
    """So a positive condition does not hold then, a negated one does; and a value without that variable may match still."""
    acl = "s3:x-amz-acl"
    rest = [statement({"Null": {SSE: "true", acl: "true"}})]
    named = statement({**NULL, "StringEquals": {acl: "${aws:username}"}})
    context = dict(witness(uploads(named, *rest)).context)
    assert acl in context
    assert "aws:username" not in context
    context = dict(witness(uploads(statement({**NULL, "StringEquals": {acl: ["${aws:username}", "${aws:userid}"]}}), *rest)).context)
    assert context[acl] not in (context["aws:username"], context["aws:userid"])
    rest.append(statement({"Null": {SSE: "true", "aws:username": "false"}}))
    assert reasons(uploads(statement({**NULL, "ForAnyValue:StringNotEquals": {acl: "${aws:username}"}}), *rest))


@pytest.mark.parametrize(
    "key", ["aws:ResourceAccount", "s3:ResourceAccount", "aws:ResourceOrgID", "aws:RequestedRegion", "s3:BucketTag/team"]
)
def test_a_key_of_the_bucket_has_a_value_that_nobody_makes_up(key: str) -> None:
    """It may be one that the document names, or that of a key it is compared with; what holds for every value is proved."""
    here, elsewhere = statement({**NULL, "StringEquals": {key: "a"}}), statement({**NULL, "StringNotEquals": {key: ["a", "b"]}})
    assert reasons(uploads(here)) == (
        ("$.Statement[0].Condition.StringEquals", "the condition key has one value for a bucket, which is not known"),
    )
    assert dict(witness(uploads(elsewhere)).context)[key.lower()] == ("a",)
    assert dict(witness(uploads(here, elsewhere)).context)[key.lower()] == ("b",)
    denied(uploads(here, statement({**NULL, "StringNotEquals": {key: "a"}})))
    assert key.lower() not in dict(witness(uploads(statement({**NULL, "StringEquals": {key: "a"}}, Resource="arn:aws:s3:::b/a*"))).context)
    assert reasons(uploads(statement({**NULL, "StringNotLike": {key: "a*"}})))
    own = dict(witness(uploads(statement({**NULL, "StringNotEquals": {"aws:PrincipalTag/own": f"${{{key}}}"}}))).context)
    assert own["aws:principaltag/own"] == own[key.lower()]


@pytest.mark.parametrize(
    "condition",
    [
        {"StringNotEquals": {"s3:RequestObjectTag/team": "${aws:PrincipalTag/team}"}},
        {"StringNotLike": {"s3:RequestObjectTag/team": "${aws:PrincipalTag/team}"}},
        {"StringNotEqualsIfExists": {"s3:RequestObjectTag/team": "${aws:PrincipalTag/team, 'none'}"}},
        {"StringNotEqualsIgnoreCase": {"s3:RequestObjectTag/team": "${aws:PrincipalTag/team}"}},
        {"StringNotEquals": {"s3:RequestObjectTag/team": ["a", "${aws:PrincipalTag/team}-x"]}},
        {"ForAnyValue:StringNotEquals": {"aws:TagKeys": "${aws:PrincipalTag/team}"}, "Null": {SSE: "true", "aws:TagKeys": "false"}},
        {"ArnNotEquals": {"s3:DataAccessPointArn": "arn:aws:s3:::${aws:PrincipalTag/team}"}},
        {"StringNotEquals": {"aws:PrincipalArn": "arn:aws:iam::${aws:PrincipalAccount}:user/${aws:username}"}},
        {"StringNotEquals": {"s3:RequestObjectTag/owner": "${aws:PrincipalArn}"}},
    ],
)
def test_a_negated_operator_with_a_variable_spares_equal_values(condition: Json) -> None:
    """A request that has them is found, whatever the operator and what stands beside the variable."""
    verdict = uploads(statement({**NULL, **condition}), statement({"Null": {SSE: "true", "aws:PrincipalArn": "true"}}))
    assert isinstance(verdict, Counterexample), verdict


def test_a_variable_that_the_target_leaves_no_value_has_none() -> None:
    """Nor has one of a key with several values, or in a document of 2008."""
    spared = statement({"StringNotEquals": {"s3:x-amz-acl": f"${{{SSE}}}"}})
    always = statement({"Null": {SSE: "true", "s3:x-amz-acl": "true"}})
    assert reasons(uploads(spared, always))
    sets = statement({**NULL, "StringNotEquals": {"s3:x-amz-acl": "${aws:username}"}, "ForAllValues:StringEquals": {"aws:username": "a"}})
    assert reasons(
        uploads(
            sets, statement({"Null": {SSE: "true", "aws:username": "true"}}), statement({**NULL, "StringNotEquals": {"aws:username": "a"}})
        )
    )


def test_only_operations_are_shown() -> None:
    """A permission that no operation asks for by itself must be denied, and is nobody's request."""
    actions = ("s3:BypassGovernanceRetention", "s3:GetObject", "s3:ReplicateObject")
    some = Target(actions, "object", ())
    assert witness(decide_on(target=some)).action == "s3:GetObject"
    reason = "only requests that nobody is known to send get through"
    assert reasons(decide_on(statement(Action="s3:GetObject"), target=some)) == (("$", reason),)
    assert reasons(decide_on(target=Target(("s3:CreateBucket",), "bucket", ()))) == (("$", reason),)
    denied(decide_on(statement(Action=list(actions)), target=some))
