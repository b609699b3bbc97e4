// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { finalDelay, translationDelay } from "../src/delays";
import type { Stages } from "../src/protocol";

const NO_TIME: Stages = { capture_ms: 0, vad_ms: 0, stt_ms: 0, record_ms: 0, send_ms: 0 };

/** Whatever keeps them together on a line. */
function words(text: string): string {
  return text.replaceAll("\u00a0", " ");
}

test("a final says how long it took, and what for, in the order in which it happened", () => {
  const stages = { capture_ms: 62, vad_ms: 640, stt_ms: 31, record_ms: 9, send_ms: 1204 };
  expect(words(finalDelay(stages))).toBe(
    "1.94 s: capture 0.06 + pause 0.64 + recognition 0.03 + storing 0.01 + sending 1.20",
  );
});

test("what took no time is left out", () => {
  expect(words(finalDelay({ ...NO_TIME, capture_ms: 60, vad_ms: 640, send_ms: 4 }))).toBe(
    "0.70 s: capture 0.06 + pause 0.64",
  );
  expect(finalDelay(NO_TIME)).toBe("0.00 s");
});

test("a translation says how long after its source it came", () => {
  expect(translationDelay(405)).toBe("0.41 s after the text");
});

const ms = fc.nat(100_000);

test("what is shown adds up, and is no more than rounding away from the truth", () => {
  const anyStages = fc.record({ capture_ms: ms, vad_ms: ms, stt_ms: ms, record_ms: ms, send_ms: ms });
  fc.assert(
    fc.property(anyStages, (stages) => {
      const [total = 0, ...parts] = [...finalDelay(stages).matchAll(/\d+\.\d\d/g)].map(Number);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(total, 5);
      const exact = Object.values(stages).reduce((sum, part) => sum + part, 0) / 1000;
      expect(Math.abs(total - exact)).toBeLessThanOrEqual(0.025 + 1e-9);
    }),
  );
});
