"""
Stand-in for Pulumi Cloud: stacks, their updates, policy packs and policy groups of one organization.

It has an answer to what CLI 3.259 asks without journaling and ESC environments, and keeps everything in memory.
"""

import base64
from http import HTTPStatus
from itertools import count
from typing import Any, NamedTuple

ORGANIZATION = "acme"
DEFAULT_GROUP = "default-policy-group"

Body = Any


class Refused(Exception):  # noqa: N818  an answer, not a mistake
    """An answer other than success."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        """Status and the text that the CLI shows."""
        super().__init__(message)
        self.status = status


class Published(NamedTuple):
    """One version of a policy pack: its number, what the CLI said of its policies, and the uploaded archive."""

    number: int
    policies: list[dict[str, Any]]
    archive: bytes


class Group:
    """A policy group; the default one holds every stack."""

    def __init__(self, mode: str = "preventative", entities: str = "stacks") -> None:
        """An empty one."""
        self.mode = mode
        self.entities = entities
        self.stacks: list[dict[str, str]] = []
        self.packs: list[dict[str, Any]] = []

    def apply(self, change: Body) -> None:
        """One change: a pack more or less, or a whole list replaced."""
        for key in ("addPolicyPack", "removePolicyPack"):
            if key in change:
                pack = change[key]
                self.packs = [each for each in self.packs if each["name"] != pack["name"]]
                self.packs += [pack] if key == "addPolicyPack" else []
        self.stacks = change.get("stacks", self.stacks)
        self.packs = change.get("policyPacks", self.packs)


class Stack:
    """A stack: what `stack export` gives, and its latest update."""

    def __init__(self, identity: dict[str, str]) -> None:
        """A new one, without resources."""
        self.identity = identity
        self.version = 0
        self.deployment: Body = {"manifest": {"time": "2026-11-24T00:00:00Z", "magic": "", "version": ""}}
        self.results: list[str] = []


class Cloud:
    """The organization's data, and an answer to each request."""

    def __init__(self) -> None:
        """Nobody has published anything."""
        self.address = ""
        self.packs: dict[tuple[str, str], Published] = {}
        self.groups = {DEFAULT_GROUP: Group()}
        self.stacks: dict[str, Stack] = {}
        self.asked: list[str] = []
        self.numbers = count(1)

    # Who is asking

    def get_user(self) -> Body:
        """The caller."""
        return {"githubLogin": ORGANIZATION, "name": "Acme", "organizations": [{"githubLogin": ORGANIZATION, "name": "Acme"}]}

    def get_default_organization(self) -> Body:
        """The only one."""
        return {"gitHubLogin": ORGANIZATION}

    def get_capabilities(self) -> Body:
        """Policy packs per stack, and none that would ask for more than is here."""
        return {"capabilities": [{"capability": "stack-policy-packs", "version": 1, "configuration": {}}]}

    # Policy packs

    def publish(self, body: Body) -> Body:
        """Announce a version; its archive follows. A version is there once."""
        name, tag = body["name"], body["versionTag"]
        if (name, tag) in self.packs:
            raise Refused(HTTPStatus.CONFLICT, f"Policy Pack {name!r} already has a version {tag!r}")
        number = 1 + sum(1 for known, _ in self.packs if known == name)
        self.packs[name, tag] = Published(number, body["policies"], b"")
        return {"version": number, "uploadURI": f"{self.address}/archives/{name}/{tag}", "requiredHeaders": {}}

    def upload(self, name: str, tag: str, body: bytes) -> Body:
        """Keep the archive."""
        self.packs[name, tag] = self.packs[name, tag]._replace(archive=body)

    def download(self, name: str, tag: str) -> bytes:
        """Give the archive."""
        return self.packs[name, tag].archive

    def complete_publishing(self, _name: str, _tag: str, _body: Body) -> Body:
        """The archive is there."""
        return {}

    def list_packs(self) -> Body:
        """Every pack with its versions."""
        names = sorted({name for name, _ in self.packs})
        return {"policyPacks": [{"name": name, "displayName": name, **self.list_versions(name)} for name in names]}

    def list_versions(self, name: str) -> dict[str, list[Any]]:
        """Numbers and tags of a pack, oldest first."""
        versions = [(pack.number, tag) for (known, tag), pack in self.packs.items() if known == name]
        return {"versions": [number for number, _ in sorted(versions)], "versionTags": [tag for _, tag in sorted(versions)]}

    def get_schema(self, name: str, tag: str) -> Body:
        """The configuration that each policy takes."""
        return {"configSchema": {policy["name"]: policy.get("configSchema") for policy in self.packs[name, tag].policies}}

    def remove_pack(self, name: str, tag: str = "") -> Body:
        """Remove one version, or all; not while a group has the pack."""
        if any(pack["name"] == name for group in self.groups.values() for pack in group.packs):
            raise Refused(HTTPStatus.BAD_REQUEST, f"Policy Pack {name!r} is enabled in a Policy Group")
        for key in [key for key in self.packs if key[0] == name and tag in ("", key[1])]:
            del self.packs[key]
        return {}

    # Policy groups

    def list_groups(self) -> Body:
        """What `policy group ls` shows."""
        return {
            "policyGroups": [
                {
                    "name": name,
                    "isOrgDefault": name == DEFAULT_GROUP,
                    "numStacks": len(self.stacks) if name == DEFAULT_GROUP else len(group.stacks),
                    "numEnabledPolicyPacks": len(group.packs),
                }
                for name, group in self.groups.items()
            ]
        }

    def create_group(self, body: Body) -> Body:
        """A new, empty group."""
        self.groups[body["name"]] = Group(body.get("mode", "preventative"), body["entityType"])
        return {}

    def get_group(self, name: str) -> Body:
        """One group."""
        group = self.groups[name]
        details = {"entityType": group.entities, "mode": group.mode, "stacks": group.stacks, "accounts": []}
        return {"name": name, "isOrgDefault": name == DEFAULT_GROUP, "appliedPolicyPacks": group.packs, **details}

    def change_group(self, name: str, body: Body) -> Body:
        """Change one group."""
        self.groups[name].apply(body)
        return {}

    def remove_group(self, name: str) -> Body:
        """Forget it; the default one stays."""
        if name == DEFAULT_GROUP:
            raise Refused(HTTPStatus.BAD_REQUEST, "the default Policy Group cannot be removed")
        del self.groups[name]
        return {}

    def require(self, identity: dict[str, str]) -> list[Body]:
        """The packs that the groups of a stack require of an operation: the preventative ones do."""
        member = {"name": identity["stackName"], "routingProject": identity["projectName"]}
        return [
            self.describe(pack)
            for name, group in self.groups.items()
            if group.mode == "preventative" and (name == DEFAULT_GROUP or member in group.stacks)
            for pack in group.packs
        ]

    def describe(self, enabled: Body) -> Body:
        """One required pack; without a version it is the latest."""
        name = enabled["name"]
        tag = enabled.get("versionTag") or self.list_versions(name)["versionTags"][-1]
        location = f"{self.address}/archives/{name}/{tag}"
        rest = {"packLocation": location, "config": enabled.get("config", {})}
        return {"name": name, "displayName": name, "version": self.packs[name, tag].number, "versionTag": tag, **rest}

    # Stacks

    def create_stack(self, project: str, body: Body) -> Body:
        """A new stack."""
        identity = {"orgName": ORGANIZATION, "projectName": project, "stackName": body["stackName"]}
        self.stacks[f"{project}/{body['stackName']}"] = Stack(identity)
        return {}

    def get_stack(self, key: str) -> Body:
        """A stack, if there is one of that name."""
        stack = self.find_stack(key)
        return {"id": key, **stack.identity, "tags": {}, "version": stack.version, "activeUpdate": ""}

    def find_stack(self, key: str) -> Stack:
        """The stack of this project and name."""
        if key not in self.stacks:
            raise Refused(HTTPStatus.NOT_FOUND, f"stack {key!r} not found")
        return self.stacks[key]

    def delete_stack(self, key: str) -> Body:
        """Forget it."""
        del self.stacks[key]
        return {}

    def list_required(self, key: str) -> Body:
        """What `policy install` installs."""
        return {"requiredPolicies": self.require(self.find_stack(key).identity)}

    def export_stack(self, key: str) -> Body:
        """Its resources."""
        return {"version": 3, "deployment": self.find_stack(key).deployment}

    def encrypt(self, _key: str, body: Body) -> Body:
        """Only the shape of encryption."""
        return {"ciphertext": base64.b64encode(b"sealed:" + base64.b64decode(body["plaintext"])).decode()}

    def decrypt(self, _key: str, body: Body) -> Body:
        """The reverse."""
        return {"plaintext": self.open(body["ciphertext"])}

    def decrypt_batch(self, _key: str, body: Body) -> Body:
        """The reverse, for many."""
        return {"plaintexts": {sealed: self.open(sealed) for sealed in body["ciphertexts"]}}

    def open(self, sealed: str) -> str:
        """One value."""
        return base64.b64encode(base64.b64decode(sealed).removeprefix(b"sealed:")).decode()

    # Updates, and previews, which go on as updates

    def begin(self, key: str, _kind: str, _body: Body) -> Body:
        """An operation, and the packs it has to run."""
        return {"updateID": str(next(self.numbers)), "requiredPolicies": self.require(self.find_stack(key).identity)}

    def start(self, key: str, _number: str, _body: Body) -> Body:
        """The operation has begun; without journaling."""
        stack = self.find_stack(key)
        stack.version += 1
        return {"version": stack.version, "token": "lease", "tokenExpiration": 4102444800, "journalVersion": 0}

    def keep(self, key: str, _number: str, body: Body) -> Body:
        """The stack's resources so far."""
        self.find_stack(key).deployment = body["deployment"]
        return {}

    def renew(self, _key: str, _number: str, _body: Body) -> Body:
        """The lease goes on."""
        return {"token": "lease", "tokenExpiration": 4102444800}

    def take_events(self, _key: str, _number: str, _body: Body) -> Body:
        """Nobody looks at them."""
        return {}

    def end(self, key: str, _number: str, body: Body) -> Body:
        """How the operation ended."""
        self.find_stack(key).results.append(body["status"])
        return {}
