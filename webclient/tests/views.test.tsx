// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import { renderToString } from "preact-render-to-string";
import { describe, expect, test } from "vitest";
import type { StoredConversation, Summary } from "../src/conversations";
import { NOTHING_OPENED, type OpenedState } from "../src/opened";
import { RESTING } from "../src/recording";
import type { SiteState } from "../src/site";
import { type ListState, NOTHING_LISTED } from "../src/summaries";
import { Trouble } from "../src/trouble";
import { App } from "../src/views/app";
import { idleActions } from "./stand-ins";

const actions = idleActions(0);

const SITE: SiteState = {
  route: { view: "history", query: "" },
  account: { phase: "in", name: "Ada", signIn: null },
  page: {
    languages: null,
    pair: null,
    recording: RESTING,
    trouble: null,
    demonstrationHint: false,
    showsDelays: false,
  },
  list: { ...NOTHING_LISTED, phase: "ready" },
  opened: NOTHING_OPENED,
  dialog: null,
  done: null,
  nowMs: Date.parse("2026-11-22T12:00:00Z"),
};

const SUMMARY: Summary = {
  id: "c",
  title: "Ships",
  sourceLanguage: "auto",
  targetLanguage: "de",
  createdAt: "2026-11-22T11:00:00Z",
  updatedAt: "2026-11-22T11:55:00Z",
  durationMs: 83_000,
  paragraphCount: 12,
  match: null,
};

const CONVERSATION: StoredConversation = {
  ...SUMMARY,
  paragraphs: [
    {
      index: 0,
      sourceText: "Доброе утро.",
      sourceLanguage: "ru",
      translatedText: "Guten <b>Morgen</b>.",
      translationStatus: "final",
      doubts: [],
      startedAt: "2026-11-22T11:01:05Z",
    },
    {
      index: 1,
      sourceText: "Hi.",
      sourceLanguage: "",
      translatedText: "",
      translationStatus: "pending",
      doubts: [],
      startedAt: "2026-11-22T11:01:20Z",
    },
  ],
};

function site(change: Partial<SiteState> = {}): string {
  return renderToString(<App state={{ ...SITE, ...change }} actions={actions} />);
}

function list(change: Partial<ListState>): string {
  return site({ list: { ...SITE.list, ...change } });
}

function conversation(change: Partial<OpenedState> = {}, paragraph: number | null = null): string {
  const opened: OpenedState = { phase: "ready", id: "c", conversation: CONVERSATION, trouble: null };
  return site({ route: { view: "conversation", id: "c", paragraph }, opened: { ...opened, ...change } });
}

describe("the history", () => {
  test("tells of each conversation its title, languages, times, length and size", () => {
    const html = list({ summaries: [SUMMARY] });
    expect(html).toContain('href="/history/c"');
    expect(html.replaceAll(/<[^>]+>/g, "")).toMatch(
      /Ships.*Any language →into German.*Recorded 1 hour ago, changed 5 minutes ago.*1:23.*12 paragraphs/,
    );
    expect(html).toContain('<time datetime="2026-11-22T11:00:00Z" title=');
    expect(html).toContain('aria-label="Delete: Ships"');
  });

  test("marks what was searched for, and leads to where it stands", () => {
    const snippet = [
      { text: "the <i>", hit: false },
      { text: "harbour", hit: true },
    ];
    const html = list({ summaries: [{ ...SUMMARY, match: { side: "source", paragraph: 3, snippet } }] });
    expect(html).toContain("the &lt;i><mark>harbour</mark>");
    expect(html).toContain('href="/history/c#p-3"');
  });

  test("says that there is nothing yet, or that nothing was found", () => {
    expect(list({})).toContain("Nothing recorded yet");
    const html = list({ shownQuery: "<b>", query: "<b>", typed: "<b>" });
    expect(html).toContain("Nothing found for “&lt;b>”");
    expect(html).toContain('data-testid="clear-search"');
  });

  test("says neither while it is still loading", () => {
    expect(list({ phase: "loading" })).not.toContain('data-testid="empty"');
  });

  test("that could not be loaded offers another try", () => {
    const html = list({ phase: "failed", trouble: new Trouble("database_unavailable") });
    expect(html).toMatch(/role="alert".*data-testid="retry"/);
  });

  test("offers more only where there is more", () => {
    expect(list({ summaries: [SUMMARY] })).not.toContain('data-testid="load-more"');
    expect(list({ summaries: [SUMMARY], nextCursor: "next" })).toContain('data-testid="load-more"');
  });
});

