"""The filters that lists and search share."""

from typing import Annotated

import typer

Codes = list[str] | None
Organisation = Annotated[
    str | None, typer.Option(help="A body by any of its names; its parts are found too.")
]
Region = Annotated[Codes, typer.Option(help="What serves this region, wider ones too.")]
Role = Annotated[Codes, typer.Option(help="support, requirement, practice, knowledge, voice.")]
Reach = Annotated[Codes, typer.Option(help="Who may take it up.")]
Kind = Annotated[Codes, typer.Option(help="What it is: programme, toolkit, network …")]
Audience = Annotated[Codes, typer.Option(help="For whom it is made.")]
Status = Annotated[Codes, typer.Option(help="active, published, ended …")]


def codes(**by_facet: Codes) -> dict[str, list[str]]:
    """Facet to the codes asked for; facets without any are left out."""
    return {facet: those for facet, those in by_facet.items() if those}
