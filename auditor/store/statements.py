"""The SQL of an intake: staging tables, and how an export's difference is written.

``temp.unseen`` holds what the feed stated before and the export does not state alike. Each
statement below settles some of it; what is settled has ``removed_at`` and later ones pass it by.
Validity is only ever shortened, never below its own start: what is empty was never true.
"""

from __future__ import annotations

# ``fresh`` are the new truths; what many of them have in common is staged once: half the bytes.
# A plus sign keeps SQLite from walking through a whole feed (index truth_feed) where the product
# is known: without statistics it takes the one for as good as the other.
STAGE = (
    "create table if not exists temp.seen (id integer primary key, row text)",
    """create table if not exists temp.staged_truth (id integer primary key, fact text, series text,
         digest text, sku text, value text, row text, shared integer)""",
    """create table if not exists temp.shared (id integer primary key, attribute text, key text,
         basis text, valid_from text, valid_to text)""",
    """create temp view if not exists fresh as
       select t.id, fact, series, digest, sku, attribute, key, value, basis, valid_from, valid_to,
              row
       from temp.staged_truth t left join temp.shared s on s.id = t.shared""",
    """create table if not exists temp.unseen (id integer primary key, fact text, series text,
         sku text, valid_to text, is_missing integer)""",
    """create table if not exists temp.staged_product (sku text primary key, digest text,
         record text) without rowid""",
    "create table if not exists temp.partial (sku text primary key) without rowid",
    """create table if not exists temp.staged_signal (about text, subject text, signal text,
         day text, value text, window_days integer,
         primary key (about, subject, signal, day)) without rowid""",
    """create table if not exists temp.staged_contact (id text primary key, at text, named text,
         url text, subject text, reason text, minutes text, repeat integer, who text)
         without rowid""",
    """create table if not exists temp.rejected (file text, line integer, reason text,
         text text)""",
    "create table if not exists temp.touched (sku text primary key) without rowid",
    """create table if not exists temp.held (fact text, series text, digest text, sku text,
         attribute text, key text, old_value text, old_basis text, value text, basis text,
         valid_from text, valid_to text, row text)""",
)

CLEAR_STAGE = tuple(
    f"delete from temp.{name}"
    for name in (
        "seen",
        "staged_truth",
        "shared",
        "unseen",
        "staged_product",
        "partial",
        "staged_signal",
        "staged_contact",
        "rejected",
        "touched",
        "held",
    )
)

KNOWS_ANY = "select exists (select 1 from truth where feed = :feed and removed_at is null)"

FIND_UNSEEN = """
insert into temp.unseen (id, fact, series, sku, valid_to, is_missing)
select id, fact, series, sku, valid_to, missing_since is not null from truth
where feed = :feed and removed_at is null and id not in (select id from temp.seen)
"""

COUNT_LIVE = """
select (select count(*) from truth indexed by truth_feed
        where feed = :feed and removed_at is null),
       (select count(*) from temp.seen)
"""

LIVE = """
select id from truth indexed by truth_feed
where feed = :feed and removed_at is null order by id
"""

ADD_UNSEEN = """
insert into temp.unseen (id, fact, series, sku, valid_to, is_missing)
select id, fact, series, sku, valid_to, missing_since is not null from truth
where id = ? and id not in (select id from temp.seen)
"""

STATED_AGAIN = """
select id from temp.seen
union all
select t.id from temp.fresh f join truth t
  on t.sku = f.sku and t.attribute = f.attribute and t.key = f.key
where +t.feed = :feed and t.removed_at is null and t.fact = f.fact
"""
"""What rows state that were read: the facts that no row which was passed over may state."""

REMOVED = """
select u.id from temp.unseen u cross join truth t on t.id = u.id where t.removed_at is not null
"""

FIND_RESTATED = """
insert into temp.unseen (id, fact, series, sku, valid_to, is_missing)
select id, fact, series, sku, valid_to, missing_since is not null from truth
where +feed = :feed and removed_at is null
  and sku in (select sku from temp.fresh) and fact in (select fact from temp.fresh)
"""

BOUNDARIES = """
select count(*) filter (where valid_from > :last_read and valid_from <= :now
                          and (valid_to is null or valid_to > :now)),
       count(*) filter (where valid_to > :last_read and valid_to <= :now
                          and (valid_from is null or valid_from <= :last_read)),
       min(case when valid_from > :now then valid_from end),
       min(case when valid_to > :now then valid_to end)
from truth where feed = :feed and removed_at is null and first_seen <= :last_read
"""
"""Came into force and ran out by the calendar since the last reading; the next such instants."""

TRUTH_DIFFERENCE = """
select (select count(*) from temp.seen),
       count(*) filter (where valid_to is null or valid_to > :now),
       count(*) filter (where (valid_to is null or valid_to > :now) and is_missing),
       count(*) filter (where fact in (select fact from temp.fresh)),
       count(*) filter (where (valid_to is null or valid_to > :now)
                          and (fact in (select fact from temp.fresh)
                               or series in (select series from temp.fresh))),
       (select count(*) from temp.fresh)
from temp.unseen
"""
"""Seen; unseen and not over; of these missing before; replaced; unseen and not over but stated
otherwise; fresh."""

