"""An answer against its question -> a Verdict with reasons; verdicts -> Scores by question type.

A figure is right when it equals the expected one after conversion between money units and
rounding to the expected number of places. An answer gives its best figures first, so only as
many as were asked for, and a few more, are looked at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from eval.formats import GivenAnswer, Question, StatedFigure
from ingest.values import YUAN_PER_UNIT, convert_money, fold, is_money, name_key, parse_number, squeeze

_EXTRA_FIGURES = 3
"""An expected figure may stand this many places later than the number of figures asked for."""
_COUNT_UNITS = {"个", "项", "人", "辆", "台", "次"}
_PERCENT_UNITS = {"%", "个百分点"}
_EVERYDAY_NUMBERS = {Decimal(n) for n in (0, 1, 2, 3, 100)}
"""Numbers that any sentence may hold (两者之一, 100%): not figures."""

ERRORS = {
    "failed": "no answer came",
    "wrong figure": "a figure that was asked for is not given, or a tempting wrong one is",
    "wrong unit": "every number is right, and not every unit",
    "wrong words": "the text lacks what it has to say",
    "miscited": "all is right, and no citation stands where the evidence does",
    "declined": "instead of answering or asking back",
    "asked back": "instead of answering or declining",
    "answered": "instead of declining or asking back",
    "misquoted": "a quote is not in its source",
    "untraced": "a number has no source",
}
"""What can be wrong with an answer; the last two also where all else is right."""
_INSTEAD = {"answered": "answered", "no_answer": "declined", "needs_clarification": "asked back"}

QuoteCheck = Callable[[Mapping[str, Any]], str | None]
"""A citation -> why its quote is false, or None."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one answer got right. ``None`` where the question does not ask for it."""

    id: str
    type: str
    question: str
    expected_status: str
    given_status: str | None
    """None: no answer in the file."""
    correct: bool
    cited: bool
    """Some citation matches the expected evidence."""
    value_right: bool | None
    """Every expected number is given, whatever its unit."""
    unit_right: bool | None
    """Every expected number is given in its unit or one that converts to it."""
    untraceable: tuple[str, ...]
    """Numbers in the text that no figure, citation or calculation holds."""
    false_quotes: tuple[str, ...]
    reasons: tuple[str, ...]
    elapsed_ms: float | None
    error: str | None = None
    """Of ``ERRORS``, why it is not right and cited; None when it is."""

    @property
    def correct_and_cited(self) -> bool:
        return self.correct and self.cited

    @property
    def errors(self) -> tuple[str, ...]:
        """All that is wrong with it, of ``ERRORS``."""
        also = {"misquoted": self.false_quotes, "untraced": self.untraceable}
        return (*filter(None, [self.error]), *(name for name, faults in also.items() if faults))


@dataclass(frozen=True, slots=True)
class Sums:
    """Counts over some verdicts; times are milliseconds."""

    questions: int
    correct: int
    correct_and_cited: int
    value_right: int
    value_asked: int
    unit_right: int
    status_right: int
    untraceable_numbers: int
    false_quotes: int
    p50_ms: float | None
    p95_ms: float | None

    @property
    def accuracy(self) -> float:
        """Share of questions answered right and cited, 0 to 1."""
        return self.correct_and_cited / self.questions if self.questions else 0.0


def judge(question: Question, answer: GivenAnswer | None, check_quote: QuoteCheck | None = None) -> Verdict:
    """One verdict; ``check_quote`` looks each citation's quote up in its source."""
    expect = question.expect
    if answer is None:
        return _verdict(question, None, error="failed", reasons=["no answer in the file"])
    if answer.status != expect.status:
        reason = f"status {answer.status}, expected {expect.status}"
        return _verdict(question, answer, check_quote, error=_INSTEAD[answer.status], reasons=[reason])
    if expect.status != "answered":
        return _verdict(question, answer, check_quote, cited=True)
    missing, tempting = _missing(question, answer), _tempting(question, answer)
    words = _keyword_faults(question, answer)
    reasons = [*missing, *tempting, *words]
    cited = not expect.evidence or any(
        supports(evidence, citation) for evidence in expect.evidence for citation in answer.citations
    )
    if not reasons and not cited:
        reasons = ["no citation matches the evidence"]
        return _verdict(question, answer, check_quote, error="miscited", reasons=reasons, correct=True)
    error = "wrong figure" if tempting or missing else "wrong words" if words else None
    if missing and not tempting and _gives(question, answer, _same_value):
        error = "wrong unit"
    return _verdict(question, answer, check_quote, error=error, reasons=reasons, cited=cited and not reasons)


