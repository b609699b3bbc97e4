// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// Times as people say them.

const UNITS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** `5 minutes ago`, `yesterday`; what lies ahead by a clock that is slow is now. */
export function ago(time: string, nowMs: number): string {
  const seconds = Math.max(0, (nowMs - Date.parse(time)) / 1000);
  const found = UNITS.find(([, length]) => seconds >= length);
  return found === undefined ? "just now" : relative.format(-Math.floor(seconds / found[1]), found[0]);
}

/** `22 November 2026 at 11:01`, by the clock on the wall where the browser is, unless told where. */
export function exactly(time: string, timeZone?: string): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", ...zone }).format(
    new Date(time),
  );
}
