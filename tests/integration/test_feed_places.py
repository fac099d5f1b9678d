"""Feeds where companies keep them: PostgreSQL, S3-compatible storage and SFTP, on loopback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from auditor.errors import FeedError
from auditor.feeds import FeedConfig, fetched, read_feed
from auditor.model import Product, Truth
from auditor.values.text import canonical

pytestmark = [
    pytest.mark.integration,
    # of the libraries below, not of ours
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def free_port() -> int:
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def skus(config: FeedConfig, folder: Path) -> list[str]:
    return [r.sku for r in read_feed("erp", config, folder) if isinstance(r, Product)]


# PostgreSQL: condition records as an ERP keeps them.

ERP = """
create table mara (matnr text primary key, maktx text not null, meins text not null);
create table a304 (knumh bigint primary key, matnr text not null references mara,
  vkorg text not null, vtweg text not null, kschl text not null,
  datab date not null, datbi date not null);
create table konp (knumh bigint not null references a304, kbetr numeric(11, 2) not null,
  konwa char(3) not null, kpein integer not null, kmein text not null,
  loevm_ko boolean not null default false, changed_at timestamptz not null);
create table konm (knumh bigint not null references a304, kstbm numeric(15, 3) not null,
  kbetr numeric(11, 2) not null, primary key (knumh, kstbm));
create role reader login password 'right';
insert into mara select lpad(n::text, 18, '0'), 'Part ' || n,
    case when n % 5 = 0 then 'MTR' else 'ST' end from generate_series(1, 20000) n;
insert into a304 select n, lpad(n::text, 18, '0'), case when n % 2 = 0 then '1000' else '2000' end,
    '10', 'PR00', date '2026-01-01',
    case when n % 7 = 0 then date '2026-12-31' else date '9999-12-31' end
  from generate_series(1, 20000) n;
insert into konp select n, 1.10 + n / 100.0, 'EUR', case when n % 5 = 0 then 100 else 1 end,
    case when n % 5 = 0 then 'MTR' else 'ST' end, n % 1000 = 0, now()
  from generate_series(1, 20000) n;
insert into konm select n, 1, 1.10 + n / 100.0 from generate_series(1, 20000, 3) n;
insert into konm select n, 100, 1.00 + n / 100.0 from generate_series(1, 20000, 3) n;
create sequence numbers;
grant usage on sequence numbers to reader;
grant select on all tables in schema public to reader;
"""
QUERY = """
select a.matnr, coalesce(m.kbetr, p.kbetr) as kbetr, p.konwa, p.kpein, p.kmein, m.kstbm, a.vkorg,
       a.datab, a.datbi
from a304 a join konp p using (knumh) left join konm m using (knumh)
where a.kschl = 'PR00' and not p.loevm_ko
order by a.matnr, m.kstbm
"""
COLUMNS: dict[str, Any] = {
    "sku": {"column": "matnr", "strip_leading": "0"},
    "attribute": {"constant": "price"},
    "value": "kbetr",
    "unit": "konwa",
    "price_per": "kpein",
    "price_unit": {"column": "kmein", "lookup": {"ST": "pcs", "MTR": "m"}},
    "min_qty": "kstbm",
    "market": {"column": "vkorg", "lookup": {"1000": "DE", "2000": "AT"}},
    "valid_from": {"column": "datab", "date": "iso"},
    "valid_to": {"column": "datbi", "date": "iso", "inclusive": True, "open": ["9999-12-31"]},
}


@pytest.fixture(scope="module")
def postgres(install: Callable[..., None]) -> Iterator[int]:
    """The port of a server with the ERP's tables; ``reader`` may read them with its password."""
    install("postgresql")
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    folder = Path(mkdtemp(prefix="sellby-postgres-"))  # pytest's own are for root's eyes only
    shutil.chown(folder, "postgres")
    become = ["runuser", "-u", "postgres", "--"]
    data, port = folder / "data", free_port()
    trust = ["--auth=scram-sha-256", "--auth-local=trust", "--locale=C.UTF-8", "--no-sync"]
    quiet: dict[str, Any] = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder}
    password = folder / "password"
    password.write_text("admin")
    shutil.chown(password, "postgres")
    subprocess.run(
        [*become, programs / "initdb", "-D", data, "-U", "lab", *trust, f"--pwfile={password}"],
        **quiet,
    )
    settings = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}",
                "-c", "fsync=off"]  # fmt: skip
    server = subprocess.Popen(
        [*become, programs / "postgres", "-D", data, "-p", str(port), *settings],
        cwd=folder,
        stderr=subprocess.DEVNULL,
    )
    try:
        ready = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
        deadline = time.monotonic() + 30
        while subprocess.run(ready, check=False).returncode:
            assert time.monotonic() < deadline, "PostgreSQL did not start"
            time.sleep(0.1)
        ask = [programs / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p",
               str(port), "-U", "lab", "-d", "postgres", "-c", ERP]  # fmt: skip
        subprocess.run(ask, env={**os.environ, "PGPASSWORD": "admin"}, **quiet)
        yield port
    finally:
        subprocess.run([*become, programs / "pg_ctl", "-D", data, "-m", "fast", "stop"], **quiet)
        server.wait(30)
        shutil.rmtree(folder)


