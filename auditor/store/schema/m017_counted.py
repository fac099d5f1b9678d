"""What every count of right, wrong and not judged facts is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m017_counted(db: Database) -> None:
    """Create the views ``not_wrong`` and ``counted``.

    ``not_wrong``: findings that a person rejected for any reason but that they will not be fixed.
    ``counted``: every fact as judged last, each "right", "wrong" or "not_judged". What a person
    said is not wrong counts as not judged, with the reason ``said_not_wrong``.
    """
    db.execute(
        """
        create view not_wrong as
          select f.fingerprint from finding f
          where f.state = 'rejected' and coalesce((
            select d.reason from decision d
            where d.fingerprint = f.fingerprint and d.kind = 'reject'
              and not exists (select 1 from decision u where u.undoes = d.id)
            order by d.id desc limit 1
          ), '') != 'wont_fix'
        """
    )
    db.execute(
        """
        create view counted as
          select j.source, j.url, j.sku, j.attribute, j.key, j.quote, j.fingerprint,
                 case when j.verdict = 'match' then 'right'
                      when j.verdict = 'not_judged' or n.fingerprint is not null then 'not_judged'
                      else 'wrong' end as counts,
                 iif(n.fingerprint is null, j.reason, 'said_not_wrong') as reason
          from judgement j
          left join not_wrong n on j.fingerprint != '' and n.fingerprint = j.fingerprint
        """
    )
