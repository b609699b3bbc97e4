// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// Where the time went before a text stood there, in a few words.

import type { Stages } from "./protocol";

const NAMES = [
  ["capture_ms", "capture"],
  ["vad_ms", "pause"],
  ["stt_ms", "recognition"],
  ["record_ms", "storing"],
  ["send_ms", "sending"],
] as const satisfies readonly (readonly [keyof Stages, string])[];

/** A line breaks between parts, not inside one. */
const GAP = "\u00a0";

/** `0.74 s: capture 0.06 + pause 0.64 + recognition 0.04`: from the end of speech to its final. What took no time
 * is left out, and the sum is that of what is shown. */
export function finalDelay(stages: Stages): string {
  const parts = NAMES.map(([field, name]) => ({ name, hundredths: hundredths(stages[field]) }));
  const total = parts.reduce((sum, part) => sum + part.hundredths, 0);
  const shown = parts.filter((part) => part.hundredths > 0);
  if (shown.length === 0) return `${seconds(0)} s`;
  return `${seconds(total)} s: ${shown.map((part) => `${part.name}${GAP}${seconds(part.hundredths)}`).join(` +${GAP}`)}`;
}

/** `0.40 s after the text`: from the final of the source to that of its translation. */
export function translationDelay(afterMs: number): string {
  return `${seconds(hundredths(afterMs))} s after the text`;
}

function hundredths(ms: number): number {
  return Math.round(ms / 10);
}

function seconds(hundredths: number): string {
  return (hundredths / 100).toFixed(2);
}
