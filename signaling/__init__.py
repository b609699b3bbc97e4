# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""WebRTC: how a browser is connected."""
