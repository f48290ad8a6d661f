"""PrincipalClasses that a document does not tell apart are one, and its globs say what their ARNs may be."""

from bucketpolicy.proof.classes import PrincipalClass, PrincipalClasses, classify
from bucketpolicy.proof.globs import ANY, DIGIT, MANY, MANY_IN, Glob
from bucketpolicy.proof.principals import MatchedPrincipals, list_representatives
from bucketpolicy.request import Anonymous, Identity, Service
from tests.bucketpolicy.verdicts import document, name_principal, statement

ACCOUNT, OTHER = "111122223333", "444455556666"
IAM = f"arn:aws:iam::{ACCOUNT}:"
LOGGING, TRAIL = "logging.s3.amazonaws.com", "cloudtrail.amazonaws.com"
SLASH: Glob = (MANY, "/")


def of(account: str | None, service: str, tail: str) -> Glob:
    """ARNs of this account, or of any."""
    return (*f"arn:aws:{service}::", *(account or [DIGIT] * 12), ":", *tail, ANY, MANY)


def call(*names: str, services: tuple[str, ...] = (), exempt: tuple[str, ...] = (), covers: tuple[int, ...] = ()) -> PrincipalClasses:
    """The callers that a document which names these tells apart, and elements which cover these bits."""
    representatives = list_representatives(document(statement(Principal={"AWS": list(names), "Service": list(services)})), exempt, "aws")
    return classify(representatives, [MatchedPrincipals(bits, bits) for bits in covers])[0]


def members(callers: PrincipalClasses) -> list[list[str]]:
    """Who is one, by ARN and session, or by name."""
    return [[name_principal(member).removeprefix("arn:aws:iam::") for member in caller.members] for caller in callers.all]


def test_where_nobody_is_named_there_are_five_callers() -> None:
    """Each may be of any account; the path of a role does not end in a slash."""
    found = call()
    user, anonymous, role, service, root = found.all
    assert user == PrincipalClass(
        (Identity("user", ACCOUNT, f"{IAM}user/example"),),
        fresh=True,
        arns=(of(None, "iam", "user/"),),
        others=(SLASH,),
    )
    assert anonymous == PrincipalClass((Anonymous(),))
    assert role == PrincipalClass(
        (Identity("role", ACCOUNT, f"{IAM}role/example", "session"),), fresh=True, arns=(of(None, "iam", "role/"),), others=(SLASH,)
    )
    assert service == PrincipalClass((Service(LOGGING),))
    any_root: Glob = (*"arn:aws:iam::", *[DIGIT] * 12, *":root")
    assert root == PrincipalClass((Identity("root", ACCOUNT, f"{IAM}root"),), fresh=True, arns=(any_root,))
    assert found[1:] == (0, 0b00010, 0b01000, 0b10000, 0b00001, 0b00100, 0, 0)


def test_a_named_account_has_callers_of_its_own_where_an_element_tells_it_from_others() -> None:
    """Its ARNs are none of the others', and those that are named are none of the rest's."""
    bob, app = f"{IAM}user/bob", f"{IAM}role/app"
    mine = 0b1111100000
    found = call(bob, app, covers=(mine, 1 << 8, 1 << 9))
    away: Glob = (*"arn:aws:", MANY_IN, *f"::{ACCOUNT}:", MANY)
    user = next(group for group in found.all if group.principal == Identity("user", ACCOUNT, f"{IAM}user/example"))
    assert user == PrincipalClass(user.members, (ACCOUNT,), arns=(of(ACCOUNT, "iam", "user/"),), others=(bob, SLASH))
    assert found.all[0].others == (away, SLASH)
    assert found.all[0].other_accounts == (ACCOUNT,)
    assert PrincipalClass((Identity("user", ACCOUNT, bob),), (ACCOUNT,), arns=(bob,)) in found.all
    role = next(group for group in found.all if group.principal == Identity("role", ACCOUNT, f"{IAM}role/example", "session"))
    assert role.others == (app, SLASH)


def test_those_that_no_element_tells_apart_are_one_in_the_order_of_the_crowd() -> None:
    """Users with users, roles with roles; a named session by itself."""
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/one"
    names = [f"{IAM}user/a", f"{IAM}user/b", f"{IAM}role/app", f"{IAM}role/ops", session]
    assert members(call(*names, services=(TRAIL,))) == [
        [f"{OTHER}:user/example", f"{ACCOUNT}:user/example"],
        ["anonymous"],
        [f"{OTHER}:role/example session", f"{ACCOUNT}:role/example session"],
        [LOGGING],
        [f"{OTHER}:root", f"{ACCOUNT}:root"],
        [f"{ACCOUNT}:user/a", f"{ACCOUNT}:user/b"],
        [f"{ACCOUNT}:role/app session", f"{ACCOUNT}:role/ops session"],
        [f"{ACCOUNT}:role/app one"],
        [f"{ACCOUNT}:role/path0/app one"],
        [TRAIL],
    ]


def test_an_element_and_an_exemption_tell_callers_apart() -> None:
    """The parts keep the order of the representatives, and masks follow them."""
    names = (f"{IAM}user/a", f"{IAM}user/b", f"{IAM}user/c")
    found = call(*names, exempt=(names[1],), covers=(1 << 8,))
    assert members(found)[5:] == [[f"{ACCOUNT}:user/a"], [f"{ACCOUNT}:user/b"], [f"{ACCOUNT}:user/c"]]
    assert found.exempt == 1 << 6
    assert found.users == 0b11100001
    representatives = list_representatives(document(statement(Principal={"AWS": list(names)})), (), "aws")
    _, (covered,) = classify(representatives, [MatchedPrincipals(1 << 9, 1 << 9 | 1 << 8, "doubt", "reading")])
    assert covered == MatchedPrincipals(1 << 6, 1 << 6 | 1 << 5, "doubt", "reading")


def test_services_are_known_by_their_names() -> None:
    """A service that nobody names has none of the names."""
    found = call(services=(TRAIL, "s3.amazonaws.com"), covers=(1 << 5,))
    assert [group for group in found.all if isinstance(group.principal, Service)] == [
        PrincipalClass((Service(LOGGING),), others=(TRAIL, "s3.amazonaws.com")),
        PrincipalClass((Service(TRAIL),), arns=(TRAIL,)),
        PrincipalClass((Service("s3.amazonaws.com"),), arns=("s3.amazonaws.com",)),
    ]
