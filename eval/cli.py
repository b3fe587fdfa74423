"""The commands ``budget-qa eval …``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eval import report
from eval.formats import Question, read_answers, read_questions
from eval.quotes import Sources
from eval.report import Scores
from eval.runner import answer_lines, write_answers
from eval.score import judge

if TYPE_CHECKING:
    from index_store.intake import Outcome

app = typer.Typer(help="Measure how good the answers are.", no_args_is_help=True)
# Engine, store and typesetting are imported by the commands that use them: the others start at once.

QuestionFiles = Annotated[list[Path], typer.Argument(help="Question files (JSON Lines).", exists=True)]
SourceFolders = Annotated[
    list[Path],
    typer.Option("--documents", help="Files or folders that answers may cite.", exists=True),
]
MinAccuracy = Annotated[
    float, typer.Option(min=0, max=1, help="Fail when less than this share is right and cited.")
]
ShowWrong = Annotated[bool, typer.Option("--wrong", help="List what is wrong, a line each.")]


@app.command()
def run(
    questions: QuestionFiles,
    store: Annotated[Path, typer.Option(help="The store to ask; made when missing.")],
    out: Annotated[Path, typer.Option(help="Where answers and scores are written.")],
    documents: SourceFolders = [],  # noqa: B006 (Typer copies it)
    baseline: Annotated[Path | None, typer.Option(help="An earlier scores.json to compare with.")] = None,
    reread: Annotated[bool, typer.Option("--reread", help="Read the documents again first.")] = False,
    min_accuracy: MinAccuracy = 0.0,
    wrong: ShowWrong = False,
) -> None:
    """Ingest what the store lacks, ask every question, score the answers.

    A stored document is not read again unless told to: use --reread after a change to a reader.
    """
    from index_store import Store
    from index_store.intake import ingest_files
    from qa.engine import Engine

    sources = Sources(documents)
    scored = []
    with Store.open(store) as opened:
        if reread:
            for document in opened.documents():
                opened.remove(document.id)
        _report_failures(ingest_files(opened, documents))
        engine = Engine(opened)
        for path in questions:
            answers = out / f"{path.stem}.answers.jsonl"
            write_answers(answer_lines(read_questions(path), engine), answers)
            scored.append(_scores(path.stem, read_questions(path), answers, sources))
    _finish(scored, out / "scores.json", min_accuracy, wrong, baseline)


@app.command()
def model(
    questions: QuestionFiles,
    store: Annotated[Path, typer.Option(help="The store to ask.", exists=True)],
    out: Annotated[Path, typer.Option(help="Where the answers are written.")],
    documents: SourceFolders = [],  # noqa: B006 (Typer copies it)
    first: Annotated[int, typer.Option(help="So many questions of each file.", min=1)] = 25,
) -> None:
    """Ask with the language model that BUDGET_QA_LLM_BASE_URL names: what it wrote, what was held back."""
    from eval.assisted import run_model
    from index_store import Store
    from qa.engine import Engine
    from qa.model import ModelSettings

    settings = ModelSettings.from_environment()
    if settings is None:
        raise typer.BadParameter("set BUDGET_QA_LLM_BASE_URL and BUDGET_QA_LLM_MODEL to a model's endpoint")
    asked = [question for path in questions for question in read_questions(path)[:first]]
    with Store.open(store) as opened:
        run, lines = run_model(asked, Engine(opened), opened, settings)
    write_answers(lines, out)
    typer.echo(run)
    typer.echo(report.table(_scores(out.stem, asked, out, Sources(documents))))


@app.command()
def retrieval(
    questions: QuestionFiles,
    store: Annotated[Path, typer.Option(help="The store to ask; made when missing.")],
    documents: SourceFolders = [],  # noqa: B006 (Typer copies it)
    wrong: ShowWrong = False,
) -> None:
    """Is the gold in the store, found among the first 1, 5 and 20, chosen, and rightly said?"""
    from eval.retrieval import Tracer, report
    from index_store import Store
    from index_store.intake import ingest_files

    with Store.open(store) as opened:
        _report_failures(ingest_files(opened, documents))
        tracer = Tracer(opened)
        traces = [trace for path in questions for trace in tracer.trace(read_questions(path))]
    typer.echo(report(traces))
    for trace in traces:
        if wrong and trace.stage != "right":
            typer.echo(f"{trace.id} ({trace.type}): {trace.stage}")


@app.command()
def score(
    questions: Annotated[Path, typer.Argument(exists=True)],
    answers: Annotated[Path, typer.Argument(exists=True)],
    documents: SourceFolders = [],  # noqa: B006 (Typer copies it)
    json_out: Annotated[Path | None, typer.Option("--json", help="Write the scores here.")] = None,
    min_accuracy: MinAccuracy = 0.0,
    wrong: ShowWrong = False,
) -> None:
    """Score an answer file that is there already."""
    _finish(
        [_scores(questions.stem, read_questions(questions), answers, Sources(documents))],
        json_out,
        min_accuracy,
        wrong,
    )


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(exists=True)], after: Annotated[Path, typer.Argument(exists=True)]
) -> None:
    """Which questions got better or worse between two runs; fails when accuracy fell."""
    comparison = report.compare(report.read_marks(before), report.read_marks(after))
    typer.echo(comparison)
    if comparison.accuracy_after < comparison.accuracy_before:
        raise typer.Exit(1)


@app.command()
def typeset(folder: Annotated[Path, typer.Argument(help="Where the PDF files go.")]) -> None:
    """Typeset the sample budgets from their tables of figures."""
    from eval.samples import write_samples

    for path in write_samples(folder):
        typer.echo(f"{path} ({path.stat().st_size // 1024} KiB)")


@app.command()
def bench(
    documents: Annotated[list[Path], typer.Argument(help="PDF files or folders of them.", exists=True)],
    corpus: Annotated[
        Path | None, typer.Option(help="A folder of further PDF files, ingested as one set.", exists=True)
    ] = None,
    rounds: Annotated[int, typer.Option(help="How often each set is ingested; the best counts.", min=1)] = 2,
) -> None:
    """What ingesting a page costs beside pdfplumber alone, and memory against pages."""
    from eval.bench_ingestion import ingestion_costs
    from eval.bench_memory import ingestion_memory
    from ingest.cores import core_count

    sets = {path.stem: [path] for path in _pdfs(documents)}
    sets |= {corpus.name: _pdfs([corpus])} if corpus else {}
    for cores in sorted({1, min(2, core_count())}):
        for cost in ingestion_costs(sets, cores, rounds):
            typer.echo(cost)
    for pages in (100, 1000):
        typer.echo(f"memory     {ingestion_memory(pages)}")


@app.command()
def bench_answers(
    questions: QuestionFiles,
    store: Annotated[Path, typer.Option(help="The store to ask; made when missing.")],
    documents: SourceFolders = [],  # noqa: B006 (Typer copies it)
) -> None:
    """What an answer costs, in its parts, beside LlamaIndex alone; and what people wait for who ask a
    server and send it files all at once, beside one alone, with its memory."""
    from eval.bench import answering_cost, peak_memory_mib
    from eval.bench_uploads import serving_costs
    from index_store import Store
    from index_store.embeddings import default_embedder
    from index_store.intake import ingest_files
    from qa.engine import Engine

    asked = [question for path in questions for question in read_questions(path)]
    with Store.open(store) as opened:
        _report_failures(ingest_files(opened, documents))
        typer.echo(answering_cost(Engine(opened), asked, store, default_embedder()))
    typer.echo(f"memory     answering: peak {peak_memory_mib():.0f} MiB")
    for served in serving_costs(store, asked):
        typer.echo(served)


def _pdfs(paths: Iterable[Path]) -> list[Path]:
    return [path for path in Sources(paths).paths if path.suffix.lower() == ".pdf"]


Formats = Annotated[str, typer.Option(help="Comma-separated: pdf, xlsx, docx, html, scan.")]
Families = Annotated[list[str], typer.Option("--family", help="A layout family; may be repeated.")]
Documents = Annotated[int, typer.Option(help="How many documents, spread over the families.", min=1)]
Seed = Annotated[int, typer.Option(help="The first seed; the same one gives the same documents.")]
Scale = Annotated[int, typer.Option(help="How large the documents are; 2 is some 15 pages.", min=1, max=200)]
Contradictions = Annotated[int, typer.Option(help="How many are planted into each document.", min=0)]


@app.command()
def generate(
    folder: Annotated[Path, typer.Argument(help="Where the files and their truths go.")],
    documents: Documents = 9,
    seed: Seed = 1,
    formats: Formats = "pdf",
    family: Families = [],  # noqa: B006 (Typer copies it)
    scale: Scale = 2,
    contradictions: Contradictions = 0,
) -> None:
    """Typeset invented budgets and final accounts, each with its truth beside it."""
    from eval.extraction_report import Plan, write_corpus

    plan = Plan(documents, seed, tuple(formats.split(",")), tuple(family), scale, contradictions)
    for _, _, path in write_corpus(folder, plan):
        typer.echo(f"{path} ({path.stat().st_size // 1024} KiB)")


@app.command()
def extraction(
    folder: Annotated[Path | None, typer.Argument(help="Keep the generated files here.")] = None,
    documents: Documents = 18,
    seed: Seed = 1,
    formats: Formats = "pdf",
    family: Families = [],  # noqa: B006 (Typer copies it)
    scale: Scale = 2,
    contradictions: Contradictions = 0,
    json_out: Annotated[Path | None, typer.Option("--json", help="Write counts and differences.")] = None,
    wrong: Annotated[int, typer.Option(help="List the first so many differences.", min=0)] = 0,
    min_accuracy: Annotated[
        float, typer.Option(min=0, max=1, help="Fail when less than this share of cells is wholly right.")
    ] = 0.0,
) -> None:
    """Generate documents with known truth, read and audit them, and say what was read and found right."""
    from tempfile import TemporaryDirectory

    from eval.extraction_report import Plan, measure_corpus, shortened

    plan = Plan(documents, seed, tuple(formats.split(",")), tuple(family), scale, contradictions)
    with TemporaryDirectory() as temporary:
        report = measure_corpus(folder or Path(temporary), plan, keep=folder is not None)
    for line in report.lines():
        typer.echo(line)
    for difference in report.differences[:wrong]:
        typer.echo(shortened(str(difference), 240))
    if json_out:
        report.write_json(json_out)
    if report.accuracy < min_accuracy:
        typer.echo(f"{report.accuracy:.2%} of cells wholly right, {min_accuracy:.2%} expected", err=True)
        raise typer.Exit(1)


@app.command()
def asked(
    documents: Documents = 20,
    seed: Seed = 1,
    questions: Annotated[int, typer.Option(help="How many questions.", min=1)] = 1000,
    formats: Formats = "docx",
    family: Families = [],  # noqa: B006 (Typer copies it)
    perturb: Annotated[
        bool, typer.Option("--perturb", help="Ask each also with typing errors, abbreviated, turned round …")
    ] = False,
    wrong: Annotated[int, typer.Option(help="List the first so many wrong answers.", min=0)] = 0,
    out: Annotated[Path | None, typer.Option(help="Write the question file here.")] = None,
    min_accuracy: MinAccuracy = 0.0,
) -> None:
    """Ask generated questions over generated documents, and say by operation what was answered right."""
    from itertools import islice

    from eval.asked import make_world, measure_answers
    from eval.asked_questions import questions_of, write_questions
    from eval.extraction_report import Plan

    world = make_world(Plan(documents, seed, tuple(formats.split(",")), tuple(family)))
    made = questions_of(world.sources, questions, seed)
    if out:
        write_questions(made, out)
    outcomes = measure_answers(world, made, perturb=perturb, seed=seed)
    for line in [*outcomes.lines(), *islice(outcomes.faults(), wrong)]:
        typer.echo(line)
    if outcomes.untraceable or outcomes.accuracy < min_accuracy:
        typer.echo(f"{outcomes.accuracy:.2%} right and cited, {min_accuracy:.2%} expected", err=True)
        raise typer.Exit(1)


@app.command()
def fuzz(
    files: Annotated[int, typer.Option(help="How many files of each format.", min=1)] = 200,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 1,
    seconds: Annotated[int, typer.Option(help="The longest that one file may take.", min=1)] = 20,
    memory_mb: Annotated[int, typer.Option(help="The most that reading may take.", min=256)] = 1536,
    formats: Annotated[
        str, typer.Option(help="Comma-separated: pdf, xlsx, docx, html, txt.")
    ] = "pdf,xlsx,docx,html,txt",
    keep: Annotated[
        Path | None, typer.Option(help="Keep files at fault, and those that had to be given up, here.")
    ] = None,
) -> None:
    """Read hostile and damaged files in the reader process; fails when one is neither read nor refused well.

    Giving up a file in time is no fault, nor is a reader that is killed: ingestion goes on.
    """
    from eval.fuzz import HEAD, known_formats
    from eval.fuzz import fuzz as fuzz_format
    from index_store.settings import Settings

    limits = Settings(read_seconds=seconds, read_memory_mb=memory_mb)
    chosen = known_formats(formats)
    typer.echo(HEAD)
    faults = 0
    for file_format in chosen:
        tally = fuzz_format(file_format, files, seed=seed, limits=limits, keep=keep)
        typer.echo(tally)
        for trial in tally.faults:
            typer.echo(f"fault: {trial.name}: {trial.fault}", err=True)
        faults += len(tally.faults)
    if faults:
        raise typer.Exit(1)


def _report_failures(outcomes: Iterable[Outcome]) -> None:
    for outcome in outcomes:
        if outcome.status == "failed":
            typer.echo(f"not read: {outcome.message}", err=True)


def _scores(name: str, questions: Iterable[Question], answers: Path, sources: Sources) -> Scores:
    given = {answer.id: answer for answer in read_answers(answers)}
    check = sources.fault if sources else None
    return Scores(name, tuple(judge(q, given.get(q.id), check) for q in questions))


def _finish(
    scored: Sequence[Scores],
    json_out: Path | None,
    min_accuracy: float,
    wrong: bool,
    baseline: Path | None = None,
) -> None:
    whole = [report.together(scored)] if len(scored) > 1 else []
    for scores in [*scored, *whole]:
        typer.echo(report.table(scores) + "\n")
    for scores in scored:
        if wrong:
            typer.echo("".join(f"{line}\n" for line in report.faults(scores)))
    if baseline:
        typer.echo(report.compare(report.read_marks(baseline), report.marks(scored)))
    if json_out:
        report.write_json(scored, json_out)
    failures = list(report.failures(scored, min_accuracy))
    for failure in failures:
        typer.echo(f"failed: {failure}", err=True)
    if failures:
        raise typer.Exit(1)
