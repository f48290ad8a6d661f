"""Remember what was made of a value that nobody changes, without looking at all of it again: by its identity."""

from collections.abc import Callable
from functools import lru_cache
from typing import Generic, TypeVar

_Value = TypeVar("_Value")
_Result = TypeVar("_Result")


class Same(Generic[_Value]):
    """A value that is equal to itself only; as long as this lives the value does, and nothing else can have its identity."""

    __slots__ = ("value",)

    def __init__(self, value: _Value) -> None:
        """The value itself; nothing is copied."""
        self.value = value

    def __hash__(self) -> int:
        """As its identity."""
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        """True iff it is the very same value."""
        return isinstance(other, Same) and self.value is other.value


def remember(make: Callable[[_Value], _Result], most: int) -> Callable[[_Value], _Result]:
    """The function, which for the last `most` values gives what it gave before; it must be pure, and its values must not change."""

    @lru_cache(maxsize=most)
    def make_once(same: Same[_Value]) -> _Result:
        return make(same.value)

    return lambda value: make_once(Same(value))
