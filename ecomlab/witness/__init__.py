"""The witness: a small service to which the kernels of students send the hash of each new entry, while they work.

A logbook alone proves that its entries follow from each other; it cannot prove when they were made. The witness takes who it is from the hub
(or from a token that the teacher gave out), never from the message; it accepts an entry only as the next of one that it holds, stamps its own
time and signs a receipt, which student and teacher both keep. It sees hashes, never what a student did.

`log` keeps what was witnessed, `receipts` signs and verifies, `service` listens, `courier` sends from a kernel, `account` says what a log
tells of a handed-in logbook. docs/witness.md tells how to run it.
"""
