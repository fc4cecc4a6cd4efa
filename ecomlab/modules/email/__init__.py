"""E-mail: mailboxes and letters.

A student registers a mailbox, signs in, configures it, and writes, answers, keeps and deletes letters. Letters are
RFC 5322 messages within the laboratory's own domain; whatever other modules have to tell somebody (the number and
download password of a certificate, the confirmation of an order) arrives here, through `letter`. A letter to an
address that nobody has comes back as a bounce.

Roles: `mail_user`, the owner of a mailbox, and the visitor who registers one.
"""

from . import checks, folders, mailboxes, messages, post, prologue  # noqa: F401
from .mailboxes import checked_mailbox, mailbox_rule, own_mailboxes
from .mime import rfc5322
from .post import SERVICE, checked_address, known, letter, robot, told

__all__ = ["SERVICE", "checked_address", "checked_mailbox", "known", "letter", "mailbox_rule", "own_mailboxes", "rfc5322", "robot", "told"]
