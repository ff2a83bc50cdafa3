"""Numbers on the command line: click's own ranges let ``nan`` pass, and some of them ``inf``."""

import math
import threading
from typing import Any

import click


class Number(click.ParamType[float]):
    """A number from ``least`` to ``most``; ``wanted`` is that in words."""

    name = "number"

    def __init__(self, wanted: str, *, least: float = 0.0, most: float) -> None:
        self._wanted, self._least, self._most = wanted, least, most

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not self._least <= number <= self._most:
            self.fail(f"{value!r} is not {self._wanted}.", param, ctx)
        return number


SECONDS = Number("a number of seconds (x>0)", least=math.ulp(0.0), most=threading.TIMEOUT_MAX)
MILLISECONDS = Number("a number of milliseconds (x>=0)", most=threading.TIMEOUT_MAX * 1000)
PERCENT = Number("a percentage (0<=x<=100)", most=100)
