// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// What the server's answers must look like; whatever does not makes no sense here.

import { Trouble } from "./trouble";

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function record(value: unknown): Record<string, unknown> {
  if (isRecord(value)) return value;
  throw new Trouble("unexpected_answer");
}

export function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Trouble("unexpected_answer");
}

export function string(value: unknown): string {
  if (typeof value === "string") return value;
  throw new Trouble("unexpected_answer");
}

export function number(value: unknown): number {
  if (typeof value === "number") return value;
  throw new Trouble("unexpected_answer");
}

export function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw new Trouble("unexpected_answer");
}

export function orNull<T>(value: unknown, check: (value: unknown) => T): T | null {
  return value === null || value === undefined ? null : check(value);
}
