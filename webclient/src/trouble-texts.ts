// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// The words for what goes wrong: what happened, and what the person can do about it.

import type { ActiveNotice, NoticeCode } from "./notices";
import type { Message } from "./texts";
import {
  MISTAKE_CODES,
  type MistakeCode,
  REFUSAL_CODES,
  type RefusalCode,
  type Trouble,
  type TroubleCode,
} from "./trouble";

const TROUBLES: Record<Exclude<TroubleCode, RefusalCode | MistakeCode>, Message> = {
  microphone_refused: {
    title: "The microphone is not allowed",
    advice:
      "Tap the icon beside the address, allow the microphone for this page, then press Start. If it stays refused, allow it for the browser in the system's settings.",
  },
  microphone_missing: {
    title: "No microphone found",
    advice: "Connect a microphone or a headset, then press Start.",
  },
  microphone_in_use: {
    title: "The microphone is busy",
    advice: "Another application or tab holds it. Close that one, then press Start.",
  },
  microphone_failed: {
    title: "The microphone could not be opened",
    advice: "Check that it works in another application, then press Start.",
  },
  microphone_lost: {
    title: "The microphone was disconnected",
    advice: "What was said until then is kept. Connect it again, then press Start.",
  },
  insecure_context: {
    title: "This page needs HTTPS",
    advice:
      "Browsers allow the microphone only on pages that come over HTTPS or from this very machine. Open this page with an https:// address, or with http://localhost on the machine that runs the server.",
  },
  server_unreachable: {
    title: "The server cannot be reached",
    advice: "Check that you are online and that the server runs.",
  },
  could_not_connect: {
    title: "No connection for sound",
    advice:
      "The server answers, but sound does not reach it. A firewall or a VPN often blocks UDP: try another network, or ask whoever runs the server to open its UDP ports.",
  },
  connection_lost: {
    title: "The connection broke off",
    advice: "What was said until then is kept. Press Start to go on in a new conversation.",
  },
  server_gone: {
    title: "The server stopped answering",
    advice:
      "Check that you are online and that the server runs, then press Start. Finished paragraphs are kept.",
  },
  page_outdated: {
    title: "The server has been updated",
    advice: "Reload this page to get the version that fits it.",
  },
  unfinished: {
    title: "The last words are late",
    advice: "The server is still working on them. It keeps what it has heard.",
  },
  unexpected_answer: {
    title: "The server gave an answer that makes no sense here",
    advice: "Reload the page. If that does not help, something stands between this page and the server.",
  },
  not_signed_in: {
    title: "You are not signed in",
    advice: "Sign in, then try again.",
  },
  bad_title: {
    title: "This title cannot be kept",
    advice: "Write one of 1 to 200 characters.",
  },
  account_disabled: {
    title: "This account is disabled",
    advice: "Ask whoever runs this server.",
  },
  bad_query: {
    title: "This cannot be searched for",
    advice: "Use fewer words.",
  },
  provider_unavailable: {
    title: "The sign-in service does not answer",
    advice: "Try again in a moment. If it stays so, tell whoever runs the server.",
  },
  unknown_language: {
    title: "The server does not know this language",
    advice: "Choose other languages, then press Start.",
  },
  too_many_live_sessions: {
    title: "The server is busy",
    advice: "Too many conversations are being recorded now. Stop one of yours, or wait for another to end.",
  },
  foreign_origin: {
    title: "The server does not trust this address",
    advice: "Open the page with the address that the server was set up for.",
  },
  not_found: {
    title: "The server does not know this conversation",
    advice: "It has ended, it was deleted, or it is not yours.",
  },
  database_unavailable: {
    title: "The server's database does not answer",
    advice: "Nothing can be kept now, so nothing is recorded.",
  },
  internal_error: {
    title: "Something went wrong on the server",
    advice: "Try again. If it stays so, the server's log tells whoever runs it why.",
  },
  disconnected: {
    title: "The connection broke off",
    advice: "What was said until then is kept. Press Start to go on in a new conversation.",
  },
  signed_out: {
    title: "The recording has ended, since you were signed out",
    advice: "What was said until then is kept. Sign in to go on.",
  },
  server_stopping: {
    title: "The server is shutting down",
    advice: "What was said is kept. Press Start when it is back.",
  },
  ended_by_error: {
    title: "The server had to end this conversation",
    advice: "Finished paragraphs are kept. Press Start to go on in a new conversation.",
  },
};

const OFFER_REFUSED: Message = {
  title: "The server did not accept this browser's connection",
  advice:
    "Reload the page and press Start. If it stays so, switch off VPNs and virtual networks, or try another browser.",
};

const MISTAKE: Message = {
  title: "The server does not understand this page",
  advice: "Reload it: the server may have been updated meanwhile.",
};

const NOTICES: Record<Exclude<NoticeCode, `${string}_back`>, Message> = {
  recogniser_unavailable: {
    title: "The speech recogniser does not answer",
    advice: "Your words are being recorded. Their text comes when it is back.",
  },
  recogniser_refused: {
    title: "The speech recogniser refuses to work",
    advice: "Whoever runs the server should check its model's name and address. Until then no text appears.",
  },
  translator_unavailable: {
    title: "The translator does not answer",
    advice: "Your words are being written down. Their translation comes when it is back.",
  },
  translator_refused: {
    title: "The translator refuses to work",
    advice:
      "Whoever runs the server should check its model's name and address. Until then nothing is translated.",
  },
  words_lost: {
    title: "The last words are missing",
    advice: "The speech recogniser did not get to them in time.",
  },
  unknown_language: {
    title: "The server does not know this language",
    advice: "It goes on with the languages from before. Choose another.",
  },
};

export const notAnswering: Message = {
  title: "The server does not answer",
  advice:
    "Perhaps the network is weak. Go on speaking if you like: this page keeps trying for a few seconds.",
};

export const microphoneMuted: Message = {
  title: "The microphone is muted",
  advice: "Unmute it on the device, or end the call that uses it.",
};

export function troubleText(trouble: Trouble): Message {
  const known = sharedText(trouble.code) ?? lookUp(TROUBLES, trouble.code);
  const message = known ?? { title: "That did not work", advice: trouble.detail };
  if (trouble.retryAfterS === null) return message;
  return { ...message, advice: `${message.advice} Try again in ${seconds(trouble.retryAfterS)}.` };
}

export function noticeText(notice: ActiveNotice): Message {
  return lookUp(NOTICES, notice.code) ?? { title: notice.message, advice: "" };
}

/** The words for codes that mean the same to the person. */
function sharedText(code: string): Message | null {
  if (REFUSAL_CODES.some((refusal) => refusal === code)) return OFFER_REFUSED;
  return MISTAKE_CODES.some((mistake) => mistake === code) ? MISTAKE : null;
}

function lookUp(messages: Readonly<Record<string, Message>>, code: string): Message | null {
  return Object.hasOwn(messages, code) ? (messages[code] ?? null) : null;
}

function seconds(count: number): string {
  return count === 1 ? "one second" : `${count} seconds`;
}
