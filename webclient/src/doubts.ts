// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// What may be wrong with a translation, by the codes that the server has for it.

import type { TranslationParagraphFinal } from "./protocol";

export type Doubts = TranslationParagraphFinal["doubts"];
export type Doubt = Doubts[number];

export const DOUBTS: Doubts = ["number", "negation", "untranslated", "inexact"];

export const NO_DOUBTS: Doubts = [];

/** Those that this page has words for; a newer server may have more. */
export function knownDoubts(codes: readonly unknown[]): Doubts {
  return DOUBTS.filter((doubt) => codes.includes(doubt));
}
