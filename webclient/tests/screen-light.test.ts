// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import { expect, test } from "vitest";
import { ScreenLight } from "../src/screen-light";
import { deferred, settled } from "./stand-ins";

class StandInWakeLock {
  readonly sentinels: { released: boolean; release(): Promise<void> }[] = [];
  grant: Promise<void> = Promise.resolve();

  get asWakeLock(): WakeLock {
    return this as unknown as WakeLock;
  }

  get held(): number {
    return this.sentinels.filter((sentinel) => !sentinel.released).length;
  }

  async request(): Promise<unknown> {
    await this.grant;
    const sentinel = {
      released: false,
      async release() {
        sentinel.released = true;
      },
    };
    this.sentinels.push(sentinel);
    return sentinel;
  }
}

test("the light stays on from the first word to the last", async () => {
  const lock = new StandInWakeLock();
  const light = new ScreenLight(lock.asWakeLock);
  await light.keep(true);
  expect(lock.held).toBe(1);
  await light.keep(false);
  expect(lock.held).toBe(0);
});

test("saying it again asks for nothing", async () => {
  const lock = new StandInWakeLock();
  const light = new ScreenLight(lock.asWakeLock);
  await Promise.all([light.keep(true), light.keep(true)]);
  await light.keep(true);
  expect(lock.sentinels).toHaveLength(1);
});

test("a lock that the browser took back is asked for again", async () => {
  const lock = new StandInWakeLock();
  const light = new ScreenLight(lock.asWakeLock);
  await light.keep(true);
  await lock.sentinels[0]?.release();
  await light.keep(true);
  expect(lock.held).toBe(1);
});

test("a stop while the browser is still thinking leaves nothing on", async () => {
  const lock = new StandInWakeLock();
  const thinking = deferred<void>();
  lock.grant = thinking.promise;
  const light = new ScreenLight(lock.asWakeLock);
  void light.keep(true);
  void light.keep(false);
  thinking.resolve();
  await settled();
  expect(lock.held).toBe(0);
});

test("a browser that refuses, or has no such thing, is no trouble", async () => {
  const lock = new StandInWakeLock();
  lock.grant = Promise.reject(new DOMException("low battery", "NotAllowedError"));
  await new ScreenLight(lock.asWakeLock).keep(true);
  await new ScreenLight(undefined).keep(true);
  expect(lock.held).toBe(0);
});
