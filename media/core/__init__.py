# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What decides, purely: no input or output, no clock, no logging."""
