"""Whose budget a document is, of which year: read from its cover, labels and titles, then its file name."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import PurePath
from typing import Literal

from ingest.grid import Page, TextLine
from ingest.model import Identity, Kind
from ingest.numerals import chinese_number
from ingest.places import region_of
from ingest.values import name_key, squeeze, without_ordinal

_MAX_COVER_LINES = 14
_MAX_COVER_JOIN = 5
"""A name and its title are wrapped over at most so many cover lines."""
_MAX_TITLE_LENGTH = 60
_SHORTEST_NAME = 4
_MINGUO_OFFSET = 1911
"""Year 1 of 民國 is 1912."""

_YEAR = re.compile(
    r"FY(?P<fiscal>(?:19|20)\d{2})"
    r"|(?:(?P<western>(?:19|20)\d{2})|(?P<chinese>[一二][〇○零O0一二三四五六七八九]{3})"
    r"|(?:中[華华])?民[國国](?P<minguo>\d{2,3})|(?<!\d)(?P<bare_minguo>9\d|1\d{2})(?=年度))"
    r"(?:年度?|度|财年|财政年度)(?!(?:\d|[一二三四五六七八九十]){1,2}月)",
    re.IGNORECASE,
)
_OF_TABLE = re.compile(r"(?:^|表\()([^()]+)\)?$")
"""What stands alone, or in brackets behind a table's title."""
_BARE_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_CHAPTER = re.compile(
    r"^(?:第[一二三四五六七八九十\d]+(?:部分|章|篇|节)|附件\d*[:：]?|表[一二三四五六七八九十\d]+)"
)
_CODE = re.compile(r"^[\[(]?\d{3,}[\])]?[-—_ ]*")
"""Of the body, before its name: ``[101]X局``, ``101001-X局``."""
_TITLE_TAIL = r"(?:公开)?(?:总表|报表|表|报告|书|草案|(?:安排|编制|公开)*(?:情况)?说明)?(?:\(.*\))?"
_SENTENCE = re.compile(r"[。；，！？]")


class _Words:
    """The word lists of ``identity.toml``, widths folded as in the texts they are met in."""

    def __init__(self) -> None:
        lists = tomllib.loads(resources.files("ingest").joinpath("identity.toml").read_text("utf-8"))
        self.lists: dict[str, tuple[str, ...]] = {
            name: tuple(sorted(map(squeeze, words), key=len, reverse=True)) for name, words in lists.items()
        }
        labels = {*self.lists["unit_labels"], *self.lists["department_labels"], *self.lists["parent_labels"]}
        self.label_line = re.compile(
            rf"^({_any_of(labels)}):(.+?)(?:(?:金额)?单位:.*|编制日期.*|填报日期.*|日期:.*)?$"
        )
        kinds = _any_of((*self.lists["budget_words"], *self.lists["account_words"]))
        edition = rf"(?:\(?(?:{_any_of(self.lists['version_words'])})(?:方案|稿|版)?\)?)?"
        self.title = re.compile(
            rf"^(.+?)(?:{_any_of(self.lists['title_words'])})*(?:{kinds}){edition}{_TITLE_TAIL}$"
        )
        self.heading = re.compile(rf"^(.+?)(?:{_any_of(self.lists['heading_endings'])})$")

    def __getitem__(self, name: str) -> tuple[str, ...]:
        return self.lists[name]


