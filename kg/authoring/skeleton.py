"""A draft as Turtle to be completed: its passages, and in comments what may come next.

The text is not in it: passages are offsets and hashes, and the names in the comments are those of
the source files.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.authoring.drafts import Draft, Named, Publisher
from kg.authoring.sentences import Sentence
from kg.rdf.namespaces import PREFIXES
from kg.rdf.terms import Literal

_PREFIXES = ("c", "dcterms", "ekg", "id", "rdfs", "schema", "xsd")

_HEAD = """\
# {title}: an editorial of {publisher}, {published}.
#
# The text itself is not here: passages locate its sentences by offset and hash. Describe what it
# says in your own words, and quote at most five words.
#
# Lines that begin with # and no space are examples: take the # away, and write what is the case.

@prefix art: <{art}> .
{prefixes}


### The article

id:{slug} a ekg:Article , schema:OpinionNewsArticle ;
    rdfs:label {label} ;
    dcterms:identifier "{slug}" ;
    schema:publisher id:{publisher_id} ;
    schema:datePublished "{published}"^^xsd:date ;
    dcterms:language "{language}" ;
    ekg:textLength {length} ;
    schema:sha256 "{sha256}" .
"""
_NEW_PUBLISHER = """
# New here. Move it to entities.ttl, where articles share things, and add its other names.
id:{id} a ekg:Institution ;
    rdfs:label {label} ;
    dcterms:identifier "{id}" .
"""
_PASSAGES = """

### Its passages, sentence by sentence
#
# Offsets count Unicode code points of the text in NFC with LF line ends and no final newline. Where
# a sentence is cut in the wrong place, mend its offsets: kg check tells the hash that belongs
# there, and what of the text is in no passage.
"""
_PASSAGE = """
art:{id} a ekg:Passage ;
    rdfs:label {label} ;
    dcterms:identifier "{id}" ;
    ekg:passageOf id:{slug} ;
    ekg:paragraph {paragraph} ; ekg:sentence {number} ;
    ekg:charStart {start} ; ekg:charEnd {end} ;
    schema:sha256 "{sha256}" .
"""
_NAMED = """

### Known things that the sentences name
#
# By label only, so judge each: the same name can mean another thing.
#
{lines}
"""
_EXAMPLES = """

### Things that are not known yet
#
# Actors, places, norms, and the situations that claims are about. A situation asserts nothing.
# Those that other articles will need belong into entities.ttl.

#id:ada-example a ekg:Person ;
#    rdfs:label "Ada Example"@en ;
#    dcterms:identifier "ada-example" .

#id:example-plan-adopted a ekg:Situation ;
#    rdfs:label "The plan is adopted"@en ;
#    dcterms:identifier "example-plan-adopted" ;
#    ekg:doer id:ada-example .


### Facts: what the paper reports in its own voice

#id:example-talks a ekg:Event ;
#    rdfs:label "Talks on the plan"@en ;
#    dcterms:identifier "example-talks" ;
#    dcterms:type c:talks ;
#    dcterms:date "{month}" ;
#    ekg:accordingTo id:{publisher} ; ekg:status c:reported-fact ;
#    ekg:evidence art:{passage} .

#art:part-example-talks-ada-example a ekg:Participation ;
#    rdfs:label "Ada Example speaks at the talks"@en ;
#    dcterms:identifier "part-example-talks-ada-example" ;
#    ekg:event id:example-talks ; ekg:actor id:ada-example ; ekg:role c:speaker ;
#    ekg:accordingTo id:{publisher} ; ekg:status c:reported-fact ;
#    ekg:evidence art:{passage} .


### Statements: what others said, as the paper tells it

#art:stmt-example a ekg:Statement ;
#    rdfs:label "Ada Example asks for the plan"@en ;
#    dcterms:identifier "stmt-example" ;
#    ekg:content id:example-plan-adopted ; ekg:polarity c:affirmed ;
#    ekg:speechAct c:call ; ekg:saidAt id:example-talks ;
#    ekg:accordingTo id:ada-example ; ekg:status c:attributed-statement ;
#    ekg:evidence art:{passage} .


### The paper's own: intentions, judgements, forecasts, recommendations

