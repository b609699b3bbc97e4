// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// The conversations from before: newest first, or those in which the searched words stand.

import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Match, Piece, Summary } from "../conversations";
import type { Languages } from "../languages";
import { conversationAddress, SPEAK_ADDRESS } from "../route";
import type { SiteActions, SiteState } from "../site";
import type { ListState } from "../summaries";
import { canLoadMore } from "../summaries";
import { clock, emptyHistory, type Message, nothingFound, texts } from "../texts";
import { troubleText } from "../trouble-texts";
import { ago } from "../when";
import { BinIcon, CloseIcon, PencilIcon, SearchIcon } from "./icons";
import { Link } from "./link";
import { isSaidAlready, RetryBox } from "./messages";
import { LanguagePair, Time } from "./pieces";

interface Props {
  readonly state: SiteState;
  readonly actions: SiteActions;
}

export function HistoryView({ state, actions }: Props): VNode {
  const { list } = state;
  return (
    <main class="page" data-testid="history">
      <h1 class="page-title" tabIndex={-1}>
        {texts.history.title}
      </h1>
      <Search typed={list.typed} actions={actions} />
      <p class="visually-hidden" role="status">
        {list.phase === "ready" && list.shownQuery !== "" && found(list)}
      </p>
      <Summaries state={state} actions={actions} />
      <Rest state={state} actions={actions} />
    </main>
  );
}

function found({ summaries, nextCursor }: ListState): string {
  return texts.history.found(summaries.length, nextCursor !== null);
}

interface SearchProps {
  readonly typed: string;
  readonly actions: SiteActions;
}

function Search({ typed, actions }: SearchProps): VNode {
  const field = useRef<HTMLInputElement>(null);
  const clear = (): void => {
    actions.search("");
    field.current?.focus();
  };
  return (
    <search class="search">
      <SearchIcon />
      <input
        type="search"
        ref={field}
        data-testid="search"
        aria-label={texts.history.search}
        placeholder={texts.history.search}
        value={typed}
        maxLength={200}
        dir="auto"
        autocomplete="off"
        autocapitalize="off"
        enterkeyhint="search"
        onInput={(event) => actions.search(event.currentTarget.value)}
      />
      {typed !== "" && (
        <button
          type="button"
          class="icon-button"
          data-testid="clear-search"
          aria-label={texts.history.clearSearch}
          title={texts.history.clearSearch}
          onClick={clear}
        >
          <CloseIcon />
        </button>
      )}
    </search>
  );
}

function Summaries({ state, actions }: Props): VNode | null {
  const { summaries, phase } = state.list;
  const element = useRef<HTMLUListElement>(null);
  useFocusOnFirstNew(element, state.list);
  if (summaries.length === 0) return null;
  return (
    <ul class="summaries" ref={element} aria-busy={phase === "loading"}>
      {summaries.map((summary) => (
        <SummaryItem
          key={summary.id}
          summary={summary}
          languages={state.page.languages}
          nowMs={state.nowMs}
          actions={actions}
        />
      ))}
    </ul>
  );
}

/** The button for more has moved down, or is gone: the focus goes to what it has brought. */
function useFocusOnFirstNew(element: { readonly current: HTMLUListElement | null }, list: ListState): void {
  const before = useRef({ phase: list.phase, count: list.summaries.length });
  useEffect(() => {
    const { phase, count } = before.current;
    before.current = { phase: list.phase, count: list.summaries.length };
    if (phase !== "loading_more" || list.phase !== "ready") return;
    element.current?.children[count]?.querySelector("a")?.focus({ preventScroll: true });
  }, [list]);
}

interface SummaryProps {
  readonly summary: Summary;
  readonly languages: Languages | null;
  readonly nowMs: number;
  readonly actions: SiteActions;
}

