"""What stands in for the cloud in one run: which outputs are known, and what they are."""

import uuid
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from offline.engine.cloud import aws, invokes
from offline.engine.cloud.mocks import Mocks
from offline.engine.protocol.values import UNKNOWN, Properties

#: `unknown`: nothing exists yet. `buckets`: buckets exist. `all`: everything does.
Known = Literal["unknown", "buckets", "all"]


class Answers(NamedTuple):
    """
    The stand-in of one run.

    `known` says which resources' outputs are known, `answered` names further ones by URN; `mocks` are the user's own answers.
    """

    known: Known
    mocks: Mocks
    answered: frozenset[str] = frozenset()

    def create(self, type_: str, name: str, urn: str, inputs: Properties, location: aws.Location) -> aws.Created:
        """A resource's id ("" while it does not exist) and outputs."""
        if not self._is_known(type_, name, urn):
            return aws.Created("", aws.plan(type_, inputs))
        created = aws.create(type_, name, urn, inputs, location)
        mocked = self.mocks.make_resource(type_, name, inputs)
        if mocked is None:
            return created
        id_, outputs = mocked
        return aws.Created(id_ or created.id, created.outputs | outputs)

    def _is_known(self, type_: str, name: str, urn: str) -> bool:
        if self.known == "unknown":
            return False
        return self.known == "all" or type_ in aws.BUCKETS or urn in self.answered or self.mocks.has_resource(type_, name)

    def read(self, type_: str, name: str, id_: str, inputs: Properties, location: aws.Location) -> Properties:
        """The outputs of a resource that exists already, by its id; those of a stack reference are the mocks' to give."""
        mocked = self.mocks.make_resource(type_, name, inputs, id_)
        answered = mocked[1] if mocked is not None else {}
        if type_ == "pulumi:pulumi:StackReference":
            outputs: Properties = {"name": id_, "outputs": UNKNOWN, "secretOutputNames": []}
            return outputs | ({"outputs": answered.get("outputs", answered)} if mocked is not None else {})
        named = {"bucket": id_, "bucketName": id_} if type_ in aws.BUCKETS else {}
        return {**aws.create(type_, name, id_, inputs | named, location).outputs, **inputs, "id": id_, **answered}

    def invoke(self, token: str, arguments: Mapping[str, Any], location: aws.Location) -> Properties | None:
        """A data source's result, None where nobody has one. Raises `documents.WrongDocumentError`."""
        mocked = self.mocks.call(token, arguments)
        return mocked if mocked is not None else invokes.answer(token, arguments, location)

    def make_provider_id(self, urn: str) -> str:
        """A provider's id, which a preview does not know."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, urn)) if self.known == "all" else UNKNOWN
