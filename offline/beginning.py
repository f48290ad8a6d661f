"""The fix for a bucket without a policy: offline, unlike in the pack, it is known how the policies are configured that will judge it."""

from collections.abc import Iterator
from datetime import date

from bucketpolicy.document import Document
from bucketpolicy.repair import Repaired
from crossguard.judging.exemptions import Applies, find_exemption
from crossguard.judging.finding import Compliant, Exempted, Finding, Subject, Unattached
from crossguard.judging.joint import repair_jointly
from crossguard.judging.senders import find_silenced
from crossguard.messages.render import render
from crossguard.pack.rule import Rule
from offline.configuration import Configuration
from offline.report.content import Result
from offline.results import Examined, Judgement, list_wanted, retell

_NOTHING = Document(variables=False, statements=())


def begin_policy(subject: Subject, bare: Unattached, configuration: Configuration, today: date, *, uploads_only: bool) -> Unattached:
    """The finding with the statements for all policies that are in force and do not exempt the bucket, and with whom those silence."""
    judgements = tuple(_list_judgements(subject, configuration, today))
    repaired = repair_jointly("", list_wanted(judgements, blank=True), uploads_only=uploads_only)
    goals = [one.rule.goal(None, "aws", one.settings) for one in judgements if not isinstance(one.examined.finding, Exempted)]
    silenced = dict.fromkeys(sender for goal in goals for sender in find_silenced(_NOTHING, goal, bare.senders))
    return bare._replace(fix=repaired.added if isinstance(repaired, Repaired) else (), senders=tuple(silenced))


def _list_judgements(subject: Subject, configuration: Configuration, today: date) -> Iterator[Judgement]:
    """What the policies find before there is a document: at most that the bucket is exempt."""
    for rule, level, settings in configuration.policies:
        if isinstance(rule, Rule) and level != "disabled":
            standing = find_exemption(settings.exemptions, subject, today)
            finding: Finding = Exempted(standing.exemption) if isinstance(standing, Applies) else Compliant(None)
            placed = subject._replace(partition=settings.partition or subject.partition)
            yield Judgement(rule, settings, Examined(placed, None, finding))


def tell_beginning(result: Result, examined: Examined, configuration: Configuration, begun: Unattached) -> Result:
    """What the stack policy said of a bucket without a policy, as it says it of `begun`; anything else as it is."""
    rule = next(each.rule for each in configuration.policies if each.rule.name == result.policy)
    said, instead = (render(rule, finding, examined.subject) or "" for finding in (examined.finding, begun))
    return retell(result, said, instead) or result
