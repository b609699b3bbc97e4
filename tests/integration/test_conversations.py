# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The life of a conversation and of its paragraphs, in a real PostgreSQL."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from db import Conversation, Conversations, Database, Paragraph, User, Users
from db.errors import ConversationNotFound, DatabaseRefused, ParagraphIsFinal, ParagraphNotFound

BEGAN = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


@pytest.fixture
async def user(database: Database) -> User:
    return await Users(database).local_user()


@pytest.fixture
def conversations(database: Database) -> Conversations:
    return Conversations(database)


@pytest.fixture
async def conversation_id(conversations: Conversations, user: User) -> UUID:
    """A conversation in which nothing was said yet."""
    conversation_id = uuid4()
    await conversations.start(conversation_id, user.id, "auto", "de", BEGAN)
    return conversation_id


@pytest.fixture
async def final_paragraph(conversations: Conversations, conversation_id: UUID) -> UUID:
    """The conversation has one paragraph, final on both sides."""
    await conversations.finish_paragraph(conversation_id, 0, "Good morning.", "en", after(1), after(2))
    await conversations.finish_translation(conversation_id, 0, "Guten Morgen.", True)
    return conversation_id


async def read(conversations: Conversations, user: User, conversation_id: UUID) -> Conversation:
    conversation = await conversations.read(user.id, conversation_id)
    assert conversation is not None
    return conversation


async def only_paragraph(conversations: Conversations, user: User, conversation_id: UUID) -> Paragraph:
    (paragraph,) = (await read(conversations, user, conversation_id)).paragraphs
    return paragraph


async def run_sql(database: Database, statement: str) -> None:
    """Raw SQL, past the repositories."""
    async with database.transaction() as session:
        await session.execute(text(statement))


async def test_a_conversation_starts_empty(
    conversations: Conversations, user: User, conversation_id: UUID
) -> None:
    conversation = await read(conversations, user, conversation_id)
    assert conversation == Conversation(
        id=conversation_id,
        user_id=user.id,
        title="",
        source_language="auto",
        target_language="de",
        created_at=BEGAN,
        updated_at=BEGAN,
        paragraphs=(),
    )


async def test_to_start_a_conversation_again_changes_nothing(
    conversations: Conversations, user: User, conversation_id: UUID
) -> None:
    await conversations.start(conversation_id, user.id, "fr", "it", after(100))
    conversation = await read(conversations, user, conversation_id)
    assert (conversation.source_language, conversation.target_language) == ("auto", "de")
    assert conversation.created_at == BEGAN


async def test_nobody_can_start_in_the_conversation_of_another(
    database: Database, conversations: Conversations, conversation_id: UUID
) -> None:
    other = await Users(database).find_or_create("https://issuer.example", "other", None, "Other")
    with pytest.raises(ConversationNotFound):
        await conversations.start(conversation_id, other.id, "en", "de", BEGAN)


async def test_a_paragraph_lives_from_its_first_word_to_its_translation(
    conversations: Conversations, user: User, conversation_id: UUID
) -> None:
    assert await conversations.open_paragraph(conversation_id, 0, "Good", after(1))
    opened = await only_paragraph(conversations, user, conversation_id)
    assert (opened.source_text, opened.status, opened.translation_status) == (
        "Good",
        "in_progress",
        "pending",
    )
    assert (opened.started_at, opened.ended_at) == (after(1), None)

    assert await conversations.update_paragraph(conversation_id, 0, "Good morning")
    assert await conversations.update_translation(conversation_id, 0, "Guten")
    growing = await only_paragraph(conversations, user, conversation_id)
    assert (growing.source_text, growing.translated_text) == ("Good morning", "Guten")

    await conversations.finish_paragraph(conversation_id, 0, "Good morning.", "en", after(0.9), after(2.5))
    heard = await only_paragraph(conversations, user, conversation_id)
    assert (heard.source_text, heard.source_language, heard.status) == ("Good morning.", "en", "final")
    assert (heard.started_at, heard.ended_at) == (after(0.9), after(2.5))
    assert (heard.translated_text, heard.translation_status) == ("Guten", "pending")

    await conversations.finish_translation(conversation_id, 0, "Guten Morgen.", True)
    done = await only_paragraph(conversations, user, conversation_id)
    assert (done.translated_text, done.translation_status) == ("Guten Morgen.", "final")
    assert done.translation_doubts == ()


