"""
Other doors to S3: resources that plainly make buckets or bucket policies, and that no policy of this pack can look into.

The Terraform bridge of a program's own, Cloud Control, and CloudFormation; a dynamic resource shows nothing of what it does.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from crossguard.judging.finding import Subject
from crossguard.pack.kinds import DOORS
from crossguard.resources.documents import Props, read_text

_PLAINLY = re.compile(r"AWS::S3::Bucket(Policy)?(?![A-Za-z])")


class Resource(Protocol):
    """A resource as the SDK shows it to a stack policy."""

    @property
    def resource_type(self) -> str:
        """The type's token."""

    @property
    def urn(self) -> str:
        """The URN."""

    @property
    def name(self) -> str:
        """The Pulumi name."""

    @property
    def props(self) -> Props:
        """The outputs."""


def find_doors(resources: Iterable[Resource]) -> Iterator[Subject]:
    """The resources that plainly make S3 buckets, or policies of some."""
    for resource in resources:
        shows = DOORS.get(resource.resource_type)
        if shows is not None and (not shows or _PLAINLY.search(read_text(resource.props, shows))):
            yield Subject(resource.urn, resource.resource_type, resource.name)
