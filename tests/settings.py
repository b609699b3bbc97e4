# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Settings for tests: nothing but what the test says."""

from typing import Any

from server.config import Settings

NOWHERE = "http://127.0.0.1:9"
"""Nothing listens on the discard port."""


def settings_with(database_url: str, **values: Any) -> Settings:
    """Settings with this database, and models that do not answer unless the test says where they are."""
    models = {
        "whisper_base_url": NOWHERE,
        "whisper_dialect": "openai",
        "ollama_base_url": NOWHERE,
        "llm_dialect": "ollama",
    }
    # `_env_file` is the settings' own option, which no type tells: a developer's .env is not for tests.
    return Settings(_env_file=None, **{"database_url": database_url, **models, **values})  # type: ignore[call-arg]
