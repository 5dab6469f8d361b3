"""The example, examples/python: its model, and its table on any number of workers."""

import csv
import pathlib
import subprocess
import sys

import pytest

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples" / "python"
sys.path.insert(0, str(EXAMPLES))

import ro  # noqa: E402


@pytest.mark.parametrize("recovery", [0.3, 0.45])
@pytest.mark.parametrize("salinity", [20, 45])
def test_the_model_keeps_its_balances(salinity, recovery):
    plant = ro.Plant()
    point = plant.solve(ro.Case(salinity, recovery))
    product, brine = recovery, 1 - recovery
    salt = product * point.product + brine * point.brine
    assert salt == pytest.approx(salinity, rel=1e-6)
    assert point.energy > point.least_energy > 0
    assert point.pressure > ro.OSMOTIC * point.brine * 0.9
    assert salinity < point.brine
    # Salt passes in proportion to the salinity at the membrane, which lies between
    # that of the feed and that of the brine, raised by the film.
    flux = recovery * plant.feed / plant.area * 1000
    least = plant.salt_permeability * salinity / flux
    most = plant.salt_permeability * 1.3 * point.brine / flux
    assert least < point.product < most


def test_a_perfect_plant_needs_the_osmotic_pressure_of_the_brine():
    """Much membrane, no film, no losses: the theory of the ideal process."""
    plant = ro.Plant(area=20000.0, cells=400)
    plant.salt_permeability, plant.film = 0.0, 1e9
    plant.pump = plant.exchanger = 1.0
    point = plant.solve(ro.Case(salinity=35, recovery=0.4))
    ideal = ro.OSMOTIC * 35 / 0.6
    assert point.pressure == pytest.approx(ideal, rel=1e-2)
    assert point.energy == pytest.approx(ideal / ro.BAR_PER_KWH, rel=1e-2)
    assert point.product == pytest.approx(0, abs=1e-9)


def test_there_is_a_sentence_where_there_is_no_solution():
    with pytest.raises(ValueError, match="60% recovery needs more than the 83 bar"):
        ro.Plant().solve(ro.Case(salinity=47, recovery=0.6))


def test_the_table(tmp_path):
    for workers in ("1", "3"):
        subprocess.run(
            [sys.executable, EXAMPLES / "ro_sweep.py", f"{workers}.csv",
             "--workers", workers, "--cells", "20"],
            cwd=tmp_path, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
    text = (tmp_path / "1.csv").read_text()
    assert text == (tmp_path / "3.csv").read_text()
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == 70
    assert all(bool(row["energy"]) != bool(row["why_not"]) for row in rows)
