# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""One utterance, from its first sound to its end: what is asked about it, and what of the answers settles.

Each answer is about the utterance as it is then: the audio of what has settled is partly still in it, as
context, and the text of that is given along, so that a recogniser that can goes on from there.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from media.core.agreement import Agreement, AgreementOptions
from media.core.pace import Pace, PaceOptions, Step
from media.core.prompts import whisper_prompt
from media.core.sentences import ends_like_a_sentence
from media.core.turns import Urgency
from media.core.words import Hypothesis, Word, text_of
from media.errors import EngineError, RecogniserUnavailable
from media.events import Stages
from media.utterance import Snapshot, Utterance

_CONTEXT_WORDS = 50
_UNHEARD_SPEECH_MS = 600
"""So much speech after the settled words, and nothing heard in it: the prefix may have misled the decoder, as
one does that ends with a full stop. Then it is asked once more, without it."""

TakeTurn = Callable[[Callable[[], int]], AbstractAsyncContextManager[None]]
"""Waits for a turn at the recogniser: `turn(urgency)`, see `media/turns.py`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowingOptions:
    """How one utterance is followed."""

    trim_after_ms: int = 7_000
    """Audio of an utterance beyond which what is settled of it is dropped from the requests, ..."""
    context_ms: int = 3_000
    """... but for so much: the next words are heard better behind it."""
    longest_request_ms: int = 28_000
    """Whisper sees 30 s at most; more than this is asked in pieces."""
    language_certain_ms: int = 3_000
    """A language detected on this much audio is kept for the paragraph."""
    context_prompt: bool = True
    """Whether the text of dropped audio is given as context."""
    prefix: bool = True
    """Whether the text of settled words in the audio is given, for the answer to go on from."""
    retry_first_ms: int = 500
    """Pause before asking again a recogniser that failed; doubled each time."""
    retry_longest_ms: int = 5_000
    agreement: AgreementOptions = AgreementOptions()
    pace: PaceOptions = PaceOptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the recogniser is asked about a snapshot."""

    snapshot: Snapshot
    language: str
    """ISO 639-1 code, or empty to detect it."""
    prompt: str
    """What was said before the snapshot."""
    prefix: str
    """What was said at its beginning."""
    final: bool
    """Whether the speaker has paused, and the answer may be the last."""


class Conversation(Protocol):
    """What an utterance belongs to."""

    language: str
    """What is spoken, ISO 639-1; empty to detect it for each paragraph. Set anew, it holds from the next."""

    async def recognise(self, question: Question) -> Hypothesis:
        """What of the recogniser's answer can be trusted. Raises EngineError."""

    async def settle(self, committed: list[Word], tentative: tuple[Word, ...], language: str) -> None:
        """Words have been committed, and others are heard after them for now."""

    async def close_paragraph(self, at_ms: int, stages: Stages) -> None:
        """The speaker has paused."""


