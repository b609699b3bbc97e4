# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Events on their way to a data channel that may be late, busy, slow or gone."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from media.events import (
    AudioReceived,
    Event,
    Notice,
    Pong,
    Stages,
    SttParagraphFinal,
    SttPartial,
    TranslationDelta,
)
from signaling.outbox import BUSY_BYTES, MAX_BACKLOG_BYTES, MAX_SEND_MS, MAX_STILL_MS, Outbox
from signaling.protocol import MAX_EVENT_BYTES, MAX_NONCE, MAX_TEXT_LENGTH, decode_event, encode


class Line:
    """A data channel whose other end takes what the test lets it take."""

    def __init__(self, held_bytes: int = 0) -> None:
        self.readyState = "open"
        self.bufferedAmount = held_bytes
        self.messages: list[str] = []

    def send(self, data: str) -> None:
        self.messages.append(data)
        self.bufferedAmount += len(data.encode())

    @property
    def events(self) -> list[Event]:
        return [decode_event(message)[1] for message in self.messages]

    @property
    def numbers(self) -> list[int]:
        return [decode_event(message)[0] for message in self.messages]


BUSY = BUSY_BYTES + 1


def partial(paragraph_id: int, text: str) -> SttPartial:
    return SttPartial(paragraph_id=paragraph_id, text=text, stable=0)


def final(paragraph_id: int, text: str = "said") -> SttParagraphFinal:
    return SttParagraphFinal(paragraph_id=paragraph_id, text=text, language="en", started_ms=0, ended_ms=1)


def long_final(paragraph_id: int) -> SttParagraphFinal:
    return final(paragraph_id, "a" * MAX_TEXT_LENGTH)


def opened(line: Line) -> Outbox:
    outbox = Outbox()
    outbox.open(line)
    return outbox


async def test_what_is_put_is_sent_at_once_and_numbered_from_one() -> None:
    line = Line()
    outbox = opened(line)
    outbox.put(partial(0, "a"))
    outbox.put(partial(0, "ab"))
    outbox.put(final(0))
    assert line.events == [partial(0, "a"), partial(0, "ab"), final(0)]
    assert line.numbers == [1, 2, 3]


async def test_what_is_put_before_the_channel_opens_is_sent_when_it_does() -> None:
    outbox = Outbox()
    outbox.put(Pong(nonce=1))
    outbox.put(Pong(nonce=2))
    line = Line()
    outbox.open(line)
    assert line.events == [Pong(nonce=1), Pong(nonce=2)]


async def test_a_busy_channel_is_left_alone_until_it_has_drained() -> None:
    line = Line(held_bytes=BUSY)
    outbox = opened(line)
    outbox.put(final(0))
    assert line.messages == []
    line.bufferedAmount = 0
    outbox.hand_over()
    assert line.events == [final(0)]


async def test_while_the_channel_is_busy_only_the_newest_partial_of_a_paragraph_is_kept() -> None:
    line = Line(held_bytes=BUSY)
    outbox = opened(line)
    for event in (
        partial(0, "a"),
        partial(1, "x"),
        partial(0, "ab"),
        AudioReceived(ms=1),
        AudioReceived(ms=2),
    ):
        outbox.put(event)
    line.bufferedAmount = 0
    outbox.hand_over()
    assert line.events == [partial(1, "x"), partial(0, "ab"), AudioReceived(ms=2)]
    assert line.numbers == [1, 2, 3]


async def test_a_final_takes_the_place_of_the_partial_that_waits() -> None:
    line = Line(held_bytes=BUSY)
    outbox = opened(line)
    for event in (partial(0, "a"), partial(1, "x"), final(0)):
        outbox.put(event)
    line.bufferedAmount = 0
    outbox.hand_over()
    assert line.events == [partial(1, "x"), final(0)]


paragraphs = st.integers(min_value=0, max_value=2)
puts = st.one_of(
    st.builds(partial, paragraphs, st.text(max_size=3)),
    st.builds(final, paragraphs),
    st.builds(TranslationDelta, paragraph_id=paragraphs, text=st.text(max_size=3), offset=st.just(0)),
    st.builds(AudioReceived, ms=paragraphs),
    st.builds(Pong, nonce=paragraphs),
)
drains = st.none()


@given(steps=st.lists(st.one_of(puts, drains), max_size=40), held_bytes=st.sampled_from([0, BUSY]))
async def test_whatever_happens_nothing_that_lasts_is_lost_and_the_newest_partials_arrive(
    steps: list[Event | None], held_bytes: int
) -> None:
    line = Line(held_bytes)
    outbox = opened(line)
    for step in (*steps, None):
        if step is None:
            line.bufferedAmount = 0
            outbox.hand_over()
            line.bufferedAmount = held_bytes
        else:
            outbox.put(step)
    put = [step for step in steps if step is not None]
    assert line.numbers == list(range(1, len(line.messages) + 1))
    assert [it for it in line.events if lasts(it)] == [it for it in put if lasts(it)]
    assert _newest(line.events) == _newest(put)


