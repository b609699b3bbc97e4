// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// How the page is built: one entry, hashed assets, nothing inlined, so that a strict CSP can stand.
// `demo.html` is a second page for development only; the build does not know it.

import { defineConfig } from "vitest/config";

export default defineConfig({
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
  },
  // No test leaves anything behind, so that they can share their workers.
  test: { include: ["tests/**/*.test.{ts,tsx}"], isolate: false },
});
