"""Which exemptions of a configuration match something in a state: those that match nothing anywhere can go."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain

from crossguard.judging.exemptions import Applies, find_exemption
from crossguard.judging.finding import Subject
from crossguard.pack.kinds import JUDGED
from crossguard.pack.settings import Exemption
from crossguard.resources.documents import read_bucket_name
from offline.analyze import reveal_read
from offline.configuration import Configuration
from offline.state import Stored

_WILD = frozenset("*?")


def list_matched(configuration: Configuration, resources: Iterable[Stored]) -> list[tuple[str, int]]:
    """Policy and place of each exemption that selects a bucket or bucket policy of these, whatever its day and its document."""
    subjects = [_find_subject(resource) for resource in resources if resource.type in JUDGED]
    texts = set(chain.from_iterable((subject.urn, subject.bucket or "") for subject in subjects))
    return sorted(_list_matched(configuration, subjects, texts))


def _list_matched(configuration: Configuration, subjects: list[Subject], texts: set[str]) -> Iterator[tuple[str, int]]:
    for configured in configuration.policies:
        for number, exemption in enumerate(configured.settings.exemptions):
            target = exemption.bucket
            # What has no wildcard is a whole name or URN, and hundreds of such are common.
            plain = not target.startswith("name:") and not _WILD & set(target)
            if target in texts if plain else any(_selects(exemption, subject) for subject in subjects):
                yield configured.rule.name, number


def _selects(exemption: Exemption, subject: Subject) -> bool:
    always = exemption._replace(expires=None, document=None)
    return isinstance(find_exemption((always,), subject, date.min), Applies)


def _find_subject(resource: Stored) -> Subject:
    inputs, outputs = reveal_read(resource.inputs), reveal_read(resource.outputs)
    bucket = read_bucket_name(resource.type, inputs) or read_bucket_name(resource.type, outputs)
    return Subject(resource.urn, resource.type, resource.name, bucket or None)
