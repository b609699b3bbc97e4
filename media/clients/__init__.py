# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The model servers over HTTP."""
