"""
The command line: arguments become a value, or one line that says what is wrong and what is accepted.

Nothing is read, started or written here.
"""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, NamedTuple, NoReturn, get_args

import shtab

from bucketpolicy.repair import is_bucket_name
from crossguard.pack.partitions import PARTITIONS
from crossguard.resources.documents import is_directory_bucket
from offline.about import NAMES
from offline.fleet.options import RatchetOptions, SurveyOptions, add_options, read_ratchet, read_survey
from offline.pack_info import PACK
from offline.report.prose import shorten
from offline.run import Failure

Format = Literal["text", "json", "ndjson", "sarif", "junit", "html", "markdown", "github", "gitlab", "csv"]
FORMATS: tuple[Format, ...] = get_args(Format)


class Target(NamedTuple):
    """A report to be written; `path` None is standard output."""

    format: Format
    path: Path | None


class Writing(NamedTuple):
    """
    How a command reports: `main` is the report of `--format` and `--output`, `others` are those of `--report`.

    `strict`: every blind spot gives status 3. `certificates` is the folder that proofs are written into, None where none are asked for.
    `origin` is what it says of where it came from.
    """

    main: Target
    others: tuple[Target, ...]
    quiet: bool
    strict: bool = False
    certificates: Path | None = None
    origin: Mapping[str, str] = {}

    @property
    def targets(self) -> tuple[Target, ...]:
        """Every report, the main one last: it is what people see."""
        return (*self.others, self.main)


class Preview(NamedTuple):
    """Run a program and judge its resources."""

    program: Path
    stack: str | None
    config: tuple[str, ...]
    update: bool
    command: str | None
    mocks: Path | None
    write_mocks: Path | None
    policies: Path | None
    writing: Writing


class Analyze(NamedTuple):
    """Judge the states of one stack or of many."""

    survey: SurveyOptions
    ratchet: RatchetOptions | None
    policies: Path | None
    writing: Writing


class Merge(NamedTuple):
    """Join the NDJSON reports of several runs; the file `-` is standard input."""

    files: tuple[str, ...]
    policies: Path | None
    writing: Writing


class Check(NamedTuple):
    """Judge documents, each as the policy of `bucket`, None: of the one that its ARNs name; the file `-` is standard input."""

    files: tuple[str, ...]
    bucket: str | None
    partition: str | None
    policies: Path | None
    writing: Writing


class Fix(NamedTuple):
    """Print one document with the statements that it lacks; the file `-` is standard input, None begins a new document."""

    file: str | None
    bucket: str | None
    partition: str | None
    policies: Path | None
    writing: Writing
    uploads_only: bool = False


Command = Preview | Analyze | Merge | Check | Fix


class Verify(NamedTuple):
    """Check a certificate, and that it is about this policy, where one is given."""

    certificate: Path
    policy: Path | None
    policies: Path | None


class Explain(NamedTuple):
    """Print the page of a policy."""

    policy: str


class ListPolicies(NamedTuple):
    """Print names, levels and promises."""


class TellVersions(NamedTuple):
    """Print the versions of the pack, its tables and its SDK."""


class Complete(NamedTuple):
    """Print what makes a shell complete the commands: `script`."""

    script: str


#: What is answered without a policy being asked.
Question = Explain | ListPolicies | TellVersions | Complete


class _WrongUsageError(Exception):
    """Carries the line out of argparse, which otherwise prints its usage and leaves."""


class _Parser(argparse.ArgumentParser):
    """An argument parser that raises: overriding `error` is argparse's own way to say so."""

    def error(self, message: str) -> NoReturn:
        line = message.removeprefix("argument ")
        more = "" if "choose from" in message else f" (`{self.prog} --help` lists what is accepted)"
        wrong = f"{self.prog}: {line}{more}"
        raise _WrongUsageError(wrong)


def parse(arguments: list[str], called: str = "python -m offline") -> Command | Verify | Question | Failure:
    """The command that these arguments ask for. `--help` prints and raises SystemExit(0), as argparse does."""
    parser = _parser(called)
    try:
        found = parser.parse_args(arguments)
        if found.asked is not None:
            return _ASKED[found.asked]
        if found.shell is not None:
            return Complete(shtab.complete(_parser(PACK), found.shell))
        if found.name is None:
            parser.error(f"a command is required: {', '.join(name for name, *_ in _COMMANDS)}, verify, explain")
        if found.name == "verify":
            return Verify(found.certificate, found.policy, found.policy_config)
        return Explain(found.policy) if found.name == "explain" else _READ[found.name](found)
    except _WrongUsageError as error:
        return Failure(str(error))


