"""
The report as the comment of a pull request, or the summary of a job.

Code hosts take some 65,000 characters: what does not fit is counted, and the other formats have all of it.
"""

import re
from collections.abc import Iterator

from offline.report.content import (
    Bucket,
    Outcome,
    Report,
    Result,
    find_status,
    find_worst,
    list_blind_spots,
    list_buckets,
    list_notes,
    list_stack_results,
    name_stack,
)
from offline.report.prose import (
    WORDS,
    Block,
    has_stacks,
    is_told,
    say_exemption,
    say_number,
    say_size,
    say_totals,
    say_verdict,
    say_why_nothing,
    shorten,
    split_message,
)
from offline.report.visible import make_line
from offline.run import PolicyInfo

MOST_CHARACTERS = 60_000
_MOST_ROWS = 100
_MARKS: dict[Outcome, str] = {
    "violation": "❌",
    "advisory": "⚠️",
    "unknown": "❔",
    "exempt": "🔕",
    "remediated": "🔧",
    "compliant": "✅",
    "not-applicable": "",
}
_SPECIAL = re.compile(r"([\\`*_\[\]|~])")
_ANY_MARKUP = re.compile(r"[^A-Za-z0-9 ./:()-]")
#: What begins an item of a list.
_LEADING = re.compile(r"^(\s*(?:\d+(?=[.)])|(?=[-+])))([-+.)])(?=\s)")


def render(report: Report) -> str:
    """The whole report, within the limit."""
    parts = [*_list_head(report), _write_stacks(report) if has_stacks(report) else _write_buckets(report)]
    room = MOST_CHARACTERS - sum(map(len, parts))
    left_out = 0
    for part in _list_details(report):
        room -= len(part)
        if room > 0:
            parts.append(part)
        else:
            left_out += 1
    if left_out:
        parts.append(f"{say_number(left_out, 'more finding')} of which there is no room to tell here: the other formats have all.\n")
    return "\n".join(part for part in (*parts, *_list_notes(report)) if part)


def _list_head(report: Report) -> Iterator[str]:
    status = find_status(report)
    mark = {0: "✅", 3: "❔"}.get(status, "❌")
    verdict = _escape(say_verdict(report).removesuffix(".")) if say_totals(report) else say_why_nothing(report)
    yield f"### {mark} S3 bucket policies: {verdict}\n"
    yield f"{_code(report.subject[:200])}, {say_size(report)}; judged by {_escape(report.pack)} {_escape(report.version)}.\n"


def _write_stacks(report: Report) -> str:
    """A row for each stack with something to tell."""
    told = [stack for stack in report.stacks if any(map(is_told, list_stack_results(stack)))]
    rows = [
        f"| {_label(name_stack(stack))} | {len(stack.buckets)} | {_write_mark(find_worst(tuple(list_stack_results(stack))))} |"
        for stack in told[:_MOST_ROWS]
    ]
    rest = len(report.stacks) - len(rows)
    more = f"\n{say_number(rest, 'more stack')} not shown here.\n" if rest else ""
    return "\n".join(("| stack | buckets | worst |", "|---|---|---|", *rows, more)) if rows else ""


def _write_buckets(report: Report) -> str:
    policies = [policy for policy in report.policies if policy.level != "disabled"]
    buckets = [bucket for stack in report.stacks for bucket in stack.buckets]
    shown = buckets if len(buckets) <= _MOST_ROWS else [bucket for bucket in buckets if any(map(is_told, bucket.results))][:_MOST_ROWS]
    if not shown:
        return ""
    head = f"| bucket | {' | '.join(_escape(shorten(policy.name).replace('-', ' ')) for policy in policies)} |"
    rows = [f"| {_label(bucket.label)} | {' | '.join(_write_cell(bucket, policy) for policy in policies)} |" for bucket in shown]
    more = f"\n{say_number(len(buckets) - len(shown), 'more bucket')} not shown here.\n" if len(shown) < len(buckets) else ""
    return "\n".join((head, f"|---|{'---|' * len(policies)}", *rows, more))


