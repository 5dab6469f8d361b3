"""Sea-water reverse osmosis along a pressure vessel: a small model in pure Python,
which knows nothing of cohort.

Water passes the membrane in proportion to the pressure above the difference of
osmotic pressures, salt in proportion to the difference of salinities, both at the
membrane's surface, where film theory has the salinity raised. Flow and salt are
integrated from inlet to outlet; a bisection around that finds the feed pressure with
which the vessel yields the recovery asked for.
"""

from math import exp, log
from typing import NamedTuple

OSMOTIC = 0.76  # bar for each g/kg, at 25 C
BAR_PER_KWH = 36.0  # bar, for 1 kWh/m3


class Case(NamedTuple):
    salinity: float  # of the feed, g/kg
    recovery: float  # product over feed
    permeability: float = 1.0  # for water, L/(m2 h bar)


class Point(NamedTuple):
    """What a vessel needs for a case."""

    pressure: float  # of the feed, bar
    energy: float  # kWh for each m3 of product
    least_energy: float  # of any process, kWh/m3
    product: float  # salinity of the product, g/kg
    brine: float  # salinity of the brine, g/kg


class Plant:
    """A vessel with its pump and pressure exchanger."""

    def __init__(self, area=260.0, feed=8.0, most=83.0, cells=60):
        self.area = area  # of membrane, m2
        self.feed = feed  # m3/h
        self.most = most  # bar that the membrane bears
        self.cells = cells
        self.salt_permeability = 0.06  # L/(m2 h)
        self.film = 80.0  # mass transfer, L/(m2 h)
        self.pump = 0.88  # efficiency
        self.exchanger = 0.96  # efficiency

    def _fluxes(self, case, pressure, salinity):
        """Of water and of salt, in L/(m2 h) and g/(m2 h)."""
        water, product = 0.0, 0.0
        for _ in range(4):  # each depends on the others, weakly
            surface = salinity * exp(min(water / self.film, 3.0))
            driving = pressure - OSMOTIC * (surface - product)
            water = max(0.5 * (water + case.permeability * driving), 1e-9)
            salt = self.salt_permeability * (surface - product)
            product = min(salt / water, surface)
        return water, salt

    def run(self, case, pressure):
        """(flow, salt) at the outlet, in m3/h and kg/h, at a pressure."""
        flow, salt = self.feed, self.feed * case.salinity
        step = self.area / self.cells / 1000.0
        for _ in range(self.cells):
            water, salt_flux = self._fluxes(case, pressure, salt / flow)
            flow -= water * step
            salt -= salt_flux * step
            if flow < 0.02 * self.feed:
                return 0.0, salt
        return flow, salt

    def solve(self, case):
        """The operating point of a case. ValueError: there is none."""
        low, high = 0.0, self.most
        best = 1.0 - self.run(case, high)[0] / self.feed
        if best < case.recovery:
            raise ValueError(
                f"{case.recovery:.0%} recovery needs more than the {self.most:.0f} "
                f"bar that the membrane bears, which reach {best:.0%}"
            )
        while high - low > 1e-6:
            middle = 0.5 * (low + high)
            if 1.0 - self.run(case, middle)[0] / self.feed < case.recovery:
                low = middle
            else:
                high = middle
        flow, salt = self.run(case, high)
        lost = 1.0 - self.exchanger * (1.0 - case.recovery)
        return Point(
            pressure=high,
            energy=high * lost / (BAR_PER_KWH * self.pump * case.recovery),
            least_energy=OSMOTIC * case.salinity * log(1.0 / (1.0 - case.recovery))
            / (BAR_PER_KWH * case.recovery),
            product=(self.feed * case.salinity - salt) / (self.feed - flow),
            brine=salt / flow,
        )  # fmt: skip
