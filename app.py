"""The CDK application: settings from the context, one stack. Makes no call to AWS."""

import sys

from aws_cdk import App

from cdk import settings
from cdk.build import BuildError
from cdk.schema.validation import guard_tables
from cdk.stack import ShopStack


def main() -> None:
    app = App()
    try:
        chosen = settings.read(app.node.get_all_context())
        ShopStack(app, settings=chosen)
    except (settings.SettingsError, BuildError) as error:
        sys.exit(f"Nothing was synthesized: {error}")
    if chosen.guarded:
        guard_tables(app)
    try:
        app.synth()
    except RuntimeError as error:
        if "ValidationFailed" not in str(error):
            raise
        sys.exit("Nothing of this can be deployed, for the reasons above.")  # as the CDK told them


if __name__ == "__main__":
    main()
