# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Why an embedded model server has no model to run."""


class ModelError(Exception):
    """`str(error)` is one line for a person: what is wrong and what to do about it."""


class ModelMissing(ModelError):
    """The model is at none of the places where it was looked for, or could not be brought here."""


class ModelCorrupt(ModelError):
    """There is a file, but not the one it should be: it is never loaded."""


class ModelUnusable(ModelError):
    """The model is there, and this machine cannot run it as it was asked to."""
