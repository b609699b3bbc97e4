# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Why somebody is not let in. Codes are stable and for programs; neither holds anything of what was sent."""


class Refused(Exception):
    """What was sent is wrong: a token, or an answer of the provider or the browser."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        """snake_case, safe to show and to log."""


class ProviderUnavailable(Exception):
    """The identity provider does not answer, or not with anything of use: later it may."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause
        """snake_case, safe to show and to log."""
