"""A stored state as text: gzip and zstd are told by their first bytes, not by the name of the file."""

import gzip
import zlib
from io import BytesIO

from offline.files import name_source, read_content
from offline.fleet.sources import lack_package
from offline.run import Failure
from offline.state import EXPECTED, MOST_BYTES

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


def read_text(content: bytes, where: str) -> str | Failure:
    """The text of a stored state, decompressed."""
    name = name_source(where)
    try:
        plain = _decompress(content)
    except ImportError as error:
        return lack_package(name, error)
    except (OSError, EOFError, zlib.error):
        return Failure(f"{name}: its compressed content is damaged; expected: {EXPECTED}")
    return read_content(where, plain, MOST_BYTES, EXPECTED)


def _decompress(content: bytes) -> bytes:
    """The plain content, at most one byte more than is accepted."""
    if content.startswith(_GZIP):
        with gzip.GzipFile(fileobj=BytesIO(content)) as reader:
            return reader.read(MOST_BYTES + 1)
    return _read_zstd(content) if content.startswith(_ZSTD) else content


def _read_zstd(content: bytes) -> bytes:
    import zstandard  # noqa: PLC0415  only where a state is stored so

    try:
        with zstandard.ZstdDecompressor().stream_reader(BytesIO(content), read_across_frames=True) as reader:
            plain: bytes = reader.read(MOST_BYTES + 1)
    except zstandard.ZstdError as error:
        raise OSError from error
    if not plain:
        # A frame that is cut short before its first block is no error to the library.
        raise EOFError
    return plain
