// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// For development only: the real page in scripted states, chosen by ?scene=..., without a server.

import "./style.css";

import { render } from "preact";
import type { StoredConversation } from "./conversations";
import type { Doubts } from "./doubts";
import type { Languages } from "./languages";
import { NOTHING_OPENED } from "./opened";
import type { PageState } from "./page";
import type { Event, SttParagraphFinal, TranslationParagraphFinal } from "./protocol";
import { RESTING, type RecordingState } from "./recording";
import type { SiteActions, SiteState } from "./site";
import { NOTHING_LISTED } from "./summaries";
import { EMPTY_TRANSCRIPT, reduce, type Transcript } from "./transcript";
import { Trouble } from "./trouble";
import { App } from "./views/app";

const LANGUAGES: Languages = {
  source: [
    { code: "auto", name: "Detect language" },
    { code: "en", name: "English" },
    { code: "de", name: "German" },
    { code: "ru", name: "Russian" },
  ],
  target: [
    { code: "en", name: "English" },
    { code: "de", name: "German" },
    { code: "ru", name: "Russian" },
  ],
  defaultSource: "auto",
  defaultTarget: "en",
  demonstrationModel: true,
};

const TALK: readonly (readonly [language: string, said: string, meant: string])[] = [
  [
    "en",
    "Good morning, and thank you all for coming.",
    "Guten Morgen, und danke, dass Sie alle gekommen sind.",
  ],
  [
    "en",
    "Before we begin, a word about the house: the exits are behind you, and lunch is at noon in the room next door.",
    "Bevor wir anfangen, ein Wort zum Haus: Die Ausgänge sind hinter Ihnen, und Mittagessen gibt es um zwölf im Raum nebenan.",
  ],
  [
    "ru",
    "Доброе утро. Я буду говорить по-русски, если вы не против.",
    "Guten Morgen. Ich werde Russisch sprechen, wenn Sie nichts dagegen haben.",
  ],
  ["ru", "Спасибо за приглашение.", "Danke für die Einladung."],
  [
    "ar",
    "صباح الخير جميعًا. يسعدني أن أكون معكم اليوم في هذه القاعة.",
    "Guten Morgen zusammen. Ich freue mich, heute mit Ihnen in diesem Saal zu sein.",
  ],
  [
    "zh",
    "大家早上好。今天我想谈谈翻译，以及它为什么从来不只是换一种说法。",
    "Guten Morgen allerseits. Heute möchte ich über das Übersetzen sprechen und darüber, warum es nie nur ein anderes Wort für dasselbe ist.",
  ],
  ["en", "Yes.", "Ja."],
  [
    "en",
    "Then let us start with the question that everybody asks first.",
    "Dann beginnen wir mit der Frage, die alle zuerst stellen.",
  ],
  [
    "en",
    "Who was the first interpreter whose name we know?",
    "Wer war der erste Dolmetscher, dessen Namen wir kennen?",
  ],
  [
    "en",
    "Nobody knows, and that tells us a good deal about the trade.",
    "Niemand weiß es, und das sagt uns einiges über den Beruf.",
  ],
];

const STARTED: Event = {
  type: "session_started",
  protocol_version: 1,
  live_session_id: "demo",
  conversation_id: "demo",
  source_language: "auto",
  target_language: "de",
};

function replay(events: readonly Event[]): Transcript {
  return events.reduce(
    (transcript, event, at) => reduce(transcript, { ...event, seq: at + 1 }),
    EMPTY_TRANSCRIPT,
  );
}

function settled(id: number, text: string, language: string): SttParagraphFinal {
  const stages = {
    capture_ms: 62,
    vad_ms: 640,
    stt_ms: 31 * (id % 4),
    record_ms: 9,
    send_ms: id === 2 ? 1204 : 0,
  };
  return {
    type: "stt_paragraph_final",
    paragraph_id: id,
    text,
    language,
    started_ms: 0,
    ended_ms: 0,
    stages,
  };
}

function translated(id: number, text: string): TranslationParagraphFinal {
  return {
    type: "translation_paragraph_final",
    paragraph_id: id,
    text,
    complete: true,
    doubts: [],
    after_ms: 405,
  };
}

const DOUBTED: Record<number, Doubts> = { 1: ["number"], 6: ["negation"], 9: ["untranslated", "inexact"] };

function talk(count: number, live: readonly Event[]): Transcript {
  const finals = TALK.slice(0, count).flatMap(([language, said, meant], id): Event[] => [
    settled(id, said, language),
    { ...translated(id, meant), complete: id !== 3, doubts: DOUBTED[id] ?? [] },
  ]);
  return replay([STARTED, ...finals, ...live]);
}

/** The whole talk, word for word, as it would arrive. */
function* spoken(): Generator<Event> {
  yield STARTED;
  for (const [id, [language, said, meant]] of TALK.entries()) {
    for (const end of said.matchAll(/$|(?<=\S)\s|(?<=.{4})/gu)) {
      const text = said.slice(0, end.index);
      yield { type: "stt_partial", paragraph_id: id, text, stable: Math.max(0, text.length - 12), language };
    }
    yield settled(id, said, language);
    for (const word of meant.matchAll(/\S+\s*/g)) {
      yield { type: "translation_delta", paragraph_id: id, text: word[0], offset: word.index };
    }
    yield translated(id, meant);
  }
}

