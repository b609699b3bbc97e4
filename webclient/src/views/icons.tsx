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

export function DoubtIcon(): VNode {
  return (
    <Drawing d="M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM9.6 9.6a2.4 2.4 0 1 1 3.5 2.2c-.8.4-1.1.9-1.1 1.7m0 2.9v.1" />
  );
}

export function HistoryIcon(): VNode {
  return <Drawing d="M4.5 12a7.5 7.5 0 1 0 2.4-5.5L4.5 8.7M4.5 4.5v4.2h4.2M12 8v4.3l3 1.8" />;
}

export function MicrophoneIcon(): VNode {
  return (
    <Drawing d="M12 4a3 3 0 0 1 3 3v4.5a3 3 0 0 1-6 0V7a3 3 0 0 1 3-3zM6 11.5a6 6 0 0 0 12 0M12 17.5V21" />
  );
}

export function PersonIcon(): VNode {
  return <Drawing d="M12 4.5a3.75 3.75 0 1 1 0 7.5 3.75 3.75 0 0 1 0-7.5zM4.5 20a7.5 7.5 0 0 1 15 0" />;
}

export function SearchIcon(): VNode {
  return <Drawing d="M10.5 4.5a6 6 0 1 1 0 12 6 6 0 0 1 0-12zM15 15l5 5" />;
}

export function PencilIcon(): VNode {
  return <Drawing d="m5 19 .8-3.8L16.2 4.8 19.2 7.8 8.8 18.2zM14 7l3 3" />;
}

export function BinIcon(): VNode {
  return <Drawing d="M5 7h14M9.5 7V4.5h5V7M7 7l.7 12.5h8.6L17 7M10.5 10.5v5.5M13.5 10.5v5.5" />;
}

export function CopyIcon(): VNode {
  return (
    <Drawing d="M9 8.5h9a1 1 0 0 1 1 1V19a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1V9.5a1 1 0 0 1 1-1zM15.5 8.5V5a1 1 0 0 0-1-1H6a1 1 0 0 0-1 1v9.5a1 1 0 0 0 1 1h2" />
  );
}

export function CheckIcon(): VNode {
  return <Drawing d="m5 12.5 4.5 4.5L19 7.5" />;
}

export function ExportIcon(): VNode {
  return <Drawing d="M12 4v11m-4.5-4.5L12 15l4.5-4.5M5 17v2.5h14V17" />;
}

export function BackIcon(): VNode {
  return <Drawing d="m14.5 6-6 6 6 6" />;
}

function Drawing({ d }: { readonly d: string }): VNode {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={d} />
    </svg>
  );
}