function SummaryItem({ summary, languages, nowMs, actions }: SummaryProps): VNode {
  const { id, title, match, createdAt, updatedAt, durationMs, paragraphCount } = summary;
  return (
    <li class="summary" data-testid="history-item" data-id={id}>
      <Link href={conversationAddress(id)} go={actions.go} class="summary-title" testId="open">
        <bdi>
          {match?.side === "title" ? <Pieces pieces={match.snippet} /> : title || texts.history.untitled}
        </bdi>
      </Link>
      {match !== null && match.side !== "title" && <Place id={id} match={match} actions={actions} />}
      <p class="facts">
        <LanguagePair conversation={summary} languages={languages} />
        <span>
          {texts.history.created} <Time time={createdAt} words={ago(createdAt, nowMs)} />
          {ago(updatedAt, nowMs) !== ago(createdAt, nowMs) && (
            <>
              , {texts.history.updated} <Time time={updatedAt} words={ago(updatedAt, nowMs)} />
            </>
          )}
        </span>
        <span>
          <span class="visually-hidden">{texts.history.length} </span>
          {clock(durationMs)}
        </span>
        <span>{texts.history.paragraphs(paragraphCount)}</span>
      </p>
      <div class="summary-tools">
        <button
          type="button"
          class="icon-button"
          data-testid="rename"
          aria-label={named(texts.conversation.rename, title)}
          title={texts.conversation.rename}
          onClick={() => actions.askRename(summary)}
        >
          <PencilIcon />
        </button>
        <button
          type="button"
          class="icon-button"
          data-testid="delete"
          aria-label={named(texts.conversation.delete, title)}
          title={texts.conversation.delete}
          onClick={() => actions.askDelete(summary)}
        >
          <BinIcon />
        </button>
      </div>
    </li>
  );
}

function named(action: string, title: string): string {
  return `${action}: ${title || texts.history.untitled}`;
}

interface PlaceProps {
  readonly id: string;
  readonly match: Match;
  readonly actions: SiteActions;
}

/** Where the searched words stand; it leads to that paragraph. */
function Place({ id, match, actions }: PlaceProps): VNode {
  return (
    <Link href={conversationAddress(id, match.paragraph)} go={actions.go} class="place" testId="place">
      <bdi>
        <Pieces pieces={match.snippet} />
      </bdi>
    </Link>
  );
}

function Pieces({ pieces }: { readonly pieces: readonly Piece[] }): VNode {
  return <>{pieces.map(({ text, hit }) => (hit ? <mark>{text}</mark> : text))}</>;
}

/** What stands below the list, or in its place. */
function Rest({ state, actions }: Props): VNode | null {
  const { phase, trouble, summaries, shownQuery } = state.list;
  if (phase === "failed" && trouble !== null) {
    if (isSaidAlready(state, trouble.code)) return null;
    return <RetryBox message={troubleText(trouble)} onRetry={() => actions.retry()} />;
  }
  if (phase === "loading")
    return summaries.length === 0 ? <p class="waiting">{texts.history.loading}</p> : null;
  if (summaries.length === 0) return <Empty query={shownQuery} actions={actions} />;
  if (phase !== "loading_more" && !canLoadMore(state.list)) return null;
  return (
    <button
      type="button"
      class="button load-more"
      data-testid="load-more"
      aria-disabled={phase === "loading_more"}
      onClick={() => actions.loadMore()}
    >
      {phase === "loading_more" ? texts.history.loadingMore : texts.history.loadMore}
    </button>
  );
}

function Empty({ query, actions }: { readonly query: string; readonly actions: SiteActions }): VNode {
  if (query === "") {
    return (
      <EmptyPlace message={emptyHistory}>
        <Link href={SPEAK_ADDRESS} go={actions.go} class="button primary">
          {texts.history.startSpeaking}
        </Link>
      </EmptyPlace>
    );
  }
  return (
    <EmptyPlace message={nothingFound(query)}>
      <button type="button" class="button" onClick={() => actions.search("")}>
        {texts.history.clearSearch}
      </button>
    </EmptyPlace>
  );
}

export function EmptyPlace({
  message,
  children,
}: {
  readonly message: Message;
  readonly children: VNode;
}): VNode {
  return (
    <div class="empty-place" data-testid="empty">
      <p class="empty-title">{message.title}</p>
      <p>{message.advice}</p>
      {children}
    </div>
  );
}
