"""Who can sign in to the demo."""

from typing import NamedTuple

PASSWORD = "tequipy-demo"  # noqa: S105  published on purpose: demo data only


class SignIn(NamedTuple):
    email: str
    role: str
    sees: str


SIGN_INS = (
    SignIn(
        "anna@acme.example",
        "company admin of Acme",
        "120 people, 400 assets, returns in every state",
    ),
    SignIn("emil@acme.example", "employee of Acme", "the three things he has"),
    SignIn(
        "wanda@acme.example", "warehouse worker of Acme", "her two shelves and parcels"
    ),
    SignIn(
        "gina@globex.example",
        "company admin of Globex",
        "another company: nothing of Acme",
    ),
    SignIn(
        "ines@initech.example", "company admin of Initech", "a company on its first day"
    ),
    SignIn(
        "root@tequipy.example",
        "platform staff",
        "all companies, in Django admin at /admin/",
    ),
)


def as_text() -> str:
    width = max(len(sign_in.email) for sign_in in SIGN_INS)
    lines = [
        f"  {sign_in.email:<{width}}  {sign_in.role}: {sign_in.sees}"
        for sign_in in SIGN_INS
    ]
    return "\n".join([f"Sign in with the password {PASSWORD}", *lines])
