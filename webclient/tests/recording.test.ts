// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import { describe, expect, test } from "vitest";
import type { Event } from "../src/protocol";
import { RELEASE_AFTER_STOP_MS, Recording } from "../src/recording";
import { EMPTY_TRANSCRIPT } from "../src/transcript";
import { deferred, problem, type SeenRequest, STARTED, StandInBrowser, settled } from "./stand-ins";

const PAIR = { source: "auto", target: "de" };
const words: Event = { type: "stt_partial", paragraph_id: 0, text: "Hello", stable: 0, language: "en" };
const ended: Event = { type: "session_ended", reason: "stopped" };

class Scene {
  readonly browser: StandInBrowser;
  readonly recording: Recording;
  readonly phases: string[] = [];

  constructor(answer?: (request: SeenRequest) => Response) {
    this.browser = new StandInBrowser(answer);
    this.recording = new Recording(this.browser.seams, () => this.#note());
  }

  get trouble(): string | null {
    return this.recording.state.trouble?.code ?? null;
  }

  async live(): Promise<this> {
    await this.recording.start(PAIR);
    this.browser.peer.openChannel();
    this.browser.peer.says(STARTED);
    return this;
  }

  #note(): void {
    const { phase } = this.recording.state;
    if (phase !== this.phases.at(-1)) this.phases.push(phase);
  }
}

describe("from Start to the last word", () => {
  test("every phase is passed, and the text stays", async () => {
    const scene = await new Scene().live();
    scene.browser.peer.says(words);
    scene.recording.stop();
    scene.browser.peer.says(ended);
    expect(scene.phases).toEqual(["asking", "connecting", "live", "finishing", "idle"]);
    expect(scene.recording.state.transcript.paragraphs).toHaveLength(1);
    expect(scene.trouble).toBeNull();
    expect(scene.browser.devices.on).toBe(0);
  });

  test("the microphone is asked for before anything connects", async () => {
    const scene = new Scene();
    const consent = deferred<void>();
    scene.browser.devices.answer = () => consent.promise;
    const starting = scene.recording.start(PAIR);
    await settled();
    expect(scene.recording.state.phase).toBe("asking");
    expect(scene.browser.peers).toEqual([]);
    consent.resolve();
    await starting;
    expect(scene.browser.peers).toHaveLength(1);
  });

  test("the clock runs from the moment that recording began", async () => {
    const scene = new Scene();
    await scene.browser.timers.advance(5_000);
    await scene.live();
    await scene.browser.timers.advance(1_000);
    scene.browser.peer.says(words);
    expect(scene.recording.state.liveSinceMs).toBe(5_000);
  });

  test("the microphone is let go of soon after Stop, not only after the last word", async () => {
    const scene = await new Scene().live();
    scene.recording.stop();
    await scene.browser.timers.advance(RELEASE_AFTER_STOP_MS);
    expect(scene.recording.state.phase).toBe("finishing");
    expect(scene.browser.devices.on).toBe(0);
  });

  test("a second tap on Start is no second conversation", async () => {
    const scene = await new Scene().live();
    await scene.recording.start(PAIR);
    expect(scene.browser.peers).toHaveLength(1);
    expect(scene.recording.state.phase).toBe("live");
  });

  test("starting again clears the text and numbers anew", async () => {
    const scene = await new Scene().live();
    scene.browser.peer.says(words);
    scene.browser.peer.says(ended);
    await scene.recording.start(PAIR);
    expect(scene.recording.state.transcript).toBe(EMPTY_TRANSCRIPT);
    scene.browser.peer.openChannel();
    scene.browser.peer.says(STARTED);
    scene.browser.peer.says(words);
    expect(scene.recording.state.transcript.paragraphs).toHaveLength(1);
  });

  test("a quick end and a new start keep the new microphone", async () => {
    const scene = await new Scene().live();
    scene.recording.stop();
    scene.browser.peer.says(ended);
    await scene.live();
    await scene.browser.timers.advance(RELEASE_AFTER_STOP_MS);
    expect(scene.browser.devices.on).toBe(1);
  });
});

