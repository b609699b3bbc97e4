# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What is kept. Knows no speech and no web."""

from db.conversations import Conversations
from db.engine import Database, DatabaseOptions, migrate
from db.errors import DatabaseUnavailable, StorageError
from db.history import History, Page, Position, Summary
from db.logins import Login, Logins
from db.transcripts import Conversation, Paragraph
from db.users import User, Users

__all__ = [
    "Conversation",
    "Conversations",
    "Database",
    "DatabaseOptions",
    "DatabaseUnavailable",
    "History",
    "Login",
    "Logins",
    "Page",
    "Paragraph",
    "Position",
    "StorageError",
    "Summary",
    "User",
    "Users",
    "migrate",
]
