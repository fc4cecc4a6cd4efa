"""What always holds of the stock books."""

from __future__ import annotations

from ..kernel.audit import invariant
from ..kernel.doing import Looking


@invariant("stock_moves", "库存数量等于其全部变动之和", "Stock on hand and in transit is the sum of its movements")
def _moves(look: Looking) -> list[str]:
    return [
        f"{r.owner} {r.place} {r.product} {r.side}: {r.there}, movements {r.moved}"
        for r in look.all(
            """with there as (
                   select owner, place, product, unnest(['on_hand', 'in_transit']) as side, unnest([on_hand, in_transit]) as there from stock_level),
               moved as (select owner, place, product, side, sum(quantity) as moved from stock_movement group by all)
               select * from there full join moved using (owner, place, product, side) where coalesce(there, 0) <> coalesce(moved, 0) order by all"""
        )
    ]


@invariant("stock_not_negative", "库存不为负，预留不超过库存", "Stock is never negative, and reserved never exceeds on hand")
def _not_negative(look: Looking) -> list[str]:
    return [
        f"{r.owner} {r.place} {r.product}: on hand {r.on_hand}, reserved {r.reserved}, in transit {r.in_transit}, reservations {r.promised}"
        for r in look.all(
            """select l.*, coalesce(p.promised, 0) as promised from stock_level l left join
               (select owner, place, product, sum(quantity) as promised from stock_reservation group by all) p using (owner, place, product)
               where on_hand < 0 or in_transit < 0 or reserved < 0 or reserved > on_hand or reserved <> coalesce(p.promised, 0) order by all"""
        )
    ]


@invariant("stock_value", "库存价值等于所有者的存货科目余额", "The value of stock is its owner's stock account, on hand and in transit")
def _value(look: Looking) -> list[str]:
    return [
        f"{r.owner} {r.account}: layers {r.layers}, movements {r.moved}, ledger {r.booked}"
        for r in look.all(
            """with layers as (
                   select owner, if(held = '', '1405', '1406') as account, sum(value) as layers from stock_layer group by all),
               moved as (select owner, if(side = 'on_hand', '1405', '1406') as account, sum(value) as moved from stock_movement group by all),
               booked as (select owner, account, sum(balance) as booked from ledger_balance where account in ('1405', '1406') group by all)
               select * from layers full join moved using (owner, account) full join booked using (owner, account)
               where coalesce(layers, 0) <> coalesce(booked, 0) or coalesce(moved, 0) <> coalesce(booked, 0) order by all"""
        )
    ]


@invariant("stock_layers", "成本批次的数量等于库存数量", "The cost batches hold as many pieces as the stock")
def _whole_layers(look: Looking) -> list[str]:
    return [
        f"{r.owner} {r.product}: layers {r.pieces}, levels {r.there}"
        for r in look.all(
            """with pieces as (select owner, product, sum(quantity) as pieces from stock_layer group by all),
               there as (select owner, product, sum(on_hand + in_transit) as there from stock_level group by all)
               select * from pieces full join there using (owner, product) where coalesce(pieces, 0) <> coalesce(there, 0) order by all"""
        )
    ]
