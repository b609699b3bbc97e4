# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Settings: defaults that work, nonsense that is refused in one line, secrets that are not shown."""

from pathlib import Path
from typing import Any

import pytest

from server import options
from server.config import Settings, SettingsError, load_settings
from server.parts import engine_commands
from tests.settings import settings_with


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def written(env_file: Path, *lines: str) -> Path:
    env_file.write_text("\n".join(lines))
    return env_file


def complaint_about(env_file: Path, *lines: str) -> str:
    with pytest.raises(SettingsError) as refusal:
        load_settings(written(env_file, *lines))
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_every_setting_has_a_default_that_works(env_file: Path) -> None:
    settings = load_settings(env_file)
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.base_url == "http://localhost:8080"
    assert set(engine_commands(settings)) == {"whisper_base_url", "ollama_base_url"}


def test_every_setting_says_what_it_means() -> None:
    silent = [name for name, field in Settings.model_fields.items() if not field.description]
    assert silent == []


def test_an_empty_value_means_the_default(env_file: Path) -> None:
    settings = load_settings(
        written(env_file, "PORT=", "DATABASE_URL=", "MODEL_CACHE_DIR=", "WHISPER_MODEL=")
    )
    assert (settings.port, settings.model_cache_dir, settings.whisper_model) == (8080, None, "base")
    assert settings.database_url.get_secret_value() == ""


def test_what_others_keep_in_the_file_is_no_error(env_file: Path) -> None:
    assert load_settings(written(env_file, "POSTGRES_PASSWORD=secret", "PORT=9000")).port == 9000


def test_an_address_needs_no_slash_at_its_end(env_file: Path) -> None:
    settings = load_settings(written(env_file, "APP_BASE_URL=https://dragoman.example.org/"))
    assert settings.base_url == "https://dragoman.example.org"
    assert options.login_options(settings).https


def test_a_secret_can_come_from_a_file(env_file: Path, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s3cret\n")
    settings = load_settings(written(env_file, f"WHISPER_API_KEY_FILE={tmp_path / 'key'}"))
    assert options.whisper_options(_with_models(settings)).api_key == "s3cret"


def test_every_secret_can_come_from_a_file() -> None:
    secrets = {name for name, field in Settings.model_fields.items() if "Secret" in str(field.annotation)}
    twins = {name.removesuffix("_file") for name in Settings.model_fields if name.endswith("_file")}
    assert secrets == twins
    assert secrets == {
        "database_url",
        "llm_api_key",
        "metrics_token",
        "oidc_client_secret",
        "whisper_api_key",
    }


def test_a_secret_is_not_shown(env_file: Path) -> None:
    settings = load_settings(written(env_file, "DATABASE_URL=postgresql://me:s3cret@host/name"))
    assert "s3cret" not in f"{settings} {settings!r} {settings.model_dump()}"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("PORT=65536", "PORT"),
        ("PORT=-1", "PORT"),
        ("PORT=http", "PORT"),
        ("LOG_LEVEL=loud", "LOG_LEVEL"),
        ("APP_BASE_URL=dragoman.example.org", "APP_BASE_URL: must be an address"),
        ("WHISPER_BASE_URL=localhost:9000", "WHISPER_BASE_URL: must be an address"),
        ("ALLOWED_ORIGINS=https://a.example/page", "ALLOWED_ORIGINS: must be origins"),
        ("DEFAULT_TARGET_LANGUAGE=auto", "DEFAULT_TARGET_LANGUAGE: must be the ISO 639-1 code"),
        ("DEFAULT_SOURCE_LANGUAGE=xx", "DEFAULT_SOURCE_LANGUAGE: must be the ISO 639-1 code"),
        ("VAD_THRESHOLD=1.1", "VAD_THRESHOLD"),
        ("VAD_RELEASE_THRESHOLD=0.6", "VAD_RELEASE_THRESHOLD is above VAD_THRESHOLD"),
        ("SPECULATION_PAUSE_MS=640", "SPECULATION_PAUSE_MS is not below END_OF_SPEECH_MS"),
        ("POST_ROLL_MS=2501", "POST_ROLL_MS is above UTTERANCE_PAUSE_MS"),
        ("PARAGRAPH_MAX_CHARS=900", "PARAGRAPH_MAX_CHARS is above PARAGRAPH_HARD_MAX_CHARS"),
        ("LOGIN_IDLE_HOURS=3000", "LOGIN_IDLE_HOURS is above LOGIN_MAX_HOURS"),
        ("WHISPER_DIALECT=morse", "WHISPER_DIALECT"),
        ("LLM_DIALECT=latin", "LLM_DIALECT"),
        ("WARM_UP_EVERY_S=-1", "WARM_UP_EVERY_S"),
        ("MAX_LIVE_SESSIONS=0", "MAX_LIVE_SESSIONS"),
        (
            "OIDC_ISSUER_URL=http://id.example",
            "OIDC_ISSUER_URL: must be an address that begins with https://",
        ),
        ("OIDC_ISSUER_URL=https://id.example", "OIDC_ISSUER_URL needs OIDC_CLIENT_ID"),
        ("JWT_AUDIENCE=api", "OIDC_CLIENT_ID and JWT_AUDIENCE need OIDC_ISSUER_URL"),
        ("OIDC_SCOPES=profile email", "OIDC_SCOPES: must have openid among them"),
        (
            "WHISPER_API_KEY_FILE=/nowhere/key",
            "WHISPER_API_KEY_FILE cannot be read: No such file or directory",
        ),
    ],
)
def test_nonsense_is_refused_by_the_name_of_the_setting(env_file: Path, line: str, words: str) -> None:
    assert words in complaint_about(env_file, line)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["APP_BASE_URL=http://dragoman.example.org"], "APP_BASE_URL that begins with https://"),
        (["OIDC_REDIRECT_URI=https://other.example/login/callback"], "OIDC_REDIRECT_URI is not APP_BASE_URL"),
        (["OIDC_REDIRECT_URI=http://localhost:8080/elsewhere"], "OIDC_REDIRECT_URI is not APP_BASE_URL"),
    ],
)
def test_a_provider_that_could_not_send_browsers_back_safely_is_refused(
    env_file: Path, lines: list[str], words: str
) -> None:
    provider = ["OIDC_ISSUER_URL=https://id.example", "OIDC_CLIENT_ID=dragoman"]
    assert words in complaint_about(env_file, *provider, *lines)


