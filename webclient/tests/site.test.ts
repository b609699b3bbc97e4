// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import { describe, expect, test } from "vitest";
import { TYPING_PAUSE_MS } from "../src/history";
import { Preferences } from "../src/preferences";
import type { Place } from "../src/route";
import { Site, type SiteState } from "../src/site";
import {
  memory,
  problem,
  type SeenRequest,
  STARTED,
  StandInBrowser,
  settled,
  storedConversation,
  storedSummary,
  willing,
} from "./stand-ins";

const LANGUAGES = {
  source: [{ code: "auto", name: "Detect language" }],
  target: [{ code: "de", name: "German" }],
  default_source: "auto",
  default_target: "de",
  demonstration_model: false,
};

function wellAnswered(request: SeenRequest): Response {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  if (pathname === "/api/languages") return Response.json(LANGUAGES);
  if (pathname === "/api/me") return Response.json({ id: "1", display_name: "Ada" });
  if (pathname === "/api/sign-in") return Response.json({ method: "oidc", url: "/login" });
  if (pathname === "/api/logout") return Response.json({ next: "/" });
  if (pathname === "/api/conversations") {
    const ids = searchParams.has("q") ? ["found"] : ["a", "b"];
    return Response.json({ conversations: ids.map((id) => storedSummary(id)), next_cursor: null });
  }
  if (request.method === "PATCH") return Response.json(storedSummary("a", { title: "New" }));
  if (request.method === "GET") return Response.json(storedConversation(pathname.split("/").at(-1) ?? ""));
  return willing(request);
}

/** Every address but the one that tells how to sign in. */
function signedOut(request: SeenRequest): Response {
  return request.url === "/api/sign-in" ? wellAnswered(request) : problem(401, "not_signed_in");
}

class Scene {
  answer: (request: SeenRequest) => Response = wellAnswered;
  readonly visited: string[];
  left: string | null = null;
  readonly copied: string[] = [];
  readonly preferences = new Preferences(memory(), memory());
  readonly browser = new StandInBrowser((request) => this.answer(request));
  readonly site: Site;

  constructor(address = "/") {
    this.visited = [address];
    const place = (): Place => new URL(this.visited.at(-1) ?? "", "http://localhost");
    this.site = new Site(
      {
        ...this.browser.seams,
        preferences: this.preferences,
        address: { read: () => place().search, replace() {} },
        bar: {
          get place() {
            return place();
          },
          push: (next) => void this.visited.push(next),
          replace: (next) => void this.visited.splice(-1, 1, next),
          toTop() {},
          leave: (next) => {
            this.left = next;
          },
        },
        clipboard: { writeText: async (text) => void this.copied.push(text) },
        wallNow: () => Date.parse("2026-11-22T12:00:00Z"),
      },
      () => {},
    );
  }

  get state(): SiteState {
    return this.site.state;
  }

  async loaded(): Promise<this> {
    await this.site.load();
    return this;
  }

  async live(): Promise<this> {
    this.site.page.start();
    await settled();
    this.browser.peer.openChannel();
    this.browser.peer.says(STARTED);
    return this;
  }

  back(): void {
    this.visited.pop();
    this.site.onMoved();
  }
}

describe("walking", () => {
  test("to the history and back loads the list", async () => {
    const scene = await new Scene().loaded();
    scene.site.go("/history");
    await settled();
    expect(scene.state.list.summaries.map(({ id }) => id)).toEqual(["a", "b"]);
    scene.back();
    expect(scene.state.route.view).toBe("speak");
  });

  test("never interrupts a recording", async () => {
    const scene = await (await new Scene().loaded()).live();
    scene.site.go("/history");
    await settled();
    scene.browser.peer.says({ type: "stt_partial", paragraph_id: 0, text: "Hi", stable: 0, language: "en" });
    expect(scene.state.page.recording.phase).toBe("live");
    scene.back();
    expect(scene.state.page.recording.transcript.paragraphs).toHaveLength(1);
  });

  test("to another paragraph of the same conversation loads nothing again", async () => {
    const scene = await new Scene("/history/a").loaded();
    const asked = scene.browser.server.seen.length;
    scene.site.go("/history/a#p-0");
    expect(scene.state.route).toEqual({ view: "conversation", id: "a", paragraph: 0 });
    await settled();
    expect(scene.browser.server.seen).toHaveLength(asked);
  });

  test("to a conversation that is not there, or another person's", async () => {
    const scene = await new Scene().loaded();
    scene.answer = () => problem(404, "not_found");
    scene.site.go("/history/x");
    await settled();
    expect(scene.state.opened).toMatchObject({ phase: "missing", conversation: null });
  });

  test("on before an answer has come shows only where one has arrived", async () => {
    const scene = await new Scene().loaded();
    scene.site.go("/history/a");
    scene.site.go("/history/b");
    await settled();
    expect(scene.state.opened.conversation?.id).toBe("b");
  });
});

