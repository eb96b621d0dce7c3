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
    ],
)
def test_production_refuses_what_is_weak(fit, wrong, words):
    with pytest.raises(config.Unfit, match=words):
        config.Production(fit | wrong)


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
    assert len(config.promise_breakers(broken)) == 6