async def test_what_may_be_wrong_with_a_translation_is_kept(
    conversations: Conversations, user: User, conversation_id: UUID
) -> None:
    await conversations.finish_paragraph(conversation_id, 0, "Not at 9.", "en", after(1), after(2))
    await conversations.finish_translation(conversation_id, 0, "Um 8.", True, ("number", "negation"))
    done = await only_paragraph(conversations, user, conversation_id)
    assert done.translation_doubts == ("number", "negation")


async def test_only_doubts_that_are_known_are_kept(
    database: Database, conversations: Conversations, conversation_id: UUID
) -> None:
    await conversations.finish_paragraph(conversation_id, 0, "Yes.", "en", after(1), after(2))
    with pytest.raises(DatabaseRefused, match="translation_doubts"):
        await run_sql(database, "UPDATE paragraphs SET translation_doubts = '{taste}'")


async def test_a_paragraph_that_was_never_open_can_become_final(
    conversations: Conversations, user: User, conversation_id: UUID
) -> None:
    await conversations.finish_paragraph(conversation_id, 0, "Yes.", "en", after(1), after(2))
    paragraph = await only_paragraph(conversations, user, conversation_id)
    assert (paragraph.source_text, paragraph.status) == ("Yes.", "final")


async def test_paragraphs_are_read_in_order(
    conversations: Conversations, user: User, conversation_id: UUID
) -> None:
    for index in (2, 0, 1):
        await conversations.finish_paragraph(
            conversation_id, index, str(index), "", after(index), after(index)
        )
    paragraphs = (await read(conversations, user, conversation_id)).paragraphs
    assert [paragraph.paragraph_index for paragraph in paragraphs] == [0, 1, 2]


async def test_to_open_a_paragraph_again_changes_nothing(
    conversations: Conversations, user: User, conversation_id: UUID
) -> None:
    assert await conversations.open_paragraph(conversation_id, 0, "first", after(1))
    assert not await conversations.open_paragraph(conversation_id, 0, "second", after(2))
    assert (await only_paragraph(conversations, user, conversation_id)).source_text == "first"


async def test_of_two_who_open_the_same_paragraph_at_once_one_does(
    conversations: Conversations, user: User, conversation_id: UUID
) -> None:
    opened = await asyncio.gather(
        *(conversations.open_paragraph(conversation_id, 0, f"text {n}", after(1)) for n in range(8))
    )
    assert sorted(opened) == [False] * 7 + [True]
    assert (await only_paragraph(conversations, user, conversation_id)).source_text == (
        f"text {opened.index(True)}"
    )


async def test_writers_of_one_paragraph_do_not_block_each_other_for_ever(
    conversations: Conversations, user: User, conversation_id: UUID
) -> None:
    await conversations.open_paragraph(conversation_id, 0, "0", after(1))
    await asyncio.gather(
        *(conversations.update_paragraph(conversation_id, 0, str(n)) for n in range(6)),
        *(conversations.update_translation(conversation_id, 0, str(n)) for n in range(6)),
        conversations.set_title(conversation_id, "Numbers"),
        conversations.finish_paragraph(conversation_id, 0, "done", "en", after(1), after(2)),
    )
    paragraph = await only_paragraph(conversations, user, conversation_id)
    assert (paragraph.source_text, paragraph.status) == ("done", "final")


async def test_what_comes_late_does_not_change_a_final_paragraph(
    conversations: Conversations, user: User, final_paragraph: UUID
) -> None:
    assert not await conversations.update_paragraph(final_paragraph, 0, "Good mourning")
    assert not await conversations.update_translation(final_paragraph, 0, "Guten")
    assert not await conversations.open_paragraph(final_paragraph, 0, "Good", after(1))
    paragraph = await only_paragraph(conversations, user, final_paragraph)
    assert (paragraph.source_text, paragraph.translated_text) == ("Good morning.", "Guten Morgen.")


async def test_the_same_final_text_once_more_is_no_error(
    conversations: Conversations, user: User, final_paragraph: UUID
) -> None:
    before = await read(conversations, user, final_paragraph)
    await conversations.finish_paragraph(final_paragraph, 0, "Good morning.", "en", after(1), after(2))
    await conversations.finish_translation(final_paragraph, 0, "Guten Morgen.", True)
    assert await read(conversations, user, final_paragraph) == before


