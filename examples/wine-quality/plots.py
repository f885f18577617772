"""How the plots of the three notebooks look. Not a step: the notebooks import it."""

import matplotlib.pyplot as plt

GROWERS = ["grower A", "grower B", "grower C"]
COLOURS = ["#8c1d40", "#d1931f", "#2f7f86"]
DARK = "#3c3c43"
PALE = "#d9d6d0"


def use_style():
    plt.rcParams.update(
        {
            "figure.dpi": 110,
            "figure.constrained_layout.use": True,
            "font.size": 9,
            "text.color": DARK,
            "axes.edgecolor": PALE,
            "axes.labelcolor": DARK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlesize": 10,
            "axes.titleweight": "bold",
            "axes.titlelocation": "left",
            "xtick.color": DARK,
            "ytick.color": DARK,
            "legend.frameon": False,
        }
    )


def words(name):
    """`color_intensity` -> `color intensity`"""
    return name.replace("_", " ")
