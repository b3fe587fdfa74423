"""The command ``budget-qa``: requests from a terminal or a script.

Exit codes: 0 answered or done, 1 failed, 2 wrong usage, 3 no answer, 4 needs clarification.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

from faces.account_command import app as accounts
from faces.desk import Desk, LocalDesk, open_desk
from faces.explaining import explained_lines
from faces.export import Form, cut_texts, write_records
from ingest.errors import BudgetQAError

if TYPE_CHECKING:
    from index_store.intake import Progress

FAILED = 1
NO_ANSWER = 3
NEEDS_CLARIFICATION = 4
EXIT_CODES = {"answered": 0, "no_answer": NO_ANSWER, "needs_clarification": NEEDS_CLARIFICATION}

SAMPLES = Path(__file__).parent / "samples"

EPILOG = "Exit codes: 0 answered or done, 1 failed, 2 wrong usage, 3 no answer, 4 needs clarification."

app = typer.Typer(
    name="budget-qa",
    help="Questions over government budget documents, answered with figures that can be proved.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.add_typer(accounts, name="account")

ExportContent = Literal["tables", "rows", "passages"]

StoreOption = Annotated[
    Path | None,
    typer.Option(
        "--store", envvar="BUDGET_QA_STORE", help="Folder that keeps the documents.", show_default="per user"
    ),
]
DocumentArgument = Annotated[
    str, typer.Argument(metavar="DOCUMENT", help="File name, its number, or a part that only it has.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]


def main() -> None:
    """Run the command; a failure that a person can mend is one line, never a traceback."""
    try:
        app()
    except BudgetQAError as error:
        _fail(str(error))
    except BrokenPipeError:
        sys.exit(FAILED)


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files, or folders of files.")],
    store: StoreOption = None,
) -> None:
    """Read documents and keep them; one verdict a file."""
    with _desk(store) as desk, _progress() as report:
        try:
            verdicts = desk.ingest(paths, report)
        except KeyboardInterrupt:
            raise BudgetQAError(
                "stopped; the files that were read are kept, the same command goes on with the others"
            ) from None
    for verdict in verdicts:
        print(_verdict(verdict))
    if any(verdict["status"] == "failed" for verdict in verdicts):
        raise typer.Exit(FAILED)


@app.command()
def documents(as_json: JsonOption = False, store: StoreOption = None) -> None:
    """List the documents kept."""
    with _desk(store) as desk:
        kept = desk.documents()
    if as_json:
        _print_json(kept)
        return
    if not kept:
        print("no documents yet: add some with  budget-qa ingest FILE…")
    for document in kept:
        print(_document_line(document))


@app.command()
def remove(
    name: DocumentArgument,
    store: StoreOption = None,
) -> None:
    """Forget a document and everything read from it."""
    with _desk(store) as desk:
        print(f"removed {desk.remove(name)['file_name']}")


@app.command()
def ask(
    question: Annotated[
        str | None, typer.Argument(metavar="QUESTION", help="The question, in Chinese or English.")
    ] = None,
    history: Annotated[
        list[str] | None,
        typer.Option("--history", help="An earlier question of the conversation, oldest first."),
    ] = None,
    as_json: JsonOption = False,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Show how it was understood, and why other figures lost."),
    ] = False,
    batch: Annotated[
        Path | None, typer.Option("--batch", help="A question file (JSON Lines) to answer.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where the batch's answers go.")] = None,
    store: StoreOption = None,
) -> None:
    """Answer a question, or a whole file of them, with sources."""
    if bool(question and question.strip()) == bool(batch):
        raise typer.BadParameter("give one question, or --batch QUESTIONS.jsonl with --out ANSWERS.jsonl")
    if (batch is None) != (out is None):
        raise typer.BadParameter("--batch and --out go together")
    with _desk(store) as desk:
        if batch and out:
            _ask_batch(desk, batch, out)
            return
        answer = desk.ask(question or "", history or [])
        explained = desk.explain(question or "", history or []) if explain else None
    if as_json:
        _print_json(_outside(answer) | ({"explained": explained} if explained else {}))
    else:
        _print_answer(answer)
        if explained:
            print(*("", *explained_lines(explained)), sep="\n")
    raise typer.Exit(EXIT_CODES[answer["status"]])


@app.command()
def export(
    document: DocumentArgument,
    content: Annotated[
        ExportContent,
        typer.Option("--format", help="Whole tables (JSON only), a record a printed cell, or the narrative."),
    ] = "tables",
    form: Annotated[Form, typer.Option("--as", help="What the file is.")] = "json",
    out: Annotated[Path | None, typer.Option("--out", help="The file to write, instead of printing.")] = None,
    store: StoreOption = None,
) -> None:
    """Export a document's tables, cells or passages: everything as printed, amounts also in 元."""
    if content == "tables" and form != "json":
        raise typer.BadParameter(f"whole tables come as json only; for {form} give --format rows")
    if form == "xlsx" and out is None:
        raise typer.BadParameter("a workbook goes into a file: give --out FILE")
    with _desk(store) as desk:
        get = {"tables": desk.tables, "rows": desk.rows, "passages": desk.passages}[content]
        records = get(document)
    _write(write_records(records, form), out)
    if form == "xlsx" and (cut := cut_texts(records)):
        print(f"{cut} texts are cut at Excel's 32,767 characters, and end in a note", file=sys.stderr)


