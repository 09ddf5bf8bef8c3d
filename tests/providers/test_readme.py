"""What the README says of models is what the catalogue says."""

from core.providers.catalogue import load
from scripts.prices import BEGIN, END, README, table


def test_the_readmes_table_of_models_is_the_catalogues() -> None:
    rest = README.read_text(encoding="utf-8").partition(BEGIN)[2]

    assert rest.partition(END)[0] == table(load()), "python -m scripts.prices writes it anew"
