# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""HTTP routes, one module a resource."""
