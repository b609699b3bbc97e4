# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Every setting, with its default, meaning and unit.

Read once at start from the environment and from `.env`; nothing else in this project reads the environment.
A setting's name there is the field's in capitals, and an empty value means the default. A secret can also be
kept in a file that is named by its `_FILE` twin, e.g. WHISPER_API_KEY_FILE.

`.env.example` is made from this file.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from media.core.languages import AUTO
from server.logs import LogFormat, LogLevel
from server.setting_types import (
    CALLBACK,
    Count,
    HttpAddress,
    Language,
    LanguageOrAuto,
    LogProbability,
    Milliseconds,
    Origins,
    PositiveHours,
    PositiveMilliseconds,
    PositiveSeconds,
    PrivateAddress,
    Probability,
    Scopes,
    Threads,
    complaint,
    content,
    sign_in_contradictions,
)


class SettingsError(Exception):
    """The settings make no sense: `str(error)` is one line that names what is wrong and shows no values."""


class Settings(BaseSettings):
    """All settings; they make sense together once this exists."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    # The server

    host: str = "127.0.0.1"
    """Address to listen on. 0.0.0.0 is every interface; browsers then need HTTPS for the microphone."""
    port: int = Field(8080, ge=0, le=65535)
    """TCP port to listen on; 0 takes any free one."""
    app_base_url: HttpAddress = ""
    """The address that browsers use, e.g. https://dragoman.example.org. Empty: http://localhost:PORT."""
    allowed_origins: Origins = ""
    """Further origins whose pages may use the API, with spaces between them. APP_BASE_URL's always may."""
    data_dir: Path = Path(".dragoman")
    """Folder of the embedded parts: the database, and the models."""
    model_cache_dir: Path | None = None
    """Folder for models that were put together or downloaded. Empty: models in DATA_DIR."""
    log_level: LogLevel = "INFO"
    """Least level that is logged: DEBUG, INFO, WARNING or ERROR."""
    log_format: LogFormat = "json"
    """json: one object a line. text: for reading while developing."""

    # Signing in

    login_link_minutes: float = Field(0, ge=0)
    """Minutes that the sign-in link printed at start can be used; 0: as long as the server runs."""
    login_idle_hours: PositiveHours = 720
    """A login ends when it was not used for so many hours."""
    login_max_hours: PositiveHours = 2160
    """A login ends so many hours after signing in, used or not."""

    # Signing in through an identity provider (OpenID Connect)

    oidc_issuer_url: PrivateAddress = ""
    """The provider's issuer, letter by letter. Empty: one local user, who signs in with a link."""
    oidc_client_id: str = ""
    """What the provider calls Dragoman."""
    oidc_client_secret: SecretStr = SecretStr("")
    """The secret it gave with that; empty: none, if it allows that."""
    oidc_client_secret_file: Path | None = None
    """File that holds OIDC_CLIENT_SECRET."""
    oidc_redirect_uri: PrivateAddress = ""
    """Where it sends browsers back to; it must know it. Empty: APP_BASE_URL/login/callback."""
    oidc_scopes: Scopes = "openid profile email"
    """What is asked of it, with spaces between; openid must be among them."""
    jwt_audience: str = ""
    """What its access tokens must be meant for, to be taken as Bearer by the API. Empty: none is taken."""
    oidc_clock_leeway_s: float = Field(60, ge=0, le=600)
    """Seconds that its clock and ours may be apart."""
    oidc_timeout_s: PositiveSeconds = 10
    """Seconds to wait for an answer of the provider."""
    oidc_cache_s: PositiveSeconds = 3600
    """Seconds after which its description and its keys are fetched again."""
    oidc_keys_refetch_s: PositiveSeconds = 60
    """Least seconds between two times that its keys are fetched because a token names an unknown one."""
    oidc_sign_in_minutes: float = Field(10, gt=0, le=1440)
    """Minutes that a person has to sign in at the provider."""

    # The database

    database_url: SecretStr = SecretStr("")
    """postgresql://user:password@host:5432/name. Empty: an embedded PostgreSQL in DATA_DIR."""
    database_url_file: Path | None = None
    """File that holds DATABASE_URL."""

    purge_deleted_days: float = Field(30, ge=0)
    """Days after which what a user has deleted is really deleted. 0: never."""

    # Speech recognition

    whisper_base_url: HttpAddress = ""
    """A server with OpenAI's /v1/audio/transcriptions. Empty: an embedded Whisper."""
    whisper_model: str = Field("base", min_length=1)
    """The model's name on that server. Embedded: base, owner/name on the model hub, or a folder."""
    whisper_api_key: SecretStr = SecretStr("")
    """Sent to WHISPER_BASE_URL as a bearer token; empty: none."""
    whisper_api_key_file: Path | None = None
    """File that holds WHISPER_API_KEY."""
    whisper_connect_timeout_s: PositiveSeconds = 5
    """Seconds to wait for a connection."""
    whisper_timeout_floor_s: PositiveSeconds = 10
    """Seconds to wait for an answer, however short the audio."""
    whisper_timeout_factor: PositiveSeconds = 3
    """Seconds to wait for each second of audio, where that is longer."""
    whisper_threads: Threads = 0
    """Threads of the embedded Whisper on a CPU; 0: it chooses."""
    whisper_device: Literal["auto", "cpu", "cuda"] = "auto"
    """What the embedded Whisper runs on; auto takes CUDA where there is a device."""
    whisper_compute_type: str = "auto"
    """Numbers that the embedded Whisper computes with, e.g. int8, float16; auto chooses by the device."""
    partial_beam_size: Count = 1
    """Hypotheses that Whisper keeps while a person speaks; 1 is fastest."""
    final_beam_size: Count = 5
    """The same once they have paused."""

    # Translation

    ollama_base_url: HttpAddress = ""
    """A server with Ollama's /api/chat. Empty: an embedded LLM."""
    llm_model_translation: str = Field("gemma-3-270m", min_length=1)
    """The model's name on that server. Embedded: gemma-3-270m, owner/name/file.gguf on the hub, or a file."""
    ollama_keep_alive: str = "30m"
    """How long Ollama keeps the model in memory after a request, in its notation."""
    llm_connect_timeout_s: PositiveSeconds = 5
    """Seconds to wait for a connection."""
    llm_first_token_timeout_s: PositiveSeconds = 60
    """Seconds to wait for the first token; the server may have to load the model."""
    llm_idle_timeout_s: PositiveSeconds = 15
    """Longest silence, in seconds, in the middle of an answer."""
    llm_threads: Threads = 0
    """Threads of the embedded LLM; 0: it chooses."""
    llm_context_tokens: Count = 2048
    """Tokens that the embedded LLM takes at most, its answer among them."""
    llm_style: Literal["auto", "chat", "few-shot"] = "auto"
    """How the embedded LLM is asked: in its own chat template, or by examples, as a base model needs it."""

    translation_tries: Count = 3
    """How often a sentence is asked for before it is left out."""
    translation_retry_ms: Milliseconds = 500
    """Milliseconds before a sentence is asked for again."""

    # Languages

    default_source_language: LanguageOrAuto = AUTO
    """ISO 639-1 code of what is spoken, or auto, where the person has not chosen."""
    default_target_language: Language = "en"
    """ISO 639-1 code to translate into, where the person has not chosen."""

    # Live sessions

    max_live_sessions: Count = 8
    """Recordings that can run at the same time."""
    max_live_sessions_per_user: Count = 4
    """The same for one user."""
    connect_timeout_ms: PositiveMilliseconds = 15_000
    """Milliseconds that a browser has to connect before its live session ends."""
    heartbeat_timeout_ms: PositiveMilliseconds = 12_000
    """Milliseconds without a sign of life from the browser after which its live session ends."""
    stop_drain_ms: Milliseconds = 600
    """Milliseconds to read on after a stop, for audio that is still on its way."""
    drain_timeout_ms: PositiveMilliseconds = 60_000
    """Milliseconds that the models get after a stop to finish what was said."""

    # Where speech begins and ends

    vad_threshold: Probability = 0.5
    """Speech probability, 0 to 1, at which silence turns into speech."""
    vad_release_threshold: Probability = 0.35
    """Speech probability below which speech turns into silence; at most VAD_THRESHOLD."""
    min_speech_ms: Milliseconds = 96
    """Shorter bursts of speech, in milliseconds, are ignored."""
    pre_roll_ms: Milliseconds = 300
    """Milliseconds of audio before the first sign of speech that belong to it."""
    post_roll_ms: Milliseconds = 200
    """Milliseconds of audio after the last sign of speech that belong to it; at most END_OF_SPEECH_MS."""
    speculation_pause_ms: PositiveMilliseconds = 200
    """Milliseconds of silence after which the end is foreseen, to save time; less than END_OF_SPEECH_MS."""
    end_of_speech_ms: PositiveMilliseconds = 640
    """Milliseconds of silence that end an utterance, and with it the paragraph."""

    # Text while a person speaks

    partial_step_ms: PositiveMilliseconds = 500
    """Milliseconds of new audio before Whisper is asked again."""
    first_partial_ms: PositiveMilliseconds = 700
    """Milliseconds of audio, PRE_ROLL_MS among them, before Whisper is asked for the first time."""
    trim_after_ms: PositiveMilliseconds = 14_000
    """Milliseconds of an utterance from which what is settled of it is no longer sent to Whisper."""
    longest_request_ms: PositiveMilliseconds = 28_000
    """Milliseconds of audio sent to Whisper at most; it hears 30 s at a time."""
    language_certain_ms: PositiveMilliseconds = 3_000
    """Milliseconds of audio after which a detected language is kept for the utterance."""
    recogniser_retry_first_ms: PositiveMilliseconds = 500
    """Milliseconds before a Whisper that failed is asked again; each further time twice as many."""
    recogniser_retry_longest_ms: PositiveMilliseconds = 5_000
    """But never more than this."""
    agreement_lookahead_words: int = Field(1, ge=0)
    """Words that two answers of Whisper must agree on after a word before that counts as settled."""
    agreement_guard_ms: Milliseconds = 200
    """A word that ends so few milliseconds before the end of the audio may be cut off, and is not settled."""
    paragraph_max_chars: Count = 400
    """Characters from which a paragraph ends at the next end of a sentence."""
    paragraph_hard_max_chars: Count = 800
    """Characters from which a paragraph ends at the next word; at least PARAGRAPH_MAX_CHARS."""

    # What Whisper writes though nobody said it

    doubt_no_speech_probability: Annotated[float, Field(ge=0, le=1)] = 0.6
    """Above it, and below DOUBT_MEAN_LOG_PROBABILITY, a segment is dropped; 1 switches this off."""
    doubt_mean_log_probability: LogProbability = -1.0
    """See DOUBT_NO_SPEECH_PROBABILITY; natural logarithm."""
    doubt_floor_log_probability: LogProbability = -1.6
    """Below it a segment is dropped; -100 switches this off."""
    doubt_compression_ratio: float = Field(2.4, gt=1)
    """A segment whose text can be compressed more than this is dropped; 1000 switches this off."""
    doubt_loop_repetitions: Count = 3
    """A phrase is kept this many times in a row."""
    doubt_phantoms: bool = True
    """Whether known phrases that Whisper writes into silence are dropped: credits, thanks for watching."""

    @model_validator(mode="before")
    @classmethod
    def _read_secret_files(cls, values: dict[str, Any]) -> dict[str, Any]:
        return values | {
            name.removesuffix("_file"): content(name, path)
            for name, path in values.items()
            if name.endswith("_file") and path
        }

    @model_validator(mode="after")
    def _make_sense_together(self) -> Self:
        contradictions = "; ".join(self._contradictions())
        if contradictions:
            raise ValueError(contradictions)
        return self

    def _contradictions(self) -> Iterator[str]:
        if self.vad_release_threshold > self.vad_threshold:
            yield "VAD_RELEASE_THRESHOLD is above VAD_THRESHOLD"
        if self.speculation_pause_ms >= self.end_of_speech_ms:
            yield "SPECULATION_PAUSE_MS is not below END_OF_SPEECH_MS"
        if self.post_roll_ms > self.end_of_speech_ms:
            yield "POST_ROLL_MS is above END_OF_SPEECH_MS"
        if self.paragraph_max_chars > self.paragraph_hard_max_chars:
            yield "PARAGRAPH_MAX_CHARS is above PARAGRAPH_HARD_MAX_CHARS"
        if self.login_idle_hours > self.login_max_hours:
            yield "LOGIN_IDLE_HOURS is above LOGIN_MAX_HOURS"
        yield from sign_in_contradictions(
            self.oidc_issuer_url, self.oidc_client_id, self.jwt_audience, self.base_url, self.redirect_uri
        )

    @property
    def base_url(self) -> str:
        """The address that browsers use, without a slash at its end."""
        return self.app_base_url or f"http://localhost:{self.port}"

    @property
    def redirect_uri(self) -> str:
        """Where the identity provider sends browsers back to."""
        return self.oidc_redirect_uri or self.base_url + CALLBACK


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """The settings of this process. Raises SettingsError."""
    try:
        return Settings(_env_file=env_file)  # type: ignore[call-arg]  # its own option, which no type tells
    except ValidationError as error:
        raise SettingsError("; ".join(map(complaint, error.errors()))) from None
