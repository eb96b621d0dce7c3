"""The application as it is, and besides it says of each answer how many statements it sent to the database.

Only for bench/load.py, which starts it under gunicorn in place of `wsgi:app` where it counts and does not measure time.
What opens and ends a transaction is not among them: BEGIN, COMMIT and ROLLBACK are the driver's.
"""

from typing import Any

from flask import Response, g
from sqlalchemy import event

from phonein.db import db
from wsgi import app

with app.app_context():
    engine = db.engine


@event.listens_for(engine, "before_cursor_execute")
def count(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
    if g:
        g.statements = [*g.get("statements", []), statement]


@app.after_request
def say(answer: Response) -> Response:
    answer.headers["X-Statements"] = str(len(g.get("statements", [])))
    return answer