async def test_another_text_for_a_final_paragraph_is_an_error_that_does_not_quote_it(
    conversations: Conversations, final_paragraph: UUID
) -> None:
    with pytest.raises(ParagraphIsFinal) as refused:
        await conversations.finish_paragraph(final_paragraph, 0, "Mourning", "en", after(1), after(2))
    assert "ourning" not in str(refused.value)
    with pytest.raises(ParagraphIsFinal):
        await conversations.finish_translation(final_paragraph, 0, "Gute Nacht.", True)


async def test_the_database_itself_keeps_what_is_final(
    database: Database, conversations: Conversations, user: User, final_paragraph: UUID
) -> None:
    before = await read(conversations, user, final_paragraph)
    for change in (
        "source_text = 'changed'",
        "source_language = 'fr'",
        "status = 'in_progress'",
        "paragraph_index = 7",
        "started_at = now()",
        "ended_at = now()",
        "ended_at = NULL",
        "translated_text = 'changed'",
        "translation_status = 'partial'",
        "translation_doubts = '{number}'",
    ):
        with pytest.raises(DatabaseRefused, match="never changes"):
            await run_sql(database, f"UPDATE paragraphs SET {change}")
    assert await read(conversations, user, final_paragraph) == before


async def test_a_final_paragraph_cannot_move_to_another_conversation(
    database: Database, conversations: Conversations, user: User, final_paragraph: UUID
) -> None:
    other = uuid4()
    await conversations.start(other, user.id, "auto", "de", BEGAN)
    with pytest.raises(DatabaseRefused, match="never changes"):
        await run_sql(database, f"UPDATE paragraphs SET conversation_id = '{other}'")


async def test_a_translation_can_still_grow_when_its_source_is_final(
    conversations: Conversations, user: User, conversation_id: UUID
) -> None:
    await conversations.finish_paragraph(conversation_id, 0, "Good morning.", "en", after(1), after(2))
    assert await conversations.update_translation(conversation_id, 0, "Guten Morgen")
    paragraph = await only_paragraph(conversations, user, conversation_id)
    assert paragraph.translated_text == "Guten Morgen"


@pytest.mark.parametrize(("translated", "status"), [("Guten Morgen.", "partial"), ("", "none")])
async def test_a_translation_that_an_outage_cut_short_can_be_made_good_later(
    conversations: Conversations, user: User, conversation_id: UUID, translated: str, status: str
) -> None:
    await conversations.finish_paragraph(conversation_id, 0, "Good morning. Hi.", "en", after(1), after(2))
    await conversations.finish_translation(conversation_id, 0, translated, False)
    cut_short = await only_paragraph(conversations, user, conversation_id)
    assert (cut_short.translated_text, cut_short.translation_status) == (translated, status)
    assert not await conversations.update_translation(conversation_id, 0, "late")

    await conversations.finish_translation(conversation_id, 0, "Guten Morgen. Hallo.", True)
    whole = await only_paragraph(conversations, user, conversation_id)
    assert (whole.translated_text, whole.translation_status) == ("Guten Morgen. Hallo.", "final")


async def test_a_translation_needs_its_paragraph(conversations: Conversations, conversation_id: UUID) -> None:
    assert not await conversations.update_translation(conversation_id, 3, "Hallo")
    with pytest.raises(ParagraphNotFound):
        await conversations.finish_translation(conversation_id, 3, "Hallo", True)


async def test_a_paragraph_needs_its_conversation_and_the_error_does_not_quote_it(
    conversations: Conversations,
) -> None:
    with pytest.raises(DatabaseRefused, match="fk_paragraphs_conversation_id") as refused:
        await conversations.open_paragraph(uuid4(), 0, "something confidential", after(1))
    error: BaseException | None = refused.value
    while error is not None:
        assert "confidential" not in f"{error}"
        error = error.__cause__


async def test_only_the_first_title_is_taken(
    conversations: Conversations, user: User, conversation_id: UUID
) -> None:
    assert await conversations.set_title(conversation_id, "Good morning")
    assert not await conversations.set_title(conversation_id, "Good night")
    assert (await read(conversations, user, conversation_id)).title == "Good morning"


