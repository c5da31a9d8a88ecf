from django.core.management import call_command


def test_docs_show_the_states_of_the_code():
    call_command("state_diagrams", "--check")
