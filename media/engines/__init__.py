# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The embedded model servers: the HTTP of the remote ones, each in a process of its own."""
