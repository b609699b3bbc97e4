// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// Waiting, as an argument: a test turns the hands of its own clock.

/** Ends the waiting; harmless when it is over. */
export type Cancel = () => void;

export interface Timers {
  after(ms: number, act: () => void): Cancel;
  every(ms: number, act: () => void): Cancel;
}

export const realTimers: Timers = {
  after(ms, act) {
    const id = setTimeout(act, ms);
    return () => clearTimeout(id);
  },
  every(ms, act) {
    const id = setInterval(act, ms);
    return () => clearInterval(id);
  },
};