def erp(port: int, query: str = QUERY, **config: Any) -> FeedConfig:
    settings: dict[str, Any] = {
        "format": "sql",
        "path": f"postgresql://reader@127.0.0.1:{port}/postgres",
        "access": {"password": "right"},
        "columns": COLUMNS,
        "timezone": "Europe/Berlin",
    }
    return FeedConfig(query=query, **{**settings, **config})


def test_prices_of_an_erp_are_read_with_scales_units_markets_and_validity(postgres, tmp_path):
    records = list(read_feed("erp", erp(postgres), tmp_path))
    truths = [record for record in records if isinstance(record, Truth)]
    assert len(truths) == len(records) == 26_640
    first = [truth for truth in truths if truth.sku == "1"]
    assert [(canonical(t.value), t.basis.min_qty, t.basis.market) for t in first] == [
        ("1.11 EUR", 1, "AT"),
        ("1.01 EUR", 100, "AT"),
    ]
    (metre,) = (truth for truth in truths if truth.sku == "35")
    assert (metre.basis.price_per, metre.basis.price_unit) == (100, "m")
    assert metre.valid_to is not None
    assert metre.valid_to.isoformat() == "2026-12-31T23:00:00+00:00"
    assert first[0].valid_to is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"access": {"password": "wr0ng"}}, 'password authentication failed for user "reader"'),
        ({"path": "postgresql://reader@127.0.0.1:9/x"}, "is the server running"),
        ({"query": "select pg_sleep(30)", "timeout_seconds": 0.5}, "took longer than 0.5 s"),
        ({"query": "delete from konm"}, "the database refuses `query`"),
        ({"query": "select nextval('numbers')"}, "`query` writes, and a feed only reads"),
        ({"query": "select nix from konm"}, 'column "nix" does not exist'),
        ({"query": "select matnr from a304 where matnr like '%7' limit 1"}, "lacks the column"),
        ({"max_megabytes": 1}, "returns more than 1 MB"),
    ],
)
def test_a_database_that_does_not_answer_as_it_should_is_told(postgres, tmp_path, change, says):
    with pytest.raises(FeedError) as refusal:
        list(read_feed("erp", erp(postgres, **change), tmp_path))
    assert says in str(refusal.value)
    assert "wr0ng" not in str(refusal.value)


# S3


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    """A bucket ``erp-feeds`` behind an S3-compatible server: (client, endpoint)."""
    from moto.server import ThreadedMotoServer

    boto3 = pytest.importorskip("boto3")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    endpoint = f"http://127.0.0.1:{server._port}"
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="k",
        aws_secret_access_key="s",
    )
    client.create_bucket(Bucket="erp-feeds")
    yield client, endpoint
    server.stop()


def bucket(endpoint: str, path: str, **config: Any) -> FeedConfig:
    access = {"endpoint": endpoint, "key": "k", "secret": "s", "region": "us-east-1"}
    settings: dict[str, Any] = {"format": "products_csv", "access": access, "path": path}
    return FeedConfig(**{**settings, **config})


def test_of_the_files_in_a_bucket_the_newest_that_fits_is_read(s3, tmp_path):
    client, endpoint = s3
    for name, sku in (("p_1.csv", "OLD"), ("p_2.csv", "NEW"), ("q_3.csv", "OTHER")):
        client.put_object(Bucket="erp-feeds", Key=f"daily/{name}", Body=f"sku\n{sku}\n".encode())
        time.sleep(1.1)  # the storage's clock counts seconds
    config = bucket(endpoint, "s3://erp-feeds/daily/p_*.csv")
    assert skus(config, tmp_path) == ["NEW"]
    with fetched("erp", config, tmp_path) as exported:
        assert exported.path.name == "p_2.csv"
        assert exported.written_at is not None
        assert exported.shown == "s3://erp-feeds/daily/p_*.csv"
    with fetched("erp", config, tmp_path, version=exported.version) as again:
        assert again.is_unchanged
        assert again.written_at == exported.written_at
        assert not again.path.exists()
    client.put_object(Bucket="erp-feeds", Key="daily/p_2.csv", Body=b"sku\nOWN\n")
    with fetched("erp", config, tmp_path, version=exported.version) as changed:
        assert changed.path.read_text() == "sku\nOWN\n"


