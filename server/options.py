# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What each part is told of the settings."""

from datetime import timedelta
from urllib.parse import urlsplit

from media.clients.llm import LlmOptions
from media.clients.whisper import WhisperOptions
from media.core.agreement import AgreementOptions
from media.core.answers import AnswerOptions
from media.core.doubt import DoubtOptions
from media.core.pace import PaceOptions
from media.core.paragraphs import ParagraphOptions
from media.core.prompts import prompt_family
from media.core.segmenter import SegmenterOptions
from media.following import FollowingOptions
from media.transcriber import TranscriberOptions
from media.translator import TranslatorOptions
from server.auth.bearer import BearerOptions
from server.auth.login import LoginOptions
from server.auth.oidc import ClientOptions
from server.auth.provider import ProviderOptions
from server.config import Settings
from server.live import Languages, LiveOptions
from server.routes.languages import LanguageChoice
from server.setting_types import SIGNED_OUT, origin_of
from signaling.peer import PeerOptions


def whisper_options(settings: Settings) -> WhisperOptions:
    """Where Whisper is and how it is asked."""
    return WhisperOptions(
        base_url=settings.whisper_base_url,
        model=settings.whisper_model,
        dialect=settings.whisper_dialect,
        api_key=settings.whisper_api_key.get_secret_value(),
        connect_timeout_s=settings.whisper_connect_timeout_s,
        timeout_floor_s=settings.whisper_timeout_floor_s,
        timeout_factor=settings.whisper_timeout_factor,
        partial_beam_size=settings.partial_beam_size,
        final_beam_size=settings.final_beam_size,
    )


def llm_options(settings: Settings) -> LlmOptions:
    """Where the LLM is and how it is asked."""
    return LlmOptions(
        base_url=settings.llm_address,
        model=settings.llm_model_translation,
        dialect=settings.llm_dialect,
        api_key=settings.llm_api_key.get_secret_value(),
        keep_alive=settings.ollama_keep_alive,
        connect_timeout_s=settings.llm_connect_timeout_s,
        first_token_timeout_s=settings.llm_first_token_timeout_s,
        idle_timeout_s=settings.llm_idle_timeout_s,
    )


def live_options(settings: Settings) -> LiveOptions:
    """How a live session runs."""
    return LiveOptions(
        stop_drain_ms=settings.stop_drain_ms,
        drain_timeout_ms=settings.drain_timeout_ms,
        segmenter=SegmenterOptions(
            threshold=settings.vad_threshold,
            release_threshold=settings.vad_release_threshold,
            min_speech_ms=settings.min_speech_ms,
            pre_roll_ms=settings.pre_roll_ms,
            post_roll_ms=settings.post_roll_ms,
            end_ms=settings.utterance_pause_ms,
        ),
        transcriber=TranscriberOptions(
            following=_following_options(settings),
            doubt=_doubt_options(settings),
            paragraphs=ParagraphOptions(
                max_chars=settings.paragraph_max_chars,
                hard_max_chars=settings.paragraph_hard_max_chars,
                pause_ms=settings.unfinished_pause_ms,
            ),
        ),
        translator=_translator_options(settings),
    )


def _translator_options(settings: Settings) -> TranslatorOptions:
    return TranslatorOptions(
        tries=settings.translation_tries,
        retry_ms=settings.translation_retry_ms,
        family=prompt_family(settings.llm_model_translation)
        if settings.translation_prompt == "auto"
        else settings.translation_prompt,
        repair=settings.translation_repair,
        answer=AnswerOptions(
            answers=settings.translation_check_answers,
            numbers=settings.translation_check_numbers,
            negation=settings.translation_check_negation,
            longest_ratio=settings.translation_longest_ratio,
            longest_slack=settings.translation_longest_slack,
            shortest_ratio=settings.translation_shortest_ratio,
            shortest_source=settings.translation_shortest_source,
        ),
    )


