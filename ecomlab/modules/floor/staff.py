"""Who works on a floor. The posts share the shop's password; each has a name of its own, so that another than the one who counts can decide."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ...books import access
from ...kernel.command import VISITOR, command, role
from ...kernel.doing import Doing
from ...kernel.refusals import Declined
from ...kernel.values import Ask, Ref, Secret
from ..b2c.members import NO_SHOP, SHOP_PASSWORD
from . import bins

RECEIVER = role("receiver", "收货员", "receiver", sign_in="floor.sign_in")
PICKER = role("picker", "拣货员", "picker", sign_in="floor.sign_in")
PACKER = role("packer", "打包员", "packer", sign_in="floor.sign_in")
CLERK = role("floor_clerk", "仓库账务员", "floor clerk", sign_in="floor.sign_in")
MANAGER = role("floor_manager", "仓库主管", "floor manager", sign_in="floor.sign_in")
ACCOUNTANT = role("stock_accountant", "库存会计", "stock accountant", sign_in="floor.sign_in")
#: The condition of a list that shows a worker only what is of their own floor.
OWN_FLOOR = "starts_with($actor, t.merchant || '.')"
POSTS = {r.name: r for r in (RECEIVER, PICKER, PACKER, CLERK, MANAGER, ACCOUNTANT)}


@command(role=VISITOR, title=("仓库到岗登录", "Sign in on the floor"))
def sign_in(
    do: Doing,
    post: Annotated[Literal["receiver", "picker", "packer", "floor_clerk", "floor_manager", "stock_accountant"], Ask()],
    merchant: Annotated[Ref, Ask(choose="b2c.own_shops")],
    password: Annotated[Secret, Ask(purpose=SHOP_PASSWORD)],
) -> str | Declined:
    """Opens a session at a post of a shop's floor, by merchant number and the shop's password; gives who works there.

    The first who comes finds the bins empty and the shop's goods in the receiving area.
    """
    account: Any = access.find(do, SHOP_PASSWORD, merchant)
    if account is None:
        raise NO_SHOP("merchant", merchant=merchant[:40])
    signed_in = access.sign_in(do, POSTS[post], account, password, actor=f"{merchant}.{post}")
    if not isinstance(signed_in, Declined):
        bins.open_site(do, merchant)
    return signed_in


def merchant_of(actor: str) -> str:
    """The shop at whose floor somebody works."""
    return actor.rpartition(".")[0]


def site(do: Doing) -> Any:
    """The floor at which the acting member works: merchant, member, place, city."""
    return bins.site_of(do, merchant_of(do.actor))