def _verdict(
    question: Question,
    answer: GivenAnswer | None,
    check_quote: QuoteCheck | None = None,
    *,
    error: str | None = None,
    reasons: Sequence[str] = (),
    correct: bool | None = None,
    cited: bool = False,
) -> Verdict:
    return Verdict(
        id=question.id,
        type=question.type,
        question=question.text,
        expected_status=question.expect.status,
        given_status=answer.status if answer else None,
        correct=not reasons if correct is None else correct,
        cited=cited,
        value_right=_gives(question, answer, _same_value),
        unit_right=_gives(question, answer, same_figure),
        untraceable=untraceable_numbers(answer) if answer else (),
        false_quotes=tuple(
            fault
            for citation in (answer.citations if answer and check_quote else ())
            if check_quote and (fault := check_quote(citation))
        ),
        reasons=tuple(reasons),
        elapsed_ms=answer.elapsed_ms if answer else None,
        error=error,
    )


def _window(question: Question, answer: GivenAnswer) -> Sequence[StatedFigure]:
    return answer.figures[: len(question.expect.figures) + _EXTRA_FIGURES]


def _gives(
    question: Question, answer: GivenAnswer | None, is_same: Callable[[StatedFigure, StatedFigure], bool]
) -> bool | None:
    """Whether every expected figure is given; None when none is expected."""
    window = _window(question, answer) if answer else ()
    asked = question.expect.figures
    return all(any(is_same(f, g) for g in window) for f in asked) if asked else None


def _missing(question: Question, answer: GivenAnswer) -> list[str]:
    window = _window(question, answer)
    shown = ", ".join(map(str, window)) or "no figure"
    asked = question.expect.figures
    return [f"no {f}: gave {shown}" for f in asked if not any(same_figure(f, g) for g in window)]


def _tempting(question: Question, answer: GivenAnswer) -> list[str]:
    best = answer.figures[: max(1, len(question.expect.figures))]
    return [
        f"gave {f}, a wrong figure" for f in question.expect.forbidden if any(same_figure(f, g) for g in best)
    ]


def _keyword_faults(question: Question, answer: GivenAnswer) -> list[str]:
    text = squeeze(answer.text).lower()
    return [
        f"the text lacks {' / '.join(options)}"
        for options in question.expect.keywords
        if not any(squeeze(option).lower() in text for option in options)
    ]


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _same_value(expected: StatedFigure, given: StatedFigure) -> bool:
    if same_figure(expected, given):
        return True
    if expected.value is None or given.value is None:
        return False
    return _rounded(expected.value, expected.decimals) == _rounded(given.value, expected.decimals)


def same_figure(expected: StatedFigure, given: StatedFigure) -> bool:
    """Equal after conversion to the expected unit and rounding to the expected places.

    A percentage and percentage points compare; so do the units that only count things. A unit
    that one side leaves out is no difference, except for money.
    """
    value = given.value
    if expected.value is None or value is None:
        return False
    if expected.unit is not None and is_money(expected.unit):
        if given.unit is None or not is_money(given.unit):
            return False
        value = convert_money(value, given.unit, expected.unit)
    elif expected.unit and given.unit and expected.unit != given.unit:
        pair = {expected.unit, given.unit}
        if not (pair <= _PERCENT_UNITS or pair <= _COUNT_UNITS):
            return False
    return _rounded(expected.value, expected.decimals) == _rounded(value, expected.decimals)


def supports(evidence: Mapping[str, Any], citation: Mapping[str, Any]) -> bool:
    """Whether a citation matches the evidence in each field that the evidence gives."""
    return all(
        _field_matches(name, wanted, citation)
        for name, wanted in evidence.items()
        if wanted not in (None, "")
    )


def _field_matches(name: str, wanted: Any, citation: Mapping[str, Any]) -> bool:
    given = citation.get(name)
    if name == "page":
        return bool(given == wanted)
    if name == "doc":
        return squeeze(str(given or "")) == squeeze(str(wanted))
    want, have = name_key(str(wanted)), name_key(str(given or ""))
    if not have:
        return False
    if name == "quote":  # a figure or phrase may also be cited by its row or section
        pool = name_key(" ".join(str(citation.get(f) or "") for f in ("quote", "row", "section")))
        return want in pool or have in want
    return want in have or have in want