def _following_options(settings: Settings) -> FollowingOptions:
    return FollowingOptions(
        trim_after_ms=settings.trim_after_ms,
        context_ms=settings.context_audio_ms,
        longest_request_ms=settings.longest_request_ms,
        language_certain_ms=settings.language_certain_ms,
        context_prompt=settings.context_text,
        prefix=settings.settled_prefix,
        retry_first_ms=settings.recogniser_retry_first_ms,
        retry_longest_ms=settings.recogniser_retry_longest_ms,
        agreement=AgreementOptions(
            lookahead_words=settings.agreement_lookahead_words, guard_ms=settings.agreement_guard_ms
        ),
        pace=PaceOptions(
            step_ms=settings.partial_step_ms,
            first_step_ms=settings.first_partial_ms,
            share=settings.partial_share,
            waver_ms=settings.partial_hold_ms,
            pause_ms=settings.speculation_pause_ms,
            finished_pause_ms=settings.end_of_speech_ms,
            unfinished_pause_ms=settings.unfinished_pause_ms,
        ),
    )


def _doubt_options(settings: Settings) -> DoubtOptions:
    margin_ms = settings.doubt_speech_margin_ms
    return DoubtOptions(
        no_speech_probability=settings.doubt_no_speech_probability,
        mean_log_probability=settings.doubt_mean_log_probability,
        floor_log_probability=settings.doubt_floor_log_probability,
        word_log_probability=settings.doubt_word_log_probability,
        short_text_slack=settings.doubt_short_text_slack,
        prefix_log_probability=settings.doubt_prefix_log_probability,
        compression_ratio=settings.doubt_compression_ratio,
        circling_rounds=settings.doubt_circling_rounds,
        loop_repetitions=settings.doubt_loop_repetitions,
        loop_word_repetitions=settings.doubt_loop_word_repetitions,
        loop_character_repetitions=settings.doubt_loop_character_repetitions,
        credits=settings.doubt_credits,
        sounds=settings.doubt_sounds,
        courtesies=settings.doubt_courtesies,
        courtesy_no_speech_probability=settings.doubt_courtesy_no_speech_probability,
        courtesy_log_probability=settings.doubt_courtesy_log_probability,
        unreadable=settings.doubt_unreadable,
        speech_margin_ms=None if margin_ms < 0 else margin_ms,
    )


def peer_options(settings: Settings) -> PeerOptions:
    """How patient we are with a browser's connection."""
    return PeerOptions(
        connect_timeout_ms=settings.connect_timeout_ms, heartbeat_timeout_ms=settings.heartbeat_timeout_ms
    )


def default_languages(settings: Settings) -> Languages:
    """What is spoken and wanted where the person has not chosen."""
    return Languages(
        source=settings.default_source_language,
        target=settings.default_target_language,
        among=tuple(settings.auto_languages.split()),
    )


def language_choice(settings: Settings) -> LanguageChoice:
    """The same for the page, with what to expect of the translations."""
    return LanguageChoice(
        default_source=settings.default_source_language,
        default_target=settings.default_target_language,
        demonstration_model=settings.llm_model_translation == DEMONSTRATION_LLM,
    )


def login_options(settings: Settings) -> LoginOptions:
    """How long logins last, and their cookie."""
    return LoginOptions(
        https=urlsplit(settings.base_url).scheme == "https",
        idle_timeout=timedelta(hours=settings.login_idle_hours),
        lifetime=timedelta(hours=settings.login_max_hours),
    )


def provider_options(settings: Settings) -> ProviderOptions:
    """Which identity provider there is."""
    return ProviderOptions(
        issuer=settings.oidc_issuer_url,
        timeout_s=settings.oidc_timeout_s,
        cache_s=settings.oidc_cache_s,
        refetch_s=settings.oidc_keys_refetch_s,
    )


def client_options(settings: Settings) -> ClientOptions:
    """Who we are to it."""
    return ClientOptions(
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        redirect_uri=settings.redirect_uri,
        signed_out_uri=settings.base_url + SIGNED_OUT,
        scopes=settings.oidc_scopes,
        leeway_s=settings.oidc_clock_leeway_s,
    )


def bearer_options(settings: Settings) -> BearerOptions:
    """Whose access tokens are taken."""
    return BearerOptions(
        issuer=settings.oidc_issuer_url,
        audience=settings.jwt_audience,
        client_id=settings.oidc_client_id,
        leeway_s=settings.oidc_clock_leeway_s,
    )


def origins(settings: Settings) -> frozenset[str]:
    """Whose pages may use the API."""
    return frozenset({origin_of(settings.base_url), *settings.allowed_origins.lower().split()})


DEMONSTRATION_LLM = "gemma-3-270m"
"""It is the default because it needs no download from a model hub."""