async def test_every_write_moves_the_time_of_the_last_change(
    conversations: Conversations, user: User, conversation_id: UUID
) -> None:
    async def updated_at() -> datetime:
        return (await read(conversations, user, conversation_id)).updated_at

    times = [await updated_at()]
    await conversations.open_paragraph(conversation_id, 0, "Good", after(1))
    times.append(await updated_at())
    await conversations.update_paragraph(conversation_id, 0, "Good morning")
    times.append(await updated_at())
    await conversations.finish_paragraph(conversation_id, 0, "Good morning.", "en", after(1), after(2))
    times.append(await updated_at())
    await conversations.set_title(conversation_id, "Good morning")
    times.append(await updated_at())
    await conversations.update_translation(conversation_id, 0, "Guten")
    times.append(await updated_at())
    await conversations.finish_translation(conversation_id, 0, "Guten Morgen.", True)
    times.append(await updated_at())
    assert times == sorted(set(times))


async def test_the_time_of_the_last_change_never_goes_back(
    conversations: Conversations, user: User, conversation_id: UUID
) -> None:
    await conversations.touch(conversation_id, after(10))
    await conversations.touch(conversation_id, after(5))
    assert (await read(conversations, user, conversation_id)).updated_at == after(10)


async def test_another_users_conversation_is_not_there(
    database: Database, conversations: Conversations, final_paragraph: UUID
) -> None:
    other = await Users(database).find_or_create("https://issuer.example", "other", None, "Other")
    assert await conversations.read(other.id, final_paragraph) is None


async def test_a_deleted_conversation_is_not_there(
    database: Database, conversations: Conversations, user: User, final_paragraph: UUID
) -> None:
    await run_sql(database, "UPDATE conversations SET deleted_at = now()")
    assert await conversations.read(user.id, final_paragraph) is None


async def test_what_a_crash_left_open_is_closed_at_the_next_start(
    conversations: Conversations, user: User, conversation_id: UUID
) -> None:
    await conversations.finish_paragraph(conversation_id, 0, "One.", "en", after(1), after(2))
    await conversations.finish_translation(conversation_id, 0, "Eins.", True)
    await conversations.finish_paragraph(conversation_id, 1, "Two. Three.", "en", after(3), after(4))
    await conversations.update_translation(conversation_id, 1, "Zwei.")
    await conversations.open_paragraph(conversation_id, 2, "Four", after(5))
    before = await read(conversations, user, conversation_id)

    assert await conversations.finish_abandoned() == 1
    first, second, third = (await read(conversations, user, conversation_id)).paragraphs
    assert first == before.paragraphs[0]
    assert (second.translated_text, second.translation_status) == ("Zwei.", "partial")
    assert (third.source_text, third.status, third.translation_status) == ("Four", "final", "none")
    assert third.ended_at == before.updated_at
    assert (await read(conversations, user, conversation_id)).updated_at == before.updated_at

    assert await conversations.finish_abandoned() == 0


async def test_what_broke_in_one_conversation_is_closed_there_alone(
    conversations: Conversations, user: User, conversation_id: UUID
) -> None:
    other_id = uuid4()
    await conversations.start(other_id, user.id, "auto", "de", BEGAN)
    for open_id in (conversation_id, other_id):
        await conversations.open_paragraph(open_id, 0, "Good", after(1))
    assert await conversations.finish_abandoned(conversation_id) == 1
    assert (await only_paragraph(conversations, user, conversation_id)).status == "final"
    other = await only_paragraph(conversations, user, other_id)
    assert (other.status, other.translation_status) == ("in_progress", "pending")


async def test_an_abandoned_paragraph_does_not_end_before_it_began(
    database: Database, conversations: Conversations, user: User, conversation_id: UUID
) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    await conversations.open_paragraph(conversation_id, 0, "From a clock that is ahead", tomorrow)
    assert await conversations.finish_abandoned() == 1
    assert (await only_paragraph(conversations, user, conversation_id)).ended_at == tomorrow


async def test_what_postgresql_cannot_store_does_not_cost_the_words_around_it(
    conversations: Conversations, user: User, conversation_id: UUID
) -> None:
    text_from_a_model = "one\x00two\ud83dthree \U0001f600"
    for _ in range(2):
        await conversations.finish_paragraph(conversation_id, 0, text_from_a_model, "en", after(1), after(2))
    paragraph = await only_paragraph(conversations, user, conversation_id)
    assert paragraph.source_text == "one\ufffdtwo\ufffdthree \U0001f600"


async def test_when_a_user_goes_their_conversations_go(
    database: Database, conversations: Conversations, user: User, final_paragraph: UUID
) -> None:
    await run_sql(database, "DELETE FROM users")
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM paragraphs")) == 0
    assert await conversations.read(user.id, final_paragraph) is None
