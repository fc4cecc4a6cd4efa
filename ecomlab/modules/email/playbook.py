"""How the model student does each task, through public commands only; and who has a mailbox before."""

from __future__ import annotations

from ...books.cast import own_person
from ...kernel.plays import Player, plays


def _own_letters(play: Player, sender: str) -> list[str]:
    rows = play.look.all(
        """select i.number from mail_item i join mail_message m using (message_id)
           where i.mailbox = $mailbox and i.folder = 'inbox' and m.sender like $sender order by i.number""",
        mailbox=own_person(play.look).mailbox, sender=sender,
    )  # fmt: skip
    return [r.number for r in rows]


@plays("EMAIL002")
def _reply(play: Player) -> None:
    item = _own_letters(play, "service@%")[0]
    play.email.read(item)
    play.email.reply(item, f"确认词 / the word: {play.brief('EMAIL002')['word']}")


@plays("EMAIL003")
def _send(play: Player) -> None:
    asked = play.brief("EMAIL003")
    play.email.send(to=asked["recipient"], subject=f"{asked['topic']} 合作意向", body="您好，附上我们的合作意向，盼复。")


@plays("EMAIL004")
def _delete(play: Player) -> None:
    play.email.delete(_own_letters(play, "prize@%")[0])


@plays("EMAIL006")
def _configure(play: Player) -> None:
    me = own_person(play.look)
    play.email.configure(
        display_name=play.brief("EMAIL006")["display_name"],
        address=me.mailbox,
        user_name=me.mailbox.partition("@")[0],
        password=play.password("mailbox"),
    )


@plays("EMAIL007")
def _draft(play: Player) -> None:
    asked = play.brief("EMAIL007")
    play.email.save_draft(to=asked["recipient"], subject=f"{asked['topic']} 报价草稿", body="价格待财务确认后再发。")
