"""Types of the documents function."""

from typing import Literal

from shop.models import ApiModel


class Health(ApiModel):
    status: Literal["ok"] = "ok"
