// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// Which of the server's notices hold now: the newest about each part, until that part is back.

import type { Notice } from "./protocol";

/** Every notice code that this page has words for. */
export const NOTICE_CODES = [
  "recogniser_unavailable",
  "recogniser_refused",
  "recogniser_back",
  "translator_unavailable",
  "translator_refused",
  "translator_back",
  "words_lost",
  "unknown_language",
] as const;

export type NoticeCode = (typeof NOTICE_CODES)[number];

export interface ActiveNotice {
  readonly code: string;
  /** The server's own words, for codes that this page does not know. */
  readonly message: string;
}

const PART = /^(recogniser|translator)_/;

export function withNotice(notices: readonly ActiveNotice[], notice: Notice): readonly ActiveNotice[] {
  const others = notices.filter((other) => part(other.code) !== part(notice.code));
  if (notice.code.endsWith("_back")) return others;
  return [...others, { code: notice.code, message: notice.message }];
}

export function withoutNotice(notices: readonly ActiveNotice[], code: string): readonly ActiveNotice[] {
  return notices.filter((notice) => notice.code !== code);
}

/** What is still worth saying once the live session is over: how its parts were then is past. */
export function afterwards(notices: readonly ActiveNotice[]): readonly ActiveNotice[] {
  return notices.filter((notice) => !PART.test(notice.code));
}

function part(code: string): string {
  return PART.exec(code)?.[1] ?? code;
}