describe("changing one's mind", () => {
  test("while the browser asks: the microphone that comes then is let go of", async () => {
    const scene = new Scene();
    const consent = deferred<void>();
    scene.browser.devices.answer = () => consent.promise;
    const starting = scene.recording.start(PAIR);
    scene.recording.stop();
    expect(scene.recording.state.phase).toBe("idle");
    consent.resolve();
    await starting;
    expect(scene.browser.devices.tracks).toHaveLength(1);
    expect(scene.browser.devices.on).toBe(0);
    expect(scene.browser.peers).toEqual([]);
  });

  test("while the browser asks: a refusal then is no trouble any more", async () => {
    const scene = new Scene();
    scene.browser.devices.answer = () => Promise.reject(new DOMException("no", "NotAllowedError"));
    const starting = scene.recording.start(PAIR);
    scene.recording.stop();
    await starting;
    expect(scene.recording.state.phase).toBe("idle");
    expect(scene.trouble).toBeNull();
  });

  test("while connecting: nothing is left", async () => {
    const scene = new Scene();
    await scene.recording.start(PAIR);
    scene.recording.stop();
    expect(scene.recording.state.phase).toBe("idle");
    expect(scene.browser.devices.on).toBe(0);
    expect(scene.browser.server.requests("DELETE")).toHaveLength(1);
  });

  test("of languages while live is a command, and holds for what comes", async () => {
    const scene = await new Scene().live();
    scene.recording.setLanguages({ source: "en", target: "fr" });
    expect(scene.browser.peer.channel.sent).toEqual([{ type: "set_languages", source: "en", target: "fr" }]);
    scene.browser.peer.says({ type: "translation_delta", paragraph_id: 0, text: "Oui", offset: 0 });
    expect(scene.recording.state.transcript.paragraphs[0]?.translation?.language).toBe("fr");
  });
});

describe("what can go wrong", () => {
  test("a refused microphone", async () => {
    const scene = new Scene();
    scene.browser.devices.answer = () => Promise.reject(new DOMException("no", "NotAllowedError"));
    await scene.recording.start(PAIR);
    expect(scene.phases).toEqual(["asking", "failed"]);
    expect(scene.trouble).toBe("microphone_refused");
    expect(scene.browser.server.seen).toEqual([]);
  });

  test("a login that has expired", async () => {
    const scene = new Scene(() => problem(401, "not_signed_in"));
    await scene.recording.start(PAIR);
    expect(scene.phases).toEqual(["asking", "connecting", "failed"]);
    expect(scene.trouble).toBe("not_signed_in");
    expect(scene.browser.devices.on).toBe(0);
  });

  test.each([
    ["server_stopping", "server_stopping"],
    ["disconnected", "disconnected"],
    ["internal_error", "ended_by_error"],
  ] as const)("a server that ends it: %s", async (reason, code) => {
    const scene = await new Scene().live();
    scene.browser.peer.says({ type: "session_ended", reason });
    expect(scene.recording.state.phase).toBe("failed");
    expect(scene.trouble).toBe(code);
  });

  test("a microphone that is pulled out: what was said is still finished", async () => {
    const scene = await new Scene().live();
    scene.browser.devices.tracks[0]?.dispatchEvent(new globalThis.Event("ended"));
    expect(scene.recording.state.phase).toBe("finishing");
    scene.browser.peer.says(words);
    scene.browser.peer.says(ended);
    expect(scene.recording.state.phase).toBe("idle");
    expect(scene.trouble).toBe("microphone_lost");
    expect(scene.recording.state.transcript.paragraphs).toHaveLength(1);
  });

  test("a microphone that the system mutes", async () => {
    const scene = await new Scene().live();
    scene.browser.devices.tracks[0]?.dispatchEvent(new globalThis.Event("mute"));
    expect(scene.recording.state.microphoneMuted).toBe(true);
    scene.browser.devices.tracks[0]?.dispatchEvent(new globalThis.Event("unmute"));
    expect(scene.recording.state.microphoneMuted).toBe(false);
  });

  test("a server that does not answer, and then does", async () => {
    const scene = await new Scene().live();
    await scene.browser.timers.advance(8_000);
    expect(scene.recording.state).toMatchObject({ phase: "live", answering: false });
    scene.browser.peer.says({ type: "pong", nonce: 1 });
    expect(scene.recording.state).toMatchObject({ phase: "live", answering: true });
  });

  test("trouble that is waved aside leaves the page ready", async () => {
    const scene = await new Scene().live();
    scene.browser.peer.closeChannel();
    expect(scene.recording.state.phase).toBe("failed");
    scene.recording.dismissTrouble();
    expect(scene.recording.state).toMatchObject({ phase: "idle", trouble: null });
  });

  test("lost words are said after the end, a part that did not answer is not", async () => {
    const scene = await new Scene().live();
    for (const code of ["translator_unavailable", "words_lost"]) {
      scene.browser.peer.says({ type: "notice", code, message: "" });
    }
    expect(scene.recording.state.transcript.notices).toHaveLength(2);
    scene.browser.peer.says(ended);
    expect(scene.recording.state.transcript.notices.map((notice) => notice.code)).toEqual(["words_lost"]);
    scene.recording.dismissNotice("words_lost");
    expect(scene.recording.state.transcript.notices).toEqual([]);
  });
});

test("leaving the page tells the server", async () => {
  const scene = await new Scene().live();
  scene.recording.leave();
  expect(scene.browser.server.requests("DELETE")).toHaveLength(1);
  expect(scene.browser.devices.on).toBe(0);
});
