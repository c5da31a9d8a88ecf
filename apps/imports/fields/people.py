"""The fields of people, and the headers by which files name them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from .base import Field, Value

# No column: what a row changes of somebody who comes back.
USER_STATE = "user_state"

PEOPLE_FIELDS = (
    Field(
        "first_name",
        gettext_lazy("First name"),
        Value.TEXT,
        "First name; Given name; Forename; Vorname; Imię; Prénom",
    ),
    Field(
        "last_name",
        gettext_lazy("Last name"),
        Value.TEXT,
        "Last name; Surname; Family name; Nachname; Familienname; Nazwisko; Nom "
        "de famille",
        likely="Nom",
    ),
    Field(
        "full_name",
        gettext_lazy("Full name"),
        Value.TEXT,
        "Full name; Display name; Employee name; Vollständiger Name; Imię i "
        "nazwisko; Nom complet; Nom et prénom; Prénom et nom",
        likely="Name; Employee; Person; Mitarbeiter; Mitarbeiterin; Pracownik; "
        "Employé; Salarié",
    ),
    Field(
        "email",
        gettext_lazy("E-mail"),
        Value.EMAIL,
        "Email; E-mail address; Work email; Work email address; Company email; "
        "Business email; E-Mail geschäftlich; E-Mail dienstlich; "
        "E-Mail-Adresse; Adres e-mail; E-mail służbowy; Adresse e-mail; E-mail "
        "professionnel; Courriel",
        likely="Mail; User principal name; UPN",
    ),
    Field(
        "private_email",
        gettext_lazy("Private e-mail"),
        Value.EMAIL,
        "Private email; Personal email; Personal email address; Home email; "
        "E-Mail privat; Private E-Mail-Adresse; E-mail prywatny; Prywatny "
        "e-mail; E-mail personnel; E-mail privé",
    ),
    Field(
        "username",
        gettext_lazy("User name"),
        Value.TEXT,
        "Username; Login; Login name; Benutzername; Anmeldename; Nazwa "
        "użytkownika; Identifiant; Nom d'utilisateur",
    ),
    Field(
        "employee_number",
        gettext_lazy("Employee number"),
        Value.CODE,
        "Employee number; Employee no.; Employee #; Employee num; Employee ID; "
        "Personnel number; Staff ID; Personalnummer; Personal-Nr.; "
        "Mitarbeiternummer; Numer pracownika; Nr pracownika; Matricule; "
        "External id",
        likely="Id; Team member ID; User ID",
    ),
    Field(
        "phone",
        gettext_lazy("Phone"),
        Value.TEXT,
        "Phone; Phone number; Telephone; Tel.; Mobile; Mobile phone; Telefon; "
        "Telefonnummer; Handy; Numer telefonu; Téléphone; Portable",
        likely="Work phone; Mobile number",
    ),
    Field(
        "job_title",
        gettext_lazy("Job title"),
        Value.TEXT,
        "Job title; Position; Title; Berufsbezeichnung; Stellenbezeichnung; "
        "Stanowisko; Poste; Fonction; Intitulé du poste",
        likely="Job; Stelle",
    ),
    Field(
        "department",
        gettext_lazy("Department"),
        Value.TEXT,
        "Department; Department name; Abteilung; Dział; Département; Service",
        likely="Team; Dept.",
    ),
    Field(
        "street",
        gettext_lazy("Street"),
        Value.TEXT,
        "Street; Address; Street address; Address line 1; Straße; Anschrift; "
        "Ulica; Rue",
        likely="Adresse; Adres",
    ),
    Field(
        "city",
        gettext_lazy("City"),
        Value.TEXT,
        "City; Town; Stadt; Wohnort; Miasto; Ville",
        likely="Ort",
    ),
    Field(
        "state",
        gettext_lazy("State or province"),
        Value.TEXT,
        "State; Province; State/Province; Region; Bundesland; Województwo; Région",
    ),
    Field(
        "postal_code",
        gettext_lazy("Postal code"),
        Value.TEXT,
        "Postal code; Postcode; Post code; Zip; Zip code; PLZ; Postleitzahl; "
        "Kod pocztowy; Code postal",
    ),
    Field(
        "country",
        gettext_lazy("Country"),
        Value.COUNTRY,
        "Country; Country code; Land; Kraj; Pays",
    ),
    Field(
        "start_on",
        gettext_lazy("First working day"),
        Value.DATE,
        "Start date; Start on; Hire date; Hired on; Joined on; Date of joining; "
        "First day; Eintrittsdatum; Eintritt; Einstellungsdatum; Data zatrudnienia; "
        "Date "
        "d'embauche; Date d'entrée",
    ),
    Field(
        "end_on",
        gettext_lazy("Last working day"),
        Value.DATE,
        "End date; End on; Last working day; Last day; Last day of work; Letzter "
        "Arbeitstag; Termination date; "
        "Leaving date; Austrittsdatum; Austritt; Data zakończenia; Date de "
        "sortie; Date de départ",
    ),
    Field(
        "active",
        gettext_lazy("Active"),
        Value.BOOLEAN,
        "Active; Activated; Is active; Enabled; Aktiv; Aktywny; Actif",
        likely="Status",
    ),
    Field(
        "notes",
        gettext_lazy("Notes"),
        Value.TEXT,
        "Notes; Note; Comment; Comments; Remarks; Bemerkung; Bemerkungen; "
        "Notiz; Notizen; Uwagi; Notatki; Remarques; Commentaire",
    ),
)
