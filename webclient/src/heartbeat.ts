// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// Whether the server still answers: a ping every two seconds, and anything that arrives is an answer.
//
// It counts pings, not time: a phone that slept must not take its own sleep for the server's silence.

import type { Cancel, Timers } from "./timers";

export const PING_EVERY_MS = 2_000;
/** Pings without a message since: at 6 s the server is said not to answer, at 12 s it is given up. */
const PINGS_UNTIL_SILENT = 3;
const PINGS_UNTIL_GONE = 6;

export interface HeartbeatListener {
  ping(nonce: number): void;
  onAnswering(answering: boolean): void;
  onGone(): void;
}

export class Heartbeat {
  readonly #listener: HeartbeatListener;
  #nonce = 0;
  #unanswered = 0;

  constructor(listener: HeartbeatListener) {
    this.#listener = listener;
  }

  start(timers: Timers): Cancel {
    return timers.every(PING_EVERY_MS, () => this.#beat());
  }

  /** Something arrived. */
  answered(): void {
    if (this.#unanswered >= PINGS_UNTIL_SILENT) this.#listener.onAnswering(true);
    this.#unanswered = 0;
  }

  #beat(): void {
    if (this.#unanswered === PINGS_UNTIL_GONE) {
      this.#listener.onGone();
      return;
    }
    if (this.#unanswered === PINGS_UNTIL_SILENT) this.#listener.onAnswering(false);
    this.#nonce += 1;
    this.#unanswered += 1;
    this.#listener.ping(this.#nonce);
  }
}