function livePair(id: number): Event[] {
  return [
    {
      type: "stt_partial",
      paragraph_id: id,
      text: "What we do know is that in every harbour there was somebody who",
      stable: 33,
      language: "en",
    },
    { type: "translation_delta", paragraph_id: id, text: "Was wir aber wissen:", offset: 0 },
  ];
}

const live = { phase: "live", liveSinceMs: 0 } as const;
const notice = (code: string): Event => ({ type: "notice", code, message: "" });

const SCENES: Record<string, Partial<RecordingState>> = {
  idle: {},
  asking: { phase: "asking" },
  connecting: { phase: "connecting" },
  listening: { ...live, transcript: talk(0, []) },
  first: { ...live, transcript: talk(0, [...livePair(0).slice(0, 1)]) },
  partial: { ...live, transcript: talk(1, livePair(1)) },
  live: { ...live, transcript: talk(10, livePair(10)) },
  finishing: { phase: "finishing", transcript: talk(10, livePair(10)) },
  done: { transcript: talk(10, []) },
  silent: { ...live, answering: false, transcript: talk(3, livePair(3)) },
  muted: { ...live, microphoneMuted: true, transcript: talk(2, []) },
  recogniser: { ...live, transcript: talk(2, [notice("recogniser_unavailable")]) },
  translator: { ...live, transcript: talk(2, [notice("translator_refused"), ...livePair(2).slice(0, 1)]) },
};

const chosen = new URLSearchParams(window.location.search);
const trouble = chosen.get("trouble");
const unloaded = chosen.has("unloaded");

const state: PageState = {
  languages: unloaded ? null : LANGUAGES,
  pair: unloaded ? null : { source: chosen.get("source") ?? "auto", target: "de" },
  recording: { ...RESTING, ...SCENES[chosen.get("scene") ?? "idle"], ...(trouble && { phase: "failed" }) },
  trouble: trouble === null ? null : new Trouble(trouble),
  demonstrationHint: chosen.has("hint"),
  showsDelays: chosen.has("delays"),
};

const KEPT: StoredConversation = {
  id: "demo",
  title: "How interpreting began",
  sourceLanguage: "auto",
  targetLanguage: "de",
  createdAt: "2026-11-22T11:00:00Z",
  updatedAt: "2026-11-22T11:01:30Z",
  durationMs: 83_000,
  paragraphs: TALK.map(([sourceLanguage, sourceText, translatedText], index) => ({
    index,
    sourceText,
    sourceLanguage,
    translatedText,
    translationStatus: index === 3 ? "partial" : "final",
    doubts: DOUBTED[index] ?? [],
    startedAt: `2026-11-22T11:00:${10 + 5 * index}Z`,
  })),
};

function route(): SiteState["route"] {
  if (chosen.has("history")) return { view: "history", query: "" };
  return chosen.has("conversation")
    ? { view: "conversation", id: "demo", paragraph: null }
    : { view: "speak" };
}

const site: Omit<SiteState, "page"> = {
  route: route(),
  account: {
    phase: chosen.has("expired") ? "expired" : "in",
    name: "Local user",
    signIn: { method: "oidc", url: "/login" },
  },
  list: { ...NOTHING_LISTED, phase: "ready" },
  opened: { ...NOTHING_OPENED, phase: "ready", id: "demo", conversation: KEPT },
  dialog: null,
  done: null,
  nowMs: Date.now(),
};

const actions: SiteActions["page"] = {
  start() {},
  stop() {},
  chooseSource() {},
  chooseTarget() {},
  swapLanguages() {},
  retry() {},
  dismissTrouble() {},
  dismissNotice() {},
  dismissHint() {},
  showDelays() {},
  level: () => 0.5 + 0.4 * Math.sin(performance.now() / 300),
  elapsedMs: () => 83_000 + performance.now(),
};

const siteActions: SiteActions = {
  page: actions,
  go() {},
  signIn() {},
  askSignOut() {},
  signOut() {},
  retry() {},
  search() {},
  loadMore() {},
  askRename() {},
  askDelete() {},
  rename() {},
  delete() {},
  closeDialog() {},
  copy: async () => true,
};

const place = document.getElementById("page");

function show(change: Partial<RecordingState>): void {
  const shown = { ...state, recording: { ...state.recording, ...change } };
  if (place !== null) render(<App state={{ ...site, page: shown }} actions={siteActions} />, place);
}

function play(): void {
  const events: Event[] = [];
  const rest = spoken();
  const beat = setInterval(() => {
    const { value, done } = rest.next();
    if (done) return clearInterval(beat);
    events.push(value);
    show({ ...live, transcript: replay(events) });
  }, 60);
}

show({});
if (chosen.get("scene") === "talk") play();