_NUMBER = re.compile(r"(?<![A-Za-z0-9_.])[-+]?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?")
_NOT_FIGURES = re.compile(
    r"\[\^?\d+(?:\s*[,，、]\s*\d+)*\]|【\d+】"  # citation marks
    r"|第\s*\d+\s*(?:页|条|款|项|行|列|名|位|步)|p(?:age|\.)?\s*\d+"  # places
    r"|(?<![A-Za-z0-9_.])(?:19|20)\d{2}(?!\d)(?:\s*[-–—至到]\s*(?:19|20)?\d{2})?"  # years
    r"|^\s*\d+[.、)]\s",  # list ordinals
    re.IGNORECASE | re.MULTILINE,
)


_NO_SOURCE = {"n", "page", "bbox", "inputs", "citations", "calculation"}
"""Fields whose numbers point at a source and are none themselves."""


def untraceable_numbers(answer: GivenAnswer) -> tuple[str, ...]:
    """Numbers in an answer's text that none of its figures, citations or calculations holds.

    A money figure may be said in any money unit, and any figure to fewer places.
    """
    if answer.status != "answered":
        return ()
    known = set(_known_values(answer))
    found = (match.group() for match in _NUMBER.finditer(_NOT_FIGURES.sub(" ", fold(answer.text))))
    return tuple(number for number in found if not _is_known(number, known))


def _is_known(number: str, known: set[Decimal]) -> bool:
    value = parse_number(number.lstrip("+"))
    if value is None or abs(value) in _EVERYDAY_NUMBERS:
        return True
    exponent = value.as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    return any(_rounded(one, decimals) == abs(value) for one in known)


def _known_values(answer: GivenAnswer) -> Iterable[Decimal]:
    for key in ("figures", "citations", "calculations", "warnings"):
        for text in _leaves(answer.raw.get(key)):
            for match in _NUMBER.finditer(fold(text)):
                if (value := parse_number(match.group().lstrip("+"))) is not None:
                    yield abs(value)
    for figure in answer.figures:
        if figure.value is not None and figure.unit is not None and is_money(figure.unit):
            for unit in YUAN_PER_UNIT:
                yield abs(convert_money(figure.value, figure.unit, unit))


def _leaves(value: Any) -> Iterable[str]:
    if isinstance(value, Mapping):
        value = [held for name, held in value.items() if name not in _NO_SOURCE]
    if isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif value is not None:
        yield str(value)


def add_up(verdicts: Sequence[Verdict]) -> Sums:
    """The sums over some verdicts."""
    times = sorted(v.elapsed_ms for v in verdicts if v.elapsed_ms is not None)
    return Sums(
        questions=len(verdicts),
        correct=sum(v.correct for v in verdicts),
        correct_and_cited=sum(v.correct_and_cited for v in verdicts),
        value_right=sum(bool(v.value_right) for v in verdicts),
        value_asked=sum(v.value_right is not None for v in verdicts),
        unit_right=sum(bool(v.unit_right) for v in verdicts),
        status_right=sum(v.given_status == v.expected_status for v in verdicts),
        untraceable_numbers=sum(len(v.untraceable) for v in verdicts),
        false_quotes=sum(len(v.false_quotes) for v in verdicts),
        p50_ms=percentile(times, 50),
        p95_ms=percentile(times, 95),
    )


def percentile(ordered: Sequence[float], percent: int) -> float | None:
    """The nearest-rank percentile of sorted values; None when there are none."""
    if not ordered:
        return None
    rank = -(-percent * len(ordered) // 100)
    return ordered[max(0, rank - 1)]


def error_counts(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """How many answers have each error that any has, in the order of ``ERRORS``."""
    counts = Counter(error for v in verdicts for error in v.errors)
    return {error: counts[error] for error in ERRORS if counts[error]}


def status_confusion(verdicts: Iterable[Verdict]) -> dict[str, dict[str, int]]:
    """Expected status -> given status -> how many."""
    counts = Counter((v.expected_status, v.given_status or "missing") for v in verdicts)
    table: dict[str, dict[str, int]] = {}
    for (expected, given), count in sorted(counts.items()):
        table.setdefault(expected, {})[given] = count
    return table