@pytest.mark.parametrize(
    ("path", "change", "says"),
    [
        ("s3://erp-feeds/none.csv", {}, "there is no such file; check `path`"),
        ("s3://erp-feeds/none_*.csv", {}, "no file matches"),
        ("s3://erp-gone/p.csv", {}, "there is no such file; check `path`"),
        ("s3://erp-feeds/p.csv", {"access": {"endpoint": "http://127.0.0.1:9", "key": "k",
                                             "secret": "s3cret"}}, "cannot be reached"),
        ("s3://erp-feeds/large.csv", {"max_megabytes": 1}, "raise `max_megabytes`"),
    ],
)  # fmt: skip
def test_a_bucket_that_does_not_have_it_or_is_gone_is_told(s3, tmp_path, path, change, says):
    client, endpoint = s3
    client.put_object(Bucket="erp-feeds", Key="large.csv", Body=b"sku\n" + b"A\n" * 600_000)
    with pytest.raises(FeedError) as refusal:
        skus(bucket(endpoint, path, **change), tmp_path)
    assert says in str(refusal.value)
    assert path in str(refusal.value)
    assert "s3cret" not in str(refusal.value)


# SFTP


@pytest.fixture(scope="module")
def sftp(
    install: Callable[..., None], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[int, Path, dict[str, Any]]]:
    """An OpenSSH server: its port, the folder it gives away, and the ``access`` to it."""
    install("openssh-server")
    folder = tmp_path_factory.mktemp("sftp")
    for name in ("host", "user", "other"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", folder / name],
            check=True,
        )
    port = free_port()
    (folder / "authorized").write_text((folder / "user.pub").read_text())
    (folder / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host\nPidFile none\nUsePAM no\n"
        f"AuthorizedKeysFile {folder}/authorized\nPasswordAuthentication no\nStrictModes no\n"
        "PermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\n"
    )
    Path("/run/sshd").mkdir(exist_ok=True)
    server = subprocess.Popen(
        ["/usr/sbin/sshd", "-D", "-f", folder / "sshd_config"], stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 20
    while True:
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), 1)):
            break
        assert time.monotonic() < deadline, "sshd did not start"
        time.sleep(0.05)
    export = folder / "export"
    export.mkdir()
    yield (
        port,
        export,
        {
            "user": "root",
            "key_file": str(folder / "user"),
            "host_key": (folder / "host.pub").read_text().strip(),
        },
    )
    server.terminate()
    server.wait(10)


def test_of_the_files_on_an_sftp_server_the_newest_that_fits_is_read(sftp, tmp_path):
    port, export, access = sftp
    for age, (name, sku) in enumerate((("p_2.csv", "NEW"), ("p_1.csv", "OLD"))):
        (export / name).write_text(f"sku\n{sku}\n")
        os.utime(export / name, (1_700_000_000 - age, 1_700_000_000 - age))
    config = FeedConfig(
        format="products_csv", path=f"sftp://127.0.0.1:{port}{export}/p_*.csv", access=access
    )
    assert skus(config, tmp_path) == ["NEW"]
    with fetched("erp", config, tmp_path) as exported:
        assert exported.written_at is not None
        assert exported.written_at.timestamp() == 1_700_000_000
    with fetched("erp", config, tmp_path, version=exported.version) as again:
        assert again.is_unchanged
    os.utime(export / "p_2.csv", (1_700_000_005, 1_700_000_005))
    with fetched("erp", config, tmp_path, version=exported.version) as changed:
        assert not changed.is_unchanged


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("none.csv", {}, "there is no such file; check `path`"),
        ("p_1.csv", {"host_key": "ssh-ed25519 AAAAC3Nza"}, "shows another key than"),
        ("p_1.csv", {"host_key": None}, "is not known: it shows the key ssh-ed25519 "),
        ("p_1.csv", {"key_file": "other"}, "check `access.user`, `access.password`"),
        ("p_1.csv", {"key_file": "none"}, "there is no such file"),
    ],
)
def test_an_sftp_server_that_refuses_or_is_not_known_is_told(sftp, tmp_path, name, change, says):
    port, export, access = sftp
    (export / "p_1.csv").write_text("sku\nA\n")
    if change.get("key_file") == "other":
        change = {"key_file": str(export.parent / "other")}
    config = FeedConfig(
        format="products_csv",
        path=f"sftp://127.0.0.1:{port}{export}/{name}",
        access={**access, **change},
    )
    with pytest.raises(FeedError) as refusal:
        skus(config, tmp_path)
    assert says in str(refusal.value)
    assert "127.0.0.1" in str(refusal.value)


def test_an_export_that_grows_while_it_is_copied_is_not_believed(sftp, tmp_path):
    port, export, access = sftp
    path = export / "growing.csv"
    path.write_text("sku\n")
    stop = threading.Event()

    def grow() -> None:
        with path.open("a") as file:
            while not stop.is_set():
                file.write("A\n")
                file.flush()

    writer = threading.Thread(target=grow)
    writer.start()
    config = FeedConfig(format="products_csv", path=f"sftp://127.0.0.1:{port}{path}", access=access)
    try:
        with pytest.raises(FeedError, match="is being written"):
            skus(config, tmp_path)
    finally:
        stop.set()
        writer.join()
