// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// From a tap on Start to the last word: the microphone, the connection and the transcript of one conversation.
//
//   from                 on                                  to
//   idle, failed         start()                             asking (for the microphone)
//   asking               microphone open                     connecting
//   asking               refused, missing, in use ...        failed
//   asking, connecting   stop()                              idle
//   connecting           the connection is live              live
//   live                 stop(), microphone lost             finishing
//   finishing            everything has arrived              idle
//   any but idle         the connection failed or was ended  failed
//
// The text stays in every phase; only start() clears it.

import { Connection, type ConnectionSeams, type ConnectionState, type EndReason } from "./connection";
import type { LanguagePair } from "./languages";
import { type Microphone, type MicrophoneSeams, openMicrophone } from "./microphone";
import { afterwards, withoutNotice } from "./notices";
import { EMPTY_TRANSCRIPT, reduce, type Transcript, withLanguages } from "./transcript";
import { Trouble } from "./trouble";

/** The server takes what is in flight for 600 ms after `stop`. */
export const RELEASE_AFTER_STOP_MS = 1_000;

export type Phase = "idle" | "asking" | "connecting" | "live" | "finishing" | "failed";

export interface RecordingState {
  readonly phase: Phase;
  /** False while nothing comes from the server although it should. */
  readonly answering: boolean;
  readonly microphoneMuted: boolean;
  /** When recording began, by `now()`; null before that. */
  readonly liveSinceMs: number | null;
  readonly transcript: Transcript;
  readonly trouble: Trouble | null;
}

export const RESTING: RecordingState = {
  phase: "idle",
  answering: true,
  microphoneMuted: false,
  liveSinceMs: null,
  transcript: EMPTY_TRANSCRIPT,
  trouble: null,
};

export interface RecordingSeams extends ConnectionSeams, MicrophoneSeams {
  /** Milliseconds of a clock that only runs forward. */
  readonly now: () => number;
}

export class Recording {
  readonly #seams: RecordingSeams;
  readonly #onChange: () => void;
  #state: RecordingState = RESTING;
  #microphone: Microphone | null = null;
  #connection: Connection | null = null;
  /** Counts the taps on Start and Stop, so that an answer to an older one is known as such. */
  #attempt = 0;

  constructor(seams: RecordingSeams, onChange: () => void) {
    this.#seams = seams;
    this.#onChange = onChange;
  }

  get state(): RecordingState {
    return this.#state;
  }

  /** Shows a conversation from before; only while nothing runs. */
  show(transcript: Transcript): void {
    if (this.#state.phase === "idle") this.#set({ transcript });
  }

  /** Takes the text away; only while nothing runs. */
  clear(): void {
    this.show(EMPTY_TRANSCRIPT);
  }

  async start(pair: LanguagePair): Promise<void> {
    if (this.#state.phase !== "idle" && this.#state.phase !== "failed") return;
    this.#attempt += 1;
    const attempt = this.#attempt;
    this.#set({ ...RESTING, phase: "asking" });
    const microphone = await this.#openMicrophone(attempt);
    if (microphone === null) return;
    if (attempt !== this.#attempt) return microphone.close();
    this.#microphone = microphone;
    this.#connection = new Connection(this.#seams, {
      onState: (state) => this.#onConnection(state),
      onEvent: (event) => this.#set({ transcript: reduce(this.#state.transcript, event) }),
    });
    await this.#connection.open(microphone.track, pair);
  }

  stop(): void {
    if (this.#state.phase === "asking") this.#rest({ phase: "idle" });
    this.#connection?.stop();
  }

  setLanguages(pair: LanguagePair): void {
    if (this.#state.phase !== "live") return;
    this.#connection?.setLanguages(pair);
    this.#set({ transcript: withLanguages(this.#state.transcript, pair.source, pair.target) });
  }

  /** The page goes away: nobody will see what would still arrive. */
  leave(): void {
    this.#connection?.close();
  }

  dismissTrouble(): void {
    this.#set({ trouble: null, phase: this.#state.phase === "failed" ? "idle" : this.#state.phase });
  }

  dismissNotice(code: string): void {
    const { transcript } = this.#state;
    this.#set({ transcript: { ...transcript, notices: withoutNotice(transcript.notices, code) } });
  }

  /** How loud the microphone is now, from 0 to 1. */
  level(): number {
    return this.#microphone?.level() ?? 0;
  }

  async #openMicrophone(attempt: number): Promise<Microphone | null> {
    try {
      return await openMicrophone(this.#seams, {
        onLost: () => this.#onMicrophoneLost(),
        onMuted: (microphoneMuted) => this.#set({ microphoneMuted }),
      });
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      if (attempt === this.#attempt) this.#rest({ phase: "failed", trouble: error });
      return null;
    }
  }

  #onMicrophoneLost(): void {
    if (this.#state.phase !== "connecting" && this.#state.phase !== "live") return;
    this.#set({ trouble: new Trouble("microphone_lost") });
    this.stop();
  }

  #onConnection(state: ConnectionState): void {
    if (state.phase === "connecting") this.#set({ phase: "connecting" });
    else if (state.phase === "closed") this.#rest(resting(state.reason, this.#state.trouble));
    else if (state.phase === "failed") this.#rest({ phase: "failed", trouble: state.trouble });
    else if (state.phase !== "idle") this.#onRunning(state.phase, state.answering);
  }

  #onRunning(phase: "live" | "finishing", answering: boolean): void {
    if (phase === "finishing" && this.#state.phase === "live") this.#releaseSoon();
    this.#set({ phase, answering, liveSinceMs: this.#state.liveSinceMs ?? this.#seams.now() });
  }

  /** The last words may take a while to come back; the microphone is not needed for that. */
  #releaseSoon(): void {
    const microphone = this.#microphone;
    this.#seams.timers.after(RELEASE_AFTER_STOP_MS, () => {
      if (this.#microphone === microphone) this.#releaseMicrophone();
    });
  }

  #releaseMicrophone(): void {
    this.#microphone?.close();
    this.#microphone = null;
  }

  /** Nothing runs any more. */
  #rest(change: Pick<RecordingState, "phase"> & Partial<RecordingState>): void {
    this.#attempt += 1;
    this.#releaseMicrophone();
    this.#connection = null;
    const { transcript } = this.#state;
    this.#set({
      answering: true,
      microphoneMuted: false,
      liveSinceMs: null,
      transcript: { ...transcript, notices: afterwards(transcript.notices) },
      ...change,
    });
  }

  #set(change: Partial<RecordingState>): void {
    this.#state = { ...this.#state, ...change };
    this.#onChange();
  }
}

/** What the page says after the server or the person ended the conversation; `before` is what it says already. */
function resting(
  reason: EndReason,
  before: Trouble | null,
): Pick<RecordingState, "phase"> & Partial<RecordingState> {
  switch (reason) {
    case "stopped":
    case "abandoned":
      return { phase: "idle", trouble: before };
    case "unfinished":
      return { phase: "idle", trouble: new Trouble("unfinished") };
    case "internal_error":
      return { phase: "failed", trouble: new Trouble("ended_by_error") };
    default:
      return { phase: "failed", trouble: new Trouble(reason) };
  }
}
