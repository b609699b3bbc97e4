# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What can go wrong with the model servers, by a stable code."""


class EngineError(Exception):
    """A model server did not do what it was asked. `str(error)` is safe to log: it never holds speech."""

    code = "engine_error"


class RecogniserUnavailable(EngineError):
    """Whisper cannot be reached, answered with an error or too late; the same request may succeed later."""

    code = "recogniser_unavailable"


class RecogniserRefused(EngineError):
    """Whisper understood the request and will not do it (a wrong model name, say); repeating is no help."""

    code = "recogniser_refused"


class TranslatorUnavailable(EngineError):
    """The LLM cannot be reached, answered with an error or too late, or its stream broke off."""

    code = "translator_unavailable"


class TranslatorRefused(EngineError):
    """The LLM understood the request and will not do it (a wrong model name, say)."""

    code = "translator_refused"
