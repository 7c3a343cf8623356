"""Draws docs/conversation.svg from the table of a conversation's moves.

python -m tools.diagram
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from server.domain.conversation import MOVES, Move, Phase

DRAWING = Path(__file__).parent.parent / "docs" / "conversation.svg"

WIDTH, HEIGHT = 1340, 330
STEP, LEFT, LINE = 190, 100, 110  # between phases, to the first, their height
HALF, ROUND = 58, 20  # of a phase's box: half its width, half its height

HEAD = f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" \
role="img" aria-labelledby="title">
<title id="title">The phases of a conversation and what moves it</title>
<style>
svg {{ color: #24312b; font: 15px system-ui, sans-serif; }}
rect {{ fill: #e8f3ee; stroke: #0b6e4f; stroke-width: 1.5; }}
path {{ fill: none; stroke: currentColor; stroke-width: 1.3; \
marker-end: url(#tip); }}
#tip path {{ fill: currentColor; stroke: none; marker-end: none; }}
text {{ text-anchor: middle; fill: currentColor; }}
.phase {{ font-weight: 600; }}
.move {{ font-size: 13px; }}
@media (prefers-color-scheme: dark) {{
svg {{ color: #dbe7e1; }}
rect {{ fill: #14352a; stroke: #4cc29a; }}
}}
</style>
<marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" \
markerHeight="7" orient="auto-start-reverse"><path d="M0 0 10 5 0 10z"/>\
</marker>
"""


def drawing(moves: Mapping[tuple[Phase, Move], Phase]) -> str:
    """The whole picture; phases stand in the order of their declaration."""
    labels: dict[tuple[Phase, Phase], list[str]] = defaultdict(list)
    for (before, move), after in moves.items():
        labels[before, after].append(move)
    lines = [_box(phase) for phase in Phase]
    lines += [_arrow(*ends, ", ".join(said)) for ends, said in labels.items()]
    return HEAD + "\n".join(lines) + "\n</svg>\n"


def _at(phase: Phase) -> int:
    return LEFT + STEP * list(Phase).index(phase)


def _box(phase: Phase) -> str:
    x = _at(phase)
    return (
        f'<rect x="{x - HALF}" y="{LINE - ROUND}" width="{2 * HALF}"'
        f' height="{2 * ROUND}" rx="{ROUND}"/>'
        f'<text class="phase" x="{x}" y="{LINE + 5}">{phase}</text>'
    )


def _arrow(before: Phase, after: Phase, said: str) -> str:
    start, end = _at(before), _at(after)
    if start == end:
        top = LINE - ROUND
        path = f"M{start - 18} {top} C{start - 34} {top - 48} "
        path += f"{start + 34} {top - 48} {start + 18} {top}"
        return _labelled(path, start, y=top - 44, said=said)
    if end - start == STEP:
        path = f"M{start + HALF} {LINE} H{end - HALF}"
        return _labelled(path, (start + end) // 2, y=LINE - 8, said=said)
    # Under the boxes, the deeper the further apart, so that none cross.
    bottom = LINE + ROUND
    depth = 20 + abs(end - start) // 5
    shift = -30 if end > start else -10
    path = f"M{start + shift} {bottom} C{start + shift} {bottom + depth} "
    path += f"{end - shift} {bottom + depth} {end - shift} {bottom}"
    middle = bottom + depth * 3 // 4 - 6
    return _labelled(path, (start + end) // 2, y=middle, said=said)


def _labelled(path: str, x: int, *, y: int, said: str) -> str:
    return f'<path d="{path}"/><text class="move" x="{x}" y="{y}">{said}</text>'


if __name__ == "__main__":
    DRAWING.write_text(drawing(MOVES), encoding="utf-8")
