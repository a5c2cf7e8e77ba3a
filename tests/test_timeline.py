"""Things in time: what dates say, what follows of others, and how it is drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from kg.pictures.edtf import Form, parse_edtf
from kg.pictures.timeline import TIMELINE_LIMIT, Happening, dated_collections, happenings
from kg.rdf.terms import Literal, NamedNode, Quad, Term
from kg.schema.patterns import LABELS, TYPE
from kg.web.pages.dates import Dates
from kg.web.pages.messages import messages
from kg.web.pages.scale import scale_of
from kg.web.pages.timeline import rows_of
from tests.fakes import FakeStore
from tests.rest import IRIS, get, quads, schema, service

EVENT = f"{IRIS.namespace}ontology#Event"


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    with service(FakeStore(quads())) as app:
        yield app.test_client()


def event(name: str, **members: Any) -> dict[str, Any]:
    """An event in its JSON form."""
    links = {key: [{"iri": each} for each in members.pop(key, ())] for key in ("partOf", "before")}
    return {"iri": name, "label": name, "url": None, **links, **members}


def in_time(*events: dict[str, Any]) -> dict[str, Happening]:
    """Events by name, in order."""
    return {each.iri: each for each in happenings(schema(), EVENT, events)}


def days(happening: Happening) -> tuple[str | None, str | None]:
    """When it can have been."""
    first, last = happening.span.first, happening.span.last
    return (first.isoformat() if first else None, last.isoformat() if last else None)


@pytest.mark.parametrize(
    ("text", "form", "first", "last", "certain"),
    [
        ("2025-08-15", Form.DATE, "2025-08-15", "2025-08-15", ("2025-08-15", "2025-08-15")),
        ("2024-02", Form.DATE, "2024-02-01", "2024-02-29", None),
        ("2025-12", Form.DATE, "2025-12-01", "2025-12-31", None),
        ("2025~", Form.DATE, "2025-01-01", "2025-12-31", None),
        ("2022/..", Form.INTERVAL, "2022-01-01", None, ("2022-12-31", None)),
        (
            "2022-02-24/2025",
            Form.INTERVAL,
            "2022-02-24",
            "2025-12-31",
            ("2022-02-24", "2025-01-01"),
        ),
        ("2025/2025", Form.INTERVAL, "2025-01-01", "2025-12-31", None),
        ("../2024", Form.INTERVAL, None, "2024-12-31", None),
        ("2025-08/", Form.INTERVAL, "2025-08-01", None, ("2025-08-31", None)),
        ("[2022-01-01..2025-08-17]", Form.ONE_OF, "2022-01-01", "2025-08-17", None),
        ("[..2025]", Form.ONE_OF, None, "2025-12-31", None),
        ("[2025..]", Form.ONE_OF, "2025-01-01", None, None),
    ],
)
def test_a_date_says_when_it_can_have_been_and_when_it_was_in_any_case(
    text: str, form: Form, first: str | None, last: str | None, certain: tuple[str, str] | None
) -> None:
    when = parse_edtf(text)
    found = [each and each.isoformat() for each in (when.begin.first, when.end.last)]
    sure = when.certain and tuple(
        each and each.isoformat() for each in (when.certain.first, when.certain.last)
    )
    assert (when.form, *found) == (form, first, last)
    assert sure == certain


def test_a_date_says_how_sure_it_is() -> None:
    texts = ("2025", "2025~", "2025?", "2025%", "2022?/2025~")
    begins = {text: parse_edtf(text).begin for text in texts}
    assert {text: (each.approximate, each.uncertain) for text, each in begins.items()} == {
        "2025": (False, False),
        "2025~": (True, False),
        "2025?": (False, True),
        "2025%": (True, True),
        "2022?/2025~": (False, True),
    }
    assert [text for text in texts if not parse_edtf(text).doubtful] == ["2025"]


@pytest.mark.parametrize("text", ["yesterday", "2025-13", "2025-02-30", "2025-8", "", "[2025,2]"])
def test_what_is_no_date_is_refused_or_says_nothing(text: str) -> None:
    """And a thing that has it is shown without a date."""
    if text:
        with pytest.raises(ValueError, match=r".+"):
            parse_edtf(text)
    assert days(in_time(event("a", date=text))["a"]) == (None, None)


def test_bounds_stand_in_for_a_date() -> None:
    found = in_time(event("a", earliest="2022-01-01", latest="2022-03-01"))
    assert days(found["a"]) == ("2022-01-01", "2022-03-01")


def test_a_part_lies_in_its_whole_and_comes_below_it() -> None:
    found = in_time(event("part", partOf=["whole"]), event("whole", date="2025-08"))
    assert list(found) == ["whole", "part"]
    assert days(found["part"]) == ("2025-08-01", "2025-08-31")
    assert [each.depth for each in found.values()] == [0, 1]


def test_a_whole_that_the_filters_leave_out_still_bounds_its_part() -> None:
    part = event("part") | {"partOf": [{"iri": "whole", "date": "2025-08"}]}
    found = in_time(part)
    assert (days(found["part"]), found["part"].depth) == (("2025-08-01", "2025-08-31"), 0)


def test_what_is_earlier_comes_first_and_ends_no_later() -> None:
    found = in_time(
        event("c", date="[2022..2024]"), event("b", before=["c"]), event("a", before=["b"])
    )
    assert list(found) == ["a", "b", "c"]
    assert days(found["a"]) == days(found["b"]) == (None, "2024-12-31")


def test_what_is_earlier_than_a_part_comes_before_the_whole() -> None:
    found = in_time(
        event("whole", date="2025"),
        event("talks", partOf=["whole"], before=["after"]),
        event("remarks", before=["talks"]),
        event("after"),
    )
    assert list(found) == ["remarks", "whole", "talks", "after"]


def test_rings_and_contradictions_do_no_harm() -> None:
    """The shapes refuse them; a store of others may have them all the same."""
    found = in_time(
        event("a", partOf=["b"], before=["c"]),
        event("b", partOf=["a"]),
        event("c", before=["d"]),
        event("d", before=["c"], date="2020", earliest="2024-01-01", latest="2024-01-02"),
        event("e", partOf=["e"], before=["e"]),
    )
    assert found.keys() == {"a", "b", "c", "d", "e"}
    scale = scale_of([date(2020, 1, 1), date(2025, 1, 1)])
    rows = rows_of(list(found.values()), scale, Dates(texts=messages("en")))
    assert all(bar.width >= 0 for row in rows for bar in row.bars)


@given(st.lists(st.dates(date(1800, 1, 1), date(2200, 1, 1)), min_size=1, max_size=40))
def test_a_line_keeps_the_order_of_days_and_its_marks_apart(dates: list[date]) -> None:
    scale = scale_of(dates)
    assert scale
    places = [scale.place(each) for each in sorted(dates)]
    assert places == sorted(places)
    assert 0 < places[0] <= places[-1] < 100
    marks = scale.marks
    for one, another in pairwise(marks):
        assert another.place - one.place > len(one.label)


def test_where_there_are_no_days_there_is_no_line() -> None:
    assert scale_of([]) is None


def test_days_close_together_and_years_away_can_both_be_read() -> None:
    """The line is condensed, and says so; dates that are spread evenly are not."""
    close = [date(2025, 8, 8), date(2025, 8, 12), date(2025, 8, 15), date(2025, 8, 17)]
    scale = scale_of([date(2022, 2, 24), *close])
    assert scale
    assert scale.condensed
    places = [scale.place(each) for each in close]
    assert min(after - before for before, after in pairwise(places)) > 5
    even = scale_of(date(2020, 1, 1) + timedelta(days=50 * number) for number in range(20))
    assert even
    assert not even.condensed
    assert next(each.label for each in even.marks) == "2020-01"


def test_which_things_have_timelines_follows_from_the_shapes() -> None:
    found = dated_collections(schema())
    assert {name: member.name for name, member in found.items()} == {"events": "earliest"}


def test_a_timeline_says_when_and_whether_the_thing_itself_says_so(client: FlaskClient) -> None:
    body = get(client, "/timeline/events")
    spans = {each["id"]: each["span"] for each in body["items"]}
    assert body["count"] == len(spans) == get(client, "/events?limit=1")["count"]
    assert spans["russia-ukraine-war-2022"] == {"first": "2022-01-01", "last": None, "stated": True}
    assert spans["alaska-talks"] == {"first": "2022-01-01", "last": "2025-08-17", "stated": False}
    order = list(spans)
    talks = order.index("alaska-talks")
    assert order.index("alaska-summit-2025") < talks < order.index("trump-post-meeting-remarks")


def test_a_timeline_takes_the_filters_of_the_list(client: FlaskClient) -> None:
    wanted = get(client, "/events?actor=trump&type=summit")
    found = get(client, "/timeline/events?actor=trump&type=summit")
    assert found["count"] == wanted["count"] > 0
    for refused in ("limit=5", "sort=label", "cursor=x", "nobody=1", "actor=%00"):
        assert client.get(f"/timeline/events?{refused}").status_code == 400, refused


def test_the_short_way_leads_to_the_first_timeline(client: FlaskClient) -> None:
    response = client.get("/timeline?actor=putin&lang=ja")
    assert (response.status_code, response.headers["Location"]) == (
        307,
        "/timeline/events?actor=putin&lang=ja",
    )


def test_the_page_draws_each_kind_of_date_as_what_it_is(client: FlaskClient) -> None:
    """An interval with an open end fades, a day in a range is hatched, what follows is dotted."""
    rows = rows_by_id(client.get("/timeline/events?format=html").text)
    assert 'class="certain"' in rows["russia-ukraine-war-2022"]
    assert 'fill="url(#fade)"' in rows["russia-ukraine-war-2022"]
    assert "since 2022, end open" in rows["russia-ukraine-war-2022"]
    assert 'class="possible"' in rows["alaska-summit-2025"]
    assert 'class="certain"' not in rows["alaska-summit-2025"]
    assert 'class="follows"' in rows["alaska-talks"]
    assert "before:" in rows["alaska-talks"]
    assert "not dated" in rows["us-invitation-of-putin"]
    assert "style=" not in "".join(rows.values())


def rows_by_id(page: str) -> dict[str, str]:
    """The rows of the table by the ids of the things that they link."""
    rows = re.findall(r"<tr>.*?</tr>", page.partition("<tbody>")[2], re.DOTALL)
    return {re.findall(r'href="/events/([\w-]+)"', row)[0]: row for row in rows}


def test_the_page_speaks_japanese(client: FlaskClient) -> None:
    page = client.get("/timeline/events?format=html&lang=ja").text
    assert "2022年から、終わりは未定" in page


def test_a_timeline_of_very_much_shows_the_first_and_says_so() -> None:
    more = [quad for number in range(TIMELINE_LIMIT + 10) for quad in dated(number)]
    with service(FakeStore([*quads(), *more])) as app:
        client = app.test_client()
        body = get(client, "/timeline/events")
        page = client.get("/timeline/events?format=html").text
    assert len(body["items"]) == TIMELINE_LIMIT < body["count"]
    assert f"first {TIMELINE_LIMIT} of {body['count']}" in page


def dated(number: int) -> list[Quad]:
    """An event with a day of its own."""
    graph, node = IRIS.graph("more"), IRIS.thing("id", f"event-{number}")
    day = (date(2024, 1, 1) + timedelta(days=number)).isoformat()
    values: dict[str, Term] = {
        TYPE: NamedNode(EVENT),
        LABELS[0]: Literal(f"Event {number}", language="en"),
        "http://purl.org/dc/terms/date": Literal(day),
        f"{IRIS.namespace}ontology#earliest": Literal(
            day, datatype=NamedNode("http://www.w3.org/2001/XMLSchema#date")
        ),
    }
    return [Quad(node, NamedNode(name), value, graph) for name, value in values.items()]


@pytest.mark.parametrize(
    ("page", "way"),
    [
        ("/", "/timeline/events"),
        ("/events?actor=putin&sort=label", "/timeline/events?actor=putin"),
        ("/actors/putin", "/timeline/events?actor=putin"),
        ("/actors/putin/events", "/timeline/events?actor=putin"),
        ("/places/us-military-base-alaska", "/timeline/events?place=us-military-base-alaska"),
    ],
)
def test_pages_lead_to_the_timeline_of_what_they_show(
    client: FlaskClient, page: str, way: str
) -> None:
    assert f'href="{way}"' in client.get(page, headers={"Accept": "text/html"}).text


@pytest.mark.parametrize("page", ["/norms/norm-sovereignty", "/claims", "/actors/putin/statements"])
def test_pages_of_what_has_no_dates_lead_to_no_timeline(client: FlaskClient, page: str) -> None:
    assert "/timeline/" not in client.get(page, headers={"Accept": "text/html"}).text
