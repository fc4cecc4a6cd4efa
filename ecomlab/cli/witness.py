"""The command of the witness: run it, give out tokens, hold receipts against the key that signed them."""

from __future__ import annotations

import argparse
from pathlib import Path

from .commands import argument, command
from .output import FOUND, GOOD, fail, language_of, logbook_of


@command(
    "见证服务：运行它，为学生发放令牌，或核验回执。",
    argument(
        "action", choices=("serve", "token", "verify"),
        help=("serve 运行服务；token 发放令牌；verify 核验回执", "serve: run the service; token: give out a token; verify: check receipts"),
    ),
    argument(
        "name", nargs="?", help=("token：学号；verify：回执文件或其所在的文件夹", "token: the student's id; verify: the receipts, or their folder")
    ),
    argument(
        "--folder", type=Path, default=Path("witness"), metavar="DIR",
        help=("见证服务的文件夹（默认 ./witness）", "where the witness keeps its log and its key (default: ./witness)"),
    ),
    argument(
        "--port", type=int, metavar="PORT",
        help=("监听 127.0.0.1 的端口（默认由系统或 JupyterHub 指定）", "the port on 127.0.0.1 (default: the hub's choice, else a free one)"),
    ),
    argument(
        "--key", type=Path, metavar="FILE",
        help=("核验所用的公钥（默认为该文件夹中的 witness.pub）", "the public key to check with (default: witness.pub there)"),
    ),
)  # fmt: skip
def witness(args: argparse.Namespace) -> int:
    """The witness service: run it, give out tokens to students, check receipts."""
    if args.action == "serve":
        import asyncio

        from ..witness.service import serve

        asyncio.run(serve(args.folder, args.port, lambda address: print(address, flush=True)))
        return GOOD
    if not args.name:
        return fail(f"witness {args.action} 缺少 NAME。请补上。", f"witness {args.action} needs NAME. Give it.")
    if args.action == "token":
        from ..witness.service import give_token

        print(give_token(args.folder, args.name))
        return GOOD
    return _verify(args)


def _verify(args: argparse.Namespace) -> int:
    """Every receipt: signed by the key, and for the logbook beside it, if there is one."""
    from ..witness.chain import chain_of
    from ..witness.courier import RECEIPTS
    from ..witness.receipts import Receipt, genuine, public_key

    path = Path(args.name)
    path = path / RECEIPTS if path.is_dir() else path
    try:
        public = public_key(args.key or args.folder / "witness.pub")
        receipts = [Receipt.read(line) for line in path.read_text("utf-8").splitlines()]
    except ValueError as error:
        return fail(f"{path}：{error}", f"{path}: {error}")
    chinese = language_of(args) == "zh"
    logbook = logbook_of(path.parent)
    chain = chain_of(logbook) if logbook.exists() else None
    bad = 0
    for number, receipt in enumerate(receipts, start=1):
        why = ""
        if not genuine(receipt, public):
            why = "签名无效" if chinese else "the signature is not this witness's"
        elif chain and receipt.world == chain.world and (receipt.n > len(chain.hashes) or chain.hashes[receipt.n - 1] != receipt.hash):
            why = f"日志的第 {receipt.n} 条已不是当时的内容" if chinese else f"entry {receipt.n} of the logbook is not what was witnessed"
        if why:
            bad += 1
            print(f"{path}:{number}: {why}")
    good = len(receipts) - bad
    print(f"{good} 份回执有效，{bad} 份有问题" if chinese else f"{good} receipts hold, {bad} do not")
    return FOUND if bad else GOOD