def test_the_issuer_is_kept_letter_by_letter(env_file: Path) -> None:
    settings = load_settings(
        written(env_file, "OIDC_ISSUER_URL=https://ID.example/tenant/", "OIDC_CLIENT_ID=dragoman")
    )
    assert options.provider_options(settings).issuer == "https://ID.example/tenant/"
    assert settings.redirect_uri == "http://localhost:8080/login/callback"


def test_a_refusal_names_all_that_is_wrong_and_shows_no_value(env_file: Path) -> None:
    complaint = complaint_about(env_file, "PORT=s3cret", "LOG_LEVEL=s3cret", "VAD_THRESHOLD=s3cret")
    assert all(name in complaint for name in ("PORT", "LOG_LEVEL", "VAD_THRESHOLD"))
    assert "s3cret" not in complaint


def test_a_part_with_an_address_is_not_started() -> None:
    assert engine_commands(settings_with("")) == {}
    assert set(engine_commands(settings_with("", whisper_base_url=""))) == {"whisper_base_url"}
    assert set(engine_commands(settings_with("", ollama_base_url=""))) == {"ollama_base_url"}


def test_the_llm_has_an_address_by_either_name(env_file: Path) -> None:
    for name in ("OLLAMA_BASE_URL", "LLM_BASE_URL"):
        settings = load_settings(written(env_file, f"{name}=http://llm:8000/v1"))
        assert set(engine_commands(settings)) == {"whisper_base_url"}
        assert options.llm_options(settings).base_url == "http://llm:8000/v1"
    two = complaint_about(env_file, "OLLAMA_BASE_URL=http://one:1", "LLM_BASE_URL=http://two:2")
    assert two == "LLM_BASE_URL and OLLAMA_BASE_URL name two servers"


@pytest.mark.parametrize(
    ("lines", "family"),
    [
        ([], "general"),
        (["LLM_MODEL_TRANSLATION=translategemma:12b"], "translategemma"),
        (["LLM_MODEL_TRANSLATION=translategemma:12b", "TRANSLATION_PROMPT=general"], "general"),
        (["LLM_MODEL_TRANSLATION=mine", "TRANSLATION_PROMPT=qwen3"], "qwen3"),
    ],
)
def test_a_model_is_asked_as_its_name_or_the_setting_says(
    env_file: Path, lines: list[str], family: str
) -> None:
    settings = load_settings(written(env_file, *lines))
    assert options.live_options(settings).translator.family == family


def test_each_check_of_translations_can_be_switched_off(env_file: Path) -> None:
    names = ("REPAIR", "CHECK_ANSWERS", "CHECK_NUMBERS", "CHECK_NEGATION")
    lines = [f"TRANSLATION_{name}=false" for name in names]
    translator = options.live_options(load_settings(written(env_file, *lines))).translator
    answer = translator.answer
    assert not any((translator.repair, answer.answers, answer.numbers, answer.negation))


def test_engines_are_told_what_the_settings_say(tmp_path: Path) -> None:
    settings = settings_with(
        "", whisper_base_url="", whisper_model="small", whisper_threads=3, data_dir=tmp_path
    )
    arguments = engine_commands(settings)["whisper_base_url"].arguments
    assert _option(arguments, "--model") == "small"
    assert _option(arguments, "--threads") == "3"
    assert _option(arguments, "--cache-dir") == str(tmp_path / "models")


def test_what_is_not_chosen_is_left_to_the_engine() -> None:
    arguments = engine_commands(settings_with("", whisper_base_url=""))["whisper_base_url"].arguments
    assert "--threads" not in arguments


def test_the_parts_own_defaults_are_those_of_the_settings(env_file: Path) -> None:
    """So that a part behaves alike wherever it is used."""
    settings = _with_models(load_settings(env_file))
    told: list[Any] = [
        options.whisper_options(settings),
        options.llm_options(settings),
        options.peer_options(settings),
        options.live_options(settings),
    ]
    required = (
        {"base_url": "http://whisper", "model": "base"},
        {"base_url": "http://llm", "model": "gemma-3-270m"},
    )
    for part, arguments in zip(told, [*required, {}, {}], strict=True):
        assert part == type(part)(**arguments)


def _with_models(settings: Settings) -> Settings:
    return settings.model_copy(update={"whisper_base_url": "http://whisper", "ollama_base_url": "http://llm"})


def _option(arguments: tuple[str, ...], name: str) -> str:
    return arguments[arguments.index(name) + 1]