def _any_of(words: set[str] | tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def _words() -> _Words:
    return _Words()


@dataclass(frozen=True, slots=True)
class _Evidence:
    """The parts of a document that name it, all folded and without white space."""

    cover: tuple[str, ...]
    titles: tuple[str, ...]
    """Short lines that are no sentences, and table cells."""
    sentences: tuple[str, ...]
    file_stem: str


def identify(pages: Sequence[Page], file_name: str) -> Identity:
    """What the document says of itself; what it does not say is None.

    Content counts before the file name, the cover before labels, labels before titles.
    """
    evidence = _gather(pages, file_name)
    kind = _kind(evidence)
    level = _level(evidence)
    organization = _organization(evidence)
    cover = [_without_years(text) for text in evidence.cover]
    region = region_of(organization, cover, _without_years(evidence.file_stem))
    return Identity(
        organization=organization,
        fiscal_year=_fiscal_year(evidence, kind),
        kind=kind,
        level=level,
        parent=_parent(evidence, organization, level),
        government_level=region.level if region else None,
        district=region.name if region else None,
        version=_version(evidence, organization),
    )


def _gather(pages: Sequence[Page], file_name: str) -> _Evidence:
    titles: list[str] = []
    sentences: list[str] = []
    for text in _texts(pages):
        is_title = len(text) <= _MAX_TITLE_LENGTH and not _SENTENCE.search(text)
        (titles if is_title else sentences).append(text)
    return _Evidence(
        cover=_cover(pages),
        titles=tuple(titles),
        sentences=tuple(sentences),
        file_stem=squeeze(PurePath(file_name).stem),
    )


def _texts(pages: Sequence[Page]) -> Iterator[str]:
    for page in pages:
        for block in page.blocks:
            if isinstance(block, TextLine):
                yield squeeze(block.text)
            else:
                yield from (squeeze(cell.text) for cell in block.cells if cell.text.strip())


def _cover(pages: Sequence[Page]) -> tuple[str, ...]:
    """The first page's lines before the contents, the first chapter or the first sentence."""
    lines: list[str] = []
    for block in pages[0].blocks if pages else ():
        if not isinstance(block, TextLine) or len(lines) == _MAX_COVER_LINES:
            break
        text = squeeze(block.text)
        if (
            len(text) > _MAX_TITLE_LENGTH
            or text == "目录"
            or _SENTENCE.search(text)
            or (_CHAPTER.match(text) and "附件" not in text)
        ):
            break
        lines.append(text)
    return tuple(lines)


def _official_name(text: str) -> str | None:
    """The official name in ``text``, or None when it is not the name of a body."""
    words = _words()
    name = _CODE.sub("", _CHAPTER.sub("", without_ordinal(text))).strip("《》“”\"':,、-—_ ")
    for tail in words["name_tails"]:
        name = name.removesuffix(tail)
    if len(name) < _SHORTEST_NAME or name in words["generic_names"] or re.search(r"[:,。;、…《》\d]", name):
        return None
    if any(word in name for word in (*words["department_words"], *words["unit_words"])):
        return None
    return name if name.endswith(words["organization_endings"]) else None


def _without_years(text: str) -> str:
    return _YEAR.sub("", text)


def _title_name(text: str) -> str | None:
    """The body in a title: ``2025年X部门预算`` -> X."""
    match = _words().title.match(_CHAPTER.sub("", without_ordinal(_without_years(text))))
    return _official_name(match.group(1)) if match else None


def _cover_name(cover: Sequence[str]) -> str | None:
    """The longest name in a run of cover lines that ends with 预算 or 决算."""
    names = [
        name
        for start in range(len(cover))
        for end in range(start + 1, min(len(cover), start + _MAX_COVER_JOIN) + 1)
        if (name := _title_name("".join(cover[start:end])))
    ]
    return max(names, key=len, default=None)


def _labelled(evidence: _Evidence, labels: Sequence[str]) -> list[str]:
    """The names behind labels such as 部门名称：, as often as they stand there."""
    found = []
    for text in (*evidence.cover, *evidence.titles):
        match = _words().label_line.match(text)
        if match and match.group(1) in labels and (name := _official_name(match.group(2))):
            found.append(name)
    return found


def _organization(evidence: _Evidence) -> str | None:
    words = _words()
    headings = [
        name
        for title in evidence.titles
        if (name := _title_name(title) or _heading_name(title)) and not _words().label_line.match(title)
    ]
    sources: list[tuple[float, list[str]]] = [
        (10, [name] if (name := _cover_name(evidence.cover)) else []),
        (7, [name for text in evidence.cover if (name := _official_name(_without_years(text)))]),
        (9, _labelled(evidence, words["unit_labels"])),
        (8, _labelled(evidence, words["department_labels"])),
        (4, headings),
        (3, [name] if (name := _title_name(evidence.file_stem)) else []),
    ]
    scores: dict[str, float] = {}
    spelling: dict[str, str] = {}
    for weight, names in sources:
        for name, count in Counter(names).most_common():
            key = name_key(name)
            spelling.setdefault(key, name)
            # One source says little more by repeating itself, but most repeated is most likely.
            scores[key] = scores.get(key, 0) + weight * (0.5 + count / (count + 1))
    if not scores:
        return None
    return spelling[max(scores, key=lambda key: (scores[key], len(key)))]


def _heading_name(title: str) -> str | None:
    """The body in a heading: ``第一部分 X概况``, ``X主要职能`` -> X."""
    match = _words().heading.match(_CHAPTER.sub("", without_ordinal(title)))
    return _official_name(match.group(1)) if match else None


def _without_funds(text: str) -> str:
    for fund in _words()["fund_names"]:
        text = text.replace(fund, "")
    return text


def _kind(evidence: _Evidence) -> Kind | None:
    """By the cover, else the file name, else by which word the titles use more."""
    for texts in (evidence.cover, (evidence.file_stem,), evidence.titles):
        joined = _without_funds("".join(texts))
        budgets = sum(joined.count(word) for word in _words()["budget_words"])
        accounts = sum(joined.count(word) for word in _words()["account_words"])
        if budgets or accounts:
            return "final_account" if accounts >= budgets else "budget"
    return None


def _level(evidence: _Evidence) -> Literal["department", "unit"] | None:
    words = _words()
    for texts in (evidence.cover, (evidence.file_stem,), evidence.titles):
        joined = _without_funds(_without_years("".join(texts)))
        units = sum(joined.count(word) for word in words["unit_words"])
        departments = sum(joined.count(word) for word in words["department_words"])
        if units or departments:
            return "unit" if units >= departments else "department"
    return None


def _parent(evidence: _Evidence, organization: str | None, level: str | None) -> str | None:
    words = _words()
    names = _labelled(evidence, words["parent_labels"])
    if level == "unit":
        names += _labelled(evidence, words["department_labels"])
    others = Counter(name for name in names if name != organization)
    return others.most_common(1)[0][0] if others else None


def _version(evidence: _Evidence, organization: str | None) -> str | None:
    """What the cover, else the file name, calls this edition: 草案, 调整, 修订 …"""
    for text in ("".join(evidence.cover), evidence.file_stem):
        said = text.replace(organization or "", "")
        found = (word for word in _words()["version_words"] if word in said)
        if version := next(found, None):
            return version
    return None


def _fiscal_year(evidence: _Evidence, kind: Kind | None) -> int | None:
    """The year beside 预算 (or 决算), or alone on the cover, weighted by how prominently it stands."""
    names = _words()["account_words" if kind == "final_account" else "budget_words"]
    votes: Counter[int] = Counter()
    cover = "".join(evidence.cover)
    for weight, texts in ((100, (cover,)), (3, evidence.titles), (1, evidence.sentences)):
        for text in texts:
            votes.update(dict.fromkeys(_years_beside(text, names), weight))
    votes.update(dict.fromkeys(_years_beside(evidence.file_stem, names), 6))
    votes.update({_year_value(match): 50 for text in evidence.cover if (match := _YEAR.fullmatch(text))})
    if not votes:
        alone = (match.group(1) for text in evidence.titles if (match := _OF_TABLE.search(text)))
        votes.update(_year_value(match) for text in alone if (match := _YEAR.fullmatch(text)))
    if not votes:
        return _year_in_file_name(evidence.file_stem)
    return max(votes, key=lambda year: (votes[year], year))


def _years_beside(text: str, names: Sequence[str]) -> Iterator[int]:
    """Years followed in the same phrase by 预算 (or 决算), but for those compared with (比2016年预算)."""
    for match in _YEAR.finditer(text):
        before = text[max(0, match.start() - 1) : match.start()]
        phrase = re.split(r"[。；，:,;]", text[match.end() : match.end() + 40])[0]
        if (
            before not in ("比", "较", "与", "和", "同")
            and any(name in phrase for name in names)
            and "执行数" not in phrase
        ):
            yield _year_value(match)


def _year_value(match: re.Match[str]) -> int:
    if western := match["fiscal"] or match["western"]:
        return int(western)
    if minguo := match["minguo"] or match["bare_minguo"]:
        return int(minguo) + _MINGUO_OFFSET
    return chinese_number(match["chinese"].replace("O", "〇").replace("0", "〇")) or 0


def _year_in_file_name(stem: str) -> int | None:
    years = {_year_value(match) for match in _YEAR.finditer(stem)} or {
        int(year) for year in _BARE_YEAR.findall(stem)
    }
    return years.pop() if len(years) == 1 else None