PRODUCT_DIFFERENCE = """
select (select count(*) from product_row where feed = :feed),
       count(*) filter (where p.sku is null),
       count(*) filter (where p.digest <> s.digest),
       count(*) filter (where p.digest = s.digest)
from temp.staged_product s left join product_row p on p.feed = :feed and p.sku = s.sku
"""
"""Known; added; changed; unchanged."""

SIGNAL_DIFFERENCE = """
select (select count(*) from signal where feed = :feed),
       count(*) filter (where k.subject is null),
       count(*) filter (where k.value <> s.value or k.window_days <> s.window_days),
       count(*) filter (where k.value = s.value and k.window_days = s.window_days)
from temp.staged_signal s
left join signal k on k.feed = :feed and k.about = s.about and k.subject = s.subject
                  and k.signal = s.signal and k.day = s.day
"""
"""Known; added; changed; unchanged."""

CONTACT_DIFFERENCE = """
select 0,
       count(*) filter (where k.id is null),
       0,
       count(*) filter (where k.id is not null)
from temp.staged_contact s left join contact k on k.feed = :feed and k.id = s.id
"""
"""Known (nothing, a contact is never missed: it has been); added; changed; told before."""

KEYS = """
select count(*), count(*) filter (
  where exists (select 1 from product where removed_at is null)
    and sku not in (select sku from product where removed_at is null)
    and sku not in (select sku from temp.staged_product))
from (select distinct sku from temp.fresh)
"""

ANY_ZEROS = """
select exists (select 1 from product where sku like '0%' and removed_at is null)
    or exists (select 1 from temp.unseen where sku like '0%')
"""
"""Whether any key is known with leading zeros."""

STRIPPED = """
select count(*) from (select distinct sku from temp.fresh where sku glob '[1-9]*') f
where f.sku not in (select sku from product where removed_at is null)
  and (f.sku in (select ltrim(sku, '0') from product where sku like '0%' and removed_at is null)
    or f.sku in (select ltrim(sku, '0') from temp.unseen where sku like '0%'))
"""
"""New keys that are known with leading zeros only."""

CHANGED_PRICES = """
select t.value, f.value, t.basis, s.basis
from temp.staged_truth f
cross join (select max(id) as id, series from temp.unseen group by series) u on u.series = f.series
cross join temp.shared s on s.id = f.shared
cross join truth t on t.id = u.id
where t.attribute = 'price' and t.key = ''
limit 5000
"""

KNOWN_PRICES = """
select count(distinct series) from truth
where feed = :feed and removed_at is null and attribute = 'price' and key = ''
"""

UNMARK_SEEN = """
update truth set missing_since = null
where id in (select id from truth indexed by truth_missing
             where feed = :feed and removed_at is null and missing_since is not null
               and id not in (select id from temp.unseen))
"""

MOVE_ROWS = """
update truth set row = s.row from temp.seen s where s.id = truth.id and s.row <> truth.row
"""
"""Where a fact stands in the newest export; an old line number would send people astray."""

ADD_TRUTHS = """
insert into truth (id, feed, fact, series, digest, sku, attribute, key, value, basis, valid_from,
                   valid_to, row, first_seen, last_seen)
select :newest + f.id, :feed, f.fact, f.series, f.digest, f.sku, f.attribute, f.key, f.value,
       f.basis,
       case when (f.valid_to is null or f.valid_to > :boundary)
             and exists (select 1 from truth o
                         where o.sku = f.sku and o.attribute = f.attribute and o.key = f.key
                           and +o.feed = :feed and o.fact = f.fact and o.id <= :newest)
            then max(coalesce(f.valid_from, ''), :boundary)
            else f.valid_from end,
       f.valid_to, f.row, :now, :now
from temp.fresh f
"""
"""A fact that was stated otherwise before holds from ``boundary`` on, not since ever."""

ADD_FIRST = """
insert into truth (id, feed, fact, series, digest, sku, attribute, key, value, basis, valid_from,
                   valid_to, row, first_seen, last_seen)
select :newest + id, :feed, fact, series, digest, sku, attribute, key, value, basis, valid_from,
       valid_to, row, :now, :now
from temp.fresh
"""
"""A feed of which no truth is known: nothing is replaced, and nothing has to be looked up."""

END_REPLACED = """
update truth set removed_at = :now, last_seen = :last_read,
  valid_to = case when valid_to <= :boundary then valid_to
                  else max(:boundary, coalesce(valid_from, '')) end
where id in (select u.id from temp.unseen u
             where exists (select 1 from truth n
                           where n.sku = u.sku and +n.feed = :feed and n.fact = u.fact
                             and n.removed_at is null
                             and n.id > :newest))
"""
"""The same fact with another value: the old value held up to ``boundary``."""

