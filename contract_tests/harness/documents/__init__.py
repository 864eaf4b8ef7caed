"""What the documents print, a second time and as a client meets it: `fixtures/`.

`fixtures/documented/<provider>/<Operation>.<case>.json` holds one printed example each: a request, and its response.
`fixtures/tables/<provider>.json` holds the printed tables: each error row as it goes over the wire, each operation's
parameters, and each kind of job's states, how long they last, how long a result is kept and how long its link is good.

Tests compare a target with these and not with the emulator's own tables, so that a slip there is noticed.
"""
