// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import { describe, expect, test } from "vitest";
import { Page, type PageState } from "../src/page";
import { Preferences } from "../src/preferences";
import {
  memory,
  problem,
  type SeenRequest,
  STARTED,
  StandInBrowser,
  settled,
  storedConversation,
  willing,
} from "./stand-ins";

const LANGUAGES = {
  source: [
    { code: "auto", name: "Detect language" },
    { code: "en", name: "English" },
    { code: "de", name: "German" },
  ],
  target: [
    { code: "en", name: "English" },
    { code: "de", name: "German" },
  ],
  default_source: "auto",
  default_target: "en",
  demonstration_model: true,
};

const CONVERSATION = storedConversation("conversation-1");

function wellAnswered(request: SeenRequest): Response {
  if (request.url === "/api/languages") return Response.json(LANGUAGES);
  if (request.url === "/api/me") return Response.json({ id: "1", display_name: "You" });
  if (request.url.startsWith("/api/conversations/")) return Response.json(CONVERSATION);
  return willing(request);
}

class Scene {
  answer: (request: SeenRequest) => Response = wellAnswered;
  query = "";
  readonly preferences = new Preferences(memory(), memory());
  readonly browser = new StandInBrowser((request) => this.answer(request));
  readonly shown: PageState[] = [];
  readonly page = new Page(
    {
      ...this.browser.seams,
      preferences: this.preferences,
      address: {
        read: () => this.query,
        replace: (query) => {
          this.query = query;
        },
      },
    },
    (state) => this.shown.push(state),
  );

  get state(): PageState {
    return this.page.state;
  }

  async loaded(): Promise<this> {
    await this.page.load();
    return this;
  }

  async live(): Promise<this> {
    this.page.start();
    await settled();
    this.browser.peer.openChannel();
    this.browser.peer.says(STARTED);
    return this;
  }
}

describe("loading", () => {
  test("shows the languages that are offered, and the chosen pair", async () => {
    const scene = new Scene();
    scene.query = "?source=en&target=de";
    await scene.loaded();
    expect(scene.state.pair).toEqual({ source: "en", target: "de" });
    expect(scene.state.languages?.source.map((language) => language.code)).toEqual(["auto", "en", "de"]);
    expect(scene.state.trouble).toBeNull();
    expect(scene.shown.at(-1)).toEqual(scene.state);
  });

  test("without a sign-in says so, and starts nothing", async () => {
    const scene = new Scene();
    scene.answer = () => problem(401, "not_signed_in");
    await scene.loaded();
    expect(scene.state.trouble?.code).toBe("not_signed_in");
    scene.page.start();
    await settled();
    expect(scene.browser.devices.tracks).toEqual([]);
  });

  test("works after another try", async () => {
    const scene = new Scene();
    scene.answer = () => problem(503, "database_unavailable");
    await scene.loaded();
    expect(scene.state.trouble?.code).toBe("database_unavailable");
    scene.answer = wellAnswered;
    scene.page.retry();
    await settled();
    expect(scene.state.trouble).toBeNull();
    expect(scene.state.languages).not.toBeNull();
  });

  test("is tried again when the person comes back to the page", async () => {
    const scene = new Scene();
    scene.answer = () => problem(401, "not_signed_in");
    await scene.loaded();
    scene.answer = wellAnswered;
    scene.page.onVisible();
    await settled();
    expect(scene.state.trouble).toBeNull();
    const requests = scene.browser.server.seen.length;
    scene.page.onVisible();
    expect(scene.browser.server.seen).toHaveLength(requests);
  });
});

describe("choosing languages", () => {
  test("is remembered and written into the address", async () => {
    const scene = await new Scene().loaded();
    scene.page.chooseTarget("de");
    scene.page.chooseSource("en");
    expect(scene.state.pair).toEqual({ source: "en", target: "de" });
    expect(scene.preferences.pair).toEqual({ source: "en", target: "de" });
    expect(scene.query).toBe("?source=en&target=de");
  });

  test("swaps both", async () => {
    const scene = new Scene();
    scene.query = "?source=en&target=de";
    await scene.loaded();
    scene.page.swapLanguages();
    expect(scene.query).toBe("?source=de&target=en");
  });

  test("while live reaches the server", async () => {
    const scene = await (await new Scene().loaded()).live();
    scene.page.chooseTarget("de");
    expect(scene.browser.peer.channel.sent).toContainEqual({
      type: "set_languages",
      source: "auto",
      target: "de",
    });
  });
});

describe("recording", () => {
  test("starts with the chosen pair and tells how long it runs", async () => {
    const scene = new Scene();
    scene.query = "?source=en&target=de";
    await (await scene.loaded()).live();
    expect(scene.browser.server.requests("POST")[0]?.url).toBe("/api/live?source=en&target=de");
    await scene.browser.timers.advance(1_500);
    expect(scene.page.elapsedMs()).toBe(1_500);
    expect(scene.page.level()).toBe(0);
    scene.page.stop();
    expect(scene.state.recording.phase).toBe("finishing");
  });

  test("its trouble is the page's, until it is waved aside", async () => {
    const scene = await (await new Scene().loaded()).live();
    scene.browser.peer.closeChannel();
    expect(scene.state.trouble?.code).toBe("connection_lost");
    scene.page.dismissTrouble();
    expect(scene.state.trouble).toBeNull();
  });

  test("ends when the person leaves the page", async () => {
    const scene = await (await new Scene().loaded()).live();
    scene.page.leave();
    expect(scene.browser.server.requests("DELETE")).toHaveLength(1);
  });
});

describe("after a reload", () => {
  test("the tab shows its conversation again", async () => {
    const scene = await (await new Scene().loaded()).live();
    expect(scene.preferences.conversationId).toBe("conversation-1");
    const reloaded = new Scene();
    reloaded.preferences.conversationId = scene.preferences.conversationId;
    await reloaded.loaded();
    expect(reloaded.state.recording.transcript.paragraphs[0]?.translation?.text).toBe("Hallo.");
    expect(reloaded.state.recording.phase).toBe("idle");
  });

  test("a conversation in which nothing was said is forgotten", async () => {
    const scene = new Scene();
    scene.preferences.conversationId = "nothing-said";
    scene.answer = (request) =>
      request.url.startsWith("/api/conversations/") ? problem(404, "not_found") : wellAnswered(request);
    await scene.loaded();
    expect(scene.preferences.conversationId).toBeNull();
    expect(scene.state.trouble).toBeNull();
  });
});

test("whether delays are shown is chosen here and remembered", async () => {
  const scene = await new Scene().loaded();
  expect(scene.state.showsDelays).toBe(false);
  scene.page.showDelays(true);
  expect(scene.shown.at(-1)?.showsDelays).toBe(true);
  expect(scene.preferences.showsDelays).toBe(true);
});

describe("the hint about the demonstration model", () => {
  test("is shown until it is waved aside", async () => {
    const scene = await new Scene().loaded();
    expect(scene.state.demonstrationHint).toBe(true);
    scene.page.dismissHint();
    expect(scene.state.demonstrationHint).toBe(false);
    expect(scene.shown.at(-1)?.demonstrationHint).toBe(false);
  });

  test("is not shown where a better model translates", async () => {
    const scene = new Scene();
    scene.answer = (request) =>
      request.url === "/api/languages"
        ? Response.json({ ...LANGUAGES, demonstration_model: false })
        : wellAnswered(request);
    await scene.loaded();
    expect(scene.state.demonstrationHint).toBe(false);
  });
});
