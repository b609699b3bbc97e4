// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import { renderToString } from "preact-render-to-string";
import { describe, expect, test } from "vitest";
import { NOTHING_OPENED } from "../src/opened";
import type { PageState } from "../src/page";
import type { Event } from "../src/protocol";
import { RESTING, type RecordingState } from "../src/recording";
import type { SiteState } from "../src/site";
import { NOTHING_LISTED } from "../src/summaries";
import { EMPTY_TRANSCRIPT, reduce } from "../src/transcript";
import { Trouble } from "../src/trouble";
import { App } from "../src/views/app";
import { idleActions, numbered, STARTED } from "./stand-ins";

const actions = idleActions(61_000);

const READY: PageState = {
  languages: {
    source: [
      { code: "auto", name: "Detect language" },
      { code: "en", name: "English" },
    ],
    target: [{ code: "de", name: "German" }],
    defaultSource: "auto",
    defaultTarget: "de",
    demonstrationModel: false,
  },
  pair: { source: "auto", target: "de" },
  recording: RESTING,
  trouble: null,
  demonstrationHint: false,
  showsDelays: false,
};

const SITE: SiteState = {
  route: { view: "speak" },
  account: { phase: "in", name: "Ada", signIn: null },
  page: READY,
  list: NOTHING_LISTED,
  opened: NOTHING_OPENED,
  dialog: null,
  done: null,
  nowMs: Date.parse("2026-11-22T12:00:00Z"),
};

function site(change: Partial<SiteState> = {}): string {
  return renderToString(<App state={{ ...SITE, ...change }} actions={actions} />);
}

function page(change: Partial<PageState> = {}): string {
  return site({ page: { ...READY, ...change } });
}

function recording(change: Partial<RecordingState>, events: readonly Event[] = []): string {
  const transcript = numbered(events).reduce(reduce, EMPTY_TRANSCRIPT);
  return page({ recording: { ...RESTING, transcript, ...change } });
}

const EVENTS: readonly Event[] = [
  STARTED,
  {
    type: "stt_paragraph_final",
    paragraph_id: 0,
    text: "<b>Hi</b> & bye.",
    language: "en",
    started_ms: 0,
    ended_ms: 9,
    stages: { capture_ms: 62, vad_ms: 640, stt_ms: 0, record_ms: 9, send_ms: 0 },
  },
  {
    type: "translation_paragraph_final",
    paragraph_id: 0,
    text: "Hallo.",
    complete: true,
    doubts: [],
    after_ms: 405,
  },
  { type: "stt_partial", paragraph_id: 1, text: "And now", stable: 4, language: "en" },
];

function panel(html: string, name: string): string {
  return html.split("<section").find((part) => part.includes(`data-testid="${name}"`)) ?? "";
}

describe("what scripts find on the page", () => {
  test("the state and the button, in every phase", () => {
    for (const phase of ["idle", "connecting", "live", "finishing", "failed"] as const) {
      const html = recording({ phase });
      expect(html).toMatch(new RegExp(`data-testid="state" data-state="${phase}"`));
      expect(html).toMatch(new RegExp(`data-testid="record" data-state="${phase}"`));
    }
    expect(recording({ phase: "asking" })).toMatch(/data-testid="state" data-state="connecting"/);
  });

  test("paragraphs with their status and index, on each side", () => {
    const html = recording({ phase: "live" }, EVENTS);
    const source = panel(html, "source-panel");
    expect(source.match(/data-status="[a-z_]+" data-index="\d"/g)).toEqual([
      'data-status="final" data-index="0"',
      'data-status="in_progress" data-index="1"',
    ]);
    expect(source).toContain('dir="auto" lang="en"');
    const translation = panel(html, "translation-panel");
    expect(translation.match(/data-status="[a-z_]+" data-index="\d"/g)).toEqual([
      'data-status="final" data-index="0"',
    ]);
    expect(translation).toContain('lang="de"');
  });

  test("both languages", () => {
    expect(page()).toMatch(/data-testid="source-language"/);
    expect(page()).toMatch(/data-testid="target-language"/);
  });
});