describe("searching", () => {
  test("waits for the person to stop typing, and keeps the words in the address", async () => {
    const scene = await new Scene("/history").loaded();
    scene.site.search("har");
    await scene.browser.timers.advance(TYPING_PAUSE_MS - 1);
    scene.site.search("harbour");
    expect(scene.state.list.typed).toBe("harbour");
    await scene.browser.timers.advance(TYPING_PAUSE_MS);
    const asked = scene.browser.server.seen.filter(({ url }) => url.includes("q="));
    expect(asked.map(({ url }) => url)).toEqual(["/api/conversations?limit=30&q=harbour"]);
    expect(scene.visited).toEqual(["/history?q=harbour"]);
    expect(scene.state.list.summaries.map(({ id }) => id)).toEqual(["found"]);
  });

  test("takes no notice of spaces around the words, and leaves them to whoever types them", async () => {
    const scene = await new Scene("/history").loaded();
    scene.site.search(" harbour ");
    await scene.browser.timers.advance(TYPING_PAUSE_MS);
    expect(scene.state.list).toMatchObject({ typed: " harbour ", query: "harbour" });
    expect(scene.visited).toEqual(["/history?q=harbour"]);
  });

  test("is over when the person goes elsewhere", async () => {
    const scene = await new Scene("/history").loaded();
    scene.site.search("harbour");
    scene.site.go("/");
    await scene.browser.timers.advance(TYPING_PAUSE_MS);
    expect(scene.visited.at(-1)).toBe("/");
  });

  test("comes back with the address", async () => {
    const scene = await new Scene("/history?q=harbour").loaded();
    expect(scene.state.list).toMatchObject({ typed: "harbour", shownQuery: "harbour" });
  });
});

describe("changing a conversation", () => {
  const conversation = { id: "a", title: "Title of a" };

  test("renames it wherever it is shown", async () => {
    const scene = await new Scene("/history").loaded();
    scene.site.go("/history/a");
    await settled();
    scene.site.askRename(conversation);
    scene.site.rename("New");
    expect(scene.state.dialog?.busy).toBe(true);
    await settled();
    expect(scene.state.dialog).toBeNull();
    expect(scene.state.opened.conversation?.title).toBe("New");
    expect(scene.state.list.summaries[0]?.title).toBe("New");
    expect(scene.state.done).toEqual({ what: "renamed", title: "New" });
  });

  test("that cannot be done keeps the dialog open and says why", async () => {
    const scene = await new Scene("/history").loaded();
    scene.answer = () => problem(422, "bad_title");
    scene.site.askRename(conversation);
    scene.site.rename("New");
    await settled();
    expect(scene.state.dialog).toMatchObject({ busy: false, trouble: { code: "bad_title" } });
    scene.site.closeDialog();
    expect(scene.state.dialog).toBeNull();
  });

  test("deletes it only after the question", async () => {
    const scene = await new Scene("/history").loaded();
    scene.site.delete();
    scene.site.askDelete(conversation);
    await settled();
    expect(scene.browser.server.requests("DELETE")).toEqual([]);
    scene.site.delete();
    scene.site.delete();
    await settled();
    expect(scene.browser.server.requests("DELETE")).toHaveLength(1);
    expect(scene.state.list.summaries.map(({ id }) => id)).toEqual(["b"]);
  });

  test("deletes what another tab has deleted already", async () => {
    const scene = await new Scene("/history").loaded();
    scene.answer = () => problem(404, "not_found");
    scene.site.askDelete(conversation);
    scene.site.delete();
    await settled();
    expect(scene.state.dialog).toBeNull();
    expect(scene.state.list.summaries.map(({ id }) => id)).toEqual(["b"]);
  });

  test("deleted while it is open leads back to the list", async () => {
    const scene = await new Scene("/history/a").loaded();
    scene.site.askDelete(conversation);
    scene.site.delete();
    await settled();
    expect(scene.visited).toEqual(["/history"]);
    expect(scene.state.done).toEqual({ what: "deleted", title: "Title of a" });
  });

  test("deleted is gone from the main screen, too", async () => {
    const scene = new Scene("/history");
    scene.preferences.conversationId = "a";
    await scene.loaded();
    expect(scene.state.page.recording.transcript.paragraphs).toHaveLength(1);
    scene.site.askDelete(conversation);
    scene.site.delete();
    await settled();
    expect(scene.state.page.recording.transcript.paragraphs).toEqual([]);
    expect(scene.preferences.conversationId).toBeNull();
  });
});

