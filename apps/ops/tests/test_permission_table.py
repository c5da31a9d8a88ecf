from django.core.management import call_command


def test_docs_show_the_rights_of_the_code():
    call_command("permission_table", "--check")
