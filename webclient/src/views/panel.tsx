// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// One side of the conversation: its paragraphs, following the newest unless the person reads further up.

import type { RefObject, VNode } from "preact";
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Doubts } from "../doubts";
import { texts } from "../texts";
import { type Status, splitAt } from "../transcript";
import { DoubtMark } from "./doubt-mark";
import { DownIcon } from "./icons";

export interface Line {
  readonly id: number;
  readonly text: string;
  /** Code points that will not change; null where all that is shown is settled. */
  readonly stable: number | null;
  readonly status: Status;
  readonly language: string;
  readonly note: string | null;
  /** What may be wrong with it. */
  readonly doubts: Doubts;
  /** How long it took; null where that is not shown. */
  readonly delay: string | null;
}

interface Props {
  readonly testId: string;
  readonly title: string;
  readonly language: string;
  readonly lines: readonly Line[];
  readonly empty: string;
  /** More is on its way, though there is nothing of it to show. */
  readonly awaiting: boolean;
}

export function Panel({ testId, title, language, lines, empty, awaiting }: Props): VNode {
  const titleId = useId();
  const { scroller, following, onScroll, toNewest } = useNewestInView();
  return (
    <section class="panel" data-testid={testId}>
      <div class="panel-head">
        <h2 id={titleId}>{title}</h2>
        <span class="panel-language">{language}</span>
      </div>
      <div
        class="scroller"
        ref={scroller}
        onScroll={onScroll}
        tabIndex={0}
        role="region"
        aria-labelledby={titleId}
      >
        {lines.length === 0 && <p class="empty">{empty}</p>}
        {lines.map((line) => (
          <ParagraphView key={line.id} {...line} />
        ))}
        {awaiting && <Dots />}
      </div>
      {!following && (
        <button type="button" class="latest" onClick={toNewest}>
          <DownIcon />
          {texts.panels.latest}
        </button>
      )}
    </section>
  );
}

/** A vnode that stays the same while the line does: a long conversation costs no more than its last paragraph. */
function ParagraphView({ id, text, stable, status, language, note, doubts, delay }: Line): VNode {
  return useMemo(() => {
    const [settled, unsettled] = splitAt(text, stable ?? text.length);
    return (
      <div class="line">
        <p
          class="paragraph"
          data-testid="paragraph"
          data-status={status}
          data-index={id}
          dir="auto"
          lang={language || undefined}
        >
          {settled}
          {unsettled !== "" && <span class="unsettled">{unsettled}</span>}
          <DoubtMark doubts={doubts} />
        </p>
        {note !== null && <p class="note">{note}</p>}
        {delay !== null && (
          <p class="delay" data-testid="delay">
            <span class="visually-hidden">{texts.panels.delay} </span>
            {delay}
          </p>
        )}
      </div>
    );
  }, [id, text, stable, status, language, note, doubts, delay]);
}

function Dots(): VNode {
  return (
    <p class="dots" aria-hidden="true">
      <span />
      <span />
      <span />
    </p>
  );
}

/** Scroll positions are fractions of pixels on some screens. */
const AT_END_PX = 2;

interface Following {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly following: boolean;
  readonly onScroll: () => void;
  readonly toNewest: () => void;
}

function useNewestInView(): Following {
  const scroller = useRef<HTMLDivElement>(null);
  const wanted = useRef(true);
  const last = useRef({ scrollTop: 0, scrollHeight: 0, clientHeight: 0 });
  const [following, setFollowing] = useState(true);

  /** Any move upwards ends the following, however small: text that arrives must not fight a finger. But where the
   * sizes have changed too, it was the layout that moved, not the person. */
  const onScroll = (): void => {
    const element = scroller.current;
    if (element === null) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    const atEnd = scrollHeight - scrollTop - clientHeight < AT_END_PX;
    const sameSizes =
      scrollHeight === last.current.scrollHeight && clientHeight === last.current.clientHeight;
    const movedUp = sameSizes && scrollTop < last.current.scrollTop;
    wanted.current = atEnd || (wanted.current && !movedUp);
    last.current = { scrollTop, scrollHeight, clientHeight };
    setFollowing(wanted.current);
  };
  const follow = (): void => {
    if (scroller.current !== null && wanted.current)
      scroller.current.scrollTop = scroller.current.scrollHeight;
    onScroll();
  };
  const toNewest = (): void => {
    wanted.current = true;
    follow();
  };

  useLayoutEffect(follow);
  useEffect(() => {
    // Turning the phone, or a message that takes its place, changes what fits.
    const observer = new ResizeObserver(follow);
    if (scroller.current !== null) observer.observe(scroller.current);
    return () => observer.disconnect();
  }, []);
  return { scroller, following, onScroll, toNewest };
}
