# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Every setting, with its default, meaning and unit.

Read once at start from the environment and from `.env`; nothing else in this project reads the environment.
A setting's name there is the field's in capitals, and an empty value means the default. A secret can also be
kept in a file that is named by its `_FILE` twin, e.g. WHISPER_API_KEY_FILE.

`.env.example` is made from this file.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from media.core.languages import AUTO
from media.core.prompts import PromptFamily
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
    SomeLanguages,
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

    # Metrics for a monitoring system (Prometheus)

    metrics_token: SecretStr = SecretStr("")
    """Who shows it as Bearer may read /metrics. Empty: that address is not there."""
    metrics_token_file: Path | None = None
    """File that holds METRICS_TOKEN."""
    metrics_port: int = Field(0, ge=0, le=65535)
    """TCP port on which /metrics is read without a token, beside PORT; 0: none."""
    metrics_host: str = "127.0.0.1"
    """Address of METRICS_PORT. Whoever can reach it can read the metrics."""

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
    """Address of a Whisper server. Empty: an embedded Whisper."""
    whisper_dialect: Literal["auto", "openai", "asr-webservice", "whisper-cpp"] = "auto"
    """How it is asked: at /v1/audio/transcriptions, /asr or /inference; auto finds out."""
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
    whisper_requests_at_once: Count = 1
    """Requests sent to Whisper at the same time; people who speak take turns. The embedded one does one."""
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
    """Address of an Ollama server. Empty, and LLM_BASE_URL too: an embedded LLM."""
    llm_base_url: HttpAddress = ""
    """The same for any LLM server: Ollama, llama.cpp, vLLM, LM Studio, OpenRouter."""
    llm_dialect: Literal["auto", "ollama", "openai"] = "auto"
    """How it is asked: at Ollama's /api/chat or OpenAI's /v1/chat/completions; auto finds out."""
    llm_api_key: SecretStr = SecretStr("")
    """Sent to it as a bearer token; empty: none."""
    llm_api_key_file: Path | None = None
    """File that holds LLM_API_KEY."""
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
    translation_prompt: PromptFamily | Literal["auto"] = "auto"
    """How the model is asked to translate; auto goes by its name, and takes general for most."""

    # What a model answers though it is no good translation

    translation_repair: bool = True
    """Whether a doubtful translation is asked for once more, in other words, before it is marked."""
    translation_check_answers: bool = True
    """Whether answers are caught that comment, reply, repeat the source, go in circles or break off."""
    translation_check_numbers: bool = True
    """Whether a translation must have the numbers of its source."""
    translation_check_negation: bool = True
    """Whether a translation must say no where its source does."""
    translation_longest_ratio: float = Field(3, ge=1)
    """An answer so many times as long as its source, and TRANSLATION_LONGEST_SLACK more, is too long."""
    translation_longest_slack: int = Field(60, ge=0)
    """In characters; Chinese ones count three times, Japanese and Korean ones twice."""
    translation_shortest_ratio: float = Field(0.25, ge=0, lt=1)
    """An answer below this share of its source is too short; 0 switches this off."""
    translation_shortest_source: int = Field(40, ge=0)
    """In characters; translations of shorter sentences may be as short as they like."""

    # Models that are ready before somebody speaks

    warm_up_every_s: float = Field(60, ge=0)
    """When a page opens, both models are asked something, but not twice in so many seconds. 0: never."""

    # Languages

    default_source_language: LanguageOrAuto = AUTO
    """ISO 639-1 code of what is spoken, or auto, where the person has not chosen."""
    auto_languages: SomeLanguages = ""
    """What auto may find, where the person has not said: ISO 639-1 codes with spaces between. Empty: all."""
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
    """Milliseconds of audio after the last sign of speech that belong to it; at most UTTERANCE_PAUSE_MS."""
    end_of_speech_ms: PositiveMilliseconds = 640
    """Milliseconds of silence after which a sentence that sounds finished is final, and its paragraph."""
    unfinished_pause_ms: PositiveMilliseconds = 1_200
    """The same for what breaks off in the middle of a sentence; at least END_OF_SPEECH_MS."""
    utterance_pause_ms: PositiveMilliseconds = 2_500
    """Milliseconds of silence after which recognition begins afresh, without the audio of before."""

    # Text while a person speaks

    partial_step_ms: PositiveMilliseconds = 400
    """Milliseconds of new audio before Whisper is asked again."""
    first_partial_ms: PositiveMilliseconds = 400
    """Milliseconds of speech before Whisper is asked for the first time."""
    partial_share: float = Field(0.6, gt=0, le=1)
    """Share of the time that Whisper may work on one speaker's partials: the slower it is, the fewer."""
    partial_hold_ms: PositiveMilliseconds = 64
    """Milliseconds of silence in which no partial is begun: it would be in the way if this is the end."""
    speculation_pause_ms: PositiveMilliseconds = 160
    """Milliseconds of silence after which the end is foreseen, to save time; less than END_OF_SPEECH_MS."""
    trim_after_ms: PositiveMilliseconds = 7_000
    """Milliseconds of an utterance from which what is settled of it is no longer sent to Whisper."""
    context_audio_ms: Milliseconds = 3_000
    """But so many milliseconds of it are: what follows is heard better behind it."""
    context_text: bool = True
    """Whether Whisper is told what was said before the audio that is sent to it."""
    settled_prefix: bool = True
    """Whether Whisper is told what has settled of that audio, to go on from there (the embedded one can)."""
    longest_request_ms: PositiveMilliseconds = 28_000
    """Milliseconds of audio sent to Whisper at most; it hears 30 s at a time."""
    language_certain_ms: PositiveMilliseconds = 3_000
    """Milliseconds of audio after which a detected language is kept for the paragraph."""
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

    doubt_no_speech_probability: Probability = 0.6
    """Above it, and below DOUBT_MEAN_LOG_PROBABILITY or with repetitions, a segment is dropped; 1: never."""
    doubt_mean_log_probability: LogProbability = -1.05
    """See DOUBT_NO_SPEECH_PROBABILITY; natural logarithm."""
    doubt_floor_log_probability: LogProbability = -1.2
    """Below it a long segment is dropped; -100 switches this off."""
    doubt_word_log_probability: LogProbability = -1.3
    """Below it, in the mean over its words, a long segment is dropped; -100 switches this off."""
    doubt_short_text_slack: float = Field(1.0, ge=0)
    """How much lower these two limits are for a single word; for n words it is divided by the root of n."""
    doubt_prefix_log_probability: LogProbability = -1.25
    """Below it a segment that goes on from settled text is dropped; -100 switches this off."""
    doubt_compression_ratio: float = Field(2.4, gt=1)
    """A segment whose text can be compressed more than this is dropped; 1000 switches this off."""
    doubt_circling_rounds: int = Field(10, ge=2)
    """What comes at least so many times in a row is dropped with all its rounds; 1000 switches this off."""
    doubt_loop_repetitions: Count = 3
    """A phrase that comes more often in a row is kept once; 1000 switches this off."""
    doubt_loop_word_repetitions: Count = 5
    """A word is kept this many times in a row; 1000 switches this off."""
    doubt_loop_character_repetitions: Count = 8
    """Letters inside a word are kept this many times in a row; 1000 switches this off."""
    doubt_credits: bool = True
    """Whether text that says who made the subtitles is dropped."""
    doubt_sounds: bool = True
    """Whether descriptions of sounds, "[Music]", are dropped."""
    doubt_courtesies: bool = True
    """Whether "Thank you for watching" and the like are dropped, where Whisper is not sure of them."""
    doubt_courtesy_no_speech_probability: Probability = 0.3
    """Above it Whisper is not sure of a courtesy or a sound."""
    doubt_courtesy_log_probability: LogProbability = -0.6
    """Below it Whisper is not sure of a courtesy or a sound; natural logarithm."""
    doubt_unreadable: bool = True
    """Whether text without a letter or digit is dropped."""
    doubt_speech_margin_ms: int = Field(500, ge=-1)
    """A word so many milliseconds away from what the VAD takes for speech is dropped; -1: none is."""

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
        if self.end_of_speech_ms > self.unfinished_pause_ms:
            yield "END_OF_SPEECH_MS is above UNFINISHED_PAUSE_MS"
        if self.unfinished_pause_ms > self.utterance_pause_ms:
            yield "UNFINISHED_PAUSE_MS is above UTTERANCE_PAUSE_MS"
        if self.post_roll_ms > self.utterance_pause_ms:
            yield "POST_ROLL_MS is above UTTERANCE_PAUSE_MS"
        if self.context_audio_ms >= self.trim_after_ms:
            yield "CONTEXT_AUDIO_MS is not below TRIM_AFTER_MS"
        if self.paragraph_max_chars > self.paragraph_hard_max_chars:
            yield "PARAGRAPH_MAX_CHARS is above PARAGRAPH_HARD_MAX_CHARS"
        if self.llm_base_url and self.ollama_base_url not in ("", self.llm_base_url):
            yield "LLM_BASE_URL and OLLAMA_BASE_URL name two servers"
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
    def llm_address(self) -> str:
        """Where the LLM is, by either name; empty for the embedded one."""
        return self.llm_base_url or self.ollama_base_url

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
