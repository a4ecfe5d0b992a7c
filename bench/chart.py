"""Line charts with logarithmic axes, drawn as SVG, side by side; readable on a light page."""
from collections import namedtuple
from html import escape
from math import ceil, floor, log, log10

Line = namedtuple("Line", "colour points dashed", defaults=(False,))

WIDTH, TOP, HEIGHT, STEP = 330, 70, 260, 420  # of a panel, and from one panel to the next
GREY = "#57606a"


def svg(title, counts, below, legend, *panels):
    """Panels are (title, unit, lines); every line's points are (one of the counts, value); the legend is (name, colour)."""
    width, height = STEP * len(panels), 424
    parts = [text(60, 20, title, GREY)]
    for i, panel in enumerate(panels):
        parts += drawn(60 + i * STEP, counts, below, *panel)
    x = 60
    for name, colour in legend:
        parts += [f'<path d="M{x} 400h22" stroke="{colour}" stroke-width="3"/>', text(x + 29, 404, name)]
        x += 60 + 8 * len(name)
    body = "\n".join(parts)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"
 font-family="Helvetica, Arial, sans-serif" font-size="13" fill="#1f2328">
<title>{escape(title)}</title>
<rect width="{width}" height="{height}" fill="#ffffff"/>
{body}
</svg>
"""


def text(x, y, what, colour="#1f2328", anchor="start", more=""):
    return f'<text x="{x:.0f}" y="{y:.0f}" fill="{colour}" text-anchor="{anchor}"{more}>{escape(what)}</text>'


def drawn(left, counts, below, title, unit, lines):
    values = [value for line in lines for _, value in line.points] or [1]
    low = floor(log10(min(values)))
    high = max(low + 1, ceil(log10(max(values))))

    def x(count):
        return left + WIDTH * log(count / counts[0]) / log(counts[-1] / counts[0])

    def y(value):
        return TOP + HEIGHT * (1 - (log10(value) - low) / (high - low))

    parts = [text(left, 42, title, more=' font-weight="600" font-size="15"'), text(left, 59, unit, GREY)]
    for power in range(low, high + 1):
        at = y(10 ** power)
        parts += [f'<path d="M{left} {at:.1f}h{WIDTH}" stroke="#e4e7eb"/>', text(left - 8, at + 4, f"{10.0 ** power:g}", GREY, "end")]
    parts += [text(x(count), TOP + HEIGHT + 20, f"{count:,}", GREY, "middle") for count in counts]
    parts.append(text(left + WIDTH / 2, TOP + HEIGHT + 40, below, GREY, "middle"))
    for line in filter(lambda line: line.points, lines):
        path = "L".join(f"{x(count):.1f} {y(value):.1f}" for count, value in line.points)
        dash = ' stroke-dasharray="5 4"' if line.dashed else ""
        parts.append(f'<path d="M{path}" fill="none" stroke="{line.colour}" stroke-width="2.2"{dash}/>')
        parts += [f'<circle cx="{x(count):.1f}" cy="{y(value):.1f}" r="3.4" fill="{line.colour}"/>' for count, value in line.points]
    return parts
