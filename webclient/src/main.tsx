// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// Where the browser's own parts meet the page's; nothing else happens here.

import "./style.css";

import { render } from "preact";
import { Preferences, storeOrNone } from "./preferences";
import { ScreenLight } from "./screen-light";
import { Site, type SiteState } from "./site";
import { realTimers } from "./timers";
import { App } from "./views/app";

const place = document.getElementById("page");
if (place === null) throw new Error("index.html has no #page");
const root: HTMLElement = place;

const light = new ScreenLight(navigator.wakeLock);

const site = new Site(
  {
    fetch: (input, init) => window.fetch(input, init),
    createPeer: () => new RTCPeerConnection({ iceServers: [], bundlePolicy: "max-bundle" }),
    timers: realTimers,
    devices: navigator.mediaDevices,
    createAudioContext: () => new AudioContext(),
    now: () => performance.now(),
    wallNow: () => Date.now(),
    preferences: new Preferences(
      storeOrNone(() => window.localStorage),
      storeOrNone(() => window.sessionStorage),
    ),
    address: {
      read: () => window.location.search,
      replace: (query) => window.history.replaceState(null, "", query),
    },
    bar: {
      get place() {
        return window.location;
      },
      push: (address) => window.history.pushState(null, "", address),
      replace: (address) => window.history.replaceState(null, "", address),
      toTop: () => window.scrollTo(0, 0),
      leave: (address) => window.location.assign(address),
    },
    clipboard: navigator.clipboard,
  },
  show,
);

function show(state: SiteState): void {
  void light.keep(state.page.recording.phase === "live");
  render(<App state={state} actions={site} />, root);
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible") return;
  site.onVisible();
  show(site.state);
});
window.addEventListener("popstate", () => site.onMoved());
window.addEventListener("pageshow", (event) => {
  // The browser kept the whole page: whoever was signed in when it was left may no longer be.
  if (event.persisted) site.onVisible();
});
window.addEventListener("pagehide", () => site.page.leave());

show(site.state);
void site.load();
