from django.core.management import call_command

from apps.conftest import documented_problems


def test_docs_show_the_codes_of_the_code():
    call_command("problem_codes", "--check")


def test_docs_name_codes_of_every_layer():
    found = documented_problems()
    for code, status in {
        "not_found": 404,
        "method_not_allowed": 405,
        "changed_meanwhile": 412,
        "too_large": 413,
        "unsupported_media_type": 415,
        "unknown": 422,
        "bad_cursor": 400,
        "unknown_user": 422,
        "serial_taken": 409,
        "password_too_common": 422,
        "unavailable": 503,
    }.items():
        assert status in found[code], code
