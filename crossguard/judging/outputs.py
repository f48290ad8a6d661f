"""
What Pulumi's SDKs put in the place of an Output that was made part of a string, where it has no value yet.

Looked for before anything else is said of a document that is not compliant: half a page of an SDK's advice is neither a malformed ARN nor
an unknown policy variable.
"""

import re
from typing import Literal

Language = Literal["python", "nodejs", "go", "dotnet", "java"]

#: JSON writers write some characters as escapes, each its own.
_ESCAPED = re.compile(r"\\u00([0-9a-fA-F]{2})")
_WRITTEN: tuple[tuple[Language, re.Pattern[str]], ...] = (
    ("python", re.compile(r"Calling __\w+__ on an Output\[T\]|<pulumi\.output\.Output object at 0x")),
    ("nodejs", re.compile(r"Calling \[to(?:String|JSON)\] on an \[Output<T>\]")),
    ("dotnet", re.compile(r"Calling \[ToString\] on an \[Output<T>\]|Pulumi\.(?:Output|Input)`1\[")),
    ("java", re.compile(r"Calling '?toString'? on an '?Output<T>'?|com\.pulumi\.core\.(?:internal\.)?Output\w*@[0-9a-f]+")),
    # `%v` of an Output is the address of its state, and other verbs say that they do not fit.
    ("go", re.compile(r"%!\w\(\*?(?:pulumi|internal|pulumix)\.\w*Output|&?\{0x[0-9a-f]{9,12}\}")),
)
#: A longer text is no document that S3 takes, whatever is in it.
_MOST = 100_000
_HINTS = ("Calling ", "pulumi", "Pulumi.", "%!", "{0x", "\\u00")


def find_output(text: str) -> Language | None:
    """The language of the SDK whose text for an Output is in this one, near enough to its beginning; None where there is none."""
    text = text[:_MOST]
    if not any(hint in text for hint in _HINTS):
        return None
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return next((language for language, pattern in _WRITTEN if pattern.search(plain)), None)
