"""The CDK application: settings from the context, one stack. Makes no call to AWS."""

import sys

from aws_cdk import App

from cdk import settings
from cdk.build import BuildError
from cdk.stack import ShopStack


def main() -> None:
    app = App()
    try:
        chosen = settings.read(app.node.get_all_context())
    except settings.SettingsError as error:
        sys.exit(f"Nothing was synthesized: {error}")
    try:
        ShopStack(app, settings=chosen)
    except BuildError as error:
        sys.exit(f"Nothing was synthesized: {error}")
    app.synth()


if __name__ == "__main__":
    main()