def _parser(called: str) -> argparse.ArgumentParser:
    parser = _Parser(
        prog=called,
        description="Proves what S3 bucket policies deny, without the Pulumi CLI, an account or a cloud.",
        epilog="\n".join((*_list_examples(called, _EXAMPLES), "", *_STATUSES)),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    for option, about in _OPTIONS:
        parser.add_argument(f"--{option}", action="store_const", const=option, dest="asked", help=about)
    parser.add_argument("--print-completion", choices=shtab.SUPPORTED_SHELLS, dest="shell", help="print what completes commands in a shell")
    commands = parser.add_subparsers(dest="name", metavar="COMMAND")
    for name, about, fill, examples in (*_COMMANDS, _VERIFY, _EXPLAIN):
        command = commands.add_parser(
            name,
            help=about,
            description=f"{about[:1].upper()}{about[1:]}.",
            epilog="\n".join(_list_examples(f"{called} {name}", examples)),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        fill(command)
        if name not in ("verify", "explain"):
            _add_common(command)
    return parser


def _list_examples(called: str, examples: tuple[str, ...]) -> tuple[str, ...]:
    return ("examples:", *(f"  {called} {each}".rstrip() for each in examples))


def _add_explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("policy", type=_policy, choices=NAMES, metavar="POLICY-NAME", help="one of those that `--list-policies` prints")


def _add_verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("certificate", type=Path, metavar="CERTIFICATE.json", help="what `--certificates` has written")
    parser.add_argument("policy", nargs="?", type=Path, metavar="POLICY.json", help="the policy that it must be about")
    _add_policy_config(parser)


def _add_policy_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--policy-config", type=Path, metavar="FILE", help="configuration of the policies, as for `--policy-pack-config`")


def _add_common(parser: argparse.ArgumentParser) -> None:
    _add_policy_config(parser)
    parser.add_argument("--format", choices=FORMATS, default="text", help="of the report (default: text)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write there instead of to standard output")
    parser.add_argument(
        "--report", type=_target, action="append", default=[], metavar="FORMAT=FILE", help="write another report as well; repeatable"
    )
    parser.add_argument("--quiet", action="store_true", help="only what does not pass; no progress, no output of the program")
    parser.add_argument("--strict", action="store_true", help="status 3 for everything that could not be looked into")


def _add_preview(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "program", nargs="?", type=Path, default=Path(), metavar="PROGRAM_DIR", help="folder of a Pulumi program (default: the current one)"
    )
    parser.add_argument("--stack", metavar="S", help="whose Pulumi.S.yaml is read")
    parser.add_argument("--config", action="append", default=[], metavar="K=V", help="a configuration value; repeatable")
    parser.add_argument("--update", action="store_true", help="as in `pulumi up`: every output is known")
    parser.add_argument("--exec", dest="command", metavar="CMD", help="what starts the program, for other languages")
    parser.add_argument("--mocks", type=Path, metavar="FILE", help="what resources and invokes answer: a JSON table or a .py file")
    parser.add_argument("--write-mocks", type=Path, metavar="FILE", help="write a table of what nobody answered, to fill in")
    _add_certificates(parser)


def _add_certificates(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--certificates", type=Path, metavar="DIR", help="write a proof there for everything that is denied, for `verify` and for auditors"
    )


def _add_analyze(parser: argparse.ArgumentParser) -> None:
    add_options(parser)
    _add_certificates(parser)


def _add_merge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="REPORT.ndjson", help="what `analyze --format ndjson` has written; - is standard input")


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="+", metavar="POLICY.json", help="a policy, `aws s3api get-bucket-policy`'s output, or a folder of those; - is stdin"
    )
    _add_bucket(parser)
    _add_certificates(parser)