describe("what a person sees", () => {
  test("the tail that may still change is set apart", () => {
    expect(recording({ phase: "live" }, EVENTS)).toContain('And <span class="unsettled">now</span>');
  });

  test("what was said is text, never markup", () => {
    expect(recording({ phase: "live" }, EVENTS)).toContain("&lt;b>Hi&lt;/b> &amp; bye.");
  });

  test("speech that turned out to be none leaves no paragraph", () => {
    const taken: Event = { ...EVENTS[1], text: "" } as Event;
    const nothing: Event = { ...EVENTS[2], text: "" } as Event;
    expect(recording({ phase: "live" }, [STARTED, taken, nothing])).not.toContain('data-testid="paragraph"');
  });

  test("a translation that is missing is said to be", () => {
    const missing: Event = {
      type: "translation_paragraph_final",
      paragraph_id: 0,
      text: "",
      complete: false,
      doubts: [],
      after_ms: 405,
    };
    expect(recording({ phase: "live" }, [STARTED, missing])).toContain("could not be translated");
  });

  test("a translation that may be wrong has a mark that says what may be", () => {
    const html = recording({ phase: "live" }, [
      STARTED,
      { ...EVENTS[2], doubts: ["negation", "number"] } as Event,
    ]);
    const words = "A number may be wrong. A “not” may be missing or too many.";
    expect(html).toContain(`aria-label="${words}"`);
    expect(html).toContain('aria-expanded="false"');
    expect(html).not.toContain(`>${words}<`);
    expect(recording({ phase: "live" }, EVENTS)).not.toContain("doubt-mark");
  });

  test("how long each text took, under those that are final, where that is wanted", () => {
    const transcript = numbered(EVENTS).reduce(reduce, EMPTY_TRANSCRIPT);
    const html = page({ recording: { ...RESTING, transcript }, showsDelays: true }).replaceAll("\u00a0", " ");
    const hidden = '<span class="visually-hidden">Delay: </span>';
    expect(panel(html, "source-panel")).toContain(
      `${hidden}0.71 s: capture 0.06 + pause 0.64 + storing 0.01</p>`,
    );
    expect(panel(html, "translation-panel")).toContain(`${hidden}0.41 s after the text</p>`);
    expect(html.match(/data-testid="delay"/g)).toHaveLength(2);
    expect(recording({}, EVENTS)).not.toContain('data-testid="delay"');
  });

  test("the switch for that, on this screen only", () => {
    const on = (html: string) => /<label[^>]*>Show delays<input type="checkbox"[^>]*checked/.test(html);
    expect(on(page({ showsDelays: true }))).toBe(true);
    expect(page()).toContain('data-testid="show-delays"');
    expect(on(page())).toBe(false);
    expect(site({ route: { view: "history", query: "" } })).not.toContain("show-delays");
  });

  test("empty panels say what will be there", () => {
    expect(panel(page(), "source-panel")).toContain("Your words appear here.");
    expect(panel(page(), "translation-panel")).toContain("Their translation appears here.");
  });

  test("trouble is announced, and can be waved aside", () => {
    const html = page({ trouble: new Trouble("microphone_refused") });
    expect(html).toMatch(/data-testid="error" role="alert"/);
    expect(html).toContain('aria-label="Dismiss"');
  });

  test("a page that could not be loaded offers another try, and no Start", () => {
    const html = page({ languages: null, pair: null, trouble: new Trouble("server_unreachable") });
    expect(html).toContain("Try again");
    expect(html).toMatch(/data-testid="record" data-state="idle" aria-disabled="true"/);
    expect(html).toMatch(/data-testid="state" data-state="failed"/);
  });

  test("a page that loads does not look ready", () => {
    expect(page({ languages: null, pair: null })).toMatch(/data-testid="state" data-state="connecting"/);
  });

  test("notices and the server's silence", () => {
    const notice: Event = { type: "notice", code: "recogniser_unavailable", message: "" };
    expect(recording({ phase: "live" }, [notice])).toMatch(/data-testid="notice" role="status"/);
    const silent = recording({ phase: "live", answering: false });
    expect(silent).toMatch(/data-testid="error"/);
    expect(silent).toContain("No answer");
    expect(recording({ phase: "live", microphoneMuted: true })).toContain("microphone is muted");
  });

  test("the hint about the model only while nothing else goes on", () => {
    expect(page({ demonstrationHint: true })).toMatch(/data-testid="hint"/);
    const live = page({ demonstrationHint: true, recording: { ...RESTING, phase: "live" } });
    expect(live).not.toMatch(/data-testid="hint"/);
  });

  test("the language that was detected", () => {
    expect(panel(recording({}, EVENTS), "source-panel")).toContain("English, detected");
    const basque: Event = { ...STARTED, source_language: "auto" };
    const heard: Event = { type: "stt_partial", paragraph_id: 0, text: "Kaixo", stable: 0, language: "eu" };
    expect(recording({}, [basque, heard])).toContain("Basque, detected");
  });
});

describe("what a screen reader hears", () => {
  test("the newest final translation, and nothing that may still change", () => {
    const html = recording({ phase: "live" }, EVENTS);
    expect(html).toMatch(/aria-live="polite" lang="de">Hallo\.<\/p>/);
  });
});

test("no style stands in the markup, so that the strictest policy holds", () => {
  expect(recording({ phase: "live" }, EVENTS)).not.toMatch(/ style=/);
});