class Following:
    """Follows one utterance."""

    def __init__(
        self, conversation: Conversation, utterance: Utterance, take_turn: TakeTurn, options: FollowingOptions
    ) -> None:
        self._conversation = conversation
        self._utterance = utterance
        self._take_turn = take_turn
        self._options = options
        self._pace = Pace(options.pace)
        self._agreement = Agreement(options.agreement)
        self._language = conversation.language
        self._dropped: list[Word] = []
        """The last settled words whose audio is gone: the recogniser's context."""
        self._trusts_prefix = options.prefix
        self._full_start_ms = -1
        self._retry_ms = options.retry_first_ms

    async def run(self) -> None:
        """Until the utterance has ended and all of it is settled."""
        while (step := self._step()) is not Step.END:
            match step:
                case Step.WAIT:
                    await self._utterance.changed()
                case Step.PARTIAL | Step.SPECULATE:
                    await self._look()
                case Step.SETTLE:
                    await self._settle()
                case Step.CLOSE:
                    await self._close()

    def _step(self) -> Step:
        moment = self._utterance.moment
        # Asked at every window of audio: while somebody speaks, it does not matter how the text ends.
        return self._pace.step(moment, finished=self._pace.is_pause(moment) and self._finished())

    def _finished(self) -> bool:
        text = text_of([*self._agreement.committed[-_CONTEXT_WORDS:], *self._agreement.tentative])
        return not text or ends_like_a_sentence(text, self._language)

    async def _look(self) -> None:
        async with self._take_turn(self._urgency):
            snapshot = self._utterance.snapshot(self._options.longest_request_ms)
            asked_at = _now()
            hypothesis = await self._ask(snapshot)
        if hypothesis is None:
            await self._pause_after_failure()  # in which others have their turns
        elif self._seems_misled(hypothesis, snapshot):
            self._trusts_prefix = False
        else:
            self._trusts_prefix = self._options.prefix
            if snapshot.moment is not None:
                self._pace.looked(snapshot.moment, 1000 * (_now() - asked_at))
            await self._take(hypothesis, snapshot)

    def _urgency(self) -> Urgency:
        moment = self._utterance.moment
        if moment.ended:
            return Urgency.FINAL
        return Urgency.SPECULATION if self._pace.is_pause(moment) else Urgency.PARTIAL

    async def _ask(self, snapshot: Snapshot) -> Hypothesis | None:
        """None where the recogniser failed: the caller looks again, at all that was said by then."""
        question = Question(
            snapshot=snapshot,
            language=self._language,
            prompt=whisper_prompt(text_of(self._dropped)) if self._options.context_prompt else "",
            prefix=self._prefix(snapshot),
            final=snapshot.moment is not None and self._pace.is_pause(snapshot.moment),
        )
        try:
            hypothesis = await self._conversation.recognise(question)
        except EngineError as error:
            if not isinstance(error, RecogniserUnavailable):
                self._retry_ms = self._options.retry_longest_ms
            return None
        self._retry_ms = self._options.retry_first_ms
        return hypothesis

    def _prefix(self, snapshot: Snapshot) -> str:
        if not self._trusts_prefix:
            return ""
        return text_of(word for word in self._agreement.committed if word.end_ms > snapshot.start_ms)

    async def _pause_after_failure(self) -> None:
        await asyncio.sleep(self._retry_ms / 1000)
        self._retry_ms = min(2 * self._retry_ms, self._options.retry_longest_ms)

    async def _take(self, hypothesis: Hypothesis, snapshot: Snapshot) -> None:
        committed = self._agreement.feed(
            hypothesis.words, snapshot.end_ms, after_committed=hypothesis.after_prefix
        )
        if not committed and self._is_stuck(snapshot):
            committed = self._force(snapshot)
        if committed or snapshot.end_ms - snapshot.start_ms >= self._options.language_certain_ms:
            self._language = self._language or hypothesis.language
        await self._conversation.settle(committed, self._agreement.tentative, hypothesis.language)
        if snapshot.end_ms - snapshot.start_ms >= self._options.trim_after_ms:
            self._trim()

    async def _settle(self) -> None:
        committed = self._agreement.settle()
        self._pace.settled(self._utterance.moment)
        await self._conversation.settle(committed, (), self._language)

    async def _close(self) -> None:
        stages = self._stages()
        moment = self._utterance.moment
        await self._settle()
        self._pace.closed(moment)
        await self._conversation.close_paragraph(moment.speech_end_ms, stages)
        if self._conversation.language and self._conversation.language == self._language:
            self._trim()
        else:
            self._begin_anew(moment.speech_end_ms)

    def _stages(self) -> Stages:
        """Up to the moment of closing."""
        passed_ms = max(0, round(1000 * (_now() - self._utterance.spoken_at)))
        waited_ms = min(passed_ms, self._pace.needed_ms(finished=self._finished()))
        return Stages(capture_ms=self._utterance.capture_ms, vad_ms=waited_ms, stt_ms=passed_ms - waited_ms)

    def _begin_anew(self, at_ms: int) -> None:
        """The next paragraph may be in another language: nothing of this one is to lead it astray."""
        self._utterance.drop_before(at_ms)
        self._agreement = Agreement(self._options.agreement)
        self._dropped = []
        self._language = self._conversation.language

    def _trim(self) -> None:
        """Drop audio whose words are settled, but for the last: by those the next hypothesis is placed."""
        settled = self._agreement.committed
        if not settled:
            return
        known = [word for word in settled if word.end_ms <= settled[-1].end_ms - self._options.context_ms]
        if not known or known[-1].end_ms <= self._utterance.start_ms:
            return
        start_ms = self._utterance.start_ms
        self._dropped = [*self._dropped, *(word for word in known if word.end_ms > start_ms)][
            -_CONTEXT_WORDS:
        ]
        self._utterance.drop_before(known[-1].end_ms)
        self._agreement.forget_before(known[-1].end_ms)

    def _seems_misled(self, hypothesis: Hypothesis, snapshot: Snapshot) -> bool:
        """Whether there is speech behind the prefix, and nothing was heard in it."""
        if not hypothesis.after_prefix or hypothesis.words:
            return False
        settled = self._agreement.committed
        settled_to_ms = settled[-1].end_ms if settled else snapshot.start_ms
        unheard = (end_ms - max(start_ms, settled_to_ms) for start_ms, end_ms in snapshot.speech)
        return sum(max(0, ms) for ms in unheard) >= _UNHEARD_SPEECH_MS

    def _is_stuck(self, snapshot: Snapshot) -> bool:
        """Whether a full request has brought nothing twice: no speech in it, or answers never agree."""
        if snapshot.end_ms - snapshot.start_ms < self._options.longest_request_ms:
            return False
        seen_before = self._full_start_ms == snapshot.start_ms
        self._full_start_ms = snapshot.start_ms
        return seen_before

    def _force(self, snapshot: Snapshot) -> list[Word]:
        """Settle what was heard, but for its end, which may be cut in two; go on behind it."""
        cut_ms = snapshot.end_ms - self._options.context_ms
        committed = self._agreement.settle(cut_ms)
        self._utterance.drop_before(cut_ms)
        self._agreement.forget_before(cut_ms)
        return committed


def _now() -> float:
    return asyncio.get_running_loop().time()
