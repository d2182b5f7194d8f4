"""``shop recover``."""

import typer

from ops.recover.buckets import command as buckets
from ops.recover.drill.command import drill
from ops.recover.region.command import region
from ops.recover.rehearsal import command as rehearsal
from ops.recover.tables import command as tables
from ops.recover.trouble import Commands
from ops.recover.verify.command import verify

app = typer.Typer(no_args_is_help=True, cls=Commands)
app.add_typer(buckets.app, name="bucket")
app.add_typer(tables.app, name="table")
app.add_typer(rehearsal.app, name="rehearse")
app.command()(region)
app.command()(verify)
app.command()(drill)


@app.callback()
def _recover() -> None:
    """Bring back tables, objects, or the whole shop in another region; check that it is whole.

    Exit code 2, of any of these: it could not be done, or not to the end; the sentence says why.
    """
