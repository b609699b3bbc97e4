# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What is kept. Knows no speech and no web."""
