# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Who may use this server."""
