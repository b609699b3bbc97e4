// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// Every word that the page says, but for what goes wrong: that is in trouble-texts.ts.

import type { SignIn } from "./api";
import type { ExportFormat, ExportText } from "./conversations";
import { type Doubt, type Doubts, knownDoubts } from "./doubts";
import type { Phase } from "./recording";
import type { Done } from "./site";

/** What happened, and what the person can do about it. */
export interface Message {
  readonly title: string;
  readonly advice: string;
}

export const texts = {
  name: "Dragoman",
  languages: {
    group: "Languages",
    source: "From",
    target: "To",
    auto: "Any language",
    swap: "Swap the languages",
  },
  panels: {
    source: {
      title: "What was said",
      empty: "Your words appear here.",
      listening: "Listening.",
    },
    translation: {
      title: "What it means",
      empty: "Their translation appears here.",
      listening: "The translation follows here.",
    },
    detected: (language: string) => `${language}, detected`,
    latest: "Latest",
    incomplete: "Part of this could not be translated.",
    untranslated: "This could not be translated.",
    delay: "Delay:",
  },
  record: { elapsed: "Recording time", level: "Microphone level" },
  state: { loading: "Loading", notLoaded: "Not connected", notAnswering: "No answer" },
  tryAgain: "Try again",
  dismiss: "Dismiss",
  cancel: "Cancel",
  navigation: { label: "Main", speak: "Speak", history: "History" },
  account: {
    menu: "Menu",
    showDelays: "Show delays",
    signedInAs: "Signed in as",
    signIn: "Sign in",
    signInAgain: "Sign in again",
    signOut: "Sign out",
    tagline: "Speak, and read what it means in another language while you speak.",
  },
  history: {
    title: "History",
    search: "Search what was said",
    clearSearch: "Clear the search",
    loading: "Loading",
    loadMore: "Show more",
    loadingMore: "Loading more",
    startSpeaking: "Start speaking",
    untitled: "Untitled conversation",
    paragraphs: (count: number) => (count === 1 ? "1 paragraph" : `${count} paragraphs`),
    found: (count: number, more: boolean) => {
      if (count === 0) return "Nothing found";
      return count === 1 && !more
        ? "1 conversation found"
        : `${count}${more ? " or more" : ""} conversations found`;
    },
    created: "Recorded",
    updated: "changed",
    length: "Length",
    into: "into",
  },
  conversation: {
    back: "All conversations",
    loading: "Loading the conversation",
    sides: "What to show",
    side: { both: "Both", source: "Said", translation: "Meaning" },
    copy: "Copy",
    copyAll: "Copy all",
    copied: "Copied",
    copyRefused: "The browser did not allow it",
    linkTo: (time: string) => `Link to ${time}`,
    export: "Export",
    exportText: "What to export",
    exportFormat: "Format",
    rename: "Rename",
    delete: "Delete",
    notTranslatedYet: "Not translated yet.",
    empty: "Nothing was said in this conversation.",
  },
  rename: { title: "Rename the conversation", field: "Title", save: "Save" },
  delete: { confirm: "Delete" },
} as const;

export const exportTexts: Record<ExportText, string> = {
  both: "Both",
  source: "What was said",
  translation: "What it means",
};

export const exportFormats: Record<ExportFormat, readonly [name: string, purpose: string]> = {
  txt: ["Text", "for anywhere"],
  md: ["Markdown", "for notes"],
  docx: ["DOCX", "for Word"],
  srt: ["SRT", "subtitles"],
  vtt: ["WebVTT", "subtitles on the web"],
  json: ["JSON", "for programs"],
};

export const emptyHistory: Message = {
  title: "Nothing recorded yet",
  advice: "What you say is kept here, with its translation, as soon as you have said it.",
};

export function nothingFound(query: string): Message {
  return {
    title: `Nothing found for \u201c${query}\u201d`,
    advice: "Try fewer or shorter words. Both languages are searched.",
  };
}

export const notHere: Message = {
  title: "This conversation is not here",
  advice: "It was deleted, or it is not yours.",
};

export function deleteQuestion(title: string): Message {
  return {
    title: "Delete this conversation?",
    advice: `\u201c${title || texts.history.untitled}\u201d and all its paragraphs will be gone.`,
  };
}

export const signOutQuestion: Message = {
  title: "Stop recording and sign out?",
  advice: "What was said until now is kept.",
};

export const signingOut = "Signing out";

export function doneText({ what, title }: Done): string {
  const name = `\u201c${title || texts.history.untitled}\u201d`;
  return what === "deleted" ? `${name} was deleted.` : `Renamed to ${name}.`;
}

const doubtTexts: Record<Doubt, string> = {
  number: "A number may be wrong.",
  negation: "A \u201cnot\u201d may be missing or too many.",
  untranslated: "Part of this may not be translated.",
  inexact: "This may not be quite what was said.",
};

/** What may be wrong with a translation; empty where nothing is doubted. */
export function doubtText(doubts: Doubts): string {
  return knownDoubts(doubts)
    .map((doubt) => doubtTexts[doubt])
    .join(" ");
}

/** How to sign in on this server; null where it has not said. */
export function signInText(signIn: SignIn | null): string {
  if (signIn?.method === "oidc") return "Sign in to speak and to read what you have said.";
  if (signIn?.method === "local") return ONE_TIME_LINK;
  return "Open this page with the sign-in link of your server, or try again.";
}

/** What is said when the login has ended while something is on the page. */
export function loginEnded(signIn: SignIn | null): Message {
  const advice = signIn?.method === "local" ? ONE_TIME_LINK : "Sign in again to go on.";
  return { title: "Your sign-in has ended", advice: `What is on this page stays as it is. ${advice}` };
}

const ONE_TIME_LINK =
  "Open the one-time link that the server printed when it started. If it was used before, restart the server for a new one.";

export interface PhaseTexts {
  /** The connection and recording state in a word or two. */
  readonly state: string;
  /** What the one large button does. */
  readonly button: string;
  /** The line above the button. */
  readonly hint: string;
}

export const phaseTexts: Record<Phase, PhaseTexts> = {
  idle: { state: "Ready", button: "Start", hint: "The microphone is off" },
  asking: { state: "Waiting", button: "Cancel", hint: "Allow the microphone when the browser asks" },
  connecting: { state: "Connecting", button: "Cancel", hint: "Connecting to the server" },
  live: { state: "Recording", button: "Stop", hint: "" },
  finishing: { state: "Finishing", button: "Finishing", hint: "The last words are on their way" },
  failed: { state: "Not recording", button: "Start", hint: "The microphone is off" },
};

export const demonstrationHint =
  "Translations here come from the small demonstration model; the README tells how to use a better one.";

/** `m:ss`, or `h:mm:ss` from an hour on. */
export function clock(ms: number): string {
  const total = Math.floor(ms / 1000);
  const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const twoDigits = (part: number) => String(part).padStart(2, "0");
  if (hours === 0) return `${minutes}:${twoDigits(rest)}`;
  return `${hours}:${twoDigits(minutes)}:${twoDigits(rest)}`;
}