describe("signing in", () => {
  test("is offered to those who are not, and leads back to where they were", async () => {
    const scene = new Scene("/history?q=harbour");
    scene.answer = signedOut;
    await scene.loaded();
    expect(scene.state.account).toMatchObject({ phase: "out", signIn: { method: "oidc", url: "/login" } });
    expect(scene.left).toBeNull();
    scene.site.signIn();
    expect(scene.left).toBe("/login?next=%2Fhistory%3Fq%3Dharbour");
  });

  test("in another tab is noticed when the person comes back", async () => {
    const scene = new Scene();
    scene.answer = signedOut;
    await scene.loaded();
    scene.answer = wellAnswered;
    scene.site.onVisible();
    await settled();
    expect(scene.state.account).toMatchObject({ phase: "in", name: "Ada" });
    expect(scene.state.page.languages).not.toBeNull();
  });

  test("begins by itself when the login has ended and nothing would be lost", async () => {
    const scene = await new Scene("/history/a#p-0").loaded();
    scene.answer = signedOut;
    scene.site.onVisible();
    await settled();
    expect(scene.left).toBe("/login?next=%2Fhistory%2Fa%23p-0");
    expect(scene.state.opened.conversation?.id).toBe("a");
  });

  test("waits while something is recorded, and keeps the text", async () => {
    const scene = await (await new Scene().loaded()).live();
    scene.browser.peer.says({ type: "stt_partial", paragraph_id: 0, text: "Hi", stable: 0, language: "en" });
    scene.answer = signedOut;
    scene.site.onVisible();
    await settled();
    expect(scene.left).toBeNull();
    expect(scene.state.account.phase).toBe("expired");
    expect(scene.state.page.recording.transcript.paragraphs).toHaveLength(1);
  });

  test("begins by itself when a recording was refused for it", async () => {
    const scene = await new Scene("/?source=en").loaded();
    scene.answer = signedOut;
    scene.site.page.start();
    await settled();
    expect(scene.left).toBe("/login?next=%2F%3Fsource%3Den");
  });

  test("as somebody else in another tab takes everything off this one", async () => {
    const scene = new Scene("/history/a");
    scene.preferences.conversationId = "a";
    await scene.loaded();
    scene.answer = (request) =>
      request.url === "/api/me" ? Response.json({ id: "2", display_name: "Bob" }) : problem(404, "not_found");
    scene.site.onVisible();
    await settled();
    expect(scene.left).toBe("/");
    expect(scene.state.account.phase).toBe("out");
    expect(scene.preferences.conversationId).toBeNull();
  });

  test("waits while a title is being written", async () => {
    const scene = await new Scene("/history").loaded();
    scene.site.askRename({ id: "a", title: "Title of a" });
    scene.answer = signedOut;
    scene.site.rename("New");
    await settled();
    expect(scene.left).toBeNull();
    expect(scene.state.dialog?.trouble?.code).toBe("not_signed_in");
    scene.site.signIn();
    expect(scene.left).toBe("/login?next=%2Fhistory");
  });

  test("with a one-time link leaves the page as it is", async () => {
    const scene = await new Scene("/history/a").loaded();
    scene.answer = (request) =>
      request.url === "/api/sign-in" ? Response.json({ method: "local", url: "" }) : signedOut(request);
    scene.site.onVisible();
    await settled();
    expect(scene.left).toBeNull();
    expect(scene.state.account).toMatchObject({ phase: "expired", signIn: { method: "local" } });
  });

  test("is asked about once, however many requests were refused", async () => {
    const scene = new Scene();
    scene.answer = signedOut;
    await scene.loaded();
    expect(scene.browser.server.seen.filter(({ url }) => url === "/api/sign-in")).toHaveLength(1);
  });
});

describe("warming up", () => {
  const wishes = (scene: Scene) =>
    scene.browser.server.seen.filter(({ url, method }) => url === "/api/warm-up" && method === "POST").length;

  test("is wished for when the page opens and when it is seen again", async () => {
    const scene = await new Scene().loaded();
    expect(wishes(scene)).toBe(1);
    scene.site.onVisible();
    await settled();
    expect(wishes(scene)).toBe(2);
  });

  test("is nothing for those who are not signed in", async () => {
    const scene = new Scene();
    scene.answer = signedOut;
    await scene.loaded();
    expect(wishes(scene)).toBe(0);
  });

  test("that fails shows nothing", async () => {
    const scene = new Scene();
    scene.answer = (request) =>
      request.url === "/api/warm-up" ? problem(500, "internal_error") : wellAnswered(request);
    await scene.loaded();
    expect(scene.state.account.phase).toBe("in");
    expect(scene.state.page.trouble).toBeNull();
  });
});

describe("signing out", () => {
  test("leaves for where the server says, and leaves nothing behind", async () => {
    const scene = new Scene();
    scene.preferences.conversationId = "a";
    await scene.loaded();
    scene.site.askSignOut();
    await settled();
    expect(scene.left).toBe("/");
    expect(scene.state.account.phase).toBe("out");
    expect(scene.preferences.conversationId).toBeNull();
  });

  test("asks first while something is recorded", async () => {
    const scene = await (await new Scene().loaded()).live();
    scene.site.askSignOut();
    await settled();
    expect(scene.left).toBeNull();
    expect(scene.state.dialog?.question.kind).toBe("sign_out");
    scene.site.signOut();
    await settled();
    expect(scene.left).toBe("/");
  });
});

describe("copying", () => {
  test("says that it was done, or that the browser did not allow it", async () => {
    const scene = new Scene();
    expect(await scene.site.copy("Hallo.")).toBe(true);
    expect(scene.copied).toEqual(["Hallo."]);
  });
});