describe("a conversation", () => {
  test("is read paragraph by paragraph, each in its own language", () => {
    const html = conversation();
    expect(html).toContain('dir="auto" lang="ru" data-testid="source-text">Доброе утро.</p>');
    expect(html).toContain('lang="de" data-testid="translated-text">Guten &lt;b>Morgen&lt;/b>.</p>');
    expect(html).toContain('<time datetime="2026-11-22T11:01:05Z">1:05</time>');
    expect(html).toContain("Not translated yet.");
  });

  test("marks a translation that may be wrong", () => {
    const paragraphs = CONVERSATION.paragraphs.map((one) => ({ ...one, doubts: ["number"] as const }));
    const html = conversation({ conversation: { ...CONVERSATION, paragraphs } });
    expect(html).toContain('aria-label="A number may be wrong." aria-expanded="false"');
    expect(conversation()).not.toContain("doubt-mark");
  });

  test("shows which paragraph the address leads to", () => {
    expect(conversation({}, 1)).toContain('class="pair pointed" id="p-1"');
  });

  test("is exported by plain links", () => {
    const html = conversation();
    expect(html).toContain('href="/api/conversations/c/export?format=docx&amp;text=both" download');
    expect(html.match(/data-testid="export-[a-z]+"/g)).toHaveLength(6);
  });

  test("that is not there says so calmly", () => {
    const html = conversation({ phase: "missing", conversation: null });
    expect(html).toContain("This conversation is not here");
    expect(html).not.toContain('role="alert"');
  });

  test("that could not be loaded offers another try", () => {
    const html = conversation({
      phase: "failed",
      conversation: null,
      trouble: new Trouble("server_unreachable"),
    });
    expect(html).toMatch(/role="alert".*data-testid="retry"/);
  });

  test("is not mistaken for the one that was open before", () => {
    const html = conversation({ id: "other", phase: "loading", conversation: { ...CONVERSATION, id: "b" } });
    expect(html).not.toContain("Доброе утро.");
  });
});

describe("who is not signed in", () => {
  const oidc = { method: "oidc", url: "/login" } as const;
  const local = { method: "local", url: "" } as const;

  test("signs in at the identity provider, or by the one-time link", () => {
    const atProvider = site({ account: { phase: "out", name: "", signIn: oidc } });
    expect(atProvider).toContain('data-testid="sign-in"');
    const byLink = site({ account: { phase: "out", name: "", signIn: local } });
    expect(byLink).toContain("one-time link");
    expect(byLink).not.toContain('data-testid="sign-in"');
  });

  test("any more keeps what is on the page, and is told once", () => {
    const opened = { phase: "failed", trouble: new Trouble("not_signed_in") } as const;
    const html = site({
      account: { phase: "expired", name: "Ada", signIn: oidc },
      route: { view: "conversation", id: "c", paragraph: null },
      opened: { ...opened, id: "c", conversation: CONVERSATION },
    });
    expect(html).toContain("Доброе утро.");
    expect(html.match(/role="alert"/g)).toHaveLength(1);
    expect(html).toContain("Sign in again");
  });
});

describe("elsewhere than on the main screen", () => {
  test("a recording stays in sight and leads back", () => {
    const recording = { ...RESTING, phase: "live" } as const;
    const html = site({ page: { ...SITE.page, recording } });
    expect(html).toMatch(
      /<a href="\/" data-testid="to-speaking" class="chip">.*data-state="live">Recording</,
    );
  });

  test("there is one heading of the first rank", () => {
    for (const html of [site(), conversation(), conversation({ phase: "missing", conversation: null })]) {
      expect(html.match(/<h1/g)).toHaveLength(1);
    }
  });

  test("no style stands in the markup", () => {
    expect(list({ summaries: [SUMMARY] }) + conversation()).not.toMatch(/ style=/);
  });
});

describe("a question", () => {
  const named = { id: "c", title: "<b>Ships</b>" };

  test("about deleting names what would be gone", () => {
    const html = site({
      dialog: { question: { kind: "delete", conversation: named }, busy: false, trouble: null },
    });
    expect(html).toContain("“&lt;b>Ships&lt;/b>” and all its paragraphs");
    expect(html).toMatch(/data-testid="cancel-delete".*data-testid="confirm-delete"/);
  });

  test("about the title says why one was not taken", () => {
    const trouble = new Trouble("bad_title");
    const html = site({
      dialog: { question: { kind: "rename", conversation: named }, busy: false, trouble },
    });
    expect(html).toContain("1 to 200 characters");
    expect(html).toContain('value="&lt;b>Ships&lt;/b>"');
  });
});

test("what was done is said to those who do not see it", () => {
  expect(site({ done: { what: "deleted", title: "Ships" } })).toMatch(
    /role="status">“Ships” was deleted\.<\/p>/,
  );
});