END_SUCCEEDED = """
update truth as t set removed_at = :now, last_seen = :last_read,
  valid_to = case when t.valid_from > :now then t.valid_from
    else (select min(coalesce(t.valid_to, '9999'), min(s.valid_from)) from truth s
          where s.sku = t.sku and s.attribute = t.attribute and s.key = t.key
            and +s.feed = :feed and s.series = t.series and s.removed_at is null
            and s.valid_to is null and s.valid_from > coalesce(t.valid_from, '')
            and s.id not in (select id from temp.unseen)) end
where t.removed_at is null and (t.valid_to is null or t.valid_to > :now)
  and t.id in (select id from temp.unseen)
  and exists (select 1 from truth s
              where s.sku = t.sku and s.attribute = t.attribute and s.key = t.key
                and +s.feed = :feed and s.series = t.series and s.removed_at is null
                and s.valid_to is null and s.valid_from > coalesce(t.valid_from, '')
                and s.id not in (select id from temp.unseen))
"""
"""Gone from the export while a later one of its series stands there: that one's start ends it.

One that had not begun yet was postponed: it never held.
"""

TRUTHS = (ADD_TRUTHS, END_REPLACED, END_SUCCEEDED)
"""How what is new comes in, in this order."""

END_LEFT_OUT = """
update truth set removed_at = :now, last_seen = :last_read,
  valid_to = case when valid_from > :now then valid_from
                  else max(:boundary, coalesce(valid_from, '')) end
where removed_at is null and (valid_to is null or valid_to > :now)
  and id in (select id from temp.unseen
             where sku in (select sku from temp.staged_product)
               and sku not in (select sku from temp.partial))
"""
"""Its product stands in the export, read without a reject, and states all its facts."""

END_MISSING = """
update truth set removed_at = :now, last_seen = :last_read,
  valid_to = case when valid_from > :now then valid_from
                  else max(missing_since, coalesce(valid_from, '')) end
where removed_at is null and missing_since is not null
  and (valid_to is null or valid_to > :now)
  and feed = :feed and id in (select id from temp.unseen)
"""
"""Missing for the second export in a row."""

MARK_MISSING = """
update truth set missing_since = :now, last_seen = :last_read
where removed_at is null and missing_since is null and (valid_to is null or valid_to > :now)
  and id in (select id from temp.unseen)
"""

PRODUCTS = (
    """
    insert or ignore into temp.touched (sku)
    select s.sku from temp.staged_product s
    left join product_row p on p.feed = :feed and p.sku = s.sku
    where p.sku is null or p.digest <> s.digest
    """,
    """
    insert into product_row (feed, sku, digest, record)
    select :feed, sku, digest, record from temp.staged_product
    where sku in (select sku from temp.touched)
    on conflict (feed, sku) do update set digest = excluded.digest, record = excluded.record
    """,
    """
    update product_row set missing_since = null
    where feed = :feed and missing_since is not null
      and sku in (select sku from temp.staged_product)
    """,
)

TOUCH_REMOVED_PRODUCTS = """
insert or ignore into temp.touched (sku)
select sku from product_row
where feed = :feed and missing_since is not null
  and sku not in (select sku from temp.staged_product)
"""

REMOVE_PRODUCT_ROWS = """
delete from product_row
where feed = :feed and missing_since is not null
  and sku not in (select sku from temp.staged_product)
"""

MARK_MISSING_PRODUCTS = """
update product_row set missing_since = :now
where feed = :feed and missing_since is null and sku not in (select sku from temp.staged_product)
"""

REMOVE_SIGNALS = """
delete from signal
where feed = :feed
  and (about, subject, signal, day) not in
      (select about, subject, signal, day from temp.staged_signal)
"""

ADD_SIGNALS = """
insert into signal (feed, about, subject, signal, day, value, window_days)
select :feed, about, subject, signal, day, value, window_days
from temp.staged_signal where true
on conflict (feed, about, subject, signal, day) do update
  set value = excluded.value, window_days = excluded.window_days
  where value <> excluded.value or window_days <> excluded.window_days
"""

FORGET_OLD_SIGNALS = """
delete from signal
where feed = :feed and day <> ''
  and day < (select date(max(day), '-400 days') from signal where feed = :feed)
"""
"""What a feed of changes has gathered: a year and a month are enough to compare with last year."""

ADD_CONTACTS = """
insert into contact (feed, id, at, named, url, subject, reason, minutes, repeat, who, product)
select :feed, id, at, named, url, subject, reason, minutes, repeat, who, ''
from temp.staged_contact where true
on conflict (feed, id) do update set
  at = excluded.at, named = excluded.named, url = excluded.url, subject = excluded.subject,
  reason = excluded.reason, minutes = excluded.minutes, repeat = excluded.repeat,
  who = excluded.who, product = ''
where (at, named, url, subject, reason, who) is not
      (excluded.at, excluded.named, excluded.url, excluded.subject, excluded.reason, excluded.who)
   or minutes is not excluded.minutes or repeat is not excluded.repeat
"""
