"""
The names of types and functions, as programs in YAML shorten them.

`aws:s3:Bucket` is `aws:s3/bucket:Bucket`: a package that stems from Terraform has a module for each type, one that has not is named here.
Source: the resolution of tokens in pulumi/pulumi-yaml, which asks the provider's schema.
"""

from offline.engine.program.pulumi_yaml.expressions import WrongProgramError

#: Packages whose tokens are whole as they are written.
_WHOLE = frozenset(
    {"pulumi", "aws-native", "azure-native", "google-native", "kubernetes", "command", "docker-build", "std", "gitlab-native"}
)
#: Packages of components, which run inside their provider.
_COMPONENTS = frozenset({"awsx", "eks", "synced-folder", "kubernetes-cert-manager", "kubernetes-ingress-nginx"})


def expand(token: str, *, component: bool = False) -> str:
    """A resource's type, or a data source's token, as the engine knows it. Raises `WrongProgramError`."""
    package, *middle, name = token.split(":") if ":" in token else ["", token]
    if not package or not name:
        message = f"`{token}` is not a type: expected PACKAGE:MODULE:NAME"
        raise WrongProgramError(message)
    module = middle[0] if middle and middle[0] else "index"
    if component or package in _WHOLE or is_component(token) or "/" in module or len(middle) > 1:
        return ":".join((package, *(middle or ["index"]), name))
    return f"{package}:{module}/{name[:1].lower()}{name[1:]}:{name}"


def is_component(token: str) -> bool:
    """Whether a type is made inside its provider."""
    package = token.partition(":")[0]
    return package in _COMPONENTS or (package.startswith("aws-") and package != "aws-native")
