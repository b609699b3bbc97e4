// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Event, ServerEvent, Stages } from "../src/protocol";
import {
  EMPTY_TRANSCRIPT,
  fromStored,
  type Paragraph,
  plainText,
  reduce,
  splitAt,
  type Transcript,
} from "../src/transcript";
import { numbered, STARTED } from "./stand-ins";

function replay(events: readonly ServerEvent[], from: Transcript = EMPTY_TRANSCRIPT): Transcript {
  return events.reduce(reduce, from);
}

function heard(id: number, text: string, stable = 0, language = ""): Event {
  return { type: "stt_partial", paragraph_id: id, text, stable, language };
}

const STAGES: Stages = { capture_ms: 62, vad_ms: 640, stt_ms: 0, record_ms: 9, send_ms: 0 };

function settled(id: number, text: string, language = "en"): Event {
  const times = { started_ms: 0, ended_ms: 900, stages: STAGES };
  return { type: "stt_paragraph_final", paragraph_id: id, text, language, ...times };
}

function delta(id: number, offset: number, text: string): Event {
  return { type: "translation_delta", paragraph_id: id, text, offset };
}

function translated(id: number, text: string, complete = true): Event {
  return { type: "translation_paragraph_final", paragraph_id: id, text, complete, doubts: [], after_ms: 405 };
}

function paragraph(transcript: Transcript, id: number): Paragraph | undefined {
  return transcript.paragraphs.find((it) => it.id === id);
}

const text = fc.string({ unit: "grapheme", maxLength: 12 });
const id = fc.nat(4);
const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  fc.constant(STARTED),
  fc.tuple(id, text, fc.nat(12)).map(([at, words, stable]) => heard(at, words, stable)),
  fc.tuple(id, text).map(([at, words]) => settled(at, words)),
  fc.tuple(id, fc.nat(12), text).map(([at, offset, words]) => delta(at, offset, words)),
  fc.tuple(id, text, fc.boolean()).map(([at, words, complete]) => translated(at, words, complete)),
  fc.constant<Event>({ type: "notice", code: "recogniser_unavailable", message: "" }),
  fc.constant<Event>({ type: "pong", nonce: 1 }),
);
const history = fc.array(anyEvent, { maxLength: 30 }).map(numbered);

describe("properties of any history", () => {
  test("replaying a prefix and then the rest is replaying all", () => {
    fc.assert(
      fc.property(history, fc.nat(30), (events, cut) => {
        const halves = replay(events.slice(cut), replay(events.slice(0, cut)));
        expect(halves).toEqual(replay(events));
      }),
    );
  });

  test("an event that was seen changes nothing when it comes again", () => {
    fc.assert(
      fc.property(history, fc.nat(30), (events, from) => {
        const once = replay(events);
        expect(replay(events.slice(from), once)).toEqual(once);
      }),
    );
  });

  test("paragraphs stand by ascending id, each once", () => {
    fc.assert(
      fc.property(history, (events) => {
        const ids = replay(events).paragraphs.map((it) => it.id);
        expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
      }),
    );
  });

  test("what is final never changes", () => {
    fc.assert(
      fc.property(history, (events) => {
        let before = EMPTY_TRANSCRIPT;
        for (const event of events) {
          const after = reduce(before, event);
          for (const old of before.paragraphs) {
            const now = paragraph(after, old.id);
            if (old.source?.status === "final") expect(now?.source).toBe(old.source);
            if (old.translation?.status === "final") expect(now?.translation).toBe(old.translation);
          }
          before = after;
        }
      }),
    );
  });

  test("a paragraph that an event does not name keeps its identity", () => {
    fc.assert(
      fc.property(history, anyEvent, (events, event) => {
        const before = replay(events);
        const after = reduce(before, { ...event, seq: events.length + 1 });
        const named = "paragraph_id" in event ? event.paragraph_id : null;
        const others = before.paragraphs.filter((it) => it.id !== named);
        for (const other of others) expect(paragraph(after, other.id)).toBe(other);
      }),
    );
  });

  test("deltas in order make the whole text, whatever scripts it mixes", () => {
    fc.assert(
      fc.property(fc.array(text), (pieces) => {
        let offset = 0;
        const deltas = pieces.map((piece) => {
          const event = delta(0, offset, piece);
          offset += [...piece].length;
          return event;
        });
        const made = paragraph(replay(numbered(deltas)), 0)?.translation?.text ?? "";
        expect(made).toBe(pieces.join(""));
      }),
    );
  });

  test("a text split at any point is whole again when joined", () => {
    fc.assert(
      fc.property(text, fc.nat(20), (whole, count) => {
        const [before, after] = splitAt(whole, count);
        expect(before + after).toBe(whole);
        expect([...before].length).toBe(Math.min(count, [...whole].length));
      }),
    );
  });
});

