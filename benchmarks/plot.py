"""Time against size as a small SVG, both axes logarithmic, beside the line that doubles with it; no package is needed for it."""

import math
from collections.abc import Iterator, Sequence

_WIDTH, _HEIGHT = 640, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 30, 30, 60
_STYLE = """<style>
text { font: 13px system-ui, sans-serif; fill: #24292f }
.grid { stroke: #8c959f; stroke-width: .5; stroke-opacity: .5 }
.line { fill: none; stroke: #0969da; stroke-width: 2 }
.point { fill: #0969da }
.linear { fill: none; stroke: #8c959f; stroke-width: 1.5; stroke-dasharray: 5 4 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .line { stroke: #4493f8 } .point { fill: #4493f8 } }
</style>"""


def draw(points: Sequence[tuple[float, float]], what: str = "buckets judged", unit: str = "s") -> str:
    """The plot of pairs of sizes and times, the largest last: what is counted, and the unit of the times."""
    return "\n".join(_list_lines(points, what, unit)) + "\n"


def _list_lines(points: Sequence[tuple[float, float]], what: str, unit: str) -> Iterator[str]:
    sizes, times = zip(*points, strict=True)
    across, up = _span(sizes), _span(times)
    label = f"Time in {unit} against {what}, both logarithmic"
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">{_STYLE}'
    for power in range(across[0], across[1] + 1):
        x = _scale(10**power, across, _LEFT, _WIDTH - _RIGHT)
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{_HEIGHT - _BOTTOM}"/>'
        yield f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 20}" text-anchor="middle">{_write(10.0**power)}</text>'
    for power in range(up[0], up[1] + 1):
        y = _scale(10.0**power, up, _HEIGHT - _BOTTOM, _TOP)
        yield f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{_write(10.0**power)} {unit}</text>'
    yield f'<text x="{(_LEFT + _WIDTH - _RIGHT) / 2}" y="{_HEIGHT - 12}" text-anchor="middle">{what}</text>'
    last = points[-1]
    linear = [(each, last[1] * each / last[0]) for each in sizes]
    kept = [each for each in linear if each[1] >= 10.0 ** up[0]]
    yield f'<polyline class="linear" points="{_join(kept, across, up)}"/>'
    yield f'<polyline class="line" points="{_join(points, across, up)}"/>'
    for point in points:
        x, y = _place(point, across, up)
        yield f'<circle class="point" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
        yield f'<text x="{x - 8:.1f}" y="{y - 8:.1f}" text-anchor="end">{point[1]:.3g} {unit}</text>'
    yield "</svg>"


def _write(number: float) -> str:
    return f"{number:,.0f}" if number >= 1 else f"{number:g}"


def _span(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten around the values."""
    low = math.floor(math.log10(min(values)))
    return low, max(low + 1, math.ceil(math.log10(max(values))))


def _scale(value: float, span: tuple[int, int], start: float, end: float) -> float:
    return start + (math.log10(value) - span[0]) / (span[1] - span[0]) * (end - start)


def _place(point: tuple[float, float], across: tuple[int, int], up: tuple[int, int]) -> tuple[float, float]:
    return _scale(point[0], across, _LEFT, _WIDTH - _RIGHT), _scale(point[1], up, _HEIGHT - _BOTTOM, _TOP)


def _join(points: Sequence[tuple[float, float]], across: tuple[int, int], up: tuple[int, int]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in (_place(point, across, up) for point in points))
