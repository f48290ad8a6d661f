"""An organization on the stand-in of Pulumi Cloud: a checkout to publish the pack from, and its members' projects."""

import contextlib
import io
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.e2e.cli import ROOT, Outcome, Project, check_out, link_environment, make_project, settle
from tests.e2e.standins.cloud import ORGANIZATION, Cloud
from tests.e2e.standins.cloud_server import run_cloud

PACK = "s3-encryption-guard"
VERSION = re.findall(r"(?m)^version: (.+)$", (ROOT / "PulumiPolicy.yaml").read_text("utf-8"))[0]


class Organization(NamedTuple):
    """The service, and a folder for what its members have."""

    cloud: Cloud
    folder: Path
    manager: Project

    @property
    def checkout(self) -> Path:
        """Where the pack is published from."""
        return self.manager.folder

    def manage(self, *arguments: str) -> Outcome:
        """A command of the CLI in the checkout."""
        return self.manager.run(*arguments)

    def publish(self, version: str = VERSION) -> Outcome:
        """`pulumi policy publish` of this version."""
        settings = self.checkout / "PulumiPolicy.yaml"
        settings.write_text(re.sub(r"(?m)^version: .+$", f"version: {version}", settings.read_text("utf-8")), "utf-8")
        return self.manage("policy", "publish", ORGANIZATION)

    def join(self, program: Path | str, name: str = "member") -> Project:
        """A member's project with the stack `dev`."""
        return make_project(self.folder / name, program, log_in(self.cloud))

    def open_archive(self, version: str = VERSION) -> tarfile.TarFile:
        """What was uploaded."""
        return tarfile.open(fileobj=io.BytesIO(self.cloud.packs[PACK, version].archive))


@contextlib.contextmanager
def found(folder: Path) -> Iterator[Organization]:
    """An organization with a checkout of the pack, as after `pulumi install`, until the block is left."""
    with run_cloud() as cloud:
        home = folder / "manager"
        environment = settle(home, log_in(cloud))
        checkout = link_environment(check_out(home / PACK))
        yield Organization(cloud, folder, Project(home, checkout, environment))


def log_in(cloud: Cloud) -> dict[str, str]:
    """The environment of whoever has logged in."""
    return {"PULUMI_BACKEND_URL": cloud.address, "PULUMI_ACCESS_TOKEN": "pul-test"}
