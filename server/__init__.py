# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The application: the only place where the parts meet."""
