"""Looking a term up, and explaining it in one's own words with an example from one's own laboratory."""

from __future__ import annotations

import difflib
from typing import Annotated, Any

from ...books import documents
from ...glossary import concept as looked_up
from ...glossary import concepts
from ...kernel.command import STUDENT, choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Prose, Ref
from . import pool
from .sheets import CODES

#: Characters that an explanation has at least, and the part of it that may be the glossary's own.
LEAST, COPIED = 20, 0.6

EXAMPLE_HELP = Text("没有实例就留空；所举的前三个计分", "Leave it empty if there is none; your first three examples count")

TOO_SHORT = refusal(
    "explanation_short",
    "解释太短，只有 {n} 个字符。请写成一句完整的话，至少 {least} 个字符。",
    "The explanation is too short, with {n:character}. Write a whole sentence of at least {least}.",
)
GLOSSARYS_WORDS = refusal("glossarys_words", "这是词汇表里的句子。请换成自己的话。", "This is the sentence of the glossary. Use your own words.")
NO_CONCEPT_HERE = refusal("no_concept_here", "没有“{given}”这个概念。请从列表中选择。", "There is no concept {given}. Choose one from the list.")


@choices("concepts.documents")
def _documents(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all("select number, kind, day from document where kind <> 'concept_sheet' order by day desc, number desc limit 500")
    return [(r.number, Text(f"{documents.KINDS[r.kind].title.zh} · {r.day}", f"{documents.KINDS[r.kind].title.en} · {r.day}")) for r in rows]


@query(*CODES, role=STUDENT, title=("查词汇表", "Look up a term"))
def look_up(do: Doing, word: Annotated[Line, Ask("词", "Word", max=60, example="O2O")]) -> Table:
    """What the glossary says of a term in either language. Refuses 'no_such_term', naming those that are close."""
    found = looked_up(word)
    return Table(["concept", "meaning"], [(found.term, found.means)])


@query(*CODES, role=STUDENT, title=("查找单据", "Find documents"))
def examples(do: Doing) -> Table:
    """The documents in your laboratory that may serve as examples: how many there are of each kind, and the latest."""
    rows = do.all("select kind, count(*) as n, max(number) as latest from document where kind <> 'concept_sheet' group by kind order by kind")
    return Table(["kind", "documents", "number"], [(documents.KINDS[r.kind].title, r.n, r.latest) for r in rows])


@command(*CODES, role=STUDENT, title=("解释概念", "Explain a concept"), final=True, marked=("words",))
def explain(
    do: Doing,
    concept: Annotated[Ref, Ask(choose="concepts.terms")],
    words: Annotated[Prose, Ask("自己的解释", "In your own words", max=600, help=Text("一句完整的话，不抄词汇表", "One whole sentence, not the glossary's"))],
    example: Annotated[Ref | None, Ask(choose="concepts.documents", help=EXAMPLE_HELP)] = None,
) -> dict[str, Any]:
    """Explains a concept, with a document of your laboratory that is an instance of it; gives whether the example fits.

    An empty example says that your laboratory has no instance, and fits if that is so. The words themselves are the teacher's to mark.
    The first three examples that you give of a concept count. It is not undone; explain it again instead.

    Refuses 'no_concept_here', 'explanation_short', 'glossarys_words' and 'not_found'.
    """
    if concept not in concepts():
        raise NO_CONCEPT_HERE("concept", given=concept[:40])
    kind = None
    if example:
        kind = do.value("select kind from document where number = $n", n=example)
        if kind is None:
            raise documents.NOT_FOUND("example", kind=Text("单据", "document"), number=example[:40])
    if len(words) < LEAST:
        raise TOO_SHORT("words", n=len(words), least=LEAST)
    for said in concepts()[concept].means:
        common = difflib.SequenceMatcher(None, words, said, autojunk=False).find_longest_match()
        if common.size > COPIED * len(words):
            raise GLOSSARYS_WORDS("words")
    fits = kind in pool.kinds_of(do, concept) if kind else not instances(do, concept)
    number = do.number("EX")
    do.insert("concept_explanation", [(number, concept, words, example, fits, do.day)])
    return {"number": number, "concept": concept, "example": example or "", "fits": fits}


@query(role=STUDENT, title=("查看全部解释", "List the explanations"))
def explanations(do: Doing) -> Table:
    """What you have explained, in order: the concept, your words, the example and whether it fits. A teacher marks the words by this list."""
    rows = do.all("select concept, words, example, fits from concept_explanation order by number")
    return Table(["concept", "words", "example", "fits"], [(concepts()[r.concept].term, r.words, r.example or "", r.fits) for r in rows])


def instances(look: Looking, term: str) -> list[str]:
    """The documents of this laboratory that are instances of a term, the oldest first."""
    rows = look.all("select number from document where list_contains($kinds, kind) order by day, number", kinds=list(pool.kinds_of(look, term)))
    return [r.number for r in rows]
