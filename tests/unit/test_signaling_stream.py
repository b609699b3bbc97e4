# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The hand-over from callbacks to one reader."""

import asyncio

from signaling.stream import Stream


async def test_what_was_put_comes_out_in_order_and_then_it_ends() -> None:
    stream: Stream[int] = Stream(capacity=3)
    assert all(stream.put(item) for item in (1, 2, 3))
    stream.end()
    assert [item async for item in stream] == [1, 2, 3]
    assert [item async for item in stream] == []


async def test_a_reader_that_waits_gets_what_is_put_later() -> None:
    stream: Stream[int] = Stream(capacity=3)
    reading = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    stream.put(7)
    assert await reading == 7


async def test_a_reader_that_waits_learns_of_the_end() -> None:
    stream: Stream[int] = Stream(capacity=3)
    reading = asyncio.ensure_future(anext(stream, None))
    await asyncio.sleep(0)
    stream.end()
    assert await reading is None


async def test_there_is_no_room_for_more_than_the_capacity() -> None:
    stream: Stream[int] = Stream(capacity=2)
    assert [stream.put(item) for item in (1, 2, 3)] == [True, True, False]
    stream.end()
    assert [item async for item in stream] == [1, 2]


async def test_what_is_put_after_the_end_is_dropped_without_complaint() -> None:
    stream: Stream[int] = Stream(capacity=1)
    stream.end()
    assert stream.put(1)
    assert stream.put(2)
    assert [item async for item in stream] == []