def _add_fix(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", metavar="POLICY.json", help="a policy, or `aws s3api get-bucket-policy`'s output; - is stdin")
    parser.add_argument("--new", action="store_true", help="begin a policy for a bucket that has none, instead of reading a file")
    parser.add_argument("--uploads-only", action="store_true", help="deny insecure uploads only, and not every request without TLS")
    _add_bucket(parser)


def _add_bucket(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--bucket", type=_bucket, metavar="NAME", help="the bucket that the policy is attached to (default: the one that its ARNs name)"
    )
    parser.add_argument("--partition", choices=PARTITIONS, metavar="P", help=f"one of {', '.join(PARTITIONS)}")


#: Name, what it does, its arguments, and examples of them.
_Entry = tuple[str, str, Callable[[argparse.ArgumentParser], None], tuple[str, ...]]
_COMMANDS: tuple[_Entry, ...] = (
    (
        "preview",
        "run a Pulumi program with mocked resources and judge them",
        _add_preview,
        ("", "infrastructure --stack prod", "infrastructure --report sarif=buckets.sarif --report html=buckets.html"),
    ),
    (
        "analyze",
        "judge what is deployed: the states of one stack, or of all stacks of a back end",
        _add_analyze,
        ("prod.json", "states/ --format html --output evidence.html", "s3://acme-pulumi-state --jobs 4 --report ndjson=fleet.ndjson"),
    ),
    (
        "merge",
        "join the NDJSON reports of several runs of `analyze` into one",
        _add_merge,
        ("one.ndjson two.ndjson --format html --output evidence.html",),
    ),
    ("check", "judge bucket policies by themselves", _add_check, ("policies/", "logs.json --bucket logs", "- --bucket logs < logs.json")),
    (
        "fix",
        "print a bucket policy with the statements that it lacks, ready for put-bucket-policy",
        _add_fix,
        ("logs.json --bucket logs --output fixed.json", "--new --bucket logs"),
    ),
)
_VERIFY: _Entry = (
    "verify",
    "check a certificate with the independent verifier, and its claim against the configuration",
    _add_verify,
    ("certificates/logs--denies-insecure-transport--5dfdfaf3c54e.json logs.json",),
)
_EXPLAIN: _Entry = ("explain", "print the page of a policy", _add_explain, ("aws-s3-bucket-has-policy",))
_OPTIONS = (("list-policies", "print names, levels and promises"), ("version", "print the versions of the pack, its tables and its SDK"))
_EXAMPLES = ("preview", "check policies/", "fix logs.json --bucket logs", "explain aws-s3-bucket-has-policy")
_STATUSES = (
    "exit status:",
    "  0  nothing mandatory is violated",
    "  1  something mandatory is violated",
    "  2  wrong usage, or input that cannot be read",
    "  3  something that may hold a bucket could not be looked into",
)
_ASKED: Mapping[str, Question] = {"list-policies": ListPolicies(), "version": TellVersions()}


def _policy(text: str) -> str:
    """The policy of this name, or of this end of its name."""
    found = [name for name in NAMES if name == text] or [name for name in NAMES if shorten(name) == text]
    return found[0] if found else text


def _target(text: str) -> Target:
    name, separator, file = text.partition("=")
    found = next((each for each in FORMATS if each == name), None)
    if found is None or not separator or not file:
        message = f"not FORMAT=FILE; formats: {', '.join(FORMATS)}"
        raise argparse.ArgumentTypeError(message)
    return Target(found, Path(file))


def _bucket(text: str) -> str:
    if not is_bucket_name(text):
        message = "not the name of a bucket: letters, digits, dots and hyphens, and no `arn:` before it"
        raise argparse.ArgumentTypeError(message)
    if is_directory_bucket(text):
        message = "a directory bucket, whose policy has actions and ARNs of its own; general purpose buckets are judged here"
        raise argparse.ArgumentTypeError(message)
    return text


def _preview(found: argparse.Namespace) -> Preview:
    return Preview(
        program=found.program,
        stack=found.stack,
        config=tuple(found.config),
        update=found.update,
        command=found.command,
        mocks=found.mocks,
        write_mocks=found.write_mocks,
        policies=found.policy_config,
        writing=_writing(found),
    )


def _analyze(found: argparse.Namespace) -> Analyze:
    ratchet = read_ratchet(found)
    if isinstance(ratchet, str):
        raise _WrongUsageError(ratchet)
    return Analyze(read_survey(found), ratchet, found.policy_config, _writing(found))


def _merge(found: argparse.Namespace) -> Merge:
    return Merge(tuple(found.files), found.policy_config, _writing(found))


def _check(found: argparse.Namespace) -> Check:
    return Check(tuple(found.files), found.bucket, found.partition, found.policy_config, _writing(found))


def _fix(found: argparse.Namespace) -> Fix:
    if found.new == (found.file is not None):
        wrong = f"fix: {'both a file and' if found.new else 'neither a file nor'} --new; expected: POLICY.json, -, or --new --bucket NAME"
        raise _WrongUsageError(wrong)
    if found.new and found.bucket is None:
        wrong = "fix --new: the bucket is not named; expected: --bucket NAME"
        raise _WrongUsageError(wrong)
    return Fix(found.file, found.bucket, found.partition, found.policy_config, _writing(found), found.uploads_only)


def _writing(found: argparse.Namespace) -> Writing:
    main = Target(found.format, found.output)
    files = [target.path.resolve() for target in (main, *found.report) if target.path is not None]
    twice = next((file for file in files if files.count(file) > 1), None)
    if twice is not None:
        wrong = f"two reports to one file, {twice}; expected: a file for each `--report` and for `--output`"
        raise _WrongUsageError(wrong)
    return Writing(main, tuple(found.report), found.quiet, found.strict, getattr(found, "certificates", None))


_READ: Mapping[str, Callable[[argparse.Namespace], Command]] = {
    "preview": _preview,
    "analyze": _analyze,
    "merge": _merge,
    "check": _check,
    "fix": _fix,
}
