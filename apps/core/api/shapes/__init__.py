"""What an answer holds: declared once, by the names of the models.

A Shape makes three things of one declaration: the columns and joins of one SQL
statement with the function that makes JSON of its rows, the serializer that describes
it in the schema, and through that serializer the proof that both say the same
(`tests/test_api_shapes.py`). What has no value is left out, never null.

    PERSON = Shape("UserResponse", "accounts.User", {
        "id": uid("id"),
        "fullName": made(FULL_NAME, "first_name", "last_name"),
        "company": one(COMPANY, "company"),
        "tags": many(TAG, "user_tags", item="tag", order="tag__name"),
    })
"""

from .code import Reader
from .columns import Columns, looked_up
from .members import (
    Column,
    Made,
    Member,
    Money,
    Sql,
    choice,
    day,
    flag,
    json,
    made,
    moment,
    money,
    number,
    read_path,
    shown_money,
    sql_moment,
    text,
    uid,
    unless_none,
)
from .nested import (
    Answer,
    ByKey,
    Many,
    One,
    Only,
    Shape,
    external_ids,
    here,
    many,
    one,
    only,
)

__all__ = [
    "Answer",
    "ByKey",
    "Column",
    "Columns",
    "Made",
    "Many",
    "Member",
    "Money",
    "One",
    "Only",
    "Reader",
    "Shape",
    "Sql",
    "choice",
    "day",
    "external_ids",
    "flag",
    "here",
    "json",
    "looked_up",
    "made",
    "many",
    "moment",
    "money",
    "number",
    "one",
    "only",
    "read_path",
    "shown_money",
    "sql_moment",
    "text",
    "uid",
    "unless_none",
]