describe("the life of a paragraph", () => {
  test("it is heard, grows, settles, is translated", () => {
    const transcript = replay(
      numbered([
        STARTED,
        heard(0, "Good", 0),
        heard(0, "Good morning", 5),
        settled(0, "Good morning."),
        delta(0, 0, "Guten "),
        delta(0, 6, "Morgen."),
        translated(0, "Guten Morgen."),
      ]),
    );
    expect(transcript.conversationId).toBe("conversation-1");
    expect(transcript.paragraphs).toEqual([
      {
        id: 0,
        source: { text: "Good morning.", stable: 13, status: "final", language: "en", stages: STAGES },
        translation: {
          text: "Guten Morgen.",
          status: "final",
          complete: true,
          doubts: [],
          language: "de",
          afterMs: 405,
        },
      },
    ]);
  });

  test("a partial after the final changes nothing", () => {
    const transcript = replay(numbered([settled(0, "Done."), heard(0, "Done and more")]));
    expect(paragraph(transcript, 0)?.source?.text).toBe("Done.");
  });

  test("a delta's offset counts code points, not code units", () => {
    const transcript = replay(numbered([delta(0, 0, "👋🏽 ok"), delta(0, 3, "hello")]));
    expect(paragraph(transcript, 0)?.translation?.text).toBe("👋🏽 hello");
  });

  test("a final translation replaces what was streamed", () => {
    const transcript = replay(numbered([delta(0, 0, "Gut"), translated(0, "Schön.", false)]));
    expect(paragraph(transcript, 0)?.translation).toMatchObject({ text: "Schön.", complete: false });
  });

  test("a translation's doubts are those of its final", () => {
    const doubted = { ...translated(0, "Um 8."), doubts: ["number"] } as const;
    const transcript = replay(numbered([delta(0, 0, "Um 9."), doubted]));
    expect(paragraph(transcript, 0)?.translation).toMatchObject({ text: "Um 8.", doubts: ["number"] });
  });

  test("the language that was heard wins over the one that was chosen", () => {
    const chosen: Event = { ...STARTED, source_language: "en" };
    const transcript = replay(numbered([chosen, heard(0, "Привет", 0, "ru"), heard(1, "Hello")]));
    expect(transcript.paragraphs.map((it) => it.source?.language)).toEqual(["ru", "en"]);
  });

  test("a paragraph keeps the language into which its translation began", () => {
    const began = replay(numbered([STARTED, delta(0, 0, "Ja")]));
    const changed = { ...began, targetLanguage: "fr" };
    const after = reduce(changed, { ...translated(0, "Ja."), seq: 3 });
    expect(paragraph(after, 0)?.translation?.language).toBe("de");
  });
});

describe("a conversation from before", () => {
  const stored = {
    index: 0,
    sourceText: "Hi.",
    sourceLanguage: "",
    translatedText: "Hallo.",
    translationStatus: "final",
    doubts: [],
    startedAt: "2026-11-22T11:00:00Z",
  };
  const conversation = { id: "c", sourceLanguage: "auto", targetLanguage: "de", paragraphs: [stored] };

  test("is shown as final", () => {
    expect(fromStored(conversation).paragraphs).toEqual([
      {
        id: 0,
        source: { text: "Hi.", stable: 3, status: "final", language: "", stages: null },
        translation: {
          text: "Hallo.",
          status: "final",
          complete: true,
          doubts: [],
          language: "de",
          afterMs: null,
        },
      },
    ]);
  });

  test("says where a translation is missing", () => {
    const none = { ...stored, translatedText: "", translationStatus: "none" };
    const [only] = fromStored({ ...conversation, paragraphs: [none] }).paragraphs;
    expect(only?.translation).toMatchObject({ text: "", complete: false });
  });

  test("shows no translation that has not begun", () => {
    const pending = { ...stored, translatedText: "", translationStatus: "pending" };
    const [only] = fromStored({ ...conversation, paragraphs: [pending] }).paragraphs;
    expect(only?.translation).toBeNull();
  });

  test("says in which language each paragraph was spoken, where it is known", () => {
    const heard = { ...stored, sourceLanguage: "ru" };
    const [only] = fromStored({ ...conversation, sourceLanguage: "en", paragraphs: [heard] }).paragraphs;
    expect(only?.source?.language).toBe("ru");
  });

  test("is copied by side, without empty lines for what is missing", () => {
    expect(plainText(stored, "both")).toBe("Hi.\nHallo.");
    expect(plainText(stored, "source")).toBe("Hi.");
    expect(plainText(stored, "translation")).toBe("Hallo.");
    expect(plainText({ ...stored, translatedText: "" }, "both")).toBe("Hi.");
  });
});
