"""Nothing that comes to the door is put down anywhere on its way: not in a temporary file, in no server's log, in no
letter. What is written by ourselves, errors included: test_doorway.py."""

import io
import json
import logging
import tempfile

import pytest

from phonein.delivery.models import Letter
from tests.questions import WORDS, ask, codes, new_pass, open_phone_in, post, rows, shown


@pytest.fixture
def database_url(tmp_path):
    return f"sqlite:///{tmp_path / 'data' / 'phonein.sqlite3'}"


@pytest.fixture
def no_temporary_files(monkeypatch):
    """Whoever wants to make one fails."""
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere/at/all")


def multipart(**fields):
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{words}\r\n' for name, words in fields.items()
    ]
    as_file = (
        '--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n' + "y" * 100_000 + "\r\n--x--\r\n"
    )
    return "".join(parts) + as_file, "multipart/form-data; boundary=x"


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("kind", ["form", "multipart", "json"])
def test_what_somebody_types_is_never_put_into_a_temporary_file(app, client, no_temporary_files, kind, chunked):
    phone_in = open_phone_in()
    fields = {"slug": "sleep", "do": "ask", "text": "x" * 100_000, "pass": new_pass(phone_in)}
    body, content_type = {
        "form": lambda: (
            "&".join(f"{name}={words}" for name, words in fields.items()),
            "application/x-www-form-urlencoded",
        ),
        "multipart": lambda: multipart(**fields),
        "json": lambda: (json.dumps(fields), "application/json"),
    }[kind]()
    length = {"CONTENT_LENGTH": "", "wsgi.input_terminated": True} if chunked else {}
    answer = client.post(
        "/q/", input_stream=io.BytesIO(body.encode()), content_type=content_type, content_length=len(body),
        environ_overrides=length,
    )  # fmt: skip
    assert answer.status_code == 422  # it is far too long, and it is shown again
    assert "x" * 100_000 in (answer.json["page"] if kind == "json" else shown(answer))


def test_a_web_server_that_speaks_of_a_request_at_the_door_is_not_heard(app):
    [handler] = [one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler]
    before, handler.stream = handler.stream, io.StringIO()
    for path in ("/q/sleep/", "/app/bookings/"):
        logging.getLogger("waitress").error("Exception while serving %s", path)
        logging.getLogger("gunicorn.error").error("Error handling request %s", path)
    written, handler.stream = handler.stream.getvalue(), before
    assert [json.loads(line)["event"] for line in written.splitlines()] == [
        "Exception while serving /app/bookings/",
        "Error handling request /app/bookings/",
    ]


def test_nothing_that_is_done_at_the_door_makes_a_letter(app, client):
    phone_in = open_phone_in()
    receipt = ask(phone_in)
    fields = {"text": WORDS, "receipt": codes.new_receipt(), "pass": new_pass(phone_in)}
    done = [post(client, "ask", **fields), post(client, "edit", receipt=receipt, text="Other", topic="")]
    done += [post(client, "withdraw", receipt=receipt)]
    assert ([answer.status_code for answer in done], rows(Letter)) == ([200] * 3, [])
