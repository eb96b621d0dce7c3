"""The settings: what production refuses, what the embedded default makes by itself."""

from pathlib import Path

import pytest

import config

FIT = {
    "SECRET_KEY": "k" * 32,
    "PUBLIC_URL": "https://phone-in.example",
    "DATABASE_URL": "postgresql://db/phonein",
    "MAIL_SERVER": "mail.example",
}


@pytest.fixture
def fit(tmp_path):
    return FIT | {"PHONEIN_DATA": str(tmp_path / "data")}


def test_production_starts_with_all_it_needs(fit):
    assert config.Production(fit).SESSION_COOKIE_NAME == "__Secure-phonein"


@pytest.mark.parametrize("missing", FIT)
def test_production_names_what_is_missing(fit, missing):
    with pytest.raises(config.Unfit, match=f"- {missing} is missing"):
        config.Production({name: value for name, value in fit.items() if name != missing})


@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too short"),
        ({"PUBLIC_URL": "http://phone-in.example"}, "must begin with https"),
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG is on"),
        ({"QUESTIONS_URL": "http://ask.example"}, "QUESTIONS_URL must begin with https"),
        ({"PHONEIN_DOOR": "back"}, "PHONEIN_DOOR must be one of all, q, app"),
    ],
)
def test_production_refuses_what_is_weak(fit, wrong, words):
    with pytest.raises(config.Unfit, match=words):
        config.Production(fit | wrong)


@pytest.mark.parametrize("wrong", ["4", "0", "-3", "ten", "9.5"])
def test_fewer_than_five_pass_holders_are_refused_in_words(fit, wrong):
    with pytest.raises(config.Unfit, match=f"LEAST_HOLDERS must be a whole number of 5 or more, and not “{wrong}”"):
        config.Embedded(fit | {"LEAST_HOLDERS": wrong})
    assert [config.Embedded(fit | {"LEAST_HOLDERS": said}).LEAST_HOLDERS for said in ("", " 5 ", "40")] == [10, 5, 40]


def test_the_anonymous_door_alone_needs_no_mail_server(fit):
    without = {name: value for name, value in fit.items() if name != "MAIL_SERVER"}
    assert config.Production(without | {"PHONEIN_DOOR": "q"}).DOOR == "q"
    with pytest.raises(config.Unfit, match="MAIL_SERVER"):
        config.Production(without | {"PHONEIN_DOOR": "app"})


@pytest.mark.parametrize(
    "questions_url, is_apart",
    [
        ("", False),
        ("https://phone-in.example/", False),
        ("https://phone-in.example:8443", False),
        ("https://ask.example", True),
    ],
)
def test_questions_may_have_a_host_of_their_own_and_a_port_is_none(fit, questions_url, is_apart):
    read = config.Production(fit | {"QUESTIONS_URL": questions_url})
    assert config.has_its_own_host(config.as_mapping(read)) is is_apart
    assert ("ask.example" in read.TRUSTED_HOSTS) is is_apart


@pytest.mark.parametrize("wrong", ["0", "31", "a month"])
def test_originals_are_kept_for_a_month_at_most_and_anything_else_is_refused_in_words(fit, wrong):
    with pytest.raises(config.Unfit, match=f"ORIGINALS_DAYS must be a whole number from 1 to 30, and not “{wrong}”"):
        config.Embedded(fit | {"ORIGINALS_DAYS": wrong})
    assert [config.Embedded(fit | {"ORIGINALS_DAYS": said}).ORIGINALS_DAYS for said in ("", "1", "30")] == [14, 1, 30]


def test_the_environment_wins_over_the_file_in_the_data_folder(fit):
    data = Path(fit["PHONEIN_DATA"])
    data.mkdir()
    (data / ".env").write_text("PUBLIC_URL=https://file.example\nSIGN_IN_DOMAINS=file.example\n")
    read = config.Embedded(fit)
    assert (read.PUBLIC_URL, read.SIGN_IN_DOMAINS) == ("https://phone-in.example", ["file.example"])


def test_the_embedded_default_makes_its_own_secret_once_for_its_owner_alone(tmp_path):
    env = {"PHONEIN_DATA": str(tmp_path / "data")}
    first, second = config.Embedded(env), config.Embedded(env)
    assert first.SECRET_KEY == second.SECRET_KEY
    assert len(first.SECRET_KEY) >= config.SHORTEST_SECRET
    assert (tmp_path / "data" / "secret-key").stat().st_mode & 0o777 == 0o600


def test_the_keys_lie_beside_the_data_and_not_inside(tmp_path):
    read = config.Embedded({"PHONEIN_DATA": str(tmp_path / "data")})
    assert tmp_path / "data-seal" == read.SEAL_DIR


def test_the_driver_is_ours_to_choose(tmp_path):
    assert config.database_url("postgresql://a/b", tmp_path) == "postgresql+psycopg://a/b"
    assert config.database_url(None, tmp_path) == f"sqlite:///{tmp_path / 'phonein.sqlite3'}"


def test_the_look_at_the_settings_names_each_broken_promise(tmp_path):
    read = config.as_mapping(config.Embedded({"PHONEIN_DATA": str(tmp_path / "data")}))
    assert config.promise_breakers(read) == []
    inside = tmp_path / "data" / "seal"
    inside.mkdir()
    inside.chmod(0o755)
    broken = read | {"SEAL_DIR": inside, "SESSION_COOKIE_PATH": "/", "PUBLIC_URL": "http://a.example", "DEBUG": True}
    assert len(config.promise_breakers(broken)) == 5


READ = {"REPLIES_IMAP_SERVER": "mail.example", "REPLIES_IMAP_USERNAME": "seats@a.example", "REPLIES_IMAP_PASSWORD": "p"}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"MAIL_DEFAULT_SENDER": "Phonein <Seats@A.example>"}, []),
        ({"MAIL_DEFAULT_SENDER": "other@a.example"}, ["Replies go to MAIL_DEFAULT_SENDER (other@a.example)"]),
        ({"MAIL_DEFAULT_SENDER": "other@a.example", "REPLIES_IMAP_USERNAME": "seats"}, []),
        ({"REPLIES_IMAP_USE_SSL": "no"}, ["REPLIES_IMAP_USE_SSL is off"]),
        ({"REPLIES_IMAP_USE_SSL": "no", "REPLIES_IMAP_SERVER": "127.0.0.1"}, []),
        ({"REPLIES_IMAP_PASSWORD": ""}, ["REPLIES_IMAP_USERNAME or REPLIES_IMAP_PASSWORD is missing"]),
        ({"REPLIES_IMAP_SERVER": ""}, []),
    ],
)
def test_the_look_at_the_settings_names_what_would_lose_a_reply(tmp_path, changed, words):
    settings = READ | {"PHONEIN_DATA": str(tmp_path / "data"), "MAIL_DEFAULT_SENDER": "seats@a.example"} | changed
    found = config.lost_letters(config.as_mapping(config.Embedded(settings)))
    assert len(found) == len(words)
    assert [fault.startswith(word) for fault, word in zip(found, words, strict=True)] == [True] * len(words)


@pytest.mark.parametrize(("given", "port"), [({}, 993), ({"REPLIES_IMAP_USE_SSL": "off"}, 143)])
def test_the_mailbox_is_read_with_tls_unless_somebody_says_otherwise(tmp_path, given, port):
    read = config.Embedded(READ | given | {"PHONEIN_DATA": str(tmp_path / "data")})
    assert (port, "INBOX") == (read.REPLIES_IMAP_PORT, read.REPLIES_IMAP_FOLDER)
