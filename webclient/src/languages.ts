// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// Which two languages are chosen: pure rules over what the server offers.
//
// The page's address decides, then what was chosen last time, then the server's defaults.
// Source and target are never the same language.

export const AUTO = "auto";

export interface Language {
  /** ISO 639-1, or `auto` for a source to be detected. */
  readonly code: string;
  readonly name: string;
}

export interface Languages {
  readonly source: readonly Language[];
  readonly target: readonly Language[];
  readonly defaultSource: string;
  readonly defaultTarget: string;
  /** The translations come from the small model that the server brings along. */
  readonly demonstrationModel: boolean;
}

export interface LanguagePair {
  readonly source: string;
  readonly target: string;
}

export function choosePair(
  languages: Languages,
  address: string,
  remembered: LanguagePair | null,
): LanguagePair {
  const asked = new URLSearchParams(address);
  const target = firstOffered(
    languages.target,
    [asked.get("target"), remembered?.target],
    languages.defaultTarget,
  );
  const source = firstOffered(
    languages.source,
    [asked.get("source"), remembered?.source],
    languages.defaultSource,
  );
  return { source: source === target ? AUTO : source, target };
}

/** The query of `address` with the pair in it; whatever else it held stays. */
export function addressWith(address: string, pair: LanguagePair): string {
  const query = new URLSearchParams(address);
  query.set("source", pair.source);
  query.set("target", pair.target);
  return `?${query}`;
}

export function withSource(pair: LanguagePair, source: string, languages: Languages): LanguagePair {
  if (source !== pair.target) return { source, target: pair.target };
  return offers(languages.target, pair.source)
    ? swapped(pair)
    : { source, target: otherThan(languages, source) };
}

export function withTarget(pair: LanguagePair, target: string, languages: Languages): LanguagePair {
  if (target !== pair.source) return { source: pair.source, target };
  return { source: offers(languages.source, pair.target) ? pair.target : AUTO, target };
}

export function canSwap(pair: LanguagePair, languages: Languages): boolean {
  return offers(languages.target, pair.source) && offers(languages.source, pair.target);
}

export function swapped(pair: LanguagePair): LanguagePair {
  return { source: pair.target, target: pair.source };
}

export function nameOf(languages: readonly Language[], code: string): string {
  return languages.find((language) => language.code === code)?.name ?? code;
}

/** Whisper may hear, and the database hold, a language that is not offered for choosing. */
export function spokenName(languages: readonly Language[], code: string): string {
  const name = nameOf(languages, code);
  if (name !== code || !/^[a-z]{2,3}$/.test(code)) return name;
  return new Intl.DisplayNames("en", { type: "language" }).of(code) ?? code;
}

function offers(languages: readonly Language[], code: string): boolean {
  return languages.some((language) => language.code === code);
}

function firstOffered(
  languages: readonly Language[],
  wishes: readonly (string | null | undefined)[],
  fallback: string,
): string {
  return wishes.find((wish) => typeof wish === "string" && offers(languages, wish)) ?? fallback;
}

function otherThan(languages: Languages, code: string): string {
  if (languages.defaultTarget !== code) return languages.defaultTarget;
  return languages.target.find((language) => language.code !== code)?.code ?? languages.defaultTarget;
}