@app.command()
def audit(document: DocumentArgument, as_json: JsonOption = False, store: StoreOption = None) -> None:
    """Say where a document disagrees with itself, both places each, and what was checked."""
    with _desk(store) as desk:
        audited = desk.findings(document)
    if as_json:
        _print_json(audited["findings"])
        return
    from faces.auditing import audit_lines

    print(*audit_lines(audited), sep="\n")


@app.command()
def feedback(
    out: Annotated[Path, typer.Option("--out", help="The file to write (JSON Lines).")],
    store: StoreOption = None,
) -> None:
    """Write the answers that people rated on the page as question lines, for the evaluation.

    What was liked has what is expected with it; what was disliked waits for somebody to say it.
    """
    from faces.conversation_files import feedback_lines
    from faces.conversations import Conversations
    from faces.settings import ServerSettings

    keep_days = ServerSettings.from_environment().history_days
    conversations = Conversations(_directory(store), keep_days=keep_days)
    rated = conversations.rated()
    conversations.close()
    _write(feedback_lines(rated).encode(), out)
    print(f"{len(rated)} rated answers in {out}", file=sys.stderr)


@app.command()
def reindex(store: StoreOption = None) -> None:
    """Rebuild the index of meanings from the stored figures."""
    with _desk(store) as desk:
        print(f"rebuilt: {desk.reindex()} texts")


@app.command()
def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; only this machine by default.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 7860,
    samples: Annotated[
        bool, typer.Option("--samples", help="Read the bundled samples into an empty store.")
    ] = False,
    mcp: Annotated[
        bool, typer.Option("--mcp", help="Also offer tools for models (Model Context Protocol).")
    ] = False,
    without_login: Annotated[
        bool,
        typer.Option("--allow-without-login", help="Listen for other machines although nobody logs in."),
    ] = False,
    store: StoreOption = None,
) -> None:
    """Open the chat page and own the store until stopped.

    BUDGET_QA_AUTH_FILE names the accounts that may log in; without it, only this machine is listened to.
    """
    from faces.settings import ServerSettings

    settings = ServerSettings.from_environment()
    if not without_login:
        settings.check_host(host)
    desk = open_desk(_directory(store))
    if not isinstance(desk, LocalDesk):
        raise BudgetQAError(f"{desk.note}; open that page instead, or stop that server")
    from app import launch

    launch(
        desk,
        host=host,
        port=port,
        samples=sorted(SAMPLES.glob("*.pdf")) if samples else [],
        settings=settings,
        with_tools=mcp,
    )


@app.command(
    "eval",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
)
def evaluate(context: typer.Context) -> None:
    """Measure answers over question files (budget-qa eval --help)."""
    from eval.cli import app as eval_app

    typer.main.get_command(eval_app).main(args=context.args, prog_name="budget-qa eval")


# -- the store -----------------------------------------------------------------------------