def lasts(event: Event) -> bool:
    return not isinstance(event, SttPartial | AudioReceived)


def _newest(events: list[Event]) -> dict[object, Event]:
    """The last word on each paragraph, and on the audio."""
    news = [it for it in events if isinstance(it, SttPartial | SttParagraphFinal | AudioReceived)]
    return {getattr(it, "paragraph_id", "audio"): it for it in news}


class Clock:
    """Stands still between the test's words."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def timed_final(send_ms: int = 0, text: str = "said") -> SttParagraphFinal:
    return replace(final(0, text), stages=Stages(vad_ms=640, record_ms=7, send_ms=send_ms))


async def test_a_final_is_told_how_long_it_waited_for_the_channel() -> None:
    clock = Clock()
    outbox = Outbox(clock)
    told: list[Stages] = []
    outbox.on_final_sent = told.append
    outbox.put(timed_final())
    clock.now += 1.234
    line = Line()
    outbox.open(line)
    assert line.events == [timed_final(send_ms=1234)]
    assert told == [Stages(vad_ms=640, record_ms=7, send_ms=1234)]


async def test_a_final_that_need_not_wait_waited_for_nothing() -> None:
    line = Line()
    opened(line).put(timed_final())
    assert line.events == [timed_final()]


async def test_a_final_that_fits_still_does_when_it_has_waited() -> None:
    clock = Clock()
    outbox = Outbox(clock)
    room = MAX_EVENT_BYTES - len(encode(timed_final(send_ms=MAX_SEND_MS), MAX_NONCE).encode())
    fits, does_not = ("said" + "a" * more for more in (room, room + 1))
    outbox.put(timed_final(text=does_not))
    outbox.put(timed_final(text=fits))
    clock.now += 10 * MAX_SEND_MS
    line = Line()
    outbox.open(line)
    notice, sent = line.events
    assert isinstance(notice, Notice)
    assert sent == timed_final(MAX_SEND_MS, fits)


async def test_flush_returns_when_everything_has_left() -> None:
    line = Line()
    outbox = opened(line)
    outbox.put(final(0))
    assert not await outbox.flush(timeout_ms=1)
    line.bufferedAmount = 0
    outbox.hand_over()
    assert await outbox.flush(timeout_ms=1)


async def test_flush_with_nothing_to_send_returns_at_once() -> None:
    assert await Outbox().flush(timeout_ms=1)


async def test_when_the_channel_is_gone_events_are_dropped_and_nobody_waits() -> None:
    line = Line(held_bytes=BUSY)
    outbox = opened(line)
    outbox.put(final(0))
    outbox.close()
    outbox.put(final(1))
    line.bufferedAmount = 0
    outbox.hand_over()
    assert line.messages == []
    assert await outbox.flush(timeout_ms=1)


async def test_a_channel_that_is_closing_is_not_written_to() -> None:
    line = Line()
    outbox = opened(line)
    line.readyState = "closing"
    outbox.put(final(0))
    assert line.messages == []


async def test_a_reader_that_takes_nothing_for_long_is_too_slow() -> None:
    line = Line()
    outbox = opened(line)
    outbox.put(final(0))
    assert not outbox.is_stuck(MAX_STILL_MS // 2)
    outbox.put(final(1))
    assert outbox.is_stuck(MAX_STILL_MS // 2)


async def test_a_reader_that_takes_a_little_is_waited_for() -> None:
    line = Line()
    outbox = opened(line)
    outbox.put(long_final(0))
    for _ in range(100):
        line.bufferedAmount -= 1
        assert not outbox.is_stuck(MAX_STILL_MS)


async def test_a_reader_with_nothing_to_take_is_not_slow() -> None:
    outbox = opened(Line())
    assert not any(outbox.is_stuck(MAX_STILL_MS) for _ in range(3))


async def test_a_backlog_that_is_too_large_makes_the_reader_too_slow_and_takes_no_more_memory() -> None:
    line = Line(held_bytes=BUSY)
    outbox = opened(line)
    for n in range(2 * MAX_BACKLOG_BYTES // MAX_TEXT_LENGTH):
        outbox.put(long_final(n))
    assert outbox.is_stuck(0)
    line.bufferedAmount = -(10**9)
    outbox.hand_over()
    assert sum(len(message) for message in line.messages) < MAX_BACKLOG_BYTES


async def test_a_text_that_does_not_fit_is_announced_once_and_nothing_else_suffers() -> None:
    line = Line()
    outbox = opened(line)
    outbox.put(final(0, "a" * MAX_EVENT_BYTES))
    outbox.put(final(1, "a" * MAX_EVENT_BYTES))
    outbox.put(final(2))
    notice, after = line.events
    assert isinstance(notice, Notice)
    assert notice.code == "event_too_long"
    assert after == final(2)
    assert line.numbers == [1, 2]
