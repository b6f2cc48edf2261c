import time, sys
sys.path.insert(0, "/tmp/wt/grid/tests")
import dagster as dg, sqlalchemy as sa
from warehouse_makers import a_registered_service, the_warehouse
from warehouse import ledger
from resources.house import House
from dayops_pipeline import grid
def test_scale(database, tmp_path):
    with the_warehouse(database) as c:
        ledger.record_register(c, [a_registered_service(n, provider_id=f"DOP{n:05}") for n in range(300)])
        c.execute(sa.text("""insert into landing.submission (submission_id, sha256, size_bytes, received_at, file_name, state, provider_id, period, submission_no)
          select ('x'||left(h,15))::bit(60)::bigint, h, 1, now(), 'a', 'refused', 'DOP'||lpad(p::text,5,'0'), m, 1
          from (select p, m, encode(sha256((p::text||m::text)::bytea),'hex') h from generate_series(0,299) p, generate_series(date '2023-01-01', date '2025-10-01', '1 month') m) x"""))
        c.execute(sa.text("""insert into landing.finding (submission_id, finding_no, finding_id, rule_id, severity, level, says) select submission_id, n, left(md5(submission_id::text||n),16), 'V03','error','file','blank' from landing.submission, generate_series(1,20) n"""))
    from resources.settings import load_settings
    from dayops_pipeline.instance import instance
    house = House(home=str(tmp_path), warehouse=database)
    with instance(house.settings()) as i:
        t=time.perf_counter(); b=grid.behind(house,i); print("\nbehind", len(b.cells), round(time.perf_counter()-t,2), len(b.providers))
        t=time.perf_counter()
        for one in b.cells[:200]: i.report_runless_asset_event(grid.event(one))
        print("200 events", round(time.perf_counter()-t,2))
        t=time.perf_counter(); i.add_dynamic_partitions("providers", list(b.providers)); print("partitions", round(time.perf_counter()-t,2))
        t=time.perf_counter(); b=grid.behind(house,i); print("behind", len(b.cells), round(time.perf_counter()-t,2), len(b.providers))
        t=time.perf_counter(); grid.last_ended(i); print("last_ended", round(time.perf_counter()-t,3))
