// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// The page's own drawings; all of them say nothing that the words beside them do not.

import type { VNode } from "preact";

/** Two who talk, one over the other's shoulder: the application's mark, as in public/icon.svg. */
export function Mark(): VNode {
  return (
    <svg class="mark" viewBox="4 5 24 24" aria-hidden="true">
      <path
        class="mark-first"
        d="M8 6h11a3 3 0 0 1 3 3v5a3 3 0 0 1-3 3h-6l-5 4v-4a3 3 0 0 1-3-3V9a3 3 0 0 1 3-3z"
      />
      <path
        class="mark-second"
        d="M14 20h5a6 6 0 0 0 6-6v-1a3 3 0 0 1 2 2.8V21a3 3 0 0 1-3 3v4l-5-4h-5a3 3 0 0 1-3-3v-.3l.8-.7z"
      />
    </svg>
  );
}

export function SwapIcon(): VNode {
  return <Drawing d="M4 8.5h14m-3.5-4 4 4-4 4M20 15.5H6m3.5-4-4 4 4 4" />;
}

export function ChevronIcon(): VNode {
  return <Drawing d="m7 10 5 5 5-5" />;
}

export function CloseIcon(): VNode {
  return <Drawing d="m6 6 12 12M18 6 6 18" />;
}

export function DownIcon(): VNode {
  return <Drawing d="M12 5v14m-6-6 6 6 6-6" />;
}

function Drawing({ d }: { readonly d: string }): VNode {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={d} />
    </svg>
  );
}
