# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Speech: audio in, events out. Knows no web server, no WebRTC, no database."""
