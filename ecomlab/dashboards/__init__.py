"""Dashboards: today, an overview, cash and payables, receivables, stock, cost, profit; how auctions went, what marketing brought, what the
service desk and the warehouse floor do, who visits a shop.

Each dashboard is a file with a declaration and a function from a source to a page (`page.py`); `plots.py` holds the kinds of chart. A page
is data. Those over the books work on any source (a world, a world as of an entry, a data set), the others on a world that has
their modules. `declared.py` has them all; the face that shows a page is `widgets/board.py`.
"""
