// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// The microphone: opening it, why it cannot be opened, and how loud it is.

import { type MicrophoneCode, Trouble } from "./trouble";

/** Speech from one person near the device: the browser's own clean-up helps more than it harms. */
const CONSTRAINTS: MediaStreamConstraints = {
  audio: {
    channelCount: { ideal: 1 },
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
  },
};

/** Where the meter begins and where it is full, in dB of full scale. */
const QUIET_DB = -55;
const LOUD_DB = -12;

export interface MicrophoneListener {
  /** The device is gone: unplugged, or taken away by the system. */
  onLost(): void;
  /** The system or a switch on the device silences it. */
  onMuted(muted: boolean): void;
}

export interface Microphone {
  readonly track: MediaStreamTrack;
  /** How loud it is now, from 0 to 1. */
  level(): number;
  close(): void;
}

export interface MicrophoneSeams {
  /** Undefined where the page did not come over HTTPS or from localhost. */
  readonly devices: MediaDevices | undefined;
  readonly createAudioContext: () => AudioContext;
}

/** Asks the person where that is needed. Rejects with Trouble. */
export async function openMicrophone(
  seams: MicrophoneSeams,
  listener: MicrophoneListener,
): Promise<Microphone> {
  const stream = await capture(seams.devices);
  const track = stream.getAudioTracks()[0];
  if (track === undefined) throw new Trouble("microphone_missing");
  track.addEventListener("ended", () => listener.onLost());
  track.addEventListener("mute", () => listener.onMuted(true));
  track.addEventListener("unmute", () => listener.onMuted(false));
  const meter = openMeter(seams.createAudioContext, stream);
  return { track, level: () => meter.level(), close: () => release(stream, meter) };
}

async function capture(devices: MediaDevices | undefined): Promise<MediaStream> {
  if (devices === undefined) throw new Trouble("insecure_context");
  try {
    return await devices.getUserMedia(CONSTRAINTS);
  } catch (error) {
    if (error instanceof DOMException) throw new Trouble(microphoneCode(error.name), error.message);
    throw error;
  }
}

/** From the name of what getUserMedia rejects with (Media Capture and Streams, section 10.2). */
export function microphoneCode(name: string): MicrophoneCode {
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return "microphone_refused";
    case "NotFoundError":
    case "OverconstrainedError":
      return "microphone_missing";
    case "NotReadableError":
    case "AbortError":
      return "microphone_in_use";
    default:
      return "microphone_failed";
  }
}

interface Meter {
  level(): number;
  close(): void;
}

/** Recording goes on without a meter where the browser has no audio graph to spare. */
function openMeter(createAudioContext: () => AudioContext, stream: MediaStream): Meter {
  try {
    return measure(createAudioContext(), stream);
  } catch (error) {
    if (error instanceof DOMException) return { level: () => 0, close() {} };
    throw error;
  }
}

function measure(context: AudioContext, stream: MediaStream): Meter {
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    level() {
      analyser.getFloatTimeDomainData(samples);
      return loudness(samples);
    },
    close: () => void context.close(),
  };
}

/** 0 for what is as quiet as a quiet room, 1 for loud speech, even steps in dB between. */
export function loudness(samples: Float32Array): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const db = 10 * Math.log10(power);
  return Math.min(1, Math.max(0, (db - QUIET_DB) / (LOUD_DB - QUIET_DB)));
}

function release(stream: MediaStream, meter: Meter): void {
  for (const track of stream.getTracks()) track.stop();
  meter.close();
}
