"""Verdicts -> a table for people, JSON for scripts, and what changed since an earlier run."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval.formats import FormatError
from eval.score import ERRORS, Sums, Verdict, add_up, error_counts, status_confusion

_HEADINGS = (
    "type", "n", "right", "+cited", "value", "unit", "status", "untraced", "misquoted", "p50 ms", "p95 ms",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scores:
    """One question file, scored."""

    name: str
    verdicts: tuple[Verdict, ...]

    @property
    def sums(self) -> Sums:
        return add_up(self.verdicts)

    def by_type(self) -> dict[str, Sums]:
        kinds = sorted({v.type for v in self.verdicts})
        return {kind: add_up([v for v in self.verdicts if v.type == kind]) for kind in kinds}

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "sums": _sums_dict(self.sums),
            "by_type": {kind: _sums_dict(sums) for kind, sums in self.by_type().items()},
            "errors": error_counts(self.verdicts),
            "status_confusion": status_confusion(self.verdicts),
            "questions": [_verdict_dict(v) for v in self.verdicts],
        }


def together(scores: Sequence[Scores]) -> Scores:
    """All files as one, for the table only: ids are unique in a file, not among files."""
    return Scores("all files", tuple(verdict for one in scores for verdict in one.verdicts))


def _sums_dict(sums: Sums) -> dict[str, Any]:
    return asdict(sums) | {"accuracy": round(sums.accuracy, 4)}


def _verdict_dict(verdict: Verdict) -> dict[str, Any]:
    return asdict(verdict) | {"correct_and_cited": verdict.correct_and_cited, "errors": verdict.errors}


def write_json(scores: Sequence[Scores], path: Path) -> None:
    """A run's scores, in the form that ``compare`` reads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"files": [one.to_dict() for one in scores]}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def table(scores: Scores) -> str:
    """The scores by question type; under it which errors there are, where, and the confusion of statuses."""
    rows = [(kind, sums) for kind, sums in scores.by_type().items()] + [("all", scores.sums)]
    lines = [f"{scores.name}: {scores.sums.accuracy:.1%} right and cited", _line(_HEADINGS)]
    lines += [_line(_row(kind, sums)) for kind, sums in rows]
    for error in error_counts(scores.verdicts):
        where = [v.id for v in scores.verdicts if error in v.errors]
        lines.append(f"  {error} ({ERRORS[error]}): {len(where)}: {_shortened(' '.join(where))}")
    for expected, given in status_confusion(scores.verdicts).items():
        others = {status: count for status, count in given.items() if status != expected}
        if others:
            lines.append(f"  expected {expected}: " + ", ".join(f"{n} {s}" for s, n in others.items()))
    return "\n".join(lines)


def _row(kind: str, sums: Sums) -> tuple[str, ...]:
    of_asked = [f"{n}/{sums.value_asked}" for n in (sums.value_right, sums.unit_right)]
    return (
        kind,
        str(sums.questions),
        str(sums.correct),
        str(sums.correct_and_cited),
        *of_asked,
        str(sums.status_right),
        str(sums.untraceable_numbers),
        str(sums.false_quotes),
        *("-" if ms is None else f"{ms:.1f}" for ms in (sums.p50_ms, sums.p95_ms)),
    )


def _line(cells: Sequence[str]) -> str:
    return "  " + cells[0].ljust(12) + "".join(cell.rjust(10) for cell in cells[1:])


def faults(scores: Scores) -> Iterator[str]:
    """One line for each thing wrong, with the question as it was asked."""
    for v in scores.verdicts:
        lost = [f"untraceable: {', '.join(v.untraceable)}"] if v.untraceable else []
        for reason in (*v.reasons, *lost, *v.false_quotes):
            yield f"{v.id} [{v.type}] {_shortened(v.question)} -> {reason}"


def failures(scores: Sequence[Scores], min_accuracy: float) -> Iterator[str]:
    """Why a build should fail: too few right and cited in a file, or a number without a source."""
    for one in scores:
        sums = one.sums
        if sums.accuracy < min_accuracy:
            yield f"{one.name}: {sums.accuracy:.1%} right and cited, at least {min_accuracy:.1%} expected"
        if sums.untraceable_numbers:
            yield f"{one.name}: {sums.untraceable_numbers} numbers without a source; see --wrong"


def _shortened(text: str, columns: int = 70) -> str:
    used = 0
    for i, char in enumerate(text):
        used += 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if used > columns:
            return text[:i] + "…"
    return text


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from an earlier run to a later one; ids as ``file/question``."""

    better: tuple[str, ...]
    worse: tuple[str, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    accuracy_before: float
    """Over the questions of both runs, 0 to 1."""
    accuracy_after: float

    def __str__(self) -> str:
        lines = [f"accuracy {self.accuracy_before:.1%} -> {self.accuracy_after:.1%}"]
        for name in ("better", "worse", "only_before", "only_after"):
            ids = getattr(self, name)
            if ids:
                lines.append(f"{name.replace('_', ' ')} ({len(ids)}): {' '.join(ids)}")
        return "\n".join(lines)


def compare(old: Mapping[str, bool], new: Mapping[str, bool]) -> Comparison:
    """Two runs, each as ``marks`` or ``read_marks`` gives it."""
    both = [key for key in old if key in new]
    return Comparison(
        better=tuple(k for k in both if new[k] and not old[k]),
        worse=tuple(k for k in both if old[k] and not new[k]),
        only_before=tuple(k for k in old if k not in new),
        only_after=tuple(k for k in new if k not in old),
        accuracy_before=_share(old, both),
        accuracy_after=_share(new, both),
    )


def _share(right: Mapping[str, bool], keys: Sequence[str]) -> float:
    return sum(right[k] for k in keys) / len(keys) if keys else 0.0


def marks(scores: Sequence[Scores]) -> dict[str, bool]:
    """``file/question`` -> whether it was answered right and cited."""
    return {f"{one.name}/{v.id}": v.correct_and_cited for one in scores for v in one.verdicts}


def read_marks(path: Path) -> dict[str, bool]:
    """The marks of a file of ``write_json``. Raises FormatError for anything else."""
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
        return {f"{f['name']}/{q['id']}": bool(q["correct_and_cited"]) for f in files for q in f["questions"]}
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise FormatError(
            f"{path} holds no scores ({problem!r}); expected the JSON that `eval run` or `eval score` writes"
        ) from problem
