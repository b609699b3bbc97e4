// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// A quiet mark at the end of a translation that may be wrong; it says what may be, when it is pressed.

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Doubts } from "../doubts";
import { doubtText } from "../texts";
import { DoubtIcon } from "./icons";

export function DoubtMark({ doubts }: { readonly doubts: Doubts }): VNode | null {
  const [open, setOpen] = useState(false);
  const note = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    // Under the newest translation there may be no room for it.
    if (open) note.current?.scrollIntoView({ block: "nearest" });
  }, [open]);
  const words = doubtText(doubts);
  if (words === "") return null;
  return (
    <span class="doubt">
      <button
        type="button"
        class="doubt-mark"
        aria-label={words}
        aria-expanded={open}
        title={words}
        data-testid="doubt-mark"
        onClick={() => setOpen(!open)}
      >
        <DoubtIcon />
      </button>
      {open && (
        <span class="note doubt-note" dir="ltr" lang="en" ref={note} data-testid="doubt-note">
          {words}
        </span>
      )}
    </span>
  );
}
