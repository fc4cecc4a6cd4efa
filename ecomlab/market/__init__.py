"""The market: simulated trades with known truth, laid out as the tables of a world.

What happens follows one causal order: the calendar and advertisements bring customers, who come back at their own rates and choose articles by
price and quality; what is there is shipped, carried, paid, sometimes returned, and booked. Every arrow is a parameter of `truth`, and every draw
an integer that follows from seed, purpose and place, so the same seed gives the same trades on every machine, on one core or many.

`simulate` runs it and writes Parquet; `draws` and `numbers` are the arithmetic; `truth` the parameters; `calendar`, `goods`, `customers`, `choice`,
`haulage`, `supply`, `parcels`, `wholesale` the links of the chain; `costing` values the goods as `books.costing` does, all products at once; `booking`
lays it out.
"""

from ..kernel import packages

packages.register(__name__)
