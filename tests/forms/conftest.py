"""The packs of the tests of crossguard/, for these tests as well."""

from tests.crossguard.conftest import preview, update  # noqa: F401  fixtures are found by name