def _write_cell(bucket: Bucket, policy: PolicyInfo) -> str:
    return _write_mark(find_worst(tuple(result for result in bucket.results if result.policy == policy.name)))


def _write_mark(worst: Outcome | None) -> str:
    return f"{_MARKS[worst]} {WORDS[worst]}" if worst not in (None, "not-applicable") else ""


def _list_details(report: Report) -> Iterator[str]:
    for stack in report.stacks:
        within = f"{_label(name_stack(stack))} " if has_stacks(report) else ""
        for bucket in stack.buckets:
            if any(map(is_told, bucket.results)):
                yield _write_bucket(f"{within}<b>{_label(bucket.label)}</b>", bucket.results, report)
        if any(map(is_told, stack.others)):
            yield _write_bucket(f"{within}<b>no bucket in particular</b>", stack.others, report)


def _write_bucket(head: str, results: tuple[Result, ...], report: Report) -> str:
    worst = find_worst(results)
    told = [_write_result(result, report) for result in results if is_told(result)]
    opened = " open" if worst == "violation" else ""
    return "\n".join((f"<details{opened}><summary>{head} {_write_mark(worst)}</summary>\n", *told, "</details>\n"))


def _write_result(result: Result, report: Report) -> str:
    place = result.place
    url = next((policy.url for policy in report.policies if policy.name == result.policy and policy.url.startswith("https://")), "")
    name = f"[{_escape(result.policy)}]({_escape_url(url)})" if url else f"**{_escape(result.policy)}**"
    where = f" at {_code(f'{place.file}:{place.line}' if place.line else place.file)}" if place.file else ""
    lines = [f"{_MARKS[result.outcome]} {'mandatory' if result.outcome == 'violation' else WORDS[result.outcome]}: {name}{where}  "]
    lines += map(_write_block, split_message(result.message) if result.message else ())
    if result.remark:
        lines.append(f"{_escape(result.remark)}  ")
    return "\n".join(lines) + "\n"


def _write_block(block: Block) -> str:
    if block.is_json:
        return f"\n```json\n{_fence(block.spans[0])}\n```\n"
    sentence = "".join(_code(span) if number % 2 else _escape(span) for number, span in enumerate(block.spans))
    # Two blanks break the line.
    return f"{sentence}  "


def _list_notes(report: Report) -> Iterator[str]:
    yield from (f"* ❔ not looked into: {_escape(spot)}" for spot in list_blind_spots(report))
    yield from (f"* ❔ not read: {_escape(line)}" for line in report.unread)
    yield from (f"* note: {_escape(note)}" for note in list_notes(report))
    for _, bucket in list_buckets(report):
        for result in bucket.results:
            if result.exemption is not None:
                reason = _escape(say_exemption(result.exemption))
                yield f"* {_label(bucket.label)} is exempt from {_escape(shorten(result.policy))}: {reason}"
    yield ""


def _code(text: str) -> str:
    """The text as code in a sentence, where nothing is a mention or markup."""
    shown = make_line(text).replace("`", "'")
    return f"`{shown}`" if shown.strip() else "` `"


def _label(text: str) -> str:
    """The text as code in a table or in HTML: a vertical bar ends no cell there, and nothing is markup, whether Markdown is read or not."""
    return f"<code>{_ANY_MARKUP.sub(lambda found: f'&#{ord(found[0])};', make_line(text))}</code>"


def _escape(text: str) -> str:
    """The text as it is, in which nothing is markup, and nobody is mentioned."""
    shown = make_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = _LEADING.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", shown))
    return shown.replace("@", "@<!-- -->").replace("#", "#<!-- -->")


def _escape_url(url: str) -> str:
    return re.sub(r"[^A-Za-z0-9:/._~#?=&%-]", "", url)


def _fence(text: str) -> str:
    """What closes a block of code is written apart."""
    return text.replace("```", "` ` `")
