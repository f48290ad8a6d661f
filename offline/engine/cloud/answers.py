"""What stands in for the cloud in one run: which outputs are known, and what they are."""

import uuid
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from offline.engine.cloud import aws, invokes
from offline.engine.cloud.made_up import Maker
from offline.engine.cloud.mocks import STACK_REFERENCE, Mocks
from offline.engine.protocol.values import UNKNOWN, Properties

#: `unknown`: nothing exists yet. `buckets`: buckets exist. `all`: everything does.
Known = Literal["unknown", "buckets", "all"]


class Answers(NamedTuple):
    """
    The stand-in of one run.

    `known` says which resources' outputs are known, `answered` names further ones by URN; `mocks` are the user's own answers, and `maker`
    makes up what they lack.
    """

    known: Known
    mocks: Mocks
    answered: frozenset[str] = frozenset()
    maker: Maker | None = None

    def create(self, type_: str, name: str, urn: str, inputs: Properties, location: aws.Location) -> aws.Created:
        """A resource's id ("" while it does not exist) and outputs."""
        if not self._is_known(type_, name, urn):
            return aws.Created("", aws.plan(type_, inputs))
        created = aws.create(type_, name, urn, inputs, location)
        mocked = self.mocks.make_resource(type_, name, inputs)
        if mocked is None:
            return created
        answer = mocked if type_ not in aws.BUCKETS else self._keep_identity(name, mocked, created)
        return aws.Created(answer.id or created.id, created.outputs | answer.outputs, answer.note)

    def _keep_identity(self, name: str, mocked: aws.Created, created: aws.Created) -> aws.Created:
        """
        A mocked answer without what would make another bucket of this one: its id and ARN are made of its name.

        A table that names the resource knows it; a class or a type's entry speaks of all of them.
        """
        told = self.mocks.resources.get(name, {})
        fixed = {key: value for key, value in created.outputs.items() if key in aws.IDENTITY and key not in told}
        overruled = sorted(key for key, value in fixed.items() if mocked.outputs.get(key, value) != value)
        id_ = mocked.id if "id" in told else ""
        if "id" not in told and mocked.id not in {"", created.id} and "id" not in overruled:
            overruled.append("id")
        what = f"--mocks was not followed in the {' and the '.join(overruled)} of buckets: these are made of a bucket's name"
        return aws.Created(id_, mocked.outputs | fixed, what if overruled else "")

    def _is_known(self, type_: str, name: str, urn: str) -> bool:
        if self.known == "unknown":
            return False
        return self.known == "all" or type_ in aws.BUCKETS or urn in self.answered or self.mocks.has_resource(type_, name)

    def read(self, type_: str, name: str, id_: str, inputs: Properties, location: aws.Location) -> Properties:
        """The outputs of a resource that exists already, by its id; those of a stack reference are the mocks' to give."""
        mocked = self.mocks.make_resource(type_, name, inputs, id_)
        if type_ == STACK_REFERENCE:
            answered = mocked is not None and not self.mocks.blanks & {name, id_, type_}
            outputs = mocked.outputs.get("outputs", mocked.outputs) if mocked is not None and answered else UNKNOWN
            return {"name": id_, "outputs": outputs, "secretOutputNames": []}
        named = {"bucket": id_, "bucketName": id_} if type_ in aws.BUCKETS else {}
        made = aws.create(type_, name, id_, inputs | named, location)
        if mocked is not None and type_ in aws.BUCKETS:
            mocked = self._keep_identity(name, mocked, made)
        return {**made.outputs, **inputs, "id": id_, **(mocked.outputs if mocked is not None else {})}

    def invoke(self, token: str, arguments: Mapping[str, Any], location: aws.Location) -> Properties | None:
        """A data source's result, None where nobody has the whole of one. Raises `documents.WrongDocumentError`."""
        mocked = self.mocks.call(token, arguments)
        if mocked is None:
            return invokes.answer(token, arguments, location)
        return None if token in self.mocks.blanks else mocked

    def make_up(self, token: str, arguments: Mapping[str, Any], location: aws.Location) -> Properties | None:
        """A made-up result of a data source, with what a table says of it; None where nothing is made up."""
        if self.maker is None:
            return None
        return self.maker.answer(token, arguments, location) | (self.mocks.call(token, arguments) or {})

    def make_up_outputs(self, stack: str, location: aws.Location) -> Properties | None:
        """The same for the outputs of another stack."""
        made_up = None if self.maker is None else self.maker.refer(stack, location)
        told = self.mocks.resources.get(stack, {})
        return None if made_up is None else made_up | dict(told.get("outputs", told))

    def make_provider_id(self, urn: str) -> str:
        """A provider's id, which a preview does not know."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, urn)) if self.known == "all" else UNKNOWN
