// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import { describe, expect, test } from "vitest";
import { loudness, type MicrophoneSeams, microphoneCode, openMicrophone } from "../src/microphone";
import { Trouble } from "../src/trouble";
import { settled, standInTrack } from "./stand-ins";

const silence = { onLost() {}, onMuted() {} };

function refusing(name: string): MicrophoneSeams {
  const devices = { getUserMedia: () => Promise.reject(new DOMException("no", name)) };
  return { devices: devices as unknown as MediaDevices, createAudioContext: noAudioContext };
}

function giving(track: MediaStreamTrack): MicrophoneSeams {
  const stream = { getAudioTracks: () => [track], getTracks: () => [track] };
  const devices = { getUserMedia: () => Promise.resolve(stream) };
  return { devices: devices as unknown as MediaDevices, createAudioContext: noAudioContext };
}

function noAudioContext(): AudioContext {
  throw new DOMException("too many", "NotSupportedError");
}

async function troubleOf(seams: MicrophoneSeams): Promise<string> {
  const failure: unknown = await openMicrophone(seams, silence).catch((error: unknown) => error);
  return failure instanceof Trouble ? failure.code : "none";
}

describe("why a microphone cannot be opened", () => {
  test.each([
    ["NotAllowedError", "microphone_refused"],
    ["SecurityError", "microphone_refused"],
    ["NotFoundError", "microphone_missing"],
    ["OverconstrainedError", "microphone_missing"],
    ["NotReadableError", "microphone_in_use"],
    ["AbortError", "microphone_in_use"],
    ["InvalidStateError", "microphone_failed"],
  ])("%s is %s", async (name, code) => {
    expect(microphoneCode(name)).toBe(code);
    expect(await troubleOf(refusing(name))).toBe(code);
  });

  test("a page that did not come over HTTPS has no devices to ask", async () => {
    const seams = { devices: undefined, createAudioContext: noAudioContext };
    expect(await troubleOf(seams)).toBe("insecure_context");
  });
});

describe("an open microphone", () => {
  test("works without a meter where there is no audio graph to spare", async () => {
    const track = standInTrack();
    const microphone = await openMicrophone(giving(track), silence);
    expect(microphone.track).toBe(track);
    expect(microphone.level()).toBe(0);
  });

  test("is let go of when it is closed", async () => {
    const track = standInTrack();
    (await openMicrophone(giving(track), silence)).close();
    expect(track).toMatchObject({ stopped: true });
  });

  test("tells when the system takes or silences it", async () => {
    const track = standInTrack();
    const heard: string[] = [];
    await openMicrophone(giving(track), {
      onLost: () => heard.push("lost"),
      onMuted: (muted) => heard.push(muted ? "muted" : "unmuted"),
    });
    for (const type of ["mute", "unmute", "ended"]) track.dispatchEvent(new Event(type));
    await settled();
    expect(heard).toEqual(["muted", "unmuted", "lost"]);
  });
});

describe("loudness", () => {
  const tone = (amplitude: number) => new Float32Array(1024).fill(amplitude);

  test("is 0 for digital silence and 1 for full scale", () => {
    expect(loudness(tone(0))).toBe(0);
    expect(loudness(tone(1))).toBe(1);
  });

  test("grows by even steps where the sound grows by even factors", () => {
    const [quiet, middle, loud] = [0.01, 0.04, 0.16].map((amplitude) => loudness(tone(amplitude)));
    expect(middle).toBeGreaterThan(quiet ?? 1);
    expect((loud ?? 0) - (middle ?? 0)).toBeCloseTo((middle ?? 0) - (quiet ?? 0));
  });
});