def _directory(store: Path | None) -> Path:
    if store is not None:
        return store
    from platformdirs import user_data_path

    return user_data_path("budget-qa")


@contextmanager
def _desk(store: Path | None) -> Iterator[Desk]:
    desk = open_desk(_directory(store))
    if desk.note:
        print(desk.note, file=sys.stderr)
    try:
        yield desk
    finally:
        desk.close()


# -- questions -----------------------------------------------------------------------------


def _ask_batch(desk: Desk, batch: Path, out: Path) -> None:
    questions = _read_questions(batch)
    try:
        file = out.open("w", encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"{out} cannot be written ({error.strerror}); give another --out") from error
    with file:
        for asked in questions:
            answer = _outside(desk.ask(asked.question, asked.history))
            file.write(json.dumps({"id": asked.identifier} | answer, ensure_ascii=False) + "\n")
    print(f"{len(questions)} answers in {out}", file=sys.stderr)


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of a question file, as far as asking needs it."""

    identifier: object
    question: str
    history: list[str]


def _read_questions(path: Path) -> list[Asked]:
    """The questions of a question file. Raises BadParameter naming the first line that is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{path} cannot be read as a UTF-8 text file: {error}") from error
    questions = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
            earlier = [str(turn["question"]) for turn in asked.get("history") or []]
            questions.append(Asked(asked["id"], str(asked["question"]), earlier))
        except (ValueError, TypeError, KeyError) as error:
            raise typer.BadParameter(
                f"{path}, line {number}: expected a JSON object with 'id', 'question' and, if there are "
                "earlier turns, 'history': [{'question': …}, …]"
            ) from error
    return questions


def _outside(answer: dict[str, Any]) -> dict[str, Any]:
    """Only the fields of the answer-file format."""
    return {name: value for name, value in answer.items() if name not in ("choices", "understood")}


def _write(content: bytes, out: Path | None) -> None:
    """Into the file, or onto the terminal or pipe."""
    if out is None:
        sys.stdout.buffer.write(content)
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise typer.BadParameter(f"{out} cannot be written ({error.strerror}); give another --out") from error


# -- printing ------------------------------------------------------------------------------


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1))


def _print_answer(answer: dict[str, Any]) -> None:
    print(answer["text"])
    for choice in answer["choices"]:
        print(f"  - {choice}")
    if answer["citations"]:
        print()
    for citation in answer["citations"]:
        place = [citation["doc"], f"p.{citation['page']}" if citation["page"] else None]
        place += [citation["table"] or citation["section"], citation["row"], citation["column"]]
        print(f"[{citation['n']}] {' · '.join(part for part in place if part)}: {citation['quote']}")
    for warning in answer["warnings"]:
        print(f"! {warning}")


def _document_line(document: dict[str, Any]) -> str:
    identity = document["identity"]
    parts = [identity["organization"], identity["fiscal_year"], identity["kind"]]
    whose = " ".join(str(part) for part in parts if part) or "unknown"
    return f"{document['id']:>4}  {document['file_name']}  ({whose})"


def _verdict(verdict: dict[str, Any]) -> str:
    name, message = verdict["file_name"], verdict["message"] or ""
    about = message if message.startswith(name) else " – ".join(filter(None, (name, message)))
    line = f"{verdict['status']}: {about}"
    return "\n".join([line, *(f"  ! {warning}" for warning in verdict["warnings"])])


@contextmanager
def _progress() -> Iterator[Callable[[Progress], None]]:
    """A bar on stderr: the file, its page, what is done, and the time left."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as ProgressBar

    columns = TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.fields[left]}")
    with ProgressBar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, left="")

        def report(step: Progress) -> None:
            page = f" page {step.page_number}/{step.page_count}" if step.page_count else ""
            left = "" if step.seconds_left is None else f"{step.seconds_left:.0f} s left"
            doing = f"{step.phase} {step.done}/{step.total} {step.file_name or ''}{page}"
            bar.update(task, description=doing, completed=step.done, total=step.total, left=left)

        yield report


def _fail(message: str) -> NoReturn:
    print(f"budget-qa: {message}", file=sys.stderr)
    sys.exit(FAILED)


if __name__ == "__main__":
    main()
