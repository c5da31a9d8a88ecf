from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core import catalogues


class Command(BaseCommand):
    help = (
        "Writes the texts of the sources into tequipy/locale, with the translations "
        "there are, and compiles them; --check only compares, and names what is "
        "missing, fuzzy, or has other placeholders."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        for language in catalogues.languages():
            catalog = catalogues.renewed(language)
            po = catalogues.as_po(catalog)
            path = catalogues.path_of(language)
            compiled = path.with_suffix(".mo")
            found = list(catalogues.faults(catalog))
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(po)
                compiled.write_bytes(catalogues.as_mo(catalog))
                self.stdout.write(f"{path.name} of {language}: {len(catalog)} texts")
            elif not path.exists() or path.read_text() != po:
                raise CommandError(f"The texts of {language} are old: run messages.")
            elif not compiled.exists() or compiled.read_bytes() != catalogues.as_mo(
                catalog
            ):
                raise CommandError(
                    f"{compiled.name} of {language} is old: run messages."
                )
            for fault in found:
                self.stdout.write(f"{language}: {fault}")
            if check and found:
                raise CommandError(f"{len(found)} texts of {language} want work.")
