"""The floor: what the same three requests of a booking cost where nothing but the booking is done.

A bare Flask + psycopg application: a small page read from the database and rendered; a POST with one conditional UPDATE
and two inserts; the page again, to which the POST leads. It knows nobody (it believes the cookie), has no forms to
guard, writes no letters. Besides: views that answer 304, one that reads nothing and one that reads the tag of a feed.
bench/load.py starts it with the very gunicorn that the product has, and measures both in turns.
"""

import os
from threading import local
from typing import Any

import psycopg
from flask import Flask, Response, abort, redirect, render_template, request
from jinja2 import DictLoader

TABLES = """
CREATE TABLE floor_phone_in (slug text PRIMARY KEY, title text NOT NULL, summary text NOT NULL, starts_at timestamp
  NOT NULL, seats integer NOT NULL, taken integer NOT NULL DEFAULT 0, CHECK (taken BETWEEN 0 AND seats));
CREATE TABLE floor_booking (id serial PRIMARY KEY, slug text NOT NULL REFERENCES floor_phone_in, person text NOT NULL,
  booked_on date NOT NULL DEFAULT current_date, UNIQUE (slug, person));
CREATE TABLE floor_note (id serial PRIMARY KEY, slug text NOT NULL, person text NOT NULL, said text NOT NULL);
CREATE TABLE floor_feed (token text PRIMARY KEY, tag text NOT NULL);
"""
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title></head>
<body><h1>{{ title }}</h1><p>{{ summary }}</p><p>{{ starts_at.strftime("%A %d %B, %H:%M") }}</p>
<p>{{ seats - taken }} of {{ seats }} seats left</p>
{% if seats > taken %}<form method="post" action="/phone-ins/{{ slug }}/seat"><button>Book my seat</button></form>
{% else %}<p>Full</p>{% endif %}</body></html>"""
PROGRAMME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Programme</title></head>
<body><h1>Programme</h1><ul>
{% for slug, title, summary, starts_at, seats, taken in phone_ins %}
<li><a href="/phone-ins/{{ slug }}/">{{ title }}</a><p>{{ summary }}</p>
<p>{{ starts_at.strftime("%A %d %B, %H:%M") }}, {{ seats - taken }} of {{ seats }} seats left</p></li>
{% endfor %}</ul></body></html>"""

app = Flask(__name__)
app.jinja_loader = DictLoader({"page.html": PAGE, "programme.html": PROGRAMME})  # compiled once, as a file's would be
here = local()


def database() -> "psycopg.Connection[Any]":
    """One connection for each thread."""
    if not hasattr(here, "connection"):
        here.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    return here.connection  # type: ignore[no-any-return]


def prepare(url: str, phone_ins: dict[str, int]) -> None:
    """Makes its tables, if need be, and these phone-ins with so many seats."""
    with psycopg.connect(url, autocommit=True) as connection:
        if connection.execute("SELECT to_regclass('floor_phone_in')").fetchone() == (None,):
            connection.execute(TABLES)
            connection.execute("INSERT INTO floor_feed VALUES ('one', 'tag-of-one')")
        for slug, seats in phone_ins.items():
            connection.execute(
                "INSERT INTO floor_phone_in (slug, title, summary, starts_at, seats)"
                " VALUES (%s, 'Sleeping better', 'What helps, and what does not.', now() + interval '7 days', %s)",
                (slug, seats),
            )


def booked(url: str, slug: str) -> tuple[int, int]:
    """What the counter says, and how many rows there are."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT taken, (SELECT count(*) FROM floor_booking b WHERE b.slug = p.slug) FROM floor_phone_in p"
            " WHERE slug = %s",
            (slug,),
        ).fetchone()
    assert found
    return int(found[0]), int(found[1])


@app.get("/phone-ins/<slug>/")
def page(slug: str) -> str:
    row = (
        database()
        .execute("SELECT slug, title, summary, starts_at, seats, taken FROM floor_phone_in WHERE slug = %s", (slug,))
        .fetchone()
    ) or abort(404)
    names = ("slug", "title", "summary", "starts_at", "seats", "taken")
    return render_template("page.html", **dict(zip(names, row, strict=True)))


@app.get("/phone-ins/")
def programme() -> str:
    rows = database().execute(
        "SELECT slug, title, summary, starts_at, seats, taken FROM floor_phone_in WHERE slug LIKE 'listed-%'"
        " ORDER BY starts_at"
    )
    return render_template("programme.html", phone_ins=rows.fetchall())


@app.post("/phone-ins/<slug>/seat")
def take_seat(slug: str) -> Any:
    person, connection = request.cookies["person"], database()
    with connection.transaction():
        counted = connection.execute(
            "UPDATE floor_phone_in SET taken = taken + 1 WHERE slug = %s AND taken < seats RETURNING taken", (slug,)
        ).fetchone()
        if counted:
            connection.execute("INSERT INTO floor_booking (slug, person) VALUES (%s, %s)", (slug, person))
            connection.execute(
                "INSERT INTO floor_note (slug, person, said) VALUES (%s, %s, 'seat booked')", (slug, person)
            )
    return redirect(f"/phone-ins/{slug}/", 303) if counted else ("Sorry, every seat has been taken.", 409)


@app.get("/bare")
def bare() -> Response:
    answer = Response("nothing new", content_type="text/calendar")
    answer.set_etag("always the same")
    return answer.make_conditional(request)


@app.get("/feeds/<token>")
def feed(token: str) -> Response:
    row = database().execute("SELECT tag FROM floor_feed WHERE token = %s", (token,)).fetchone() or abort(404)
    answer = Response("nothing new", content_type="text/calendar")
    answer.set_etag(row[0])
    return answer.make_conditional(request)
