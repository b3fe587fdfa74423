"""Kept conversations as files: JSON Lines for scripts and for the evaluation, Markdown for people.

The lines are those of question and answer files, so that ``budget-qa ask --batch`` asks an export
again, and what was liked is a question with what is expected.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from faces.conversations import KeptTurn
from faces.copying import as_markdown, tamed
from faces.wording import Words
from qa.answer import Answer, Citation, Figure


def json_lines(turns: Iterable[KeptTurn]) -> str:
    """A line for each turn: the question's and the answer's fields, and how it was rated."""
    return _lines(
        _question(turn)
        | turn.answer.to_dict(turn.token)
        | {"conversation": turn.conversation_id, "asked_at": turn.asked_at}
        | {"rating": turn.rating, "comment": turn.comment}
        for turn in turns
    )


def feedback_lines(turns: Iterable[KeptTurn]) -> str:
    """A question line for each rated turn, with rating, comment and the answer that was rated.

    What was liked has its ``expect``: the figures, status and places given. What was disliked
    has none: somebody has to say what would have been right.
    """
    return _lines(
        _question(turn)
        | ({"expect": _expectation(turn.answer)} if turn.rating == "like" else {})
        | {"rating": turn.rating, "comment": turn.comment, "answer": turn.answer.to_dict(turn.token)}
        for turn in turns
    )


def markdown(turns: Iterable[KeptTurn], said: Words) -> str:
    """Conversations to read or print, each with its questions, answers, sources and times."""
    conversations = (list(group) for _, group in groupby(turns, key=lambda turn: turn.conversation_id))
    return "\n".join(_conversation(turns, said) for turns in conversations)


def _lines(records: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def _question(turn: KeptTurn) -> dict[str, Any]:
    history = {"history": [{"question": earlier} for earlier in turn.history]} if turn.history else {}
    return {
        "id": turn.token,
        "question": turn.question,
        "lang": turn.answer.language,
        "docs": list(dict.fromkeys(citation.doc for citation in turn.answer.citations)),
        "type": _type(turn.answer),
    } | history


def _type(answer: Answer) -> str:
    """The kind of question that such an answer is for."""
    if answer.status != "answered":
        return "no_answer" if answer.status == "no_answer" else "ambiguous"
    if not answer.figures:
        return "text"
    return "arithmetic" if answer.calculations else "lookup"


def _expectation(answer: Answer) -> dict[str, Any]:
    return {
        "status": answer.status,
        "figures": [_figure(figure) for figure in answer.figures],
        "evidence": [_evidence(citation) for citation in answer.citations],
    }


def _figure(figure: Figure) -> dict[str, Any]:
    exponent = figure.value.as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    return {"value": format(figure.value, "f"), "unit": figure.unit or "", "decimals": places}


def _evidence(citation: Citation) -> dict[str, Any]:
    fields = ("doc", "page", "table", "row", "column", "quote")
    place = citation.to_dict()
    return {field: place[field] for field in fields if place[field] is not None}


def _conversation(turns: Sequence[KeptTurn], said: Words) -> str:
    title = f"# {said['history_open']} {turns[0].asked_at[:10]}\n"
    return "\n".join([title, *(_turn(turn, said) for turn in turns)])


def _turn(turn: KeptTurn, said: Words) -> str:
    rating = f"\n*{said[turn.rating]}* {tamed(' '.join(turn.comment.split()))}\n" if turn.rating else ""
    when = f"{turn.asked_at[:10]} {turn.asked_at[11:16]} UTC"
    return (
        f"## {tamed(' '.join(turn.question.split()))}\n\n{when}\n\n{as_markdown(turn.answer, said)}\n{rating}"
    )
