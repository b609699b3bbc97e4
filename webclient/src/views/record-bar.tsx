// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// The one large button, and above it what the microphone does.

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { PageActions } from "../page";
import type { Phase } from "../recording";
import { clock, phaseTexts, texts } from "../texts";
import { dataState } from "./header";

interface Props {
  readonly phase: Phase;
  /** False until it is known what can be recorded. */
  readonly ready: boolean;
  readonly actions: PageActions;
}

export function RecordBar({ phase, ready, actions }: Props): VNode {
  const starts = phase === "idle" || phase === "failed";
  const idle = phase === "finishing" || (starts && !ready);
  const press = (): void => {
    if (idle) return;
    if (starts) actions.start();
    else actions.stop();
  };
  return (
    <div class="record-bar">
      {phase === "live" ? <Activity actions={actions} /> : <p class="activity">{phaseTexts[phase].hint}</p>}
      <button
        type="button"
        class="record"
        data-testid="record"
        data-state={dataState(phase)}
        aria-disabled={idle}
        onClick={press}
      >
        <span class="record-sign" aria-hidden="true" />
        {phaseTexts[phase].button}
      </button>
    </div>
  );
}

function Activity({ actions }: { readonly actions: PageActions }): VNode {
  return (
    <div class="activity">
      <span class="recording-dot" aria-hidden="true" />
      <Elapsed actions={actions} />
      <Level actions={actions} />
    </div>
  );
}

function Elapsed({ actions }: { readonly actions: PageActions }): VNode {
  const [elapsed, setElapsed] = useState(clock(actions.elapsedMs()));
  useEffect(() => {
    const id = setInterval(() => setElapsed(clock(actions.elapsedMs())), 250);
    return () => clearInterval(id);
  }, [actions]);
  return (
    <span class="elapsed" role="timer" aria-label={texts.record.elapsed}>
      {elapsed}
    </span>
  );
}

function Level({ actions }: { readonly actions: PageActions }): VNode {
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    let id = requestAnimationFrame(function draw() {
      const hidden = 100 - Math.round(actions.level() * 100);
      if (bar.current !== null) bar.current.style.clipPath = `inset(0 ${hidden}% 0 0)`;
      id = requestAnimationFrame(draw);
    });
    return () => cancelAnimationFrame(id);
  }, [actions]);
  return (
    <span class="level" role="img" aria-label={texts.record.level}>
      <span class="level-now" ref={bar} />
    </span>
  );
}
