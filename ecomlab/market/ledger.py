"""The ledger of a market: the entries that `booking` makes of the facts of a part, in SQL."""

from __future__ import annotations

#: The ledger's entries and their postings: a row for each posting, with what makes one entry of several (`what`, `document`, `day`).
LEDGER = """
    select owner, day, what, document, second, side, account, sub, amount from (
        select owner, day, what, document, second, unnest(postings, recursive := true) from (
            select owner, day, 'payment' as what, 'W' || number as document, any_value(second) as second,
                   [{{'side': 1, 'account': '1002', 'sub': '', 'amount': sum(amount)}},
                    {{'side': 2, 'account': '2203', 'sub': shopper_number(any_value(customer)), 'amount': -sum(amount)}}] as postings
            from line where kind = 0 group by line.number, owner, day
            union all
            select owner, shipped, 'sale', 'S' || number, any_value(second),
                   [{{'side': 1, 'account': if(any_value(kind) = 0, '2203', '1122'),
                      'sub': if(any_value(kind) = 1, 'MB-PLATFORM', shopper_number(any_value(customer))), 'amount': sum(amount)}},
                    {{'side': 2, 'account': '6001', 'sub': '', 'amount': sum(tax) - sum(amount)}},
                    {{'side': 3, 'account': '22210102', 'sub': '', 'amount': -sum(tax)}}]
            from line group by line.number, owner, shipped
            union all
            select owner, shipped, 'stock_issue', 'S' || number, any_value(second),
                   list_filter([{{'side': 1, 'account': '6401', 'sub': '', 'amount': sum(cost)}},
                    {{'side': 2, 'account': '1405', 'sub': '', 'amount': -sum(cost) - sum(rounding)}},
                    {{'side': 3, 'account': '6602', 'sub': '', 'amount': sum(rounding)}}], lambda p: p.amount <> 0)
            from line group by line.number, owner, shipped
            union all
            select owner, paid, 'payment', 'W' || number, 64800,
                   [{{'side': 1, 'account': '1002', 'sub': '', 'amount': sum(amount)}},
                    {{'side': 2, 'account': '1122', 'sub': if(any_value(kind) = 1, 'MB-PLATFORM', shopper_number(any_value(customer))),
                      'amount': -sum(amount)}}]
            from line where kind > 0 and paid >= 0 and not (back >= 0 and back <= paid) group by line.number, owner, paid
            union all
            select owner, back, 'refund', 'R' || number || '-' || back, 25200,
                   [{{'side': 1, 'account': '6001', 'sub': '', 'amount': sum(amount) - sum(tax)}},
                    {{'side': 3, 'account': '22210102', 'sub': '', 'amount': sum(tax)}},
                    {{'side': 2, 'account': if(any_value(kind) = 0 or any_value(paid) between 0 and back - 1, '1002', '1122'),
                      'sub': case when any_value(kind) = 0 or any_value(paid) between 0 and back - 1 then '' when any_value(kind) = 1 then 'MB-PLATFORM'
                             else shopper_number(any_value(customer)) end, 'amount': -sum(amount)}}]
            from line where back >= 0 group by line.number, owner, back
            union all
            select owner, back, 'stock_receipt', 'R' || number || '-' || back, 25200,
                   [{{'side': 1, 'account': '1405', 'sub': '', 'amount': sum(cost)}}, {{'side': 2, 'account': '6401', 'sub': '', 'amount': -sum(cost)}}]
            from line where back >= 0 group by line.number, owner, back having sum(cost) <> 0
            union all
            select owner, day, 'stock_receipt', purchase, 21600,
                   [{{'side': 1, 'account': '1405', 'sub': '', 'amount': sum(value)}},
                    {{'side': 2, 'account': '22210101', 'sub': '', 'amount': if(day = 0, 0, sum(tax))}},
                    {{'side': 3, 'account': if(day = 0, '4001', '2202'), 'sub': if(day = 0, '', any_value(supplier)),
                      'amount': -sum(value) - if(day = 0, 0, sum(tax))}}]
            from delivery group by owner, day, purchase
            union all
            select any_value(supplier), day, 'stock_receipt', null, 21000,
                   [{{'side': 1, 'account': '1405', 'sub': '', 'amount': sum(value)}}, {{'side': 2, 'account': '4001', 'sub': '', 'amount': -sum(value)}}]
            from delivery where day > 0 group by day, purchase
            union all
            select any_value(supplier), day, 'sale', purchase, 21600,
                   [{{'side': 1, 'account': '1122', 'sub': any_value(owner), 'amount': sum(value) + sum(tax)}},
                    {{'side': 2, 'account': '6001', 'sub': '', 'amount': -sum(value)}}, {{'side': 3, 'account': '22210102', 'sub': '', 'amount': -sum(tax)}}]
            from delivery where day > 0 group by day, purchase
            union all
            select any_value(supplier), day, 'stock_issue', purchase, 21600,
                   [{{'side': 1, 'account': '6401', 'sub': '', 'amount': sum(value)}}, {{'side': 2, 'account': '1405', 'sub': '', 'amount': -sum(value)}}]
            from delivery where day > 0 group by day, purchase
            union all
            select any_value(supplier), day + {terms}, 'settlement', purchase, 61200,
                   [{{'side': 1, 'account': '1002', 'sub': '', 'amount': sum(value) + sum(tax)}},
                    {{'side': 2, 'account': '1122', 'sub': any_value(owner), 'amount': -sum(value) - sum(tax)}}]
            from delivery where day > 0 and day + {terms} < {days} group by day, purchase
            union all
            select owner, day + {terms}, 'settlement', purchase, 61200,
                   [{{'side': 1, 'account': '2202', 'sub': any_value(supplier), 'amount': sum(value) + sum(tax)}},
                    {{'side': 2, 'account': '1002', 'sub': '', 'amount': -sum(value) - sum(tax)}}]
            from delivery where day > 0 and day + {terms} < {days} group by owner, day, purchase
            union all
            select haulier, day, 'freight', 'F' || truck, 21700,
                   [{{'side': 1, 'account': '1122', 'sub': supplier, 'amount': freight}}, {{'side': 2, 'account': '6001', 'sub': '', 'amount': tax - freight}},
                    {{'side': 3, 'account': '22210102', 'sub': '', 'amount': -tax}}]
            from truck where day >= 0
            union all
            select supplier, day, 'freight', 'F' || truck, 21700,
                   [{{'side': 1, 'account': '6601', 'sub': '', 'amount': freight - tax}}, {{'side': 2, 'account': '22210101', 'sub': '', 'amount': tax}},
                    {{'side': 3, 'account': '2202', 'sub': haulier, 'amount': -freight}}]
            from truck where day >= 0
            union all
            select haulier, day + {terms}, 'settlement', 'F' || truck, 61300,
                   [{{'side': 1, 'account': '1002', 'sub': '', 'amount': freight}}, {{'side': 2, 'account': '1122', 'sub': supplier, 'amount': -freight}}]
            from truck where day >= 0 and day + {terms} < {days}
            union all
            select supplier, day + {terms}, 'settlement', 'F' || truck, 61300,
                   [{{'side': 1, 'account': '2202', 'sub': haulier, 'amount': freight}}, {{'side': 2, 'account': '1002', 'sub': '', 'amount': -freight}}]
            from truck where day >= 0 and day + {terms} < {days}
            union all
            select supplier, came, 'stock_receipt', sales_order, 20900,
                   [{{'side': 1, 'account': '1405', 'sub': '', 'amount': cost}}, {{'side': 2, 'account': '4001', 'sub': '', 'amount': -cost}}]
            from bulk_order where came >= 0
            union all
            select supplier, came, 'sale', sales_order, 21500,
                   [{{'side': 1, 'account': '1122', 'sub': owner, 'amount': net + tax}}, {{'side': 2, 'account': '6001', 'sub': '', 'amount': -net}},
                    {{'side': 3, 'account': '22210102', 'sub': '', 'amount': -tax}}]
            from bulk_order where came >= 0
            union all
            select supplier, came, 'stock_issue', sales_order, 21500,
                   [{{'side': 1, 'account': '6401', 'sub': '', 'amount': cost}}, {{'side': 2, 'account': '1405', 'sub': '', 'amount': -cost}}]
            from bulk_order where came >= 0
            union all
            select supplier, came + {terms}, 'settlement', sales_order, 61400,
                   [{{'side': 1, 'account': '1002', 'sub': '', 'amount': net + tax}}, {{'side': 2, 'account': '1122', 'sub': owner, 'amount': -net - tax}}]
            from bulk_order where came >= 0 and came + {terms} < {days}
            union all
            select shop_number(shop), day, 'advertising', null, 64000,
                   [{{'side': 1, 'account': '6601', 'sub': '', 'amount': amount - tax}}, {{'side': 2, 'account': '22210101', 'sub': '', 'amount': tax}},
                    {{'side': 3, 'account': '1002', 'sub': '', 'amount': -amount}}]
            from (select *, tax_within(amount, {advertising_tax}) as tax from raw_advertising)
            union all
            select owner, 0, 'capital', null, 21000,
                   [{{'side': 1, 'account': '1002', 'sub': '', 'amount': {capital}}}, {{'side': 2, 'account': '4001', 'sub': '', 'amount': -{capital}}}]
            from (select distinct owner from delivery)))
    where amount <> 0
"""
#: All of them, numbered.
ENTRIES = """
    create temp table booked as
    select ({base} + dense_rank() over (order by day, second, owner, what, document))::integer as entry, * from ({ledger})
"""
#: How the tables of the ledger follow from these.
FROM_BOOKED = {
    "ledger_entry": """
        select distinct entry as number, what as kind, on_day(day) as day, on_day(day) + to_seconds(second) as moment, '' as text, document,
               null::integer as reverses
        from booked order by number""",
    "posting": """
        select entry, row_number() over (partition by entry, owner order by side)::integer as line, owner, account, sub, fen(amount) as amount
        from booked order by entry, line""",
    "ledger_balance": "select owner, account, sub, fen(sum(amount)) as balance from booked group by owner, account, sub order by owner, account, sub",
}
