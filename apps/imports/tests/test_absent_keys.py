"""Nobody is handed anything, and nothing is taken for anything, by a key that is not
there: people without user name, devices without tag, models without number."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.catalog.models import Product
from apps.companies.models import Address
from apps.conftest import make_asset, make_product, make_user, mostly_full
from apps.core.actor import SYSTEM
from apps.core.errors import Invalid
from apps.core.tests.test_keys import BLANKS
from apps.imports import services
from apps.imports.columns.headers import guess_mapping
from apps.imports.models import RememberedColumns
from apps.imports.states import Kind
from apps.imports.targets.unresolved import NameChoice
from apps.inventory.models import Asset

from .factories import applied, codes, counts, planned, rows, unknowns, upload

pytestmark = pytest.mark.django_db

HEADER = "Serial number,Model name,Assigned to\n"
# Blanks that a cell of a CSV file can hold.
CELLS = [f'"{blank}"' for blank in BLANKS if blank and not {"\0", "\r"} & set(blank)]


@pytest.fixture
def benoit(acme, shelf) -> User:
    return make_user(acme, "Benoît", last_name="Fournier", email="bf@acme.example")


@pytest.fixture
def aaliyah(acme) -> User:
    return make_user(acme, "Aaliyah", last_name="Alvarez")


def holders(company) -> dict[str, User | None]:
    found = Asset.objects.filter(company=company).select_related("user")
    return {asset.serial_number: asset.user for asset in found}


class TestHolders:
    def test_an_unknown_name_is_nobody_elses(self, acme, benoit):
        text = "UP-1,Any,Benoît Fournier\nUP-2,Any,Nobody Bythisname\nUP-3,Any,Pool\n"
        batch = applied(acme, HEADER + text)
        assert [codes(row) for row in rows(batch)] == [
            [],
            ["person_unknown"],
            ["person_unknown"],
        ]
        assert holders(acme) == {"UP-1": benoit}

    def test_two_known_names_are_two_people(self, acme, benoit, aaliyah):
        text = "N-1,Any,Benoît Fournier\nN-2,Any,aaliyah  ALVAREZ\nN-3,Any,No Body\n"
        batch = applied(acme, HEADER + text)
        assert counts(batch) == {"CREATE": 2, "REFUSED": 1}
        assert codes(rows(batch)[2]) == ["person_unknown"]
        assert holders(acme) == {"N-1": benoit, "N-2": aaliyah}

    def test_what_somebody_holds_stays_with_them(self, acme, benoit, aaliyah):
        make_asset(aaliyah, "HELD1", asset_tag="")
        batch = applied(acme, HEADER + "X1,Any,Benoît Fournier\nHELD1,,Jo Unknown\n")
        assert codes(rows(batch)[1]) == ["person_unknown"]
        assert holders(acme)["HELD1"] == aaliyah

    @pytest.mark.parametrize(
        "name", ["()", ",", "…", "( )", "() ()", "Pool ()", "(x.y)", "0", "٣"]
    )
    def test_what_is_no_name_is_asked(self, acme, benoit, name):
        batch = applied(acme, HEADER + f'Z0,Any,Benoît Fournier\nZ1,Any,"{name}"\n')
        assert codes(rows(batch)[1]) == ["person_unknown"]
        assert ("holder", 1, "REFUSE") in {(k, n, a) for k, _v, n, a in unknowns(batch)}
        assert holders(acme) == {"Z0": benoit}

    @pytest.mark.parametrize("mark", ["-", "?", "–", "n/a", "Nobody"])
    def test_a_mark_for_nobody_names_nobody(self, acme, benoit, shelf, mark):
        batch = applied(acme, HEADER + f"Z0,Any,Benoît Fournier\nZ1,Any,{mark}\n")
        assert counts(batch) == {"CREATE": 2}
        assert holders(acme) == {"Z0": benoit, "Z1": None}

    def test_brackets_without_user_name_leave_the_name(self, acme, benoit):
        applied(acme, HEADER + "B1,Any,Benoît Fournier ()\nB2,Any,Benoît Fournier ( )")
        assert holders(acme) == {"B1": benoit, "B2": benoit}

    @pytest.mark.parametrize("cell", mostly_full(CELLS), ids=ascii)
    def test_a_blank_cell_names_nobody(self, acme, benoit, shelf, cell):
        header = "Serial,Model,Assigned to,Holder email,Holder username,First name\n"
        text = "C0,Any,Benoît Fournier,,,\n" + f"C1,Any,{','.join([cell] * 4)}\n"
        batch = applied(acme, header + text)
        assert counts(batch) == {"CREATE": 2}
        assert not unknowns(batch) - {("product", "Any", 2, "CREATE")}
        assert holders(acme) == {"C0": benoit, "C1": None}
        assert Asset.objects.get(serial_number="C1").address == shelf

    def test_somebody_without_last_name_is_found_by_the_whole_name_only(
        self, acme, benoit
    ):
        cher = make_user(acme, "Cher", last_name="")
        batch = applied(acme, HEADER + "S1,Any,cher\nS2,Any,Cher Bono\nS3,Any,Ch\n")
        assert [codes(row) for row in rows(batch)[1:]] == [["person_unknown"]] * 2
        assert holders(acme) == {"S1": cher}

    def test_another_user_name_is_another_person_of_that_name(self, acme, benoit):
        make_user(acme, "Ann", last_name="Lee", username="ann.lee")
        text = "L1,Any,Ann Lee (ann.lee2)\nL2,Any,Benoît Fournier (benoit)\n"
        batch = applied(acme, HEADER + text)
        assert codes(rows(batch)[0]) == ["person_unknown"]
        assert holders(acme) == {"L2": benoit}

    def test_a_user_name_nobody_has_finds_nobody(self, acme, benoit):
        header = "Serial,Model,Holder username\n"
        batch = planned(acme, header + "U1,Any,b.fournier\nU2,Any,bf@acme.example\n")
        assert [codes(row) for row in rows(batch)] == [["person_unknown"], []]

    def test_a_name_of_the_other_company_is_nobodys(self, acme, benoit, gina):
        batch = applied(acme, HEADER + "G1,Any,Gina Example\n")
        assert codes(rows(batch)[0]) == ["person_unknown"]
        assert holders(acme) == {}


class TestDevices:
    HEADER = "Serial number,Asset tag,External id,Model name,Model number,Location\n"

    @pytest.mark.parametrize("cell", mostly_full(["", *CELLS]), ids=ascii)
    def test_a_row_without_keys_is_no_device_without_them(self, acme, shelf, cell):
        make_asset(shelf, "", asset_tag="T1")
        make_asset(shelf, "S1", asset_tag="")
        batch = applied(acme, self.HEADER + f"{','.join([cell] * 3)},Any,,\n")
        assert codes(rows(batch)[0]) == ["no_serial_or_tag"]
        assert Asset.objects.count() == 2

    @pytest.mark.parametrize("cell", mostly_full(["", *CELLS]), ids=ascii)
    def test_one_key_is_enough_and_the_others_match_nothing(self, acme, shelf, cell):
        make_asset(shelf, "", asset_tag="T1")
        make_asset(shelf, "S1", asset_tag="")
        text = f"S2,{cell},{cell},Any,,\n{cell},T2,{cell},Any,,\n"
        batch = applied(acme, self.HEADER + text)
        assert counts(batch) == {"CREATE": 2}
        again = planned(acme, self.HEADER + text)
        assert counts(again) == {"SAME": 2}

    @pytest.mark.parametrize("cell", mostly_full(["", *CELLS]), ids=ascii)
    def test_a_blank_model_is_none_of_those_without_number(self, acme, shelf, cell):
        make_product(acme, "Plain", model_number="")
        batch = planned(acme, self.HEADER + f"S9,,,{cell},{cell},{cell}\n")
        assert codes(rows(batch)[0]) == ["no_product"]
        assert (Product.objects.count(), Address.objects.count()) == (1, 1)

    def test_keys_are_compared_as_they_are_written(self, acme, shelf):
        text = 'DS  1,DT  1,,Two  spaces,,"Main\u00a0 store"\n'
        assert counts(applied(acme, self.HEADER + text)) == {"CREATE": 1}
        assert counts(planned(acme, self.HEADER + text)) == {"SAME": 1}
        single = text.replace("  ", " ").replace("\u00a0 ", " ")
        assert counts(planned(acme, self.HEADER + single)) == {"SAME": 1}
        assert Address.objects.filter(name="Main store").count() == 1
        assert Product.objects.get().name == "Two spaces"


class TestPeople:
    HEADER = "First name,Last name,Email,Employee number,User name\n"

    @pytest.mark.parametrize("cell", mostly_full(["", *CELLS]), ids=ascii)
    def test_two_people_without_numbers_are_two(self, acme, benoit, cell):
        text = f"Ann,{cell},ann@acme.example,{cell},{cell}\n"
        text += f"Bob,{cell},bob@acme.example,{cell},{cell}\n"
        batch = applied(acme, self.HEADER + text)
        assert counts(batch) == {"CREATE": 2}
        assert User.objects.count() == 3
        assert counts(planned(acme, self.HEADER + text)) == {"SAME": 2}

    @pytest.mark.parametrize("cell", mostly_full(["", *CELLS]), ids=ascii)
    def test_a_row_without_keys_is_nobody(self, acme, benoit, cell):
        batch = planned(acme, self.HEADER + f"Ann,Lee,{cell},{cell},{cell}\n")
        assert codes(rows(batch)[0]) == ["no_email"]


class TestAnswers:
    @pytest.mark.parametrize("text", mostly_full(t or "" for t in BLANKS), ids=ascii)
    @pytest.mark.parametrize("kind", ["product", "place", "holder", "person"])
    def test_nothing_typed_is_nothing_chosen(self, acme, benoit, kind, text):
        make_product(acme, "Plain", model_number="")
        header = "Serial,Model,Assigned to,Holder email,Location\n"
        text = "S1,Xps,Jo,,\nS2,Xps,,jo@x.example,\nS3,Plain,,,There\n"
        batch = planned(acme, header + text)
        key = batch.unknowns.get(kind=kind).key
        with pytest.raises(Invalid):
            services.decide_unknowns(
                batch, [NameChoice(kind, key, "USE", text)], actor=SYSTEM
            )


class TestHeaders:
    @pytest.mark.parametrize("header", ["", "***", "\u200b", "()", "…"])
    def test_a_header_without_letters_means_nothing(self, header):
        for kind in Kind:
            (column,) = guess_mapping([header], kind).columns
            assert column.target is None

    def test_files_without_headers_are_not_alike(self, acme, anna):
        batch = upload(acme, "Serial;Model\nS1;XPS\n", kind="ASSETS")
        batch.headers = ["", "\u200b"]
        batch.save()
        services.set_columns(
            batch,
            mapping={"0": "serial_number", "1": "product_name"},
            options={},
            default_address=None,
            actor=actor_of(anna),
        )
        assert not RememberedColumns.objects.exists()
