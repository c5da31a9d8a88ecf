"""The fields of people. A new one is the column of the model, its migration, and one
row here.

The headers follow the exports of Snipe-IT, Shelf, BambooHR and Personio, and home-made
sheets in English, German, Polish and French.
"""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_lazy as _

from apps.core.fields import Field, Table, Value

Personal = partial(Field, is_personal=True)
WHO, WORK, PARCELS = _("Who it is"), _("Work"), _("Where parcels go")

FIELDS = Table(
    "accounts.User",
    Personal(
        "first_name",
        _("First name"),
        Value.TEXT,
        "First name; Given name; Forename; Vorname; Imię; Prénom; Primer "
        "nombre; Nama depan; Legal first name",
        likely="Nombre; Nombres",
        section=WHO,
        on_page=False,  # the heading
        is_clearable=False,
        decides=True,
    ),
    Personal(
        "last_name",
        _("Last name"),
        Value.TEXT,
        "Last name; Surname; Family name; Nachname; Familienname; Nazwisko; Nom "
        "de famille; Apellido; Apellidos; Primer apellido; Nama belakang; Legal "
        "last name",
        likely="Nom; Name",
        section=WHO,
        on_page=False,  # the heading
        decides=True,
    ),
    Personal(
        "full_name",
        _("Full name"),
        Value.TEXT,
        "Full name; Display name; Employee name; Vollständiger Name; Imię i "
        "nazwisko; Nom complet; Nom et prénom; Prénom et nom; Employee full "
        "name; Name of employee; Mitarbeitername; Nombre completo; Nombre y "
        "apellidos; Apellidos y nombre; Nombre del empleado; Nama lengkap; Nama "
        "karyawan; Emp name; Staff name; Name of staff; User full name; "
        "Nazwisko i imię; Nom prénom; Name, Vorname; Nachname, Vorname; "
        "Apellidos y nombres; Last name, first name; Surname, first name",
        likely="Name; Employee; Person; Mitarbeiter; Mitarbeiterin; Pracownik; "
        "Employé; Salarié; Empleado; Nama; Karyawan; Nom; Nombre; Nombres",
        is_edited=False,
        on_page=False,
        is_exported=False,
        is_clearable=False,
        decides=True,
    ),
    Personal(
        "email",
        _("Work e-mail"),
        Value.EMAIL,
        "Email; E-mail address; Work email; Work email address; Company email; "
        "Business email; E-Mail geschäftlich; E-Mail dienstlich; "
        "E-Mail-Adresse; Adres e-mail; E-mail służbowy; Adresse e-mail; E-mail "
        "professionnel; Courriel; Corporate email; Office email; Official "
        "email; Primary email; Firmen-E-Mail; Geschäftliche E-Mail; Correo "
        "electrónico; Correo corporativo; Email corporativo; Correo; Alamat "
        "email; Email kantor; Email ID; Official email ID; Office email ID; "
        "Company email ID; Corporate email ID; User email; Employee email; "
        "Staff email; Email - Primary work; E-Mail dienstl.; Courriel pro; "
        "Courriel professionnel",
        likely="Mail; User principal name; UPN",
        section=WHO,
        is_key=True,
        is_clearable=False,
    ),
    Personal(
        "private_email",
        _("Private e-mail"),
        Value.EMAIL,
        "Private email; Personal email; Personal email address; Home email; "
        "E-Mail privat; Private E-Mail-Adresse; E-mail prywatny; Prywatny "
        "e-mail; E-mail personnel; E-mail privé; Correo personal; Email "
        "personal; Email pribadi",
        help_text=_("After the last working day mails go here."),
        section=WHO,
    ),
    Field(
        "role",
        _("Role"),
        Value.ROLE,
        section=WHO,
        shows="get_role_display",
        is_exported=False,  # rights are given one by one
        is_imported=False,
        is_filtered=True,
        is_clearable=False,
    ),
    Personal(
        "username",
        _("User name"),
        Value.TEXT,
        "Username; Login; Login name; Benutzername; Anmeldename; Nazwa "
        "użytkownika; Identifiant; Nom d'utilisateur; sAMAccountName; Nombre de "
        "usuario; Usuario",
        likely="Nama pengguna",
        in_form=False,
        is_key=True,
    ),
    Personal(
        "employee_number",
        _("Employee number"),
        Value.CODE,
        "Employee number; Employee no.; Employee #; Employee num; Employee ID; "
        "Personnel number; Staff ID; Personalnummer; Personal-Nr.; "
        "Mitarbeiternummer; Numer pracownika; Nr pracownika; Matricule; "
        "External id; Employee code; Emp ID; Emp no.; Emp code; Personnel no.; "
        "Staff number; Staff no.; Worker ID; Payroll number; Numer kadrowy; "
        "Número de empleado; Nº de empleado; Código de empleado; ID de "
        "empleado; Legajo; Nomor karyawan; ID karyawan; Kode karyawan; "
        "Personnel ID; Employee reference; HR ID",
        likely="Id; Team member ID; User ID",
        section=WORK,
        is_key=True,
    ),
    Personal(
        "phone",
        _("Phone"),
        Value.TEXT,
        "Phone; Phone number; Telephone; Tel.; Mobile; Mobile phone; Telefon; "
        "Telefonnummer; Handy; Numer telefonu; Téléphone; Portable; Phone no.; "
        "Mobile no.; Cell; Cell phone; Contact number; Mobiltelefon; Telefon "
        "komórkowy; Teléfono; Móvil; Celular; Telepon; Nomor telepon; No "
        "telepon; No HP; Contact no.; Contact phone; Mobile phone number",
        likely="Work phone; Mobile number",
        section=WHO,
    ),
    Personal(
        "job_title",
        _("Job title"),
        Value.TEXT,
        "Job title; Position; Title; Berufsbezeichnung; Stellenbezeichnung; "
        "Stanowisko; Poste; Fonction; Intitulé du poste; Job position; Position "
        "title; Job role; Designation; Jobtitel; Stellentitel; Cargo; Puesto; "
        "Puesto de trabajo; Jabatan; Posisi; Employee title; Business title",
        likely="Job; Stelle; Funktion",
        section=WORK,
    ),
    Personal(
        "department",
        _("Department"),
        Value.TEXT,
        "Department; Department name; Abteilung; Dział; Département; Service; "
        "Dept; Fachabteilung; Departament; Departamento; Departemen; "
        "Department/Team; Dept name",
        likely="Team; Bereich; Área; Divisi; Bagian",
        section=WORK,
        is_filtered=True,
    ),
    Personal(
        "cost_centre",
        _("Cost centre"),
        Value.CODE,
        "Cost centre; Cost center; Cost centre code; Cost center code; Kostenstelle; "
        "Kostenst.; MPK; Centrum kosztów; Centre de coûts; Centre de coût",
        section=WORK,
    ),
    Personal(
        "parcel_name",
        _("Name on parcels"),
        Value.TEXT,
        "Name on parcels; Recipient; Ship to name; Delivery name; Empfänger; "
        "Odbiorca; Destinataire",
        help_text=_("Empty: their own."),
        section=PARCELS,
    ),
    Personal(
        "parcel_phone",
        _("Phone for parcels"),
        Value.TEXT,
        "Phone for parcels; Delivery phone; Ship to phone; Telefon für Pakete",
        help_text=_("What the carrier calls. Empty: their own."),
        section=PARCELS,
    ),
    Personal(
        "street",
        _("Street and number"),
        Value.TEXT,
        "Street; Address; Street address; Address line 1; Straße; Anschrift; "
        "Ulica; Rue; Dirección; Calle; Domicilio; Alamat",
        likely="Adresse; Adres",
        section=PARCELS,
        on_page=False,  # part of the address
    ),
    Personal(
        "street2",
        _("Address line 2"),
        Value.TEXT,
        "Address line 2; Street 2; Address 2; Adresszusatz; Adres (linia 2); "
        "Complément d'adresse",
        section=PARCELS,
        on_page=False,  # part of the address
    ),
    Personal(
        "city",
        _("City"),
        Value.TEXT,
        "City; Town; Stadt; Wohnort; Miasto; Ville; Ciudad; Localidad; Población; Kota",
        likely="Ort",
        section=PARCELS,
        on_page=False,  # part of the address
    ),
    Personal(
        "region",
        _("State or province"),
        Value.TEXT,
        "Region; State; Province; State/Province; Bundesland; Województwo; "
        "Région; Provincia; Comunidad autónoma; Provinsi",
        column="state",
        section=PARCELS,
        on_page=False,  # part of the address
    ),
    Personal(
        "postal_code",
        _("Postal code"),
        Value.TEXT,
        "Postal code; Postcode; Post code; Zip; Zip code; PLZ; Postleitzahl; "
        "Kod pocztowy; Code postal; Código postal; Kode pos",
        likely="CP",
        section=PARCELS,
        on_page=False,  # part of the address
    ),
    Personal(
        "country_id",
        _("Country"),
        Value.COUNTRY,
        "Country; Country code; Land; Kraj; Pays; Country name; País; Negara",
        column="country",
        asked_as="country",
        section=PARCELS,
        on_page=False,  # part of the address
        is_filtered=True,
    ),
    Personal(
        "time_zone",
        _("Time zone"),
        Value.TEXT,
        help_text=_("Empty: that of the country. Example: Europe/Warsaw."),
        section=PARCELS,
        is_exported=False,
        is_imported=False,
    ),
    Personal(
        "language",
        _("Language"),
        Value.LANGUAGE,
        help_text=_("Of their pages and mails. Empty: that of the company."),
        section=PARCELS,
        shows="get_language_display",
        is_exported=False,
        is_imported=False,
    ),
    Field(
        "start_on",
        _("First working day"),
        Value.DATE,
        "Start date; Start on; Hire date; Hired on; Joined on; Date of joining; "
        "First day; Eintrittsdatum; Eintritt; Einstellungsdatum; Data "
        "zatrudnienia; Date d'embauche; Date d'entrée; Date of hire; Joining "
        "date; Date joined; Employment start date; Commencement date; Date "
        "hired; Startdatum; Arbeitsbeginn; Data rozpoczęcia pracy; Zatrudniony "
        "od; Date d'arrivée; Date de début; Fecha de ingreso; Fecha de inicio; "
        "Fecha de contratación; Fecha de incorporación; Tanggal masuk; Tgl "
        "masuk; Tanggal bergabung; Tanggal mulai; DOJ; Joined",
        likely="Fecha de alta; Fecha alta",
        help_text=_("Empty: they work here already."),
        section=WORK,
        decides=True,
    ),
    Field(
        "end_on",
        _("Last working day"),
        Value.DATE,
        "End date; End on; Last working day; Last day; Last day of work; "
        "Letzter Arbeitstag; Termination date; Leaving date; Austrittsdatum; "
        "Austritt; Data zakończenia; Date de sortie; Date de départ; Exit date; "
        "Last working date; Date of leaving; Employment end date; Separation "
        "date; Leave date; Enddatum; Ausscheidedatum; Ostatni dzień pracy; Data "
        "odejścia; Zatrudniony do; Date de fin; Dernier jour; Fecha de baja; "
        "Fecha de salida; Fecha de egreso; Fecha de fin; Tanggal keluar; Tgl "
        "keluar; Fecha baja; Data zwolnienia",
        in_form=False,  # an offboarding says it
        decides=True,
    ),
    Field(
        "active",
        _("Active"),
        Value.BOOLEAN,
        "Active; Is active; Aktiv; Aktywny; Actif; Activo; Aktif",
        likely="Status",
        reads="state",
        is_edited=False,
        on_page=False,
        is_clearable=False,
        decides=True,
    ),
    Personal(
        "notes",
        _("Notes"),
        Value.LONG_TEXT,
        "Notes; Note; Comment; Comments; Remarks; Bemerkung; Bemerkungen; "
        "Notiz; Notizen; Uwagi; Notatki; Remarques; Commentaire; Remark; "
        "Anmerkung; Anmerkungen; Komentarz; Observations; Commentaires; Notas; "
        "Observaciones; Comentarios; Catatan; Keterangan",
        section=PARCELS,
        on_page=False,  # below the facts
    ),
)
