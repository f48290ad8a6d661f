"""The partitions of AWS, the second segment of every ARN, and which of them a region belongs to."""

from functools import lru_cache

#: How the names of a partition's regions begin; those of all other regions are in `aws`.
_PREFIXES = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
    "eusc-": "aws-eusc",
}
PARTITIONS = ("aws", *_PREFIXES.values())


# Asked at every bucket and policy of a stack, which are in few regions.
@lru_cache(maxsize=64)
def find_partition(region: str) -> str:
    """The partition of a region."""
    return next((partition for prefix, partition in _PREFIXES.items() if region.startswith(prefix)), "aws")