#art:int-example a ekg:IntentionAscription ;
#    rdfs:label "The paper: Ada Example means to have the plan adopted"@en ;
#    dcterms:identifier "int-example" ;
#    ekg:ascribedTo id:ada-example ;
#    ekg:content id:example-plan-adopted ; ekg:polarity c:affirmed ; ekg:certainty c:likely ;
#    ekg:accordingTo id:{publisher} ; ekg:status c:editorial-judgement ;
#    ekg:evidence art:{passage} .

#art:judg-example a ekg:Judgement ;
#    rdfs:label "The paper: the talks matter"@en ;
#    dcterms:identifier "judg-example" ;
#    ekg:about id:example-talks ; ekg:verdict c:significant ; ekg:certainty c:unqualified ;
#    ekg:accordingTo id:{publisher} ; ekg:status c:editorial-judgement ;
#    ekg:evidence art:{passage} .

#art:fc-example a ekg:Forecast ;
#    rdfs:label "The paper: the plan will be adopted"@en ;
#    dcterms:identifier "fc-example" ;
#    ekg:content id:example-plan-adopted ; ekg:polarity c:affirmed ; ekg:certainty c:likely ;
#    ekg:accordingTo id:{publisher} ; ekg:status c:forecast ;
#    ekg:evidence art:{passage} .

#art:rec-example a ekg:Recommendation ;
#    rdfs:label "The paper: Ada Example should adopt the plan"@en ;
#    dcterms:identifier "rec-example" ;
#    ekg:addressee id:ada-example ;
#    ekg:content id:example-plan-adopted ; ekg:polarity c:affirmed ;
#    ekg:accordingTo id:{publisher} ; ekg:status c:recommendation ;
#    ekg:evidence art:{passage} .
"""


def skeleton(draft: Draft) -> str:
    """The Turtle document that the article's file begins as."""
    passages = (_passage(draft.slug, each.sentence) for each in draft.sentences)
    return "".join((_head(draft), _PASSAGES, *passages, _named(draft), _examples(draft)))


def _head(draft: Draft) -> str:
    art = f"{PREFIXES['id']}{draft.slug}/"
    head = _HEAD.format(
        title=draft.title,
        publisher=draft.publisher.name,
        published=draft.published,
        art=art,
        prefixes="\n".join(f"@prefix {name}: <{PREFIXES[name]}> ." for name in _PREFIXES),
        slug=draft.slug,
        label=Literal(draft.title, language=draft.language),
        publisher_id=draft.publisher.id,
        language=draft.language,
        length=draft.length,
        sha256=draft.sha256,
    )
    return head + _new_publisher(draft.publisher, draft.language)


def _new_publisher(publisher: Publisher, language: str) -> str:
    if publisher.known:
        return ""
    label = Literal(publisher.name, language=language)
    return _NEW_PUBLISHER.format(id=publisher.id, label=label)


def _passage(slug: str, sentence: Sentence) -> str:
    return _PASSAGE.format(
        id=sentence.id,
        label=_label(sentence),
        slug=slug,
        paragraph=sentence.paragraph,
        number=sentence.number,
        start=sentence.start,
        end=sentence.end,
        sha256=sentence.sha256,
    )


def _label(sentence: Sentence) -> str:
    if sentence.paragraph == 0:
        return '"Title line"@en , "見出し行"@ja'
    english = f"Paragraph {sentence.paragraph}, sentence {sentence.number}"
    return f'"{english}"@en , "第{sentence.paragraph}段落 第{sentence.number}文"@ja'


def _named(draft: Draft) -> str:
    lines = [line for each in draft.sentences for line in _suggestions(each)]
    return _NAMED.format(lines="\n".join(lines)) if lines else ""


def _suggestions(named: Named) -> Iterator[str]:
    for thing in named.things:
        yield f"# {named.sentence.id}: id:{thing.id} {thing.names[0]}"


def _examples(draft: Draft) -> str:
    passages = [each.sentence for each in draft.sentences]
    first = next((each for each in passages if each.paragraph > 0), passages[0])
    return _EXAMPLES.format(
        publisher=draft.publisher.id,
        passage=first.id,
        month=f"{draft.published:%Y-%m}",
    )
